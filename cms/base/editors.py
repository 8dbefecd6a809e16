"""The editors' group: who may open the editor, what they may do there, and that a second one lets a text out."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from backend.accounts.models import Role, User
from backend.core.clock import business_today
from cms.editing.models import SecondEditorTask

GROUP = "Redaktori"
"""Name of the group. Only it (and superusers) holds `access_admin`; staff of schools never do."""

_PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
_MEDIA_PERMISSIONS = (
    ("wagtailimages", "add_image"),
    ("wagtailimages", "change_image"),
    ("wagtailimages", "choose_image"),
    ("wagtaildocs", "add_document"),
    ("wagtaildocs", "change_document"),
    ("wagtaildocs", "choose_document"),
)
"""Wagtail asks for the permissions of its own models, whichever image and document models a site uses."""

_MODEL_PERMISSIONS = (
    ("wagtailadmin", "access_admin"),
    ("base", "add_topic"),
    ("base", "change_topic"),
    ("base", "view_topic"),
    ("places", "add_contactpoint"),
    ("places", "change_contactpoint"),
    ("places", "delete_contactpoint"),
    ("places", "view_contactpoint"),
    ("wagtailredirects", "add_redirect"),
    ("wagtailredirects", "change_redirect"),
    ("wagtailredirects", "delete_redirect"),
    ("simple_translation", "submit_translation"),
    ("editing", "add_bundle"),
    ("editing", "change_bundle"),
    ("editing", "view_bundle"),
)
REVIEW = "Otrā redaktora pārbaude"
"""Name of the workflow and of its one step."""


def grant_editors(*, root_pages: Sequence[Page]) -> Group:
    """Give the group its permissions and take in everyone who holds the role `editor` today. Idempotent."""
    group, _made = Group.objects.get_or_create(name=GROUP)
    group.permissions.set([_permission(*names) for names in _MODEL_PERMISSIONS])
    for page in root_pages:
        for codename in _PAGE_PERMISSIONS:
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=_permission("wagtailcore", codename))
    collection = Collection.get_first_root_node()
    for names in _MEDIA_PERMISSIONS:
        GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=_permission(*names))
    _review(group=group, root_pages=root_pages)
    today = business_today()
    holders = User.objects.filter(assignments__role=Role.EDITOR, assignments__valid_from__lte=today)
    for user in holders.exclude(assignments__valid_to__lt=today).distinct():
        user.groups.add(group)
    return group


def _review(*, group: Group, root_pages: Sequence[Page]) -> None:
    """Every page below the first pages goes out past somebody who did not write it (docs/decisions/0147)."""
    task, _made = SecondEditorTask.objects.get_or_create(name=REVIEW)
    task.groups.add(group)
    workflow, _made = Workflow.objects.get_or_create(name=REVIEW)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task.task_ptr)
    for page in root_pages:
        WorkflowPage.objects.get_or_create(page_id=page.pk, defaults={"workflow": workflow})


def _permission(app_label: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)

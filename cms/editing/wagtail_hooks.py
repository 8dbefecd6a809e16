"""The editor's own ways: no text goes out past a second editor; bundles, the guide, the project's mark."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import WorkflowObjectsToModeratePanel
from wagtail.models import Page, WorkflowState

from cms.editing import views
from cms.editing.models import READ_FIRST
from cms.editing.policies import mark_of
from cms.editing.selectors import waiting_bundles

_REFUSED = gettext_lazy("Nobody publishes their own text: hand the page in, and a second editor lets it out.")


@hooks.register("construct_page_action_menu")
def without_publishing(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """The way out is the review, so the form has no button past it."""
    items[:] = [item for item in items if item.name != "action-publish"]


@hooks.register("before_publish_page")
def refuse_to_publish(request: HttpRequest, page: Page) -> HttpResponse:
    """Whoever sends the button's name by hand gets the draft saved and the reason."""
    messages.error(request, str(_REFUSED))
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def refuse_to_publish_many(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    """The list's action over many pages is no way round either."""
    if action_type != "publish" or not any(isinstance(each, Page) for each in objects):
        return None
    messages.error(request, str(_REFUSED))
    return redirect(action.next_url)


@hooks.register("before_edit_page")
def approve_what_was_read(request: HttpRequest, page: Page) -> HttpResponse | None:
    """An approval carries the revision that the form showed; where there is a newer one, nothing is done and why is said."""
    if request.method != "POST":
        if READ_FIRST in request.GET:
            messages.info(request, _("A text is approved on its own form: read it here, then approve it."))
        return None
    if not request.POST.get("action-workflow-action") or request.POST.get("workflow-action-name") != "approve":
        return None
    read = f"{request.POST.get('loaded_revision_id', '')}@{request.POST.get('loaded_revision_created_at', '')}"
    if read != mark_of(page.get_latest_revision()):
        messages.error(request, _("The text was changed after you opened it. Read it again before you approve it."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    data = request.POST.copy()
    data["workflow-action-extra-data"] = json.dumps(_extra(data) | {"read": read})
    request.POST = data  # type: ignore[assignment]
    return None


def _extra(data: QueryDict) -> dict[str, Any]:
    """What the form sends beside the step itself: the remark. Anything else than an object counts as nothing."""
    try:
        extra = json.loads(data.get("workflow-action-extra-data") or "{}")
    except ValueError:
        extra = {}
    return {"comment": str(extra.get("comment", ""))} if isinstance(extra, dict) else {}


class ReadFirstPanel(WorkflowObjectsToModeratePanel):
    """What waits for this editor, on the editor's first page. Approving is done where the text is read, not from the list."""

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """As Wagtail's, without the approval."""
        context: dict[str, Any] = super().get_context_data(parent_context)
        for state in context["states"]:
            state["actions"] = [action for action in state["actions"] if action[0] != "approve"]
        return context


class WaitingBundlesPanel(Component):
    """Bundles that this editor may be the second one for, beside the pages of the list above."""

    name = "waiting_bundles"
    template_name = "editing/waiting_bundles.html"
    order = 225

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """`bundles`, the one that waits longest first; none for who cannot work on them."""
        return {"bundles": waiting_bundles(user=parent_context["request"].user)}


@hooks.register("construct_homepage_panels")
def read_before_approving(request: HttpRequest, panels: list[Any]) -> None:
    """Our list in the place of Wagtail's, and the bundles that it does not know of."""
    panels[:] = [ReadFirstPanel() if type(panel) is WorkflowObjectsToModeratePanel else panel for panel in panels]
    panels.append(WaitingBundlesPanel())


@hooks.register("register_log_actions")
def own_actions(actions: Any) -> None:
    """What the page log and the site's history call our steps."""
    actions.register_action("editing.approve", gettext_lazy("Approved"), gettext_lazy("Approved by a second editor"))
    actions.register_action("editing.bundle_submit", gettext_lazy("Bundle handed in"), gettext_lazy("Bundle handed in"))
    actions.register_action("editing.bundle_return", gettext_lazy("Bundle given back"), gettext_lazy("Bundle given back"))
    actions.register_action("editing.bundle_approve", gettext_lazy("Bundle approved"), gettext_lazy("Bundle approved"))
    actions.register_action("editing.bundle_publish", gettext_lazy("Bundle published"), gettext_lazy("Bundle published"))


@hooks.register("register_admin_viewset")
def bundles() -> views.BundleViewSet:
    """Bundles in the menu."""
    return views.BundleViewSet()


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    """Below /admin/."""
    return [
        path("guide/", views.show_guide, name="editing-guide"),
        path("bundle/<uuid:pk>/", views.review_bundle, name="editing-bundle"),
        path("bundle/<uuid:pk>/<str:step>/", views.step_bundle, name="editing-bundle-step"),
    ]


@hooks.register("register_admin_menu_item")
def guide_in_the_menu() -> MenuItem:
    """The guide is one click away wherever one is."""
    return MenuItem(gettext_lazy("Guide"), reverse("editing-guide"), name="guide", icon_name="help", order=9_000)


@hooks.register("construct_main_menu")
def without_the_makers_help(request: HttpRequest, items: list[Any]) -> None:
    """Our guide is the help; the maker's own leads to other hosts."""
    items[:] = [item for item in items if item.name != "help"]


@hooks.register("insert_global_admin_css")
def own_colours() -> SafeString:
    """The project's colours."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/editor.css"))


@hooks.register("insert_editor_js")
def own_script() -> SafeString:
    """Keeps what is typed while the editor saves by itself."""
    return format_html('<script src="{}" type="module"></script>', static("js/editor.js"))


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def tell_what_is_to_mend(request: HttpRequest, page: Page) -> None:
    """What became of a reviewer's step; else how many faults keep the page back, right after it was saved."""
    from cms.editing.checks import faults_of

    if "action-workflow-action" in request.POST:
        _tell_step(request, page)
        return
    faults = faults_of(page)
    if faults and "application/json" not in request.headers.get("Accept", ""):
        messages.warning(request, _("To mend before it goes out: %d. See the head of the form.") % len(faults))


def _tell_step(request: HttpRequest, page: Page) -> None:
    """Wagtail says no more than that the page was updated."""
    step = request.POST.get("workflow-action-name")
    state = page.workflow_states.order_by("-created_at", "-pk").first()
    if step == "reject" and state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        messages.success(request, _("Given back."))
    elif step == "approve" and state is not None and state.status == WorkflowState.STATUS_APPROVED:
        waits = page.scheduled_revision is not None
        messages.success(request, _("Approved. It goes out at its time.") if waits else _("Approved. The page is published."))

"""How a text goes out: somebody else approves it, alone or as one of a bundle."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.models import AbstractGroupApprovalTask, Orderable, Page, TaskState

from backend.core.classification import Classification, DataClass, Purpose, Retention, inherited_fields, internal, personal
from backend.core.clock import now
from backend.core.models import Entity

READ_FIRST = "read-first"
"""In the address of a page's form: who came to approve is told to read."""
_EDITORIAL = Classification(DataClass.INTERNAL, Purpose.PUBLICATION, Retention.PERMANENT)


class SecondEditorTask(AbstractGroupApprovalTask):
    """A step of review that nobody can take for a text that is partly their own (četru acu princips)."""

    field_classes = inherited_fields(AbstractGroupApprovalTask, _EDITORIAL) | {
        "task_ptr": _EDITORIAL, "groups": _EDITORIAL,
    }  # fmt: skip

    class Meta:
        verbose_name = _("review by a second editor")
        verbose_name_plural = _("reviews by a second editor")

    @classmethod
    def get_description(cls) -> str:
        """For the list of kinds of tasks."""
        return _("A member of the chosen groups approves who wrote nothing of the text")

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        """While a text is reviewed, those who wrote it wait: what is approved is what was read."""
        from cms.editing.policies import wrote

        return super().locked_for_user(obj, user) or wrote(page=obj, user=user)

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        """Members of the groups, authors included: they may look and withdraw."""
        return bool(user.is_superuser or self._user_in_groups(user))

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Approve only what one did not write and what has no fault that keeps it back; anybody else may ask for changes."""
        from cms.editing.policies import reasons_against

        actions = super().get_actions(obj, user)
        if not actions or not reasons_against(page=obj, user=user):
            return actions
        return [action for action in actions if action[0] == "reject"]

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: Any, action_name: str, *, read: str = "", **kwargs: Any) -> Any:
        """Take the step; an approval names the revision that was read (`policies.mark_of`).

        One that names none is not done: the answer is the way to the form where the text is read. Raises PermissionDenied
        for an approval that is not this user's to give, and where the text is no longer what was read.
        """
        from cms.editing.policies import mark_of, reasons_against
        from cms.editing.services import approve

        if action_name == "approve":
            page = Page.objects.select_for_update().get(pk=task_state.workflow_state.content_object.pk)  # writers wait
            revision = page.get_latest_revision()  # the one that Wagtail will publish
            reasons = reasons_against(page=revision.as_object(), user=user)
            if reasons:
                raise PermissionDenied(" ".join(reasons))
            if not read:
                return f"{reverse('wagtailadmin_pages:edit', args=[page.pk])}?{READ_FIRST}=1"
            if read != mark_of(revision):
                raise PermissionDenied(_("The text was changed after you opened it. Read it again before you approve it."))
            approve(revision=revision, approver=user)
            # A text that was mended after it was handed in: the answer is for the text as it stands, or Wagtail, which asks
            # anew for each revision (WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT), would begin the step again.
            task_state.revision = revision
        return super().on_action(task_state, user, action_name, **kwargs)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        """What waits for this user: not what they wrote."""
        from cms.editing.policies import wrote

        states = super().get_task_states_user_can_moderate(user, **kwargs)
        own = [state.pk for state in states.select_related("revision") if wrote(page=state.revision.content_object, user=user)]
        return states.exclude(pk__in=own)


class Approval(Entity):
    """Somebody let a text out that they had not written. Added, never changed; the database checks who wrote it."""

    tag = "apv"

    # Without a constraint: a page may be deleted, that somebody let it out stays (docs/decisions/0147).
    revision = internal(
        models.OneToOneField("wagtailcore.Revision", on_delete=models.DO_NOTHING, db_constraint=False, related_name="approval")
    )
    approver = personal(models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.EVIDENCE)
    given_at = internal(models.DateTimeField(default=now, editable=False))

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")

    def __str__(self) -> str:
        return f"{self.revision_id}"


class BundleState(models.TextChoices):
    """Where a bundle stands."""

    OPEN = "OPEN", _("Being put together")
    SUBMITTED = "SUBMITTED", _("Waits for a second editor")
    APPROVED = "APPROVED", _("Approved, goes out at its time")
    PUBLISHED = "PUBLISHED", _("Published")


class Bundle(Entity, ClusterableModel):
    """Several pages that are read and go out together, or not at all (kopa)."""

    tag = "bun"

    title = internal(models.CharField(_("name"), max_length=200))
    note = internal(models.TextField(_("for who reviews it"), max_length=2000, blank=True))
    publish_at = internal(
        models.DateTimeField(_("goes out at"), null=True, blank=True, help_text=_("Empty: as soon as it is approved."))
    )
    state = internal(models.CharField(_("state"), max_length=12, choices=BundleState, default=BundleState.OPEN, editable=False))
    submitter = personal(
        models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False),
        purpose=Purpose.EVIDENCE,
    )
    approver = personal(
        models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False),
        purpose=Purpose.EVIDENCE,
    )
    remark = internal(models.TextField(_("what to change"), max_length=2000, blank=True, editable=False))
    made_at = internal(models.DateTimeField(default=now, editable=False))
    published_at = internal(models.DateTimeField(null=True, editable=False))

    panels = [
        FieldPanel("title"),
        FieldPanel("note"),
        FieldPanel("publish_at"),
        InlinePanel("items", label=_("page"), heading=_("Pages"), min_num=1, max_num=40),
    ]

    class Meta:
        verbose_name = _("bundle")
        verbose_name_plural = _("bundles")
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                name="bundle_four_eyes",
                condition=models.Q(approver=None) | ~models.Q(approver=models.F("submitter")),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether pages may be added and taken out."""
        return self.state == BundleState.OPEN


class BundlePage(Orderable):
    """A page of a bundle, and the revision of it that was handed in."""

    field_classes = inherited_fields(Orderable, _EDITORIAL)

    bundle = internal(ParentalKey(Bundle, on_delete=models.CASCADE, related_name="items", db_index=False))
    page = internal(models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+", verbose_name=_("page")))
    revision = internal(
        models.ForeignKey("wagtailcore.Revision", on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    )

    panels = [PageChooserPanel("page")]

    class Meta(Orderable.Meta):
        verbose_name = _("page of a bundle")
        verbose_name_plural = _("pages of a bundle")
        constraints = [models.UniqueConstraint(name="page_once_in_bundle", fields=["bundle", "page"])]

    def __str__(self) -> str:
        return str(self.page_id)

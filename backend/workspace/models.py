"""What waits for whom, and what people write to each other about it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.accounts.models import Role
from backend.core.classification import Purpose, Retention, internal, personal, special
from backend.core.clock import now
from backend.core.models import Entity


class WorkRoom(models.TextChoices):
    """The room of data that the thing lies in: who reads it there sees that it waits."""

    LEARNERS = "learners", pgettext_lazy("room", "learners")
    PLANS = "plans", pgettext_lazy("room", "plans")
    DELIVERY = "delivery", pgettext_lazy("room", "delivery of support")
    MONEY = "money", pgettext_lazy("room", "money")


class WorkKind(models.TextChoices):
    """What is to be done (domain.md 1.1, 4.1, 6)."""

    APPROVE_PLAN = "APPROVE_PLAN", _("approve a plan")
    CORRECT_PLAN = "CORRECT_PLAN", _("correct a returned plan")
    EVALUATE_PLAN = "EVALUATE_PLAN", _("evaluate a plan")
    CONFIRM_CONSULTATION = "CONFIRM_CONSULTATION", _("confirm a consultation")
    APPROVE_TIMESHEET = "APPROVE_TIMESHEET", _("approve a timesheet")
    SUBMIT_MONTH = "SUBMIT_MONTH", _("submit the month's documents")
    DECIDE_CLAIM = "DECIDE_CLAIM", _("decide on a claim")
    ACCEPT_TRANSFER = "ACCEPT_TRANSFER", _("accept or reject a transfer")
    DECIDE_DUPLICATE = "DECIDE_DUPLICATE", _("decide on a possible duplicate")
    DECIDE_WARNING = "DECIDE_WARNING", _("decide on an early warning")
    SCORE_PROJECT = "SCORE_PROJECT", _("score a project")
    REPORT_PROJECT = "REPORT_PROJECT", _("report on a project")
    DO_DECISION = "DO_DECISION", _("carry out a meeting's decision")
    ANSWER_RIGHTS_REQUEST = "ANSWER_RIGHTS_REQUEST", _("answer a request about personal data")


class WorkEnd(models.TextChoices):
    DONE = "DONE", pgettext_lazy("work", "done")
    VOID = "VOID", pgettext_lazy("work", "no longer needed")


class WorkItem(Entity):
    """Something that waits: for a role at an institution, or for one person; since when, until when, because of what.

    Items follow from the state of things; the table keeps them so that lateness has a history. `cause` names the item or
    the thing that made this one wait.
    """

    tag = "work"

    kind = internal(models.CharField(max_length=30, choices=WorkKind))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    room = internal(models.CharField(max_length=10, choices=WorkRoom))
    role = internal(models.CharField(max_length=40, choices=Role))
    """Whose role takes the step."""
    assignee = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="work_items"),
        purpose=Purpose.ADMINISTRATION,
    )
    """The one person it waits for; empty: anybody with the role."""
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.SUPPORT,
    )
    subject_tag = internal(models.CharField(max_length=8, db_collation="C"))
    subject_id = internal(models.UUIDField())
    caused_by = internal(models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="caused"))
    opened_at = internal(models.DateTimeField(default=now))
    due_on = internal(models.DateField(null=True, blank=True))
    ended_at = internal(models.DateTimeField(null=True, blank=True))
    end = internal(models.CharField(max_length=10, choices=WorkEnd, blank=True))

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["institution", "role", "due_on"], name="work_by_institution", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["assignee", "due_on"], name="work_by_assignee", condition=Q(ended_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                name="work_item_once", fields=["kind", "subject_id", "role"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="work_item_ended_with_end",
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
            ),
            models.CheckConstraint(name="work_item_room", condition=Q(room__in=WorkRoom.values)),
            models.CheckConstraint(
                name="work_item_not_its_own_cause", condition=Q(caused_by__isnull=True) | ~Q(caused_by=models.F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Message(Entity):
    """What one person writes to another about a thing of an institution. Not the place for decisions, which are steps."""

    tag = "msg"

    sender = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"),
        purpose=Purpose.ADMINISTRATION,
    )
    recipient = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages"),
        purpose=Purpose.ADMINISTRATION,
    )
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.SUPPORT,
    )
    subject_tag = internal(models.CharField(max_length=8, blank=True, db_collation="C"))
    subject_id = internal(models.UUIDField(null=True, blank=True))
    answers = internal(models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="answered_by"))
    body = special(models.TextField(), purpose=Purpose.ADMINISTRATION, retention=Retention.PROGRAMME)
    sent_at = internal(models.DateTimeField(default=now))
    read_at = internal(models.DateTimeField(null=True, blank=True))

    class Meta:
        ordering = ["-sent_at", "id"]
        indexes = [models.Index(fields=["recipient", "-sent_at"], name="message_by_recipient")]
        constraints = [
            models.CheckConstraint(name="message_to_another", condition=~Q(sender=models.F("recipient"))),
            models.CheckConstraint(
                name="message_subject",
                condition=Q(subject_tag="", subject_id__isnull=True) | (~Q(subject_tag="") & Q(subject_id__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

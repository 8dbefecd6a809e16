"""What waits for whom, as rows that no table holds, and what people write to each other about it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    """What is to be done (domain.md 1.1, 4.1)."""

    RECORD_APPLICATION = "RECORD_APPLICATION", _("record the signed application")
    SUBMIT_PLAN = "SUBMIT_PLAN", _("finish and submit a plan")
    APPROVE_PLAN = "APPROVE_PLAN", _("approve a plan")
    CORRECT_PLAN = "CORRECT_PLAN", _("correct a returned plan")
    EVALUATE_PLAN = "EVALUATE_PLAN", _("evaluate a plan")
    CLOSE_PLAN = "CLOSE_PLAN", _("close a plan")
    CONFIRM_CONSULTATION = "CONFIRM_CONSULTATION", _("confirm a consultation")
    APPROVE_TIMESHEET = "APPROVE_TIMESHEET", _("approve a timesheet")
    SUBMIT_MONTH = "SUBMIT_MONTH", _("submit the month's documents")
    DECIDE_CLAIM = "DECIDE_CLAIM", _("decide on a claim")
    PREPARE_PAYMENT = "PREPARE_PAYMENT", _("prepare a payment to a partner")
    RELEASE_PAYMENT = "RELEASE_PAYMENT", _("release a payment to the bank")
    SETTLE_PAYMENT = "SETTLE_PAYMENT", _("record that the bank paid")
    DECIDE_DUPLICATE = "DECIDE_DUPLICATE", _("decide on a possible duplicate")


class WorkItem(Entity):
    """Something that waits: for a role at an institution, or for one person; since when, until when.

    No table holds it: it follows from the state of things (`queue.work_items`; docs/decisions/0118-what-waits-is-derived.md).
    Its key follows from what is to be done about what, so it is the same for everybody and as long as it waits.
    """

    tag = "work"

    id = internal(models.UUIDField(primary_key=True, editable=False, db_column="w_id"))
    kind = internal(models.CharField(max_length=30, choices=WorkKind, db_column="w_kind"))
    room = internal(models.CharField(max_length=10, choices=WorkRoom, db_column="w_room"))
    role = internal(models.CharField(max_length=40, db_column="w_role"))
    """In which the caller takes the step, or, of what waits for others, they do."""
    institution = internal(
        models.ForeignKey(
            "territory.Institution", on_delete=models.DO_NOTHING, null=True, related_name="+", db_column="w_institution"
        )
    )
    semester = internal(
        models.ForeignKey("territory.Semester", on_delete=models.DO_NOTHING, null=True, related_name="+", db_column="w_semester")
    )
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.DO_NOTHING, null=True, related_name="+", db_column="w_learner"),
        purpose=Purpose.SUPPORT,
    )
    assignee = personal(
        models.ForeignKey(
            settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, null=True, related_name="+", db_column="w_assignee"
        ),
        purpose=Purpose.ADMINISTRATION,
    )
    """The one person who is to do it before others who may; empty: anybody with the role."""
    subject_tag = internal(models.CharField(max_length=8, db_column="w_tag"))
    subject_id = internal(models.UUIDField(db_column="w_subject"))
    detail = internal(models.CharField(max_length=60, db_column="w_detail"))
    """Number of the plan, payment or agreement, or a day of the month that it is about."""
    opened_at = internal(models.DateTimeField(db_column="w_since"))
    due_on = internal(models.DateField(null=True, db_column="w_due"))
    due_order = internal(models.DateField(db_column="w_order"))
    """The day due, the last of all days where there is none, so that lists can stand on it."""
    is_overdue = internal(models.BooleanField(db_column="w_overdue"))

    class Meta:
        managed = False
        ordering = ["due_order", "id"]

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
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages", db_index=False),
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

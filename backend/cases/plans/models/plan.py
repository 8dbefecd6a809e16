"""The individual support plan and the steps it took."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.classification import Purpose, internal, personal, special
from backend.core.clock import now
from backend.core.models import Entity, Versioned


class PlanStatus(models.TextChoices):
    """Where a plan stands (contract; the order of approval: domain.md 1.1; the last two are inferred there)."""

    DRAFT = "DRAFT", _("draft")  # saglabāts
    SUBMITTED = "SUBMITTED", _("submitted to the head")  # iesniegts direktoram
    APPROVED_BY_INSTITUTION = "APPROVED_BY_INSTITUTION", _("approved by the institution")
    APPROVED_BY_MUNICIPALITY = "APPROVED_BY_MUNICIPALITY", _("approved by the municipality")
    ACTIVE = "ACTIVE", pgettext_lazy("plan", "active")  # saskaņots
    EVALUATED = "EVALUATED", _("evaluated")  # izvērtēts
    CLOSED = "CLOSED", _("closed")
    RETURNED = "RETURNED", _("returned for changes")  # atgriezts precizēšanai
    INTERRUPTED = "INTERRUPTED", _("interrupted")  # pārtraukts


BEFORE_ACTIVE = ("DRAFT", "SUBMITTED", "APPROVED_BY_INSTITUTION", "APPROVED_BY_MUNICIPALITY", "RETURNED")
ACTIVE_OR_FURTHER = ("ACTIVE", "EVALUATED", "CLOSED")
NOT_SUBMITTED = ("DRAFT", "INTERRUPTED")


class SupportPlan(Entity, Versioned):
    """Individual support plan (individuālais atbalsta plāns, IAP): one per learner, institution and semester.

    Its period is its own pair of dates inside the semester; first-semester plans run to 31 December (domain.md 1).
    Plans that were ever approved by the agency count in statistics: `activated_at` is set and stays.
    """

    tag = "plan"

    number = internal(models.CharField(max_length=60, unique=True))
    """The system's ID code, quoted in directors' orders (domain.md 1)."""
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="plans", db_index=False),
        purpose=Purpose.SUPPORT,
    )
    institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="plans", db_index=False)
    )
    enrolment = personal(
        models.ForeignKey("learners.Enrolment", on_delete=models.PROTECT, related_name="plans"), purpose=Purpose.SUPPORT
    )
    semester = internal(models.ForeignKey("territory.Semester", on_delete=models.PROTECT, related_name="plans"))
    status = internal(models.CharField(max_length=30, choices=PlanStatus, default=PlanStatus.DRAFT))
    period_from = internal(models.DateField())
    period_to = internal(models.DateField())
    author = personal(
        models.ForeignKey(
            settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="authored_plans"
        ),
        purpose=Purpose.EVIDENCE,
    )
    carried_from = personal(
        models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="carried_into"),
        purpose=Purpose.SUPPORT,
    )
    """The plan of an earlier semester from which this one was carried forward."""
    application = personal(
        models.ForeignKey("plans.Application", on_delete=models.PROTECT, null=True, blank=True, related_name="plans"),
        purpose=Purpose.EVIDENCE,
    )
    """The signed application that it stands on: set as soon as both are there, at the latest when it is submitted."""
    submitted_at = internal(models.DateTimeField(null=True, blank=True))
    activated_at = internal(models.DateTimeField(null=True, blank=True))
    evaluated_at = internal(models.DateTimeField(null=True, blank=True))
    closed_at = internal(models.DateTimeField(null=True, blank=True))
    interrupted_at = internal(models.DateTimeField(null=True, blank=True))
    interrupted_on = personal(models.DateField(null=True, blank=True), purpose=Purpose.SUPPORT)
    """Last day on which an interrupted plan held; its period stays as it was approved."""
    interruption_ground = personal(
        models.ForeignKey("registry.InterruptionGround", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.SUPPORT,
    )
    result_text = special(models.TextField(blank=True), purpose=Purpose.SUPPORT)
    """Evaluation of the measures' result at the semester's end (izvērtējums)."""
    continue_next = personal(models.BooleanField(null=True, blank=True), purpose=Purpose.SUPPORT)
    """Whether support should go on in the next semester; unset until evaluated."""

    class Meta:
        ordering = ["-period_from", "id"]
        indexes = [
            models.Index(fields=["institution", "semester", "status"], name="plan_by_institution"),
            models.Index(fields=["institution", "-period_from", "id"], name="plan_in_order"),
            # Plans on somebody's desk are few among all that ever were: for who looks over the whole state.
            models.Index(fields=["status"], name="plan_on_its_way", condition=~Q(status__in=["CLOSED", "INTERRUPTED"])),
        ]
        constraints = [
            models.UniqueConstraint(
                name="plan_once_a_semester",
                fields=["learner", "institution", "semester"],
                violation_error_message=_("The learner has a plan of this institution in this semester already."),
            ),
            models.UniqueConstraint(name="plan_reference", fields=["id", "learner", "institution"]),
            models.UniqueConstraint(name="plan_owner_reference", fields=["id", "institution"]),
            models.CheckConstraint(
                name="plan_carried_from_another", condition=Q(carried_from__isnull=True) | ~Q(carried_from=F("id"))
            ),
            models.CheckConstraint(name="plan_period", condition=Q(period_to__gte=F("period_from"))),
            models.CheckConstraint(
                name="plan_activated_with_status",
                condition=Q(status__in=BEFORE_ACTIVE, activated_at__isnull=True)
                | Q(status__in=ACTIVE_OR_FURTHER, activated_at__isnull=False)
                | Q(status="INTERRUPTED"),
            ),
            models.CheckConstraint(
                name="plan_submitted_with_status", condition=Q(status__in=NOT_SUBMITTED) | Q(submitted_at__isnull=False)
            ),
            models.CheckConstraint(
                name="plan_evaluated_with_status",
                condition=~Q(status__in=["EVALUATED", "CLOSED"]) | Q(evaluated_at__isnull=False),
            ),
            models.CheckConstraint(name="plan_closed_with_status", condition=~Q(status="CLOSED") | Q(closed_at__isnull=False)),
            models.CheckConstraint(
                name="plan_interrupted_with_status",
                condition=Q(status="INTERRUPTED", interrupted_at__isnull=False)
                | (~Q(status="INTERRUPTED") & Q(interrupted_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="plan_ground_of_interrupted",
                condition=Q(status="INTERRUPTED") | Q(interrupted_on__isnull=True, interruption_ground__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PlanStep(Entity):
    """One step of a plan from status to status, with who took it and when. Rows are added, never changed.

    A step from SUBMITTED to SUBMITTED is an approval that needs a further one (`registry.ApprovalTier`).
    """

    tag = "step"

    plan = internal(models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="steps", db_index=False))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    from_status = internal(models.CharField(max_length=30, choices=PlanStatus, blank=True))
    """Empty for the step that made the plan."""
    to_status = internal(models.CharField(max_length=30, choices=PlanStatus))
    actor = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    role = internal(models.CharField(max_length=40, blank=True, default="", db_default=""))
    """Role in which it was taken; empty where the step tells it by itself (`machine.role_of`)."""
    at = internal(models.DateTimeField(default=now))
    comment = special(models.TextField(blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["plan", "at"], name="step_by_plan")]
        constraints = [models.UniqueConstraint(name="step_reference", fields=["id", "plan", "institution"])]

    def __str__(self) -> str:
        return f"{self.from_status} > {self.to_status}"

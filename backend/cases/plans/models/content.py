"""What a plan says: risks judged at its start and end, and the measures against them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.cases.plans.models.plan import SupportPlan
from backend.core.classification import Purpose, internal, personal, special
from backend.core.models import Entity, Versioned
from backend.core.money import EuroField
from backend.registry.models import MeasureCategory


class AssessmentMoment(models.TextChoices):
    START = "START", _("at the start of the plan")
    END = "END", _("at the end of the plan")


class RiskAssessment(Entity, Versioned):
    """A risk judged on a plan (risku izvērtējums), at its start or its end.

    The whole row is treated as special: the factor alone can tell of health or family (domain.md 10, minimisation).
    """

    tag = "risk"

    plan = internal(models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="risks", db_index=False))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    risk_factor = special(
        models.ForeignKey("registry.RiskFactor", on_delete=models.PROTECT, related_name="assessments"), purpose=Purpose.SUPPORT
    )
    moment = internal(models.CharField(max_length=10, choices=AssessmentMoment, default=AssessmentMoment.START))
    level = special(
        models.ForeignKey("registry.RiskLevel", on_delete=models.PROTECT, to_field="value", db_column="level", related_name="+"),
        purpose=Purpose.SUPPORT,
    )
    """A value of the configurable scale `registry.RiskLevel`."""
    note = special(models.TextField(blank=True), purpose=Purpose.SUPPORT)
    assessed_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    """Who judged it last."""

    class Meta:
        ordering = ["moment", "id"]
        indexes = [models.Index(fields=["plan", "moment"], name="risk_by_plan")]
        constraints = [
            models.UniqueConstraint(name="risk_once_a_moment", fields=["plan", "risk_factor", "moment"]),
            models.UniqueConstraint(name="risk_reference", fields=["id", "plan"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class Measure(Entity, Versioned):
    """A measure of a plan (atbalsta pasākums). Measures and subjects are not mixed: one subject, one measure.

    `category` and `kind_code` repeat the kind's, held equal by the database, so that what a measure must state, and what
    can be delivered under it, are plain constraints.
    """

    tag = "msr"

    plan = internal(models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="measures"))
    learner = personal(models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.SUPPORT)
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    kind = personal(
        models.ForeignKey("registry.MeasureKind", on_delete=models.PROTECT, related_name="measures"), purpose=Purpose.SUPPORT
    )
    category = personal(models.CharField(max_length=20, choices=MeasureCategory), purpose=Purpose.SUPPORT)
    kind_code = personal(models.CharField(max_length=40), purpose=Purpose.SUPPORT)
    risk = special(
        models.ForeignKey(RiskAssessment, on_delete=models.PROTECT, null=True, blank=True, related_name="measures"),
        purpose=Purpose.SUPPORT,
    )
    subject = personal(models.CharField(max_length=120, blank=True), purpose=Purpose.SUPPORT)
    """School subject of a teacher's consultations."""
    planned_hours = personal(models.PositiveSmallIntegerField(null=True, blank=True), purpose=Purpose.SUPPORT)
    planned_amount = personal(EuroField(null=True, blank=True), purpose=Purpose.SETTLEMENT)
    months = personal(ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True), purpose=Purpose.SUPPORT)
    """Calendar months (1-12) of the plan's period in which the measure is meant to run; empty: all of them."""
    note = special(models.TextField(blank=True), purpose=Purpose.SUPPORT)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["institution", "kind_code"], name="measure_by_institution")]
        constraints = [
            models.CheckConstraint(
                name="measure_states_what_its_category_needs",
                # NULL > 0 is unknown, and a check lets the unknown pass: hence "is not null" beside it.
                condition=Q(category="CONSULTATION", planned_amount=None, planned_hours__isnull=False, planned_hours__gt=0)
                | Q(category="REIMBURSEMENT", planned_hours=None, planned_amount__isnull=False, planned_amount__gt=0)
                | Q(category="YOUTH_PROJECT", planned_hours=None, planned_amount=None),
                violation_error_message=_("A consultation plans hours, a reimbursement an amount, a youth project neither."),
            ),
            models.CheckConstraint(
                name="measure_months",
                condition=Q(months__contained_by=list(range(1, 13))),
                violation_error_message=_("Months are 1 to 12."),
            ),
            models.UniqueConstraint(name="measure_reference", fields=["id", "learner", "institution", "kind_code"]),
        ]

    def __str__(self) -> str:
        return self.public_id

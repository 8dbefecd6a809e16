"""Comments on single parts of a plan, made with a step."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from backend.cases.plans.models.plan import PlanStep, SupportPlan
from backend.core.classification import Purpose, internal, special
from backend.core.models import Entity


class PlanRemark(Entity):
    """A comment on a risk, a measure or the application of a plan, or on the plan, made with a step that returned it.

    It outlives what it is about, which may be taken off the plan as the remark asks: hence a tag and a key, and no foreign key
    (docs/decisions/0124-remarks-outlive-their-subject.md). Rows are added, never changed.
    """

    tag = "prem"

    plan = internal(models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="remarks"))
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+"))
    step = internal(models.ForeignKey(PlanStep, on_delete=models.PROTECT, related_name="remarks", db_index=False))
    position = internal(models.PositiveSmallIntegerField())
    """Its place among the step's remarks, from 0."""
    subject_tag = internal(models.CharField(max_length=10, blank=True))
    """Type tag of what it is about; empty: the plan."""
    subject_key = internal(models.UUIDField(null=True, blank=True))
    text = special(models.TextField(), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="plan_remark_place", fields=["step", "position"]),
            models.CheckConstraint(
                name="plan_remark_subject",
                condition=Q(subject_tag="", subject_key__isnull=True) | (~Q(subject_tag="") & Q(subject_key__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

"""Learners who take part in a project, on a place that their plan gives them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from backend.activities.initiatives.models.project import InitiativeProject
from backend.core.classification import Purpose, internal, personal
from backend.core.models import Entity, Versioned
from backend.registry.models.reference import YOUTH_PROJECT_CODE


class ProjectParticipant(Entity, Versioned):
    """A learner's place in a project: a measure of the learner's plan of category YOUTH_PROJECT.

    The row is the institution's; the organisation sees numbers, never these names
    (docs/decisions/0065-rooms-of-the-new-tables.md). The measure's learner, institution and kind are held equal by the database.
    """

    tag = "ppart"

    project = internal(
        models.ForeignKey(InitiativeProject, on_delete=models.PROTECT, related_name="participants", db_index=False)
    )
    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    learner = personal(models.ForeignKey("learners.Learner", on_delete=models.PROTECT, related_name="+"), purpose=Purpose.SUPPORT)
    measure = personal(
        models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="project_places"), purpose=Purpose.SUPPORT
    )
    kind_code = internal(models.CharField(max_length=40, default=YOUTH_PROJECT_CODE, editable=False))
    starts_on = personal(models.DateField(), purpose=Purpose.SUPPORT)
    ends_on = personal(models.DateField(null=True, blank=True), purpose=Purpose.SUPPORT)
    finished = personal(models.BooleanField(null=True, blank=True), purpose=Purpose.SUPPORT)
    """Whether the learner stayed to the end; empty while the project runs."""

    class Meta:
        ordering = ["starts_on", "id"]
        indexes = [models.Index(fields=["institution", "starts_on"], name="participant_by_institution")]
        constraints = [
            models.UniqueConstraint(name="participant_once", fields=["project", "learner"]),
            models.CheckConstraint(name="participant_kind", condition=Q(kind_code=YOUTH_PROJECT_CODE)),
            models.CheckConstraint(name="participant_period", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="participant_outcome_at_the_end", condition=Q(finished__isnull=True) | Q(ends_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

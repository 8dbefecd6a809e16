"""Who scores a project, and the points they give."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.activities.initiatives.models.call import CallCriterion, InitiativeCall
from backend.activities.initiatives.models.project import InitiativeProject
from backend.core.classification import Purpose, internal, personal
from backend.core.models import Entity, Versioned


class ProjectScorer(Entity, Versioned):
    """One of several people who score a project. Who declared a conflict of interest gives no points."""

    tag = "pscr"

    project = internal(models.ForeignKey(InitiativeProject, on_delete=models.PROTECT, related_name="scorers", db_index=False))
    municipality = internal(models.ForeignKey("territory.Municipality", on_delete=models.PROTECT, related_name="+"))
    scorer = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scored_projects", db_index=False),
        purpose=Purpose.EVIDENCE,
    )
    has_conflict = internal(models.BooleanField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    """What the scorer declared about a conflict of interest; empty until they did."""
    finished_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["scorer"], name="project_scorer_by_user")]
        constraints = [
            models.UniqueConstraint(name="project_scorer_once", fields=["project", "scorer"]),
            models.CheckConstraint(
                name="project_scorer_declares_first",
                condition=Q(finished_at__isnull=True) | Q(has_conflict__isnull=False, has_conflict=False),
                violation_error_message=_("A scorer first declares that there is no conflict of interest."),
            ),
            models.UniqueConstraint(name="project_scorer_reference", fields=["id", "project", "municipality", "scorer"]),
        ]

    def __str__(self) -> str:
        return self.public_id


class ProjectScore(Entity, Versioned):
    """Points of one scorer for one criterion. Project, call and limits are held equal to the parents' by the database."""

    tag = "pscore"

    scoring = internal(models.ForeignKey(ProjectScorer, on_delete=models.PROTECT, related_name="scores", db_index=False))
    project = internal(models.ForeignKey(InitiativeProject, on_delete=models.PROTECT, related_name="scores", db_index=False))
    call = internal(models.ForeignKey(InitiativeCall, on_delete=models.PROTECT, related_name="+"))
    municipality = internal(models.ForeignKey("territory.Municipality", on_delete=models.PROTECT, related_name="+"))
    scorer = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"), purpose=Purpose.EVIDENCE
    )
    criterion = internal(models.ForeignKey(CallCriterion, on_delete=models.PROTECT, related_name="scores"))
    max_points = internal(models.PositiveSmallIntegerField())
    points = internal(models.PositiveSmallIntegerField(), purpose=Purpose.EVIDENCE)
    comment = internal(models.TextField(blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["project", "criterion"], name="project_score_by_project")]
        constraints = [
            models.UniqueConstraint(name="project_score_once", fields=["scoring", "criterion"]),
            models.CheckConstraint(
                name="project_score_within_criterion",
                condition=Q(points__lte=F("max_points")),
                violation_error_message=_("The criterion gives fewer points."),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

"""Counts and means over projects as expressions."""

from __future__ import annotations

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    Expression,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Cast, Round

from backend.activities.initiatives.models import ProjectScore, ProjectScorer

_POINTS = DecimalField(max_digits=8, decimal_places=2)


def participants() -> Expression:
    """Over projects: learners who take part. Names belong to the institutions, the number to whoever sees the project."""
    return Func(F("pk"), function="initiatives_participants", output_field=IntegerField())


def mean_points() -> Expression:
    """Over projects: mean of the scorers' points in all, to two places; null until each who has no conflict has finished.

    For the organiser, who sees every scorer; a scorer would compute it over the own points.
    """
    waiting = ProjectScorer.objects.filter(project=OuterRef("pk"), finished_at=None).exclude(has_conflict=True)
    given = ProjectScore.objects.filter(project=OuterRef("pk"), scoring__finished_at__isnull=False).order_by().values("project")
    mean = Cast(Sum("points"), _POINTS) / Count("scoring", distinct=True)
    found = Subquery(given.annotate(mean=Round(mean, 2, output_field=_POINTS)).values("mean"), output_field=_POINTS)
    return Case(When(~Q(Exists(waiting)), then=found), default=None, output_field=_POINTS)

"""The semester calendar."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.core.classification import internal, public
from backend.core.models import Entity, Revised, Sourced


class Semester(Entity, Sourced, Revised):
    """A semester of the school year (semestris), with the period its plans may cover.

    First-semester plans run to 31 December, not to the school semester's end (domain.md 1).
    """

    tag = "sem"

    code = public(models.CharField(max_length=12, unique=True))
    school_year = public(models.CharField(max_length=9))
    number = public(models.PositiveSmallIntegerField())
    starts_on = public(models.DateField())
    ends_on = public(models.DateField())
    ends_on_grade_9 = public(models.DateField(null=True, blank=True))
    ends_on_grade_12 = public(models.DateField(null=True, blank=True))
    plan_period_ends_on = public(models.DateField())
    provisional_fields = public(ArrayField(models.CharField(max_length=30), default=list, blank=True))
    """Names of the dates above that no source gives and that we set provisionally."""
    closed_at = internal(models.DateTimeField(null=True, blank=True))

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(name="semester_number", condition=Q(number__in=[1, 2])),
            models.CheckConstraint(name="semester_period", condition=Q(ends_on__gt=F("starts_on"))),
            models.CheckConstraint(name="semester_plan_period", condition=Q(plan_period_ends_on__gte=F("starts_on"))),
            models.UniqueConstraint(name="semester_of_year", fields=["school_year", "number"]),
        ]

    def __str__(self) -> str:
        return self.code

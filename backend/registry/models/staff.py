"""Positions of staff and their contracts. Who may do what stands in `backend.accounts.Assignment`, with role and period."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from backend.core.classification import Purpose, internal, personal, public
from backend.core.database.ranges import DateRange
from backend.core.models import Bilingual, Dated, Entity, Revised, Sourced, Versioned, one_at_a_time, validity_constraint
from backend.registry.models.reference import SpecialistRole


class Position(Entity, Bilingual, Sourced, Dated, Revised):
    """A position as the timesheet names it (amats). The default is always "pedagogs" (domain.md 4, DL08)."""

    tag = "pos"

    code = public(models.CharField(max_length=60))
    specialist_role = public(models.CharField(max_length=40, choices=SpecialistRole))
    """Measures whose hours this position gives: the position must match the measure (domain.md 4.1)."""
    is_default = public(models.BooleanField(default=False))
    position = public(models.PositiveSmallIntegerField(default=0))

    class Meta:
        ordering = ["position"]
        constraints = [
            validity_constraint(prefix="position"),
            one_at_a_time("code", name="position_one_at_a_time"),
            one_at_a_time(name="position_one_default", condition=Q(is_default=True)),
            models.UniqueConstraint(name="position_reference", fields=["id", "specialist_role"]),
        ]

    def __str__(self) -> str:
        return self.code


class StaffContract(Entity, Versioned):
    """A specialist's employment contract (darba līgums) with an institution, and the position in it."""

    tag = "ctr"

    user = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contracts"),
        purpose=Purpose.ADMINISTRATION,
    )
    institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="contracts", db_index=False)
    )
    position = personal(
        models.ForeignKey(Position, on_delete=models.PROTECT, related_name="contracts"), purpose=Purpose.ADMINISTRATION
    )
    number = internal(models.CharField(max_length=60, blank=True))
    starts_on = personal(models.DateField(), purpose=Purpose.ADMINISTRATION)
    ends_on = personal(models.DateField(null=True, blank=True), purpose=Purpose.ADMINISTRATION)

    class Meta:
        ordering = ["starts_on"]
        indexes = [models.Index(fields=["institution", "user"], name="contract_by_institution")]
        constraints = [
            models.CheckConstraint(
                name="contract_period", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on"))
            ),
            ExclusionConstraint(
                name="contract_one_a_position",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("institution", RangeOperators.EQUAL),
                    ("position", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

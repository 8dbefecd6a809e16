"""Agreements with partners, and the institutions that joined under them."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import internal, public
from backend.core.database.ranges import DateRange
from backend.core.models import Entity, Revised, Sourced


class CooperationAgreement(Entity, Sourced, Revised):
    """Cooperation agreement (sadarbības līgums) of the agency with a municipality, or with a state institution.

    Institutions of a municipality join one by one under its agreement; a state institution has its own (domain.md 4.2).
    """

    tag = "agr"

    programme = public(models.ForeignKey("territory.Programme", on_delete=models.PROTECT, related_name="agreements"))
    number = internal(models.CharField(max_length=60, blank=True))
    """Empty where the source gives the date only."""
    signed_on = public(models.DateField())
    ends_on = public(models.DateField(null=True, blank=True))
    municipality = public(
        models.ForeignKey("territory.Municipality", on_delete=models.PROTECT, null=True, blank=True, related_name="agreements")
    )
    institution = public(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, null=True, blank=True, related_name="agreements")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agreement_one_partner",
                condition=Q(municipality__isnull=False, institution__isnull=True)
                | Q(municipality__isnull=True, institution__isnull=False),
                violation_error_message=_("An agreement has one partner: a municipality or a state institution."),
            ),
            models.CheckConstraint(name="agreement_period", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("signed_on"))),
            models.UniqueConstraint(name="agreement_number", fields=["programme", "number"], condition=~Q(number="")),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.signed_on}".strip()


class InstitutionParticipation(Entity, Sourced, Revised):
    """The period in which an institution takes part under an agreement (both days included)."""

    tag = "part"

    agreement = public(models.ForeignKey(CooperationAgreement, on_delete=models.PROTECT, related_name="participations"))
    institution = public(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="participations"))
    joined_on = public(models.DateField())
    left_on = public(models.DateField(null=True, blank=True))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="participation_period", condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on"))
            ),
            ExclusionConstraint(
                name="participation_once_at_a_time",
                expressions=[("institution", RangeOperators.EQUAL), (DateRange("joined_on", "left_on"), RangeOperators.OVERLAPS)],
                violation_error_message=_("The institution takes part in this period already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.joined_on}"

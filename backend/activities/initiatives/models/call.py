"""Calls for youth initiative projects (jaunatnes iniciatīvu projektu konkursi), organised by municipalities."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.activities.initiatives.models.reference import InitiativeGrant, ScoringCriterion
from backend.core.classification import internal, public
from backend.core.models import Bilingual, Entity, Versioned
from backend.core.money import EuroField


class CallStatus(models.TextChoices):
    """Where a call stands (inferred: domain.md 6)."""

    ANNOUNCED = "ANNOUNCED", _("announced")  # izsludināts
    OPEN = "OPEN", pgettext_lazy("call", "open for projects")  # atvērts
    CLOSED = "CLOSED", pgettext_lazy("call", "closed for projects")  # noslēgts


class InitiativeCall(Entity, Bilingual, Versioned):
    """An open call of one municipality under its own regulation. Public, with its criteria.

    `grant_amount` repeats the grant in force when the call was announced, held equal by the database.
    """

    tag = "call"

    programme = public(
        models.ForeignKey("territory.Programme", on_delete=models.PROTECT, related_name="initiative_calls", db_index=False)
    )
    municipality = public(
        models.ForeignKey("territory.Municipality", on_delete=models.PROTECT, related_name="initiative_calls", db_index=False)
    )
    """The organiser (domain.md 6)."""
    code = public(models.CharField(max_length=60))
    round_number = public(models.PositiveSmallIntegerField())
    """Which of the programme's rounds it belongs to: 1 autumn 2018, 2 spring 2019 and so on."""
    status = public(models.CharField(max_length=20, choices=CallStatus, default=CallStatus.ANNOUNCED))
    announced_on = public(models.DateField())
    opens_on = public(models.DateField())
    closes_on = public(models.DateField())
    grant = public(models.ForeignKey(InitiativeGrant, on_delete=models.PROTECT, related_name="calls"))
    grant_amount = public(EuroField())
    min_risk_share_percent = public(models.PositiveSmallIntegerField(null=True, blank=True))
    """Recommended least share of learners at risk; the source names one, its value could not be read."""
    max_projects = public(models.PositiveSmallIntegerField(null=True, blank=True))
    regulation = public(models.CharField(max_length=300, blank=True))
    """Number and date of the municipality's regulation (nolikums)."""
    is_example = internal(models.BooleanField(default=False))

    class Meta:
        ordering = ["-opens_on", "id"]
        indexes = [models.Index(fields=["municipality", "-opens_on"], name="call_by_municipality")]
        constraints = [
            models.UniqueConstraint(name="call_code", fields=["programme", "code"]),
            models.CheckConstraint(
                name="call_dates",
                condition=Q(opens_on__gte=F("announced_on"), closes_on__gte=F("opens_on")),
                violation_error_message=_("A call is announced, then opens, then closes."),
            ),
            models.CheckConstraint(
                name="call_risk_share",
                condition=Q(min_risk_share_percent__isnull=True) | Q(min_risk_share_percent__range=(1, 100)),
            ),
            # What a project repeats of its call.
            models.UniqueConstraint(name="call_reference", fields=["id", "municipality", "grant_amount"]),
        ]

    def __str__(self) -> str:
        return self.code


class CallCriterion(Entity):
    """A criterion by which the projects of a call are scored, with the points it can give."""

    tag = "ccrit"

    call = public(models.ForeignKey(InitiativeCall, on_delete=models.PROTECT, related_name="criteria", db_index=False))
    criterion = public(models.ForeignKey(ScoringCriterion, on_delete=models.PROTECT, related_name="+"))
    max_points = public(models.PositiveSmallIntegerField())
    position = public(models.PositiveSmallIntegerField(default=0))

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(name="call_criterion_once", fields=["call", "criterion"]),
            models.CheckConstraint(name="call_criterion_points", condition=Q(max_points__gt=0)),
            models.UniqueConstraint(name="call_criterion_reference", fields=["id", "call", "max_points"]),
        ]

    def __str__(self) -> str:
        return self.public_id

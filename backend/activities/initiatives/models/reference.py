"""What the sources say of calls, with its dates: the grant, the criteria, the order of states."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import public
from backend.core.models import Bilingual, Dated, Entity, Sourced, one_at_a_time, validity_constraint
from backend.core.money import EuroField


class InitiativeGrant(Entity, Sourced, Dated):
    """What one project gets: a lump sum, neither more nor less (domain.md 6), by date."""

    tag = "grant"

    programme = public(models.ForeignKey("territory.Programme", on_delete=models.PROTECT, related_name="initiative_grants"))
    amount = public(EuroField())
    share_percent = public(models.PositiveSmallIntegerField(default=100))
    """Part of the project's costs that the grant pays."""

    class Meta:
        ordering = ["valid_from"]
        constraints = [
            validity_constraint(prefix="initiative_grant"),
            models.CheckConstraint(name="initiative_grant_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="initiative_grant_share", condition=Q(share_percent__range=(1, 100))),
            one_at_a_time("programme", name="initiative_grant_one_at_a_time"),
            models.UniqueConstraint(name="initiative_grant_reference", fields=["id", "amount"]),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.valid_from}"


class ScoringCriterion(Entity, Bilingual, Sourced, Dated):
    """A criterion that calls may choose (vērtēšanas kritērijs). The real ones stand in each municipality's regulation."""

    tag = "scrit"

    code = public(models.CharField(max_length=60))
    max_points = public(models.PositiveSmallIntegerField())
    position = public(models.PositiveSmallIntegerField(default=0))

    class Meta:
        ordering = ["position"]
        constraints = [
            validity_constraint(prefix="scoring_criterion"),
            models.CheckConstraint(name="scoring_criterion_points", condition=Q(max_points__gt=0)),
            one_at_a_time("code", name="scoring_criterion_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.code


class StatusOwner(models.TextChoices):
    """Whose states a transition is about."""

    CALL = "CALL", _("call for projects")
    PROJECT = "PROJECT", _("project of a call")


class InitiativeTransition(Entity, Sourced, Dated):
    """A step that a call or a project may take. All of them are inferred (domain.md 6), hence rows and no code.

    A trigger refuses a change of status for which no row is in force on the business day.
    """

    tag = "itr"

    owner = public(models.CharField(max_length=10, choices=StatusOwner))
    from_status = public(models.CharField(max_length=30))
    to_status = public(models.CharField(max_length=30))
    role = public(models.CharField(max_length=40))
    """Role that takes the step (`accounts.Role`)."""

    class Meta:
        ordering = ["owner", "from_status", "to_status"]
        constraints = [
            validity_constraint(prefix="initiative_transition"),
            models.CheckConstraint(name="initiative_transition_moves", condition=~Q(from_status=models.F("to_status"))),
            one_at_a_time("owner", "from_status", "to_status", "role", name="initiative_transition_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.from_status} {self.to_status}"

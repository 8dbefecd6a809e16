"""Reads of agreements, participations and reference lists."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.registry.models import CooperationAgreement, InstitutionParticipation, MeasureKind, RiskFactor, RiskLevel
from backend.registry.policies import AGREEMENTS, REFERENCE
from backend.territory.selectors import in_force


def agreements(*, scope: Scope) -> QuerySet[CooperationAgreement]:
    """Cooperation agreements, the newest first."""
    return CooperationAgreement.objects.filter(AGREEMENTS.visible(scope)).order_by("-signed_on", "id")


def participations(*, scope: Scope) -> QuerySet[InstitutionParticipation]:
    """Periods in which institutions take part."""
    return InstitutionParticipation.objects.filter(AGREEMENTS.visible(scope)).order_by("joined_on", "id")


def risk_factors(*, scope: Scope, on: dt.date | None = None) -> QuerySet[RiskFactor]:
    """Risk factors in the order of the list; with `on`, the versions valid on that day."""
    found = RiskFactor.objects.filter(REFERENCE.visible(scope)).order_by("position", "valid_from")
    return found.filter(in_force(on)) if on is not None else found


def risk_levels(*, scope: Scope) -> QuerySet[RiskLevel]:
    """The scale of risk levels."""
    return RiskLevel.objects.filter(REFERENCE.visible(scope)).order_by("value")


def measure_kinds(*, scope: Scope, on: dt.date | None = None) -> QuerySet[MeasureKind]:
    """Kinds of measures in the order of the list; with `on`, the versions valid on that day."""
    found = MeasureKind.objects.filter(REFERENCE.visible(scope)).order_by("position", "valid_from")
    return found.filter(in_force(on)) if on is not None else found

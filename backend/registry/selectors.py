"""Reads of agreements, participations and reference lists."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import DateField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from backend.accounts.scope import Scope
from backend.registry.models import (
    CooperationAgreement,
    InstitutionParticipation,
    InterruptionGround,
    LedgerAccount,
    MeasureKind,
    OutcomeTheme,
    PartnerAccount,
    Position,
    ReferenceValue,
    RiskFactor,
    RiskLevel,
    StaffContract,
    Tariff,
)
from backend.registry.policies import AGREEMENTS, CONTRACTS, PARTNER_ACCOUNTS, REFERENCE
from backend.territory.models import ProgrammeKind, TargetGroup
from backend.territory.selectors import in_force

_FAR = dt.date(9999, 12, 31)


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


def tariffs(*, scope: Scope, on: dt.date | None = None) -> QuerySet[Tariff]:
    """Versions of tariffs by kind; with `on`, those valid on that day."""
    found = Tariff.objects.filter(REFERENCE.visible(scope)).order_by("kind_code", "valid_from", "id")
    return found.filter(in_force(on)) if on is not None else found


def positions(*, scope: Scope, on: dt.date | None = None) -> QuerySet[Position]:
    """Positions of staff in the order of the list; with `on`, the versions valid on that day."""
    found = Position.objects.filter(REFERENCE.visible(scope)).order_by("position", "valid_from")
    return found.filter(in_force(on)) if on is not None else found


def outcome_themes(*, scope: Scope, on: dt.date | None = None) -> QuerySet[OutcomeTheme]:
    """Themes of outcomes in the order of the list; with `on`, the versions valid on that day."""
    found = OutcomeTheme.objects.filter(REFERENCE.visible(scope)).order_by("position", "valid_from")
    return found.filter(in_force(on)) if on is not None else found


def interruption_grounds(*, scope: Scope, on: dt.date | None = None) -> QuerySet[InterruptionGround]:
    """Grounds of interruption in the order of the list; with `on`, the versions valid on that day."""
    found = InterruptionGround.objects.filter(REFERENCE.visible(scope)).order_by("position", "valid_from")
    return found.filter(in_force(on)) if on is not None else found


def reference_values(*, scope: Scope) -> QuerySet[ReferenceValue]:
    """Values of the lists that the agency edits, in all their versions, list by list."""
    return ReferenceValue.objects.filter(REFERENCE.visible(scope)).order_by("list", "position", "code", "valid_from", "id")


def staff_contracts(*, scope: Scope) -> QuerySet[StaffContract]:
    """Contracts of specialists with institutions that `scope` reaches."""
    return StaffContract.objects.filter(CONTRACTS.visible(scope)).order_by("starts_on", "id")


def contract_of_assignment(*, scope: Scope) -> Subquery:
    """Over assignments at institutions: key of the person's contract there in the assignment's time, the last to begin."""
    found = staff_contracts(scope=scope).filter(
        Q(ends_on=None) | Q(ends_on__gte=OuterRef("valid_from")),
        user=OuterRef("user_id"),
        institution=OuterRef("institution_id"),
        starts_on__lte=Coalesce(OuterRef("valid_to"), Value(_FAR, output_field=DateField())),
    )
    return Subquery(found.order_by("-starts_on", "-id").values("pk")[:1])


def partner_accounts(*, scope: Scope) -> QuerySet[PartnerAccount]:
    """Bank accounts of partners."""
    return PartnerAccount.objects.filter(PARTNER_ACCOUNTS.visible(scope)).order_by("-valid_from", "id")


def ledger_accounts(*, scope: Scope) -> QuerySet[LedgerAccount]:
    """The chart of accounts."""
    return LedgerAccount.objects.filter(REFERENCE.visible(scope)).order_by("code")


def takes_part(*, institution_id: UUID, first: dt.date, last: dt.date | None = None) -> bool:
    """Whether an institution takes part in the programme on a day, or on every day from `first` to `last`."""
    return taking_part(institution_id, first, last or first).exists()


def taking_part(institution_id: UUID | OuterRef, first: dt.date | OuterRef, last: dt.date | OuterRef) -> QuerySet[Any]:
    """An institution's periods that hold on every day from `first` to `last`, given as values or as columns of another query.

    By their own dates, under an agreement that is in force as long (domain.md 4.2).
    """
    return InstitutionParticipation.objects.filter(
        Q(left_on=None) | Q(left_on__gte=last),
        Q(agreement__ends_on=None) | Q(agreement__ends_on__gte=last),
        institution_id=institution_id,
        joined_on__lte=first,
        agreement__signed_on__lte=first,
    ).order_by()


def grades_covered(*, on: dt.date) -> range | None:
    """Grades of general education that the programme covers on a day; None where no target group says it (domain.md 0)."""
    group = TargetGroup.objects.filter(in_force(on), programme_kind=ProgrammeKind.GENERAL).order_by("-valid_from").first()
    return range(group.first_stage, group.last_stage + 1) if group else None

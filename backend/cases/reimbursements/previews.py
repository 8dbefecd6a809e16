"""What a change of a tariff touches, counted before (or after) it is made."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.cases.plans.models import Measure, PlanStatus
from backend.cases.reimbursements.models import ClaimStatus, ReimbursementClaim
from backend.core.money import euro
from backend.registry.models import MeasureCategory, Tariff, TariffUnit
from backend.territory.selectors import in_force

ENDED = (PlanStatus.CLOSED, PlanStatus.INTERRUPTED)
NOT_PAID = (ClaimStatus.CLAIMED, ClaimStatus.APPROVED)


@dataclass(frozen=True)
class ChangePreview:
    """Counts over plans that run on or after the first day of the change; the same before and after it is written."""

    institutions: int
    plans: int
    measures: int
    claims: int
    amount_difference: Decimal | None
    """Euro over the planned hours or amounts; None where no rate takes another's place."""
    effective_from: dt.date


def tariff_preview(
    *,
    scope: Scope,
    kind_code: str,
    unit: str,
    rate: Decimal | None,
    institution_id: UUID | None,
    valid_from: dt.date,
    valid_to: dt.date | None,
) -> ChangePreview | None:
    """What another tariff of a kind of measure touches, in three statements; None unless `scope` counts the whole country.

    A general tariff does not touch institutions that have one of their own. The difference compares with the rate of the day
    before: planned hours at an hourly rate; planned amounts in proportion, where the unit stays.
    """
    if not (scope.reaches_whole_state(Area.PLANS) and scope.reaches_whole_state(Area.MONEY)):
        return None
    measures = _touched(kind_code, institution_id, valid_from, valid_to)
    counted = measures.aggregate(
        institutions=Count("institution", distinct=True),
        plans=Count("plan", distinct=True),
        measures=Count("id"),
        hours=Sum("planned_hours"),
        amount=Sum("planned_amount"),
    )
    month = valid_from.replace(day=1)
    claims = ReimbursementClaim.objects.filter(measure__in=measures.values("pk"), period__gte=month, status__in=NOT_PAID)
    before = (
        Tariff.objects.filter(in_force(valid_from - dt.timedelta(days=1)), kind_code=kind_code)
        .filter(Q(institution_id=institution_id) | Q(institution=None))
        .order_by("institution_id")  # an institution's own first: nulls come last
        .first()
    )
    return ChangePreview(
        institutions=counted["institutions"],
        plans=counted["plans"],
        measures=counted["measures"],
        claims=claims.count(),
        amount_difference=_difference(before, unit=unit, rate=rate, hours=counted["hours"], amount=counted["amount"]),
        effective_from=valid_from,
    )


def _touched(kind_code: str, institution_id: UUID | None, first: dt.date, last: dt.date | None) -> QuerySet[Measure]:
    found = Measure.objects.filter(kind_code=kind_code, plan__period_to__gte=first).exclude(plan__status__in=ENDED)
    if last is not None:
        found = found.filter(plan__period_from__lte=last)
    if institution_id is not None:
        return found.filter(institution_id=institution_id)
    own = Tariff.objects.filter(in_force(first), kind_code=kind_code, institution__isnull=False).values("institution_id")
    return found.exclude(institution_id__in=own)


def _difference(
    before: Tariff | None, *, unit: str, rate: Decimal | None, hours: int | None, amount: Decimal | None
) -> Decimal | None:
    if before is None or before.rate is None or rate is None or before.unit != unit:
        return None
    if unit == TariffUnit.HOUR and before.category == MeasureCategory.CONSULTATION:
        return euro((rate - before.rate) * (hours or 0))
    return euro((amount or Decimal(0)) * (rate - before.rate) / before.rate)

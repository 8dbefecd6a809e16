"""What may be paid for a kind of cost on a day: rates and caps of the tariffs in force (domain.md 3.2; amounts are assumed)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.cases.plans.models import Measure
from backend.cases.reimbursements.models import SETTLED, ClaimStatus, ReimbursementClaim
from backend.core.refusals import Code, Problems
from backend.registry.models import CapPeriod, Tariff


def tariffs_in_time(*, kind: str, programme_id: UUID, institution_id: UUID, first: dt.date, last: dt.date) -> list[Tariff]:
    """Versions of a kind's tariff that touch a time: an institution's own before the general ones."""
    found = Tariff.objects.filter(
        Q(institution_id=institution_id) | Q(institution=None),
        Q(valid_to=None) | Q(valid_to__gte=first),
        programme_id=programme_id,
        kind_code=kind,
        valid_from__lte=last,
    )
    return sorted(found, key=lambda tariff: (tariff.institution_id is None, tariff.valid_from))


def tariff_on(tariffs: Sequence[Tariff], day: dt.date) -> Tariff | None:
    """The version that held on a day; None where none did."""
    return next((each for each in tariffs if each.valid_from <= day and (each.valid_to is None or day <= each.valid_to)), None)


def check_rate(problems: Problems, tariff: Tariff | None, *, units: Decimal, amount: Decimal, field: str) -> None:
    """Note an amount above the rate for its units. The real cost is paid: less is as good."""
    if tariff is not None and tariff.rate is not None and amount > tariff.rate * units:
        message = _("At most {rate} euro a unit were allowed on that day. Correct the amount or the units.")
        problems.add(Code.LIMIT_EXCEEDED, format_lazy(message, rate=tariff.rate), field)


def check_cap(
    problems: Problems, tariff: Tariff | None, *, measure: Measure, period: dt.date, amount: Decimal, field: str
) -> None:
    """Note a claim that takes a learner above the cap of its period, together with what stands at the institution.

    `tariff` is the version of the last cost's day.
    """
    if tariff is None or tariff.cap is None:
        return
    standing = Decimal(0)
    if tariff.cap_period != CapPeriod.CLAIM:
        claims = ReimbursementClaim.objects.filter(
            learner_id=measure.learner_id, institution_id=measure.institution_id, kind=measure.kind_code
        )
        by_month = tariff.cap_period == CapPeriod.MONTH
        within = {"period": period} if by_month else {"measure__plan__semester_id": measure.plan.semester_id}
        standing = _standing(Q(**within), claims)
    if standing + amount > tariff.cap:
        message = _("The cap is {cap} euro for a learner ({period}); {left} euro are left.")
        told = {"cap": tariff.cap, "period": CapPeriod(tariff.cap_period).label, "left": max(tariff.cap - standing, Decimal(0))}
        problems.add(Code.LIMIT_EXCEEDED, format_lazy(message, **told), field)


def check_planned(problems: Problems, *, measure: Measure, amount: Decimal, field: str) -> None:
    """Note a claim above what is planned, together with what stands under the measure: more was never approved."""
    standing = _standing(Q(measure=measure), ReimbursementClaim.objects.all())
    planned = measure.planned_amount or Decimal(0)
    if standing + amount > planned:
        message = _("The plan allows {planned} euro under this measure; {left} euro are left.")
        left = max(planned - standing, Decimal(0))
        problems.add(Code.LIMIT_EXCEEDED, format_lazy(message, planned=planned, left=left), field)


def _standing(which: Q, claims: QuerySet[ReimbursementClaim]) -> Decimal:
    """Claimed and not rejected, less what was taken back for good. A reversal frees its amount once it is approved."""
    counts = Q(reverses=None) & ~Q(status=ClaimStatus.REJECTED) | Q(status__in=SETTLED)
    found: Decimal | None = claims.filter(which, counts).aggregate(total=Sum("amount"))["total"]
    return found or Decimal(0)

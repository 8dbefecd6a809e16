"""What a measure must state, by its category (domain.md 3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend.cases.plans.models import RiskAssessment, SupportPlan
from backend.core import inputs
from backend.core.refusals import Code, Problems
from backend.registry.models import MeasureCategory, MeasureKind, SpecialistRole

MOST_HOURS = 999
"""Of one measure in a semester: a guard against slips. The real cap was not found (domain.md 3.1)."""
MOST_EURO = Decimal("99999.99")


@dataclass(frozen=True)
class Wish:
    """A measure as it was asked for."""

    kind: MeasureKind
    risk_id: UUID | None
    subject: str
    planned_hours: int | None
    planned_amount: Decimal | None
    months: tuple[int, ...]
    note: str


@dataclass(frozen=True)
class Stated:
    """Its texts as they are stored."""

    subject: str
    note: str


def check_wish(problems: Problems, plan: SupportPlan, wish: Wish) -> Stated:
    """Note everything that stands against the measure on this plan; its texts, cleaned."""
    kind = wish.kind
    if kind.valid_from > plan.period_to or (kind.valid_to is not None and kind.valid_to < plan.period_from):
        problems.add(Code.INVALID, _("This kind of measure is not in force in the plan's period. Choose another."), "kind_id")
    if wish.risk_id is not None and not RiskAssessment.objects.filter(pk=wish.risk_id, plan=plan).exists():
        problems.add(Code.NOT_FOUND, _("The risk is not on this plan. Choose one of the plan's risks."), "risk_id")
    _check_hours(problems, wish)
    _check_amount(problems, wish)
    _check_months(problems, plan, wish.months)
    return Stated(subject=_subject(problems, wish), note=inputs.paragraphs(problems, wish.note, "note"))


def _check_hours(problems: Problems, wish: Wish) -> None:
    hours, field = wish.planned_hours, "planned_hours"
    if wish.kind.category != MeasureCategory.CONSULTATION:
        if hours is not None:
            problems.add(Code.INVALID, _("Only consultations plan hours. Leave the hours out."), field)
    elif hours is None:
        problems.add(Code.REQUIRED, _("Plan the hours of the consultations."), field)
    elif hours < 1:
        problems.add(Code.INVALID, _("Plan at least one hour."), field)
    elif hours > MOST_HOURS:
        problems.add(Code.LIMIT_EXCEEDED, _("No semester has so many hours. Plan fewer."), field)


def _check_amount(problems: Problems, wish: Wish) -> None:
    amount, field = wish.planned_amount, "planned_amount"
    if wish.kind.category != MeasureCategory.REIMBURSEMENT:
        if amount is not None:
            problems.add(Code.INVALID, _("Only reimbursements plan an amount. Leave the amount out."), field)
    elif amount is None:
        problems.add(Code.REQUIRED, _("Plan the amount of the reimbursement."), field)
    else:
        inputs.amount(problems, amount, field, largest=MOST_EURO)


def _subject(problems: Problems, wish: Wish) -> str:
    """A teacher's consultations are in one subject; other support has none (domain.md 3.1, IAP-22)."""
    teaching = wish.kind.category == MeasureCategory.CONSULTATION and wish.kind.code == SpecialistRole.TEACHER
    subject = inputs.line(problems, wish.subject, "subject", longest=120, required=teaching)
    if subject and wish.kind.category != MeasureCategory.CONSULTATION:
        problems.add(Code.INVALID, _("Only consultations have a subject. Leave it out."), "subject")
    return subject


def _check_months(problems: Problems, plan: SupportPlan, months: tuple[int, ...]) -> None:
    inside = months_between(plan.period_from, plan.period_to)
    if any(month not in inside for month in months):
        problems.add(Code.OUT_OF_PERIOD, _("A month lies outside the plan's period. Choose among its months."), "months")


def months_between(first: dt.date, last: dt.date) -> set[int]:
    """Calendar months (1-12) that a period touches."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return {(first.month - 1 + step) % 12 + 1 for step in range(min(count, 11) + 1)}

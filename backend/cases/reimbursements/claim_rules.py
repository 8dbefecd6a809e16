"""What a claim must fulfil: its measure and month, and each cost with its proof (domain.md 3.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.accounts.scope import Scope
from backend.cases.casefiles.models import FilePurpose
from backend.cases.casefiles.selectors import case_files
from backend.cases.learners.identity import CODE, identities
from backend.cases.plans.models import Measure, PlanStatus
from backend.cases.reimbursements.fingerprint import cost_fingerprint
from backend.cases.reimbursements.tariffs import check_cap, check_planned, check_rate, tariff_on, tariffs_in_time
from backend.core import inputs
from backend.core.refusals import Code, Problems
from backend.registry.models import CooperationAgreement, InstitutionParticipation, MeasureCategory, Tariff

MOST_COSTS = 100
MOST_EURO = Decimal("99999.99")
_MOST_UNITS = Decimal("999999.999")
_REMEDY = _("A cost lies outside the time in which the plan allows it. Claim it under the plan of its own time.")


@dataclass(frozen=True)
class Cost:
    """One cost as it is claimed: a bill, a ticket. `proof_id`: a file uploaded before."""

    incurred_on: dt.date
    amount: Decimal
    description: str = ""
    document_number: str = ""
    seller: str = ""
    units: Decimal = Decimal(1)
    proof_id: UUID | None = None


@dataclass(frozen=True)
class CheckedCost:
    """A cost whose values are clean."""

    cost: Cost
    description: str
    document_number: str
    seller: str
    tariff: Tariff | None
    fingerprint: str


@dataclass
class Checked:
    """What checking a claim found out for writing it."""

    agreement: CooperationAgreement | None = None
    costs: list[CheckedCost] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        """The claim is the sum of its costs."""
        return sum((each.cost.amount for each in self.costs), Decimal(0))


def check_claim(problems: Problems, *, scope: Scope, measure: Measure, period: dt.date, costs: Sequence[Cost]) -> Checked:
    """Note everything that stands against a claim under a measure for a month; what is needed to write it."""
    checked = Checked()
    if measure.category != MeasureCategory.REIMBURSEMENT:
        problems.add(Code.INVALID, _("Costs are claimed under a reimbursement. Choose such a measure of the plan."), "measure_id")
        return checked
    _check_measure(problems, measure)
    _check_period(problems, measure, period)
    if not costs:
        problems.add(Code.REQUIRED, _("Name at least one cost."), "items")
        return checked
    if len(costs) > MOST_COSTS:
        problems.add(Code.LIMIT_EXCEEDED, _("Claim at most 100 costs at once."), "items")
        return checked
    checked.agreement = partner_of(institution_id=measure.institution_id, month=period)
    if checked.agreement is None:
        message = _("The institution takes no part in the programme in that month. Let it join under an agreement first.")
        problems.add(Code.UNMET_CONDITION, message, "period")
        return checked
    tariffs = tariffs_in_time(
        kind=measure.kind_code,
        programme_id=checked.agreement.programme_id,
        institution_id=measure.institution_id,
        first=min(cost.incurred_on for cost in costs),
        last=max(cost.incurred_on for cost in costs),
    )
    proofs = _proofs(scope, measure, costs)
    whose = _whose(scope, measure)
    for position, cost in enumerate(costs):
        own = Problems()
        _check_day(own, scope, measure, period, cost)
        found = _checked(own, cost, tariff_on(tariffs, cost.incurred_on), whose=whose, kind=measure.kind_code)
        if cost.proof_id is None:
            own.add(Code.REQUIRED, _("Every cost has a proof. Upload it and name the file."), "proof_id")
        elif cost.proof_id not in proofs:
            own.add(Code.NOT_FOUND, _("There is no such proof of a cost for this learner. Check the id."), "proof_id")
        problems.extend(problem.under(f"items.{position}") for problem in own)
        checked.costs.append(found)
    _check_twice(problems, checked.costs)
    if not problems:
        latest = max(checked.costs, key=lambda each: each.cost.incurred_on)
        check_planned(problems, measure=measure, amount=checked.amount, field="items")
        check_cap(problems, latest.tariff, measure=measure, period=period, amount=checked.amount, field="items")
    return checked


def partner_of(*, institution_id: UUID, month: dt.date) -> CooperationAgreement | None:
    """The agreement under which an institution takes part in a month, the latest where it changed; None: in none."""
    found = (
        InstitutionParticipation.objects.filter(institution_id=institution_id, joined_on__lte=_last_of(month))
        .exclude(left_on__lt=month)
        .select_related("agreement")
        .order_by("-joined_on")
        .first()
    )
    return found.agreement if found else None


def _last_of(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def _check_measure(problems: Problems, measure: Measure) -> None:
    plan = measure.plan
    if plan.semester.closed_at is not None:
        problems.add(Code.LOCKED, _("The semester is closed. Ask the agency to reopen it."), "measure_id")
    elif plan.status == PlanStatus.CLOSED:
        problems.add(Code.LOCKED, _("The plan is closed. Costs are claimed before."), "measure_id")
    elif plan.activated_at is None:
        problems.add(Code.UNMET_CONDITION, _("The plan is not active yet. Have it approved first."), "measure_id")


def _check_period(problems: Problems, measure: Measure, period: dt.date) -> None:
    inputs.date(problems, period, "period")
    if period.day != 1:
        problems.add(Code.INVALID, _("Name the month by its first day."), "period")
    elif not measure.plan.period_from.replace(day=1) <= period <= measure.plan.period_to:
        problems.add(Code.OUT_OF_PERIOD, _("The month lies outside the plan's period."), "period")


def _check_day(problems: Problems, scope: Scope, measure: Measure, period: dt.date, cost: Cost) -> None:
    plan, day = measure.plan, inputs.date(problems, cost.incurred_on, "incurred_on")
    ended = [plan.period_to]
    if plan.enrolment.ends_on is not None:
        ended.append(plan.enrolment.ends_on)
    if plan.interrupted_at is not None:
        ended.append(timezone.localdate(plan.interrupted_at))
    if day > scope.on:
        problems.add(Code.OUT_OF_PERIOD, _("The cost lies in the future. Claim it once it has arisen."), "incurred_on")
    elif not plan.period_from <= day <= min(ended):
        problems.add(Code.OUT_OF_PERIOD, _REMEDY, "incurred_on")
    elif (day.year, day.month) != (period.year, period.month):
        problems.add(Code.OUT_OF_PERIOD, _("The cost lies in another month. Claim it for that month."), "incurred_on")


def _checked(problems: Problems, cost: Cost, tariff: Tariff | None, *, whose: str, kind: str) -> CheckedCost:
    seller = inputs.line(problems, cost.seller, "seller", longest=200, required=False)
    number = inputs.line(problems, cost.document_number, "document_number", longest=100, required=False)
    if not seller and not number:
        message = _("Name the seller or the document's number, by which the cost is known again.")
        problems.add(Code.REQUIRED, message, "document_number")
    if not cost.units.is_finite() or not 0 < cost.units <= _MOST_UNITS or cost.units != round(cost.units, 3):
        problems.add(Code.INVALID, _("The units must be above zero, with three decimal places at most."), "units")
    before = len(problems.found)
    amount = inputs.amount(problems, cost.amount, "amount", largest=MOST_EURO)
    if len(problems.found) == before:
        check_rate(problems, tariff, units=cost.units, amount=amount, field="amount")
        mark = cost_fingerprint(
            whose=whose, seller=seller, document_number=number, incurred_on=cost.incurred_on, kind=kind, amount=amount
        )
    else:
        mark = ""
    description = inputs.line(problems, cost.description, "description", longest=300, required=False)
    return CheckedCost(cost, description, number, seller, tariff, mark)


def _check_twice(problems: Problems, costs: list[CheckedCost]) -> None:
    seen: set[str] = set()
    for position, each in enumerate(costs):
        if each.fingerprint and each.fingerprint in seen:
            message = _("The same cost stands twice in this claim. Leave one out.")
            problems.add(Code.DUPLICATE, message, f"items.{position}")
        seen.add(each.fingerprint)


def _proofs(scope: Scope, measure: Measure, costs: Sequence[Cost]) -> set[UUID]:
    """Which of the named files prove costs of this learner, or of several, at the institution and still stand."""
    wanted = {cost.proof_id for cost in costs if cost.proof_id is not None}
    found = case_files(scope=scope).filter(
        pk__in=wanted, institution_id=measure.institution_id, purpose=FilePurpose.COST_PROOF, removed_at=None
    )
    return {key for key, learner in found.values_list("pk", "learner_id") if learner in {None, measure.learner_id}}


def _whose(scope: Scope, measure: Measure) -> str:
    """By whom costs are known again (decision 0063): the personal code, opened for hashing alone and never shown."""
    opened = identities(scope=scope, learner_ids=[measure.learner_id], fields=[CODE]).get(measure.learner_id)
    return (opened.personal_code if opened else None) or str(measure.learner_id)

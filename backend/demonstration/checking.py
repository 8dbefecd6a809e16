"""Recounts the demonstration from its rows and from the report, and compares with what the sources say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncDate

from backend.accounts.models import Level, Role
from backend.accounts.scope import Holding, Scope, scoped
from backend.cases.delivery.models import Consultation
from backend.cases.plans.models import PlanStep, SupportPlan
from backend.cases.reimbursements.models import SETTLED, LedgerEntry, LedgerPosting, ReimbursementClaim
from backend.demonstration import seed_school as seed
from backend.demonstration.context import CLOSED_SEMESTER
from backend.demonstration.places import PLACES, RTRIT
from backend.insight.statistics.selectors import semester_report
from backend.registry.models import ReimbursementKind
from backend.territory.models import Institution, Semester

_STATE = Holding(role=Role.IKVD, level=Level.STATE, unit_code="", whole_state=True, institution_ids=frozenset())


@dataclass(frozen=True)
class Finding:
    """One invariant: what it should be and what was counted."""

    name: str
    expected: object
    found: object

    @property
    def holds(self) -> bool:
        """Whether both are equal."""
        return self.expected == self.found


def check() -> list[Finding]:
    """Every invariant of the demonstration, counted now."""
    scope = Scope(holdings=(_STATE,))
    with scoped(scope):
        return [*_report(scope), *_rows(), *_order()]


def _report(scope: Scope) -> list[Finding]:
    report = semester_report(
        scope=scope,
        semester=Semester.objects.get(code=CLOSED_SEMESTER),
        institution=Institution.objects.get(code=RTRIT),
    )
    totals = {total.kind: total for total in report.reimbursements} if report else {}
    kind = ReimbursementKind
    catering, learners = totals.get(kind.CATERING), {code: total.learners for code, total in totals.items()}
    return [
        Finding("report: plans", seed.PLANS, report.plans if report else None),
        Finding("report: learners fed", seed.CATERING_LEARNERS, learners.get(kind.CATERING)),
        Finding("report: catering, euro", seed.CATERING_TOTAL, catering.amount if catering else None),
        Finding("report: learners in dormitories", seed.ACCOMMODATION_LEARNERS, learners.get(kind.ACCOMMODATION)),
        Finding("report: learners with transport", seed.TRANSPORT_LEARNERS, learners.get(kind.PUBLIC_TRANSPORT)),
    ]


def _rows() -> list[Finding]:
    """The same figures straight from the rows."""
    plans = SupportPlan.objects.filter(institution__code=RTRIT, semester__code=CLOSED_SEMESTER)
    claims = ReimbursementClaim.objects.filter(measure__plan__in=plans, status__in=SETTLED)
    fed = claims.filter(kind=ReimbursementKind.CATERING)
    assumed = claims.exclude(kind=ReimbursementKind.CATERING)
    submitted = SupportPlan.objects.exclude(submitted_at=None).filter(institution__code__in=[place.code for place in PLACES])
    late = submitted.filter(application__received_on__gt=TruncDate("submitted_at"))
    return [
        Finding("rows: plans", seed.PLANS, plans.count()),
        Finding("rows: catering, euro", seed.CATERING_TOTAL, fed.aggregate(total=Sum("amount"))["total"]),
        Finding("rows: learners fed", seed.CATERING_LEARNERS, fed.values("learner").distinct().count()),
        Finding("ledger: catering, euro", seed.CATERING_TOTAL, _booked(fed)),
        Finding("rows: assumed amounts that do not say so", 0, assumed.exclude(amount_basis="ASSUMED").count()),
        Finding("rows: plans without a measure", 0, plans.filter(measures=None).count()),
        Finding("rows: submitted plans without their application", 0, submitted.filter(application=None).count()),
        Finding("rows: applications that came after their plan was submitted", 0, late.count()),
    ]


def _booked(claims: QuerySet[ReimbursementClaim]) -> Decimal:
    """What claims cost by the ledger. By keys in steps: joined at once it is slow where nothing was analysed yet."""
    entries = LedgerEntry.objects.filter(claim_id__in=list(claims.values_list("pk", flat=True)))
    costs = LedgerPosting.objects.filter(account__code="5100", entry_id__in=list(entries.values_list("pk", flat=True)))
    cost = costs.aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return (cost["debit"] or Decimal(0)) - (cost["credit"] or Decimal(0))


def _order() -> list[Finding]:
    """Invariants of every school."""
    hours = Consultation.objects.order_by()
    learner_twice = hours.values("learner", "held_on", "starts_at").annotate(count=Count("id")).filter(count__gt=1).count()
    provider_twice = hours.values("provider", "held_on", "starts_at").annotate(count=Count("id")).filter(count__gt=1).count()
    outside = hours.exclude(held_on__range=(F("measure__plan__period_from"), F("measure__plan__period_to"))).count()
    last = {step.plan_id: step.to_status for step in PlanStep.objects.order_by("at", "id")}
    status = dict(SupportPlan.objects.values_list("id", "status"))
    over = Consultation.objects.values("measure", "measure__planned_hours").annotate(held=Sum("hours")).order_by()
    reversed_too_far = (
        ReimbursementClaim.objects.filter(reverses=None)
        .annotate(taken_back=Sum("reversals__amount"))
        .filter(amount__lt=-F("taken_back"))
    )
    return [
        Finding("learners in two places at once", 0, learner_twice),
        Finding("specialists in two places at once", 0, provider_twice),
        Finding("consultations outside their plan", 0, outside),
        Finding("measures with more hours than planned", 0, over.filter(held__gt=F("measure__planned_hours")).count()),
        Finding("plans whose last step is not their status", 0, sum(last.get(plan) != now for plan, now in status.items())),
        Finding("claims taken back beyond their amount", 0, reversed_too_far.count()),
        Finding("claims of nothing", 0, ReimbursementClaim.objects.filter(amount=Decimal(0)).count()),
    ]

"""Computed statistics, inside the caller's scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from backend.accounts.scope import Scope, counting
from backend.cases.delivery.models import Consultation
from backend.cases.plans.models import AssessmentMoment, Measure, RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import SETTLED, ReimbursementClaim
from backend.core.clock import business_today, now
from backend.core.money import EuroField, euro
from backend.insight.statistics.policies import CASE_STATISTICS
from backend.insight.statistics.report import (
    ConsultationHours,
    MeasureCount,
    ReimbursementTotal,
    RiskIdentifications,
    SemesterReport,
    content_hash,
)
from backend.registry.models import ReimbursementKind, RiskGroup, SpecialistRole
from backend.registry.models.reference import YOUTH_PROJECT_CODE
from backend.territory.models import Institution, Municipality, Region, Semester
from backend.territory.selectors import institutions_in_division

_CODES = [*SpecialistRole.values, *ReimbursementKind.values, YOUTH_PROJECT_CODE]


def semester_report(
    *,
    scope: Scope,
    semester: Semester,
    institution: Institution | None = None,
    municipality: Municipality | None = None,
    region: Region | None = None,
    division_on: dt.date | None = None,
) -> SemesterReport | None:
    """A semester's figures for an institution, a municipality, a region, or all that `scope` reaches.

    Six statements, and two more for a caller who may count what they may not read.

    Counts plans that ever became active, risks at the start, hours that both sides confirmed, and amounts approved or paid
    net of reversals. `division_on` (default: the business day) says by which territorial division a municipality or region
    is gathered, following successors.

    None when `scope` does not reach every institution asked for (a part would pass for the whole), which no caller can tell
    from absent. Raises ValueError for more than one unit, and needs a transaction that carries the scope.
    """
    if sum(unit is not None for unit in (institution, municipality, region)) > 1:
        raise ValueError("Ask for one unit.")
    inside = _institutions(scope, institution, municipality, region, division_on or business_today())
    if inside is None:
        return None
    of_plan = Q(semester=semester, activated_at__isnull=False) & inside
    below = Q(plan__semester=semester, plan__activated_at__isnull=False) & inside
    under = Q(measure__plan__semester=semester, measure__plan__activated_at__isnull=False) & inside
    with counting(scope):
        totals = SupportPlan.objects.filter(of_plan).aggregate(plans=Count("id"), learners=Count("learner", distinct=True))
        report = SemesterReport(
            semester=semester.code,
            plans=totals["plans"],
            learners=totals["learners"],
            risk_identifications=tuple(_risks(below)),
            measures=tuple(_measures(below)),
            consultations=tuple(_consultations(under)),
            reimbursements=tuple(_reimbursements(under)),
            generated_at=now(),
        )
    return replace(report, content_hash=content_hash(report))


def _institutions(
    scope: Scope, institution: Institution | None, municipality: Municipality | None, region: Region | None, on: dt.date
) -> Q | None:
    """Condition on `institution_id` for what was asked; None when the scope does not reach all of it."""
    whole_state, reached = scope.reaches_whole_state(CASE_STATISTICS.area), scope.institutions(CASE_STATISTICS.area)
    if institution is None and municipality is None and region is None:
        return CASE_STATISTICS.visible(scope) if whole_state or reached else None
    asked = {institution.pk} if institution else institutions_in_division(municipality=municipality, region=region, on=on)
    if not whole_state and not (asked and asked <= reached):
        return None
    return Q(institution_id__in=asked)


def _risks(below: Q) -> Iterator[RiskIdentifications]:
    rows = (
        RiskAssessment.objects.filter(below, moment=AssessmentMoment.START)
        .order_by()
        .values("risk_factor__group")
        .annotate(
            identifications=Count("id"),
            plans=Count("plan", distinct=True),
            learners=Count("plan__learner", distinct=True),
        )
    )
    found = {row["risk_factor__group"]: (row["identifications"], row["plans"], row["learners"]) for row in rows}
    for group in RiskGroup:
        identifications, plans, learners = found.get(group, (0, 0, 0))
        yield RiskIdentifications(group=group, identifications=identifications, plans=plans, learners=learners)


def _measures(below: Q) -> Iterator[MeasureCount]:
    given = Exists(_confirmed().filter(measure=OuterRef("pk"))) | Exists(_counted_claims().filter(measure=OuterRef("pk")))
    rows = (
        Measure.objects.filter(below)
        .order_by()
        .values("kind_code")
        .annotate(planned=Count("id"), delivered=Count("id", filter=Q(given)))
    )
    found = {row["kind_code"]: (row["planned"], row["delivered"]) for row in rows}
    return (MeasureCount(kind=code, planned=found[code][0], delivered=found[code][1]) for code in _CODES if code in found)


def _consultations(under: Q) -> Iterator[ConsultationHours]:
    rows = (
        _confirmed().filter(under).values("specialist_role").annotate(total=Sum("hours"), people=Count("learner", distinct=True))
    )
    found = {row["specialist_role"]: row for row in rows}
    for role in SpecialistRole:
        if role in found:
            yield ConsultationHours(role=role, hours=found[role]["total"], learners=found[role]["people"])


def _reimbursements(under: Q) -> Iterator[ReimbursementTotal]:
    rows = (
        ReimbursementClaim.objects.filter(under, status__in=SETTLED)
        .order_by()
        .values("kind")
        .annotate(
            total=Sum("amount"),
            people=Count("learner", distinct=True, filter=Q(Exists(_counted_claims().filter(pk=OuterRef("pk"))))),
        )
    )
    found = {row["kind"]: row for row in rows}
    for kind in ReimbursementKind:
        if kind in found:
            yield ReimbursementTotal(kind=kind.value, learners=found[kind]["people"], amount=euro(found[kind]["total"]))


def _confirmed() -> QuerySet[Consultation]:
    return Consultation.objects.filter(
        provider_confirmed_at__isnull=False, learner_confirmed_at__isnull=False, voided_at__isnull=True
    ).order_by()


def _counted_claims() -> QuerySet[ReimbursementClaim]:
    """Settled claims of which something is left after reversals."""
    reversals = ReimbursementClaim.objects.filter(reverses=OuterRef("pk"), status__in=SETTLED).order_by()
    taken_back = reversals.values("reverses").annotate(total=Sum("amount")).values("total")
    left = F("amount") + Coalesce(Subquery(taken_back), Decimal(0), output_field=EuroField())
    return ReimbursementClaim.objects.filter(status__in=SETTLED, reverses=None).alias(left=left).filter(left__gt=0).order_by()

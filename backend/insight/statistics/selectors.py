"""Computed statistics, inside the caller's scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from backend.accounts.scope import Scope, counting
from backend.cases.delivery.models import Consultation
from backend.cases.plans.models import AssessmentMoment, Measure, RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import SETTLED, ReimbursementClaim
from backend.core.clock import business_today, now
from backend.core.money import euro
from backend.core.trail.history import Known, known_at
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
    as_of: dt.datetime | None = None,
) -> SemesterReport | None:
    """A semester's figures for an institution, a municipality, a region, or all that `scope` reaches.

    Six statements, and two more for a caller who may count what they may not read.

    Counts plans that ever became active, risks at the start, hours that both sides confirmed, and amounts approved or paid
    net of reversals. `division_on` (default: the business day) says by which territorial division a municipality or region
    is gathered, following successors. `as_of` (with its time zone) takes plans, risks, measures, hours and claims as they were
    known at that moment; one that has not come is the present. Territory and reference lists are those of today, and so is the
    scope: nobody sees more of the past than of the present (docs/decisions/0099-the-past-is-asked-the-same-question.md).

    None when `scope` does not reach every institution asked for (a part would pass for the whole), which no caller can tell
    from absent. Raises ValueError for more than one unit, and needs a transaction that carries the scope.
    """
    if sum(unit is not None for unit in (institution, municipality, region)) > 1:
        raise ValueError("Ask for one unit.")
    division = division_on or business_today()
    asked = _institutions(scope, institution, municipality, region, division)
    if asked is None:
        return None
    made = now()
    moment = min(as_of or made, made)
    of_plan, below, under = (
        asked.inside & Q(**{f"{path}semester": semester, f"{path}activated_at__isnull": False})
        for path in ("", "plan__", "measure__plan__")
    )
    with counting(scope), _as_known(semester, asked, moment) if moment < made else nullcontext():
        totals = SupportPlan.objects.filter(of_plan).aggregate(plans=Count("id"), learners=Count("learner", distinct=True))
        report = SemesterReport(
            semester=semester.code,
            plans=totals["plans"],
            learners=totals["learners"],
            risk_identifications=tuple(_risks(below)),
            measures=tuple(_measures(below, under)),
            consultations=tuple(_consultations(under)),
            reimbursements=tuple(_reimbursements(under)),
            generated_at=made,
            as_of=moment,
            division_on=division,
        )
    return replace(report, content_hash=content_hash(report))


@dataclass(frozen=True)
class _Asked:
    """Which institutions a report is about."""

    inside: Q
    """Condition on `institution_id`."""
    keys: frozenset[UUID] | None
    """The same as keys; None for the whole country."""


def _institutions(
    scope: Scope, institution: Institution | None, municipality: Municipality | None, region: Region | None, on: dt.date
) -> _Asked | None:
    """What was asked for; None when the scope does not reach all of it."""
    whole_state, reached = scope.reaches_whole_state(CASE_STATISTICS.area), scope.institutions(CASE_STATISTICS.area)
    if institution is None and municipality is None and region is None:
        everything = _Asked(CASE_STATISTICS.visible(scope), None if whole_state else reached)
        return everything if whole_state or reached else None
    asked = {institution.pk} if institution else institutions_in_division(municipality=municipality, region=region, on=on)
    if not whole_state and not (asked and asked <= reached):
        return None
    return _Asked(Q(institution_id__in=asked), frozenset(asked))


def _as_known(semester: Semester, asked: _Asked, moment: dt.datetime) -> AbstractContextManager[None]:
    """The case rows of a semester as they were known; each table is looked through below the one before it."""
    of_semester = "semester_id = %s"
    parameters: list[Any] = [semester.pk]
    if asked.keys is not None:
        of_semester = f"{of_semester} and institution_id = any(%s)"
        parameters.append(list(asked.keys))
    below, under = "plan_id in (select id from plans_supportplan)", "measure_id in (select id from plans_measure)"
    return known_at(
        moment,
        [
            Known(SupportPlan, of_semester, tuple(parameters)),
            Known(RiskAssessment, below),
            Known(Measure, below),
            Known(Consultation, under),
            Known(ReimbursementClaim, under),
        ],
    )


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


def _measures(below: Q, under: Q) -> Iterator[MeasureCount]:
    # Keys that are gathered once, not a question for each measure: the past has no index to answer it by.
    given = Q(pk__in=_confirmed().filter(under).values("measure")) | Q(pk__in=_counted_claims(under, "measure"))
    rows = (
        Measure.objects.filter(below)
        .order_by()
        .values("kind_code")
        .annotate(planned=Count("id"), delivered=Count("id", filter=given))
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
            people=Count("learner", distinct=True, filter=Q(pk__in=_counted_claims(under, "of"))),
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


def _counted_claims(under: Q, wanted: str) -> QuerySet[ReimbursementClaim, Any]:
    """`wanted` of settled claims of which something is left after reversals: the claim (`of`), or its `measure`.

    A reversal names the measure of the claim that it takes back (the database holds to that).
    """
    settled = ReimbursementClaim.objects.filter(under, status__in=SETTLED).order_by()
    each = settled.annotate(of=Coalesce("reverses_id", "pk")).values("of", "measure")
    found: QuerySet[ReimbursementClaim, Any] = each.annotate(left=Sum("amount")).filter(left__gt=0).values(wanted)
    return found

"""The semester report counted from the rows themselves, for a moment of the past, and to hold the roll-ups against.

It says in Django's words what `rollups.facts` says in SQL; tests, `check_statistics` and the benchmark compare the two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from backend.accounts.scope import Scope, counting
from backend.cases.delivery.models import Consultation
from backend.cases.plans.models import AssessmentMoment, Measure, RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import SETTLED, ReimbursementClaim
from backend.core.money import euro
from backend.insight.statistics.past import case_rows_at
from backend.insight.statistics.reach import Reach
from backend.insight.statistics.report import (
    ConsultationHours,
    Figures,
    MeasureCount,
    ReimbursementTotal,
    RiskIdentifications,
)
from backend.registry.models import ReimbursementKind, RiskGroup, SpecialistRole
from backend.registry.models.reference import YOUTH_PROJECT_CODE
from backend.territory.models import Semester

CODES = [*SpecialistRole.values, *ReimbursementKind.values, YOUTH_PROJECT_CODE]
"""Codes of kinds of measure, in the order in which reports name them."""


def recounted(*, scope: Scope, semester: Semester, reach: Reach, as_of: dt.datetime | None = None) -> Figures:
    """The figures of a semester over the institutions of `reach`: as they are, or as they were known at `as_of`.

    Five statements, and two more for a caller who may count what they may not read. Needs a transaction that carries the scope.
    """
    of_plan, below, under = (
        reach.inside & Q(**{f"{path}semester": semester, f"{path}activated_at__isnull": False})
        for path in ("", "plan__", "measure__plan__")
    )
    with counting(scope), case_rows_at(as_of, reach=reach, semesters=[semester.pk]) if as_of else nullcontext():
        totals = SupportPlan.objects.filter(of_plan).aggregate(plans=Count("id"), learners=Count("learner", distinct=True))
        return Figures(
            plans=totals["plans"],
            learners=totals["learners"],
            risk_identifications=tuple(_risks(below)),
            measures=tuple(_measures(below, under)),
            consultations=tuple(_consultations(under)),
            reimbursements=tuple(_reimbursements(under)),
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
    return (MeasureCount(kind=code, planned=found[code][0], delivered=found[code][1]) for code in CODES if code in found)


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

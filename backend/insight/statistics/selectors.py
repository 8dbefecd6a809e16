"""The semester report, inside the caller's scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from backend.accounts.scope import Scope
from backend.core.clock import business_today, now
from backend.core.money import euro
from backend.insight.statistics.cubes import Progress
from backend.insight.statistics.reach import Reach, asked_for
from backend.insight.statistics.recount import CODES, recounted
from backend.insight.statistics.report import (
    ConsultationHours,
    Figures,
    MeasureCount,
    ReimbursementTotal,
    RiskIdentifications,
    SemesterReport,
    report_of,
)
from backend.insight.statistics.rollups.schema import COUNTRY
from backend.registry.models import ReimbursementKind, RiskGroup, SpecialistRole
from backend.territory.models import Institution, Municipality, Region, Semester


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

    Two statements from the roll-ups; six to eight where the past is asked.

    Counts plans that ever became active, risks at the start, hours that both sides confirmed, and amounts approved or paid
    net of reversals. `division_on` (default: the business day) says by which territorial division a municipality or region
    is gathered, following successors. `as_of` (with its time zone) takes plans, risks, measures, hours and claims as they were
    known at that moment; one that has not come is the present. Territory and reference lists are those of today, and so is the
    scope: nobody sees more of the past than of the present (docs/decisions/0099-the-past-is-asked-the-same-question.md).

    None when `scope` does not reach every institution asked for (a part would pass for the whole), which no caller can tell
    from absent. Raises ValueError for more than one unit, and needs a transaction that carries the scope.
    """
    division = division_on or business_today()
    reach = asked_for(scope=scope, institution=institution, municipality=municipality, region=region, on=division)
    if reach is None or not reach.whole:
        return None
    return report_within(scope=scope, semester=semester, reach=reach, division_on=division, as_of=as_of)


def report_within(
    *, scope: Scope, semester: Semester, reach: Reach, division_on: dt.date, as_of: dt.datetime | None
) -> SemesterReport:
    """The report over institutions that were looked up, and that `scope` reaches."""
    made = now()
    moment = min(as_of or made, made)
    if moment < made:
        figures = recounted(scope=scope, semester=semester, reach=reach, as_of=moment)
    else:
        figures = rolled_up(semester=semester, reach=reach)
    return report_of(figures, semester=semester.code, generated_at=made, as_of=moment, division_on=division_on)


_NAMES = ["PLANS", "RISKS:MOMENT:RISK_GROUP", "MEASURES:MEASURE_KIND:PROGRESS", "HOURS:SPECIALIST_ROLE", "AMOUNTS:MEASURE_KIND"]
# Both functions in one statement: the figures of one moment, whatever is folded meanwhile.
_CELLS = """
select c.sums, c.x, c.y, c.value, c.plans, c.plans - coalesce(s.shared, 0)
from (
    select sums, x, y, sum(value) as value, sum(plans)::bigint as plans
    from rollup.current_cells(array[%(semester)s]::uuid[], %(cells)s::uuid[], %(names)s::text[]) group by sums, x, y
) c
left join rollup.current_shared(%(semester)s::uuid, %(places)s::uuid[]) s on (s.sums, s.x, s.y) = (c.sums, c.x, c.y)
"""


@dataclass(frozen=True)
class _Sum:
    value: Decimal
    plans: int
    learners: int


_NONE = _Sum(Decimal(0), 0, 0)


def rolled_up(*, semester: Semester, reach: Reach) -> Figures:
    """The figures of a semester from the roll-ups, with what is not folded yet. One statement."""
    cells: dict[tuple[str, str, str], _Sum] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _CELLS,
            {
                "semester": semester.pk,
                "cells": [UUID(COUNTRY)] if reach.places is None else reach.places,
                "places": reach.places,
                "names": _NAMES,
            },
        )
        for sums, x, y, value, plans, learners in cursor.fetchall():
            cells[sums, x, y] = _Sum(value, plans, learners)
    plans = cells.get(("PLANS", "", ""), _NONE)
    risks = [(group, cells.get((_NAMES[1], "START", group.value), _NONE)) for group in RiskGroup]
    hours = [(role, cells.get((_NAMES[3], role.value, ""))) for role in SpecialistRole]
    amounts = [(kind, cells.get((_NAMES[4], kind.value, ""))) for kind in ReimbursementKind]
    return Figures(
        plans=plans.plans,
        learners=plans.learners,
        risk_identifications=tuple(
            RiskIdentifications(group=group, identifications=int(found.value), plans=found.plans, learners=found.learners)
            for group, found in risks
        ),
        measures=tuple(_measures(cells)),
        consultations=tuple(
            ConsultationHours(role=role, hours=int(found.value), learners=found.learners) for role, found in hours if found
        ),
        reimbursements=tuple(
            ReimbursementTotal(kind=kind.value, learners=found.learners, amount=euro(found.value))
            for kind, found in amounts
            if found
        ),
    )


def _measures(cells: Mapping[tuple[str, str, str], _Sum]) -> list[MeasureCount]:
    counts = []
    for code in CODES:
        by = {progress: int(cells.get((_NAMES[2], code, progress.value), _NONE).value) for progress in Progress}
        if any(by.values()):
            counts.append(MeasureCount(kind=code, planned=sum(by.values()), delivered=by[Progress.DELIVERED] + by[Progress.PAID]))
    return counts

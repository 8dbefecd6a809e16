"""A semester's report with all its tables: what its PDF, workbook and CSV say, and the case API beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

from django.db import connection

from backend.accounts.scope import Scope
from backend.insight.statistics.conditions import Conditions
from backend.insight.statistics.cubes import CUBES, HOURS, REPORT_TABLES, CubeCode, Dimension, FactKind, Kept, TableSpec
from backend.insight.statistics.reach import Reach
from backend.insight.statistics.report import SemesterReport
from backend.insight.statistics.rollups.schema import COUNTRY
from backend.insight.statistics.rollups.sums import name_of
from backend.insight.statistics.staff_load import FROM_SUMS, StaffLoad, load_of_the_past, loads
from backend.insight.statistics.staff_load import SOURCES as LOADED
from backend.insight.statistics.tables import Cell, Table, content_hash, in_order, statistics_table
from backend.territory.models import Semester


@dataclass(frozen=True)
class Beside:
    """What stands beside a report's figures."""

    tables: list[tuple[TableSpec, Table]]
    """The declared tables, in their order."""
    staff_load: list[StaffLoad]


def beside(*, scope: Scope, semester: Semester, reach: Reach, report: SemesterReport) -> Beside:
    """The tables of a report and its staff load, over the same institutions and of the same moment.

    From the roll-ups in one statement; a past one asks its rows, a few statements a table.
    """
    if report.as_of < report.generated_at:
        return Beside(
            [(spec, _of_the_past(spec, scope, semester, reach, report)) for spec in REPORT_TABLES],
            load_of_the_past(scope=scope, semester=semester, reach=reach, report=report),
        )
    sums, lines = _sums(semester, reach)
    return Beside([(spec, _table(spec, sums, report)) for spec in REPORT_TABLES], loads(lines))


def _of_the_past(spec: TableSpec, scope: Scope, semester: Semester, reach: Reach, report: SemesterReport) -> Table:
    conditions = Conditions(semester=semester, division_on=report.division_on)
    table = statistics_table(
        scope=scope, cube=spec.cube, rows=spec.rows, columns=spec.columns, conditions=conditions, as_of=report.as_of, within=reach
    )
    assert table is not None  # noqa: S101  (the report over the same institutions was given)
    return replace(table, generated_at=report.generated_at)


_SPECIALISTS = next(kept for kept in HOURS.kept if kept.specialists)
_Sums = dict[str, list[tuple[str, str, Decimal]]]
_Lines = list[tuple[str | None, str, Decimal]]


@dataclass(frozen=True)
class _Source:
    """The kept sums that a declared table is made of."""

    kind: FactKind
    kept: Kept

    @property
    def name(self) -> str:
        return name_of(self.kind, self.kept)


def _source(spec: TableSpec) -> _Source:
    """Raises LookupError for a table that nothing is kept for: a declaration must name one beside it."""
    if spec.cube is CubeCode.SPECIALISTS:
        return _Source(HOURS, _SPECIALISTS)
    kind = CUBES[spec.cube].facts[0]
    wanted = {*spec.rows, *spec.columns}
    for kept in kind.kept:
        if set(kept.dimensions) == wanted and not kept.specialists:
            return _Source(kind, kept)
    raise LookupError(f"No sums are kept for the table {spec.code}.")


SOURCES = {spec.code: _source(spec) for spec in REPORT_TABLES}
"""By code of a declared table: what is kept for it."""

# Specialists are counted over the institutions, each once; everything else adds up.
_SUMS = f"""
with c as materialized (
    select * from rollup.current_cells(array[%(semester)s]::uuid[], %(cells)s::uuid[], %(names)s::text[])
), s as materialized (
    select * from rollup.current_shared(%(semester)s::uuid, %(places)s::uuid[])
)
select sums, x, y, sum(value) from c where sums = any (%(added)s) group by sums, x, y
union all
select %(specialists)s, x, '', count(distinct y) from c where sums = %(specialists)s and value > 0 group by x
union all
select %(specialists)s, null, '', count(distinct y) from c where sums = %(specialists)s and value > 0
union all
select '', role, measure, value from ({FROM_SUMS}) l
"""


def _sums(semester: Semester, reach: Reach) -> tuple[_Sums, _Lines]:
    """(sums by name, lines of the staff load)."""
    found: _Sums = defaultdict(list)
    lines: _Lines = []
    shown = {source.name for source in SOURCES.values()}
    parameters: dict[str, Any] = {
        "semester": semester.pk,
        "cells": [UUID(COUNTRY)] if reach.places is None else reach.places,
        "places": reach.places,
        "names": sorted({*shown, *LOADED}),
        "added": sorted(shown - {SOURCES["staff"].name}),
        "specialists": SOURCES["staff"].name,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, parameters)
        for name, x, y, value in cursor.fetchall():
            if name:
                found[name].append((x, y, Decimal(value)))
            else:
                lines.append((x, y, value))
    return found, lines


def _table(spec: TableSpec, sums: _Sums, report: SemesterReport) -> Table:
    source = SOURCES[spec.code]
    lines = sums.get(source.name, [])
    if spec.cube is CubeCode.SPECIALISTS:
        cells = [Cell((x,), (), value) for x, _y, value in lines]
    else:
        cells = list(_with_totals(spec, source, lines))
    dimensions = (*spec.rows, *spec.columns)
    table = Table(
        CUBES[spec.cube],
        spec.rows,
        spec.columns,
        in_order(dimensions, cells),
        as_of=report.as_of,
        generated_at=report.generated_at,
        division_on=report.division_on,
    )
    return replace(table, content_hash=content_hash(table))


def _with_totals(spec: TableSpec, source: _Source, lines: Iterable[tuple[str, str, Decimal]]) -> Iterator[Cell]:
    """The cells and their totals, from the innermost dimension outwards, as `rollup` in SQL makes them."""
    totals: dict[tuple[tuple[str | None, ...], tuple[str | None, ...]], Decimal] = defaultdict(Decimal)
    totals[(None,) * len(spec.rows), (None,) * len(spec.columns)] = Decimal(0)
    for x, y, value in lines:
        codes: dict[Dimension, str] = dict(zip(source.kept.dimensions, (x, y), strict=False))
        row, column = (tuple(codes[dimension] for dimension in part) for part in (spec.rows, spec.columns))
        for key in product(_outwards(row), _outwards(column)):
            totals[key] += value
    for (down, across), total in totals.items():
        yield Cell(down, across, total)


def _outwards(codes: tuple[str, ...]) -> list[tuple[str | None, ...]]:
    return [(*codes[:kept], *(None,) * (len(codes) - kept)) for kept in range(len(codes), -1, -1)]

"""The table builder: rows x columns x conditions over a cube, exact within the caller's scope, protected outside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backend.accounts.scope import Scope, counting, counting_everywhere
from backend.core.clock import business_today, now
from backend.insight.statistics.conditions import Conditions
from backend.insight.statistics.cubes import CUBES, Cube, CubeCode, Dimension, FactKind
from backend.insight.statistics.past import case_rows_at
from backend.insight.statistics.protected import NOTE_OF_COUNTS, NOTE_OF_SUMS, noisy_cells, profile_outside
from backend.insight.statistics.reach import Reach, asked_for
from backend.insight.statistics.table_forms import (
    MOST_CELLS,
    CannotBeBuiltError,
    Cell,
    StatisticsProtection,
    Table,
    content_hash,
    in_order,
)
from backend.insight.statistics.table_sql import Asked, table_query

MOST_DIMENSIONS = 4
"""Down and across together."""


def statistics_table(
    *,
    scope: Scope,
    cube: CubeCode,
    rows: Sequence[Dimension],
    columns: Sequence[Dimension] = (),
    conditions: Conditions | None = None,
    as_of: dt.datetime | None = None,
    within: Reach | None = None,
) -> Table | None:
    """A table of `cube` over the institutions that the conditions name, or over all that `scope` reaches.

    Exact where `scope` reaches all of them; otherwise each figure carries a noise of its own (`protected`).

    Two statements at most (three, and two settings, where the past is asked). With totals: over each dimension from the innermost
    outwards, and over all. `as_of` (with its time zone) as for the semester report. `within`: the institutions, where they were
    looked up already.

    None for who reads no statistics. Raises CannotBeBuiltError for dimensions that do not go
    together, are named twice, or make too large a table; ValueError for more than one unit. Needs a transaction that carries the
    scope.
    """
    given = conditions or Conditions()
    division = given.division_on or business_today()
    counted = CUBES[CubeCode(cube)]
    kind = _fitting(counted, rows, columns)
    asked = Asked(counted, kind, tuple(rows), tuple(columns), given, division)
    reach = within or asked_for(
        scope=scope, institution=given.institution, municipality=given.municipality, region=given.region, on=division
    )
    if reach is None:
        return None
    made = now()
    moment = min(as_of or made, made)
    table = Table(asked.cube, asked.rows, asked.columns, (), as_of=moment, generated_at=made, division_on=division)
    if reach.whole:
        with _at(moment, counting(scope, stages=True), reach, given) if moment < made else ExitStack():
            table = replace(table, cells=_cells(asked, reach, past=moment < made))
    else:
        profile = profile_outside(division)
        if profile is None:
            return None
        with _at(moment if moment < made else None, counting_everywhere(scope), reach, given):
            cells = noisy_cells(asked, reach, profile, past=moment < made)
        note = NOTE_OF_SUMS if asked.cube.adds_up else NOTE_OF_COUNTS
        table = replace(table, cells=cells, protection=StatisticsProtection.CELL_KEY, protection_note=note)
    return replace(table, content_hash=content_hash(table))


def _fitting(cube: Cube, rows: Sequence[Dimension], columns: Sequence[Dimension]) -> FactKind:
    """The facts that such a table counts."""
    wanted = (*rows, *columns)
    if not rows or len(wanted) > MOST_DIMENSIONS:
        raise CannotBeBuiltError(_("Name one to four dimensions, one of them at least for the rows."))
    if len(set(wanted)) < len(wanted):
        raise CannotBeBuiltError(_("Name each dimension once."))
    kind = cube.facts_for(wanted)
    if kind is None:
        raise CannotBeBuiltError(_("These dimensions do not go together in this table."))
    return kind


def _at(
    moment: dt.datetime | None, opened: AbstractContextManager[None], reach: Reach, conditions: Conditions
) -> AbstractContextManager[Any]:
    """Inside, case rows may be counted, and are what they were at the moment, where one is given."""
    semesters = [conditions.semester.pk] if conditions.semester else None
    stack = ExitStack()
    stack.enter_context(opened)
    if moment is not None:
        stack.enter_context(case_rows_at(moment, reach=reach, semesters=semesters, with_funding=True))
    return stack


def _cells(asked: Asked, reach: Reach, *, past: bool) -> tuple[Cell, ...]:
    text, parameters = table_query(asked, reach, past=past)
    with connection.cursor() as cursor:
        cursor.execute(f"{text} limit {MOST_CELLS + 1}", parameters)
        found = cursor.fetchall()
    if len(found) > MOST_CELLS:
        raise CannotBeBuiltError(_("The table is too large. Take fewer dimensions, or conditions."))
    down, wide = len(asked.rows), len(asked.rows) + len(asked.columns)
    cells = []
    for line in found:
        codes = [None if total else code for code, total in zip(line[:wide], line[wide : 2 * wide], strict=True)]
        figure = Decimal(line[2 * wide] or 0)
        cells.append(Cell(tuple(codes[:down]), tuple(codes[down:]), figure))
    return in_order(asked.dimensions, cells)

"""The table builder: rows x columns x conditions over a declared cube, exact within the caller's scope."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.accounts.scope import Scope, counting
from backend.core.clock import business_today, now
from backend.insight.statistics.conditions import Conditions
from backend.insight.statistics.cubes import CUBES, Cube, CubeCode, Dimension, FactKind, Unit
from backend.insight.statistics.labels import CHOICES
from backend.insight.statistics.outside import protected_figures
from backend.insight.statistics.past import case_rows_at
from backend.insight.statistics.reach import Reach, asked_for
from backend.insight.statistics.table_sql import Asked, table_query

MOST_DIMENSIONS = 4
"""Down and across together."""
MOST_CELLS = 20_000


class CannotBeBuiltError(ValueError):
    """The table does not go together; `message` says why, in words for people."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message


class StatisticsProtection(models.TextChoices):
    """How a table's figures are protected (planned schema)."""

    EXACT = "EXACT", _("Not at all: the caller reaches every row behind them")
    SUPPRESSION = "SUPPRESSION", _("Small ones and those that would reveal them are suppressed")
    CELL_KEY = "CELL_KEY", _("Each group of rows carries the same small noise for ever (cell key)")
    ROUNDING = "ROUNDING", pgettext_lazy("figures", "Rounded")


@dataclass(frozen=True)
class Cell:
    """One figure. Codes stand in the order of the dimensions; None: the total over it."""

    row: tuple[str | None, ...]
    column: tuple[str | None, ...]
    figure: Decimal | None
    """None where it is suppressed."""
    learners: int = 0
    """How many people it tells of; only where that was asked for, and never handed out."""


@dataclass(frozen=True)
class Table:
    """A table of figures. A combination that is not listed is 0."""

    cube: Cube
    rows: tuple[Dimension, ...]
    columns: tuple[Dimension, ...]
    cells: tuple[Cell, ...]
    as_of: dt.datetime
    generated_at: dt.datetime
    division_on: dt.date
    protection: StatisticsProtection = StatisticsProtection.EXACT
    protection_note: str | Promise = ""
    content_hash: str = ""
    """SHA-256, in hexadecimal, over cube, dimensions and figures in canonical JSON."""


def statistics_table(
    *,
    scope: Scope,
    cube: CubeCode,
    rows: Sequence[Dimension],
    columns: Sequence[Dimension] = (),
    conditions: Conditions | None = None,
    as_of: dt.datetime | None = None,
    with_learners: bool = False,
    within: Reach | None = None,
) -> Table | None:
    """A table of `cube` over the institutions that the conditions name, or over all that `scope` reaches.

    Exact where `scope` reaches all of them; otherwise each figure carries the noise of its cell key (`outside`), as of now.

    Two statements at most (three, and two settings, where the past is asked). With totals: over each dimension from the innermost
    outwards, and over all. `as_of` (with its time zone) as for the semester report. `with_learners` counts for each figure the
    people behind it, for whoever protects it. `within`: the institutions, where they were looked up already.

    None for who reads no statistics. Raises CannotBeBuiltError for dimensions that do not go together, are named twice, or make
    too large a table, and for the past of institutions that are not reached; ValueError for more than one unit. Needs a
    transaction that carries the scope.
    """
    given = conditions or Conditions()
    division = given.division_on or business_today()
    counted = CUBES[CubeCode(cube)]
    kind = _fitting(counted, rows, columns)
    asked = Asked(counted, kind, tuple(rows), tuple(columns), given, division, with_learners)
    reach = within or asked_for(
        scope=scope, institution=given.institution, municipality=given.municipality, region=given.region, on=division
    )
    if reach is None:
        return None
    made = now()
    moment = min(as_of or made, made)
    if not reach.whole:
        return _outside(asked, scope, reach, moment, made)
    with _at(moment, scope, reach, given) if moment < made else ExitStack():
        cells = _cells(asked, reach, past=moment < made)
    table = Table(asked.cube, asked.rows, asked.columns, cells, as_of=moment, generated_at=made, division_on=division)
    return replace(table, content_hash=content_hash(table))


def _outside(asked: Asked, scope: Scope, reach: Reach, moment: dt.datetime, made: dt.datetime) -> Table | None:
    """The table with noise; None where no profile of protection is in force."""
    if moment < made:
        raise CannotBeBuiltError(_("Outside your reach figures are given as they are now. Leave out the moment."))
    found = protected_figures(asked, scope=scope, reach=reach, most=MOST_CELLS)
    if found is None:
        return None
    if len(found.figures) > MOST_CELLS:
        raise CannotBeBuiltError(_("The table is too large. Take fewer dimensions, or conditions."))
    down = len(asked.rows)
    table = Table(
        asked.cube,
        asked.rows,
        asked.columns,
        in_order(asked.dimensions, (Cell(codes[:down], codes[down:], figure) for codes, figure in found.figures)),
        as_of=made,
        generated_at=made,
        division_on=asked.division_on,
        protection=StatisticsProtection.ROUNDING if found.rounded else StatisticsProtection.CELL_KEY,
        protection_note=found.note,
    )
    return replace(table, content_hash=content_hash(table))


def content_hash(table: Table) -> str:
    """Hash over cube, dimensions and figures: over nothing that says how and when they were gathered."""
    figures = [[cell.row, cell.column, figure_text(table.cube.unit, cell.figure)] for cell in table.cells]
    canonical = {"cube": table.cube.code.value, "rows": table.rows, "columns": table.columns, "cells": figures}
    text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def figure_text(unit: Unit, figure: Decimal | None) -> str | None:
    """The figure as the schema writes it: euro with two places, everything else whole."""
    if figure is None:
        return None
    return f"{figure:.2f}" if unit is Unit.EURO else f"{figure:.0f}"


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


def _at(moment: dt.datetime, scope: Scope, reach: Reach, conditions: Conditions) -> AbstractContextManager[Any]:
    """Inside, case rows are what they were at the moment, and may be counted."""
    semesters = [conditions.semester.pk] if conditions.semester else None
    stack = ExitStack()
    stack.enter_context(counting(scope, stages=True))
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
        cells.append(Cell(tuple(codes[:down]), tuple(codes[down:]), figure, learners=line[2 * wide + 1] or 0))
    return in_order((*asked.rows, *asked.columns), cells)


def in_order(dimensions: Sequence[Dimension], cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Cells in the order of their codes, totals last."""

    def place(cell: Cell) -> list[tuple[bool, int, str]]:
        return [_place(dimension, code) for dimension, code in zip(dimensions, (*cell.row, *cell.column), strict=True)]

    return tuple(sorted(cells, key=place))


def in_place(dimension: Dimension, codes: Iterable[str | None]) -> list[str | None]:
    """Codes of a dimension, each once, as tables have them: in their declared order, the total last."""
    return sorted(set(codes), key=lambda code: _place(dimension, code))


def _place(dimension: Dimension, code: str | None) -> tuple[bool, int, str]:
    """Where a code stands in a table: enumerated ones in their order, numbers by size, the rest by code; the total last."""
    if code is None:
        return True, 0, ""
    known = _ORDERS.get(dimension)
    if known is not None and code in known:
        return False, known[code], ""
    return False, int(code) if code.isdecimal() else len(known or ()), code


_ORDERS = {
    dimension: {value: place for place, value in enumerate(code for choices in listed for code in choices.values)}
    for dimension, listed in CHOICES.items()
}

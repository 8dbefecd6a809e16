"""What a table of statistics is: its cells in their order, its hash, how it is protected."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.insight.statistics.cubes import Cube, Dimension, Unit
from backend.insight.statistics.labels import CHOICES

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


def outwards(codes: tuple[str, ...]) -> list[tuple[str | None, ...]]:
    """A cell's codes and those of the totals that it is part of, from the innermost dimension outwards."""
    return [(*codes[:kept], *(None,) * (len(codes) - kept)) for kept in range(len(codes), -1, -1)]


def in_order(dimensions: Sequence[Dimension], cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Cells in the order of their codes, totals last."""

    def place(cell: Cell) -> list[tuple[bool, int, str]]:
        return [_place(dimension, code) for dimension, code in zip(dimensions, (*cell.row, *cell.column), strict=True)]

    return tuple(sorted(cells, key=place))


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

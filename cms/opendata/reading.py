"""A released table as readers take it in: lines with codes and names, and a grid for the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

from backend.insight.statistics.public import PublicTable

TOTAL = "_T"
"""Code of a total in files, as SDMX has it."""


@dataclass(frozen=True)
class Heading:
    """A category, or the total, of a dimension. `depth`: 0 for the total, 1 below it, and so on."""

    code: str
    name_lv: str
    name_en: str
    level: str
    parent: str
    depth: int

    def name_in(self, language: str) -> str:
        """What it is called."""
        return (self.name_en or self.name_lv) if language == "en" else self.name_lv


@dataclass(frozen=True)
class Axis:
    """A dimension with its headings, the total first."""

    code: str
    name_lv: str
    name_en: str
    headings: tuple[Heading, ...]

    def name_in(self, language: str) -> str:
        """What it is called."""
        return self.name_en if language == "en" else self.name_lv


@dataclass(frozen=True)
class Line:
    """One figure. `value` is None where it is suppressed; `share`, in percent, where it may be given."""

    headings: tuple[Heading, ...]
    value: str | None
    share: str | None


@lru_cache(maxsize=200)
def axes_of(table: PublicTable) -> tuple[Axis, ...]:
    """Dimensions in the table's order. Made once a process: a table is known by its hash, and what was released stays."""
    found = []
    for dimension in table.cells["dimensions"]:
        depths, headings = {"": 0}, [Heading(TOTAL, "Kopā", "Total", "TOTAL", "", 0)]
        for each in dimension["categories"]:
            depths[each["code"]] = depths[each["parent"]] + 1
            headings.append(
                Heading(
                    each["code"], each["name_lv"], each["name_en"] or each["name_lv"], each["level"], each["parent"] or TOTAL,
                    depths[each["code"]],
                )
            )  # fmt: skip
        found.append(Axis(dimension["code"], dimension["name_lv"], dimension["name_en"], tuple(headings)))
    return tuple(found)


def lines_of(table: PublicTable) -> Iterator[Line]:
    """Every figure, in the order in which they were frozen."""
    axes, values = axes_of(table), table.cells["values"]
    shares = table.cells.get("shares") or [None] * len(values)
    for headings, value, share in zip(product(*(axis.headings for axis in axes)), values, shares, strict=True):
        yield Line(headings, value, share)


def has_shares(table: PublicTable) -> bool:
    """Whether figures come with percentages."""
    return table.cells.get("shares") is not None


@dataclass(frozen=True)
class Row:
    """A line of the grid."""

    heading: Heading
    values: tuple[Decimal | None, ...]


def grid_of(table: PublicTable) -> tuple[Axis, Axis | None, list[Row]]:
    """(down, across, rows) of a table over one or two dimensions, parts right below their whole.

    A category of which nothing happened anywhere is left out.
    """
    axes, values = axes_of(table), table.cells["values"]
    down, across = axes[0], axes[1] if len(axes) > 1 else None
    width = len(across.headings) if across else 1
    order = _parts_below_wholes(across.headings) if across else [0]
    rows = []
    for place in _parts_below_wholes(down.headings):
        own = [values[place * width + column] for column in order]
        heading = down.headings[place]
        if heading.depth == 0 or any(value is None or Decimal(value) for value in own):
            rows.append(Row(heading, tuple(None if value is None else Decimal(value) for value in own)))
    shown = replace(across, headings=tuple(across.headings[column] for column in order)) if across else None
    return down, shown, rows


def _parts_below_wholes(headings: Sequence[Heading]) -> list[int]:
    """Places of the headings, each followed by those that are parts of it; files keep the order in which they were frozen."""
    below: dict[str, list[int]] = {}
    for place, heading in enumerate(headings):
        below.setdefault(heading.parent, []).append(place)

    def walk(parent: str) -> Iterator[int]:
        for place in below.get(parent, ()):
            yield place
            yield from walk(headings[place].code)

    return list(walk(""))


def column_of(table: PublicTable, *, dimension: str, only: str = "") -> list[tuple[Heading, Decimal | None]]:
    """The figures along one dimension, the total first; of all other dimensions the total, or the category `only` of one.

    None where a figure is suppressed. Raises KeyError for a dimension or a category that the table does not have.
    """
    axes = axes_of(table)
    along = {axis.code: place for place, axis in enumerate(axes)}[dimension]
    steps = [prod(len(axis.headings) for axis in axes[place + 1 :]) for place in range(len(axes))]
    start = 0
    if only:
        places = [
            step * number
            for place, (axis, step) in enumerate(zip(axes, steps, strict=True))
            for number, heading in enumerate(axis.headings)
            if place != along and heading.code == only
        ]
        if not places:
            raise KeyError(only)
        start = places[0]
    values = table.cells["values"]
    found = [values[start + number * steps[along]] for number in range(len(axes[along].headings))]
    pairs = zip(axes[along].headings, found, strict=True)
    return [(heading, None if value is None else Decimal(value)) for heading, value in pairs]


def unit_of(table: PublicTable) -> str:
    """COUNT, HOURS or EURO."""
    return str(table.cells["measure"]["unit"])


def measure_of(table: PublicTable) -> dict[str, Any]:
    """Code and names of what is counted."""
    measure = table.cells["measure"]
    return {"code": measure["code"], "name": {"lv": measure["name_lv"], "en": measure["name_en"]}, "unit": measure["unit"]}

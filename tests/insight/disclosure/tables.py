"""Tables for the tests of disclosure control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Any

from numpy.typing import NDArray

from backend.insight.disclosure.profiles import Earlier, Profile
from backend.insight.disclosure.shapes import TOTAL, Category, Cell, Coordinates, Dimension, Measure, Table

PUBLIC = Profile(
    code="PUBLIC",
    threshold=5,
    threshold_special=10,
    threshold_close=10,
    group_disclosure=True,
    dominance_n=2,
    dominance_k=Decimal(85),
    p_percent=Decimal(10),
    least_contributors=5,
    share_denominator=10,
    share_edge=5,
    rounding_base=5,
)
PLANS = Measure("PLANS", "Plāni", "Plans")


def dimension(code: str, *names: str, attribute: bool = False, overlapping: bool = False, **parents: str) -> Dimension:
    """A dimension of named categories; `parents` names those that are parts of others."""
    categories = tuple(Category(name, name, name, parents.get(name, "")) for name in names)
    return Dimension(code, code, code, categories, overlapping, attribute)


def table(
    leaves: Mapping[Coordinates, int],
    *dimensions: Dimension,
    code: str = "t",
    measure: Measure = PLANS,
    fixed: tuple[tuple[str, str], ...] = (),
) -> Table:
    """Counts, with their totals."""
    return Table(code, code, code, measure, dimensions, added_up(dimensions=dimensions, leaves=leaves), fixed)


def added_up(*, dimensions: tuple[Dimension, ...], leaves: Mapping[Coordinates, int]) -> dict[Coordinates, Cell]:
    """Counts of every cell from those of the finest categories, where all dimensions add up."""
    sums: dict[Coordinates, int] = {}
    above = [{each.code: each.parent for each in dimension.categories} for dimension in dimensions]
    for at, value in leaves.items():
        for place in product(*(_ancestors(code, parents) for code, parents in zip(at, above, strict=True))):
            sums[place] = sums.get(place, 0) + value
    return {at: Cell(Decimal(value), value) for at, value in sums.items()}


def _ancestors(code: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    found = [code]
    while found[-1] != TOTAL:
        found.append(parents[found[-1]])
    return tuple(found)


def at_places(of: Table, array: NDArray[Any]) -> dict[Coordinates, Any]:
    """An array of the table's shape by coordinates."""
    return dict(zip(of.coordinates(), array.ravel().tolist(), strict=True))


def released_before(*, table: Table, profile: Profile, shown: Sequence[bool]) -> Earlier:
    """A table that was handed out, for the next release's view."""
    return Earlier(table, profile, tuple(not each for each in shown))


def grid(rows: list[tuple[int, ...]], *, code: str = "t") -> Table:
    """A table of rows r1, r2, … by columns c1, c2, …"""
    down = dimension("ROW", *(f"r{number}" for number in range(1, len(rows) + 1)))
    across = dimension("COLUMN", *(f"c{number}" for number in range(1, len(rows[0]) + 1)))
    leaves = {(f"r{i}", f"c{j}"): value for i, row in enumerate(rows, 1) for j, value in enumerate(row, 1)}
    return table(leaves, down, across, code=code)

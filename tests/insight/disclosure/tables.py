"""Tables for the tests of disclosure control."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from backend.insight.disclosure.profiles import Profile
from backend.insight.disclosure.shapes import Category, Coordinates, Dimension, Measure, Table, added_up

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


def grid(rows: list[tuple[int, ...]], *, code: str = "t") -> Table:
    """A table of rows r1, r2, … by columns c1, c2, …"""
    down = dimension("ROW", *(f"r{number}" for number in range(1, len(rows) + 1)))
    across = dimension("COLUMN", *(f"c{number}" for number in range(1, len(rows[0]) + 1)))
    leaves = {(f"r{i}", f"c{j}"): value for i, row in enumerate(rows, 1) for j, value in enumerate(row, 1)}
    return table(leaves, down, across, code=code)

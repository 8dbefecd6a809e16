"""Tables of exact figures as they come in: measures, dimensions with hierarchies and totals, cells with their contributions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

TOTAL = ""
"""Coordinate of a total over a dimension."""

Coordinates = tuple[str, ...]
"""One code a dimension of the table, in their order; `TOTAL` for the total over it."""
CellKey = tuple[str, tuple[tuple[str, str], ...]]
"""A cell whatever table it stands in: its measure, and its codes by dimension, totals left out."""


class Unit(StrEnum):
    """What figures are in."""

    COUNT = "COUNT"
    HOURS = "HOURS"
    EURO = "EURO"


@dataclass(frozen=True)
class Measure:
    """What is counted or summed.

    Measures of one `family` over the same groups are suppressed together: a numerator with its denominator, an amount with its
    recipients. `tied` says that an attacker may know by how much two counts of the family differ (plans and learners).
    """

    code: str
    name_lv: str
    name_en: str
    unit: Unit = Unit.COUNT
    family: str = ""
    tied: bool = False


@dataclass(frozen=True)
class Category:
    """A value of a dimension. `parent` is the category that it is a part of; `TOTAL`: it lies right below the total."""

    code: str
    name_lv: str
    name_en: str = ""
    parent: str = TOTAL
    level: str = ""
    """What kind of category it is, for readers: region, municipality, institution."""
    special: bool = False
    """Tells of health or family, or of another special class: the higher threshold holds."""
    close: bool = False
    """Stands for one institution, whose people know each other: the higher threshold holds."""


@dataclass(frozen=True)
class Dimension:
    """What a table is broken down by. The total over it is always there.

    `overlapping`: one record may lie in several categories (risk groups of a plan), so that they do not add up.
    `attribute`: something that is learnt about a person, not something one knows them by: group disclosure is looked for.
    """

    code: str
    name_lv: str
    name_en: str
    categories: tuple[Category, ...]
    overlapping: bool = False
    attribute: bool = False

    def codes(self) -> tuple[str, ...]:
        """The total and every category."""
        return (TOTAL, *(each.code for each in self.categories))

    def parts(self) -> dict[str, list[str]]:
        """Codes right below the total and below each category that has parts."""
        found: dict[str, list[str]] = {}
        for each in self.categories:
            found.setdefault(each.parent, []).append(each.code)
        return found


@dataclass(frozen=True)
class Cell:
    """An exact figure. A count's contributors are the count itself; a sum's are the persons (or recipients) behind it.

    `largest`: the greatest contributions of a sum, falling, as many as the dominance rule looks at.
    """

    value: Decimal
    contributors: int
    largest: tuple[Decimal, ...] = ()


NOTHING = Cell(Decimal(0), 0)


@dataclass(frozen=True)
class Table:
    """Figures of one measure over some dimensions. What `cells` lacks is nought.

    `fixed` is what every cell has in common (one school year), by dimension; it links the table with wider ones.
    Raises ValueError for a code or a shape that does not belong.
    """

    code: str
    name_lv: str
    name_en: str
    measure: Measure
    dimensions: tuple[Dimension, ...]
    cells: Mapping[Coordinates, Cell] = field(repr=False)
    fixed: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        known = [set(dimension.codes()) for dimension in self.dimensions]
        for at in self.cells:
            if len(at) != len(known) or any(code not in codes for code, codes in zip(at, known, strict=True)):
                raise ValueError(f"{at} is no cell of the table {self.code}.")
        for dimension in self.dimensions:
            codes = dimension.codes()
            if len(set(codes)) != len(codes) or any(each.parent not in codes for each in dimension.categories):
                raise ValueError(f"The dimension {dimension.code} repeats a code or names an absent parent.")

    @property
    def size(self) -> int:
        """Number of cells, totals among them."""
        number = 1
        for dimension in self.dimensions:
            number *= len(dimension.categories) + 1
        return number

    def coordinates(self) -> Iterator[Coordinates]:
        """Every cell's place, the last dimension running fastest, totals first."""
        yield from _product([dimension.codes() for dimension in self.dimensions])

    def cell(self, at: Coordinates) -> Cell:
        """The exact figure at a place."""
        return self.cells.get(at, NOTHING)

    def key(self, at: Coordinates) -> CellKey:
        """What the cell is, whatever table it stands in."""
        named = [(dimension.code, code) for dimension, code in zip(self.dimensions, at, strict=True) if code != TOTAL]
        return self.measure.code, tuple(sorted([*named, *self.fixed]))


def _product(lists: list[tuple[str, ...]]) -> Iterator[Coordinates]:
    if not lists:
        yield ()
        return
    for head in lists[0]:
        for rest in _product(lists[1:]):
            yield (head, *rest)

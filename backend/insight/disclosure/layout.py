"""A table laid out as arrays, one axis a dimension, index 0 the total."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.insight.disclosure.shapes import Dimension, Table

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Laid:
    """Exact figures of a table as arrays of the same shape."""

    table: Table
    values: Floats
    contributors: Floats
    largest: dict[tuple[int, ...], tuple[float, ...]]
    special: Flags
    close: Flags

    @property
    def shape(self) -> tuple[int, ...]:
        """Categories and the total, by dimension."""
        return self.values.shape


def lay_out(table: Table) -> Laid:
    """The arrays of a table."""
    places = [{code: number for number, code in enumerate(dimension.codes())} for dimension in table.dimensions]
    shape = tuple(len(each) for each in places)
    values, contributors = np.zeros(shape), np.zeros(shape)
    largest: dict[tuple[int, ...], tuple[float, ...]] = {}
    for at, cell in table.cells.items():
        index = tuple(place[code] for place, code in zip(places, at, strict=True))
        values[index], contributors[index] = float(cell.value), cell.contributors
        if cell.largest:
            largest[index] = tuple(float(each) for each in cell.largest)
    return Laid(table, values, contributors, largest, _flags(table, "special"), _flags(table, "close"))


def _flags(table: Table, name: str) -> Flags:
    """Whether any category of a cell carries the mark."""
    shape = tuple(len(dimension.categories) + 1 for dimension in table.dimensions)
    marked = np.zeros(shape, dtype=bool)
    for axis, dimension in enumerate(table.dimensions):
        along = np.array([False, *(bool(getattr(each, name)) for each in dimension.categories)])
        marked |= along.reshape([-1 if each == axis else 1 for each in range(len(shape))])
    return marked


def families(dimension: Dimension) -> list[tuple[int, list[int]]]:
    """(index of the whole, indices of its parts) of a dimension, the total's parts first."""
    place = {code: number for number, code in enumerate(dimension.codes())}
    return [(place[whole], [place[part] for part in parts]) for whole, parts in dimension.parts().items()]

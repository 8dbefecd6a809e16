"""Latvia as a map: a tile for each municipality, or its outline where the operator has loaded outlines.

The tiles stand in `fixtures/tiles.csv`, drawn by hand so that neighbours stay neighbours. What belonged to a municipality
that has ended belongs to its successor, tiles and outlines alike.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import quantiles

from backend.core.clock import business_today
from backend.registry.public import count_by_municipality, division_now, taking_part
from backend.territory.models import Municipality
from cms.figures.models import Boundary

FILE = Path(__file__).resolve().parent / "fixtures" / "tiles.csv"
CODE = "institutions-by-municipality"
"""Code of the map's figure, in the address of its CSV file."""
WIDTH = 1100
"""Width of the drawing, in its own units."""
_SIDE = 100
_GAP = 6
_CLASSES = 4


@dataclass(frozen=True)
class Tile:
    """Where a municipality stands in the grid, and the few letters that fit on it."""

    column: int
    row: int
    short: str


@dataclass(frozen=True)
class Shape:
    """How a municipality is drawn: an SVG path, and the letters with their place (none on an outline)."""

    path: str
    short: str = ""
    x: int = 0
    y: int = 0


@dataclass(frozen=True)
class Place:
    """A municipality of today with its value and its shape; `step` is the class of its colour, 0 for no institution."""

    municipality: Municipality
    value: int
    step: int
    shape: Shape


@dataclass(frozen=True)
class Step:
    """One class of values, the least and the greatest in it."""

    number: int
    least: int
    most: int


@dataclass(frozen=True)
class PlaceMap:
    """The map, ready to be drawn and told: places in Latvian order."""

    places: list[Place]
    steps: list[Step]
    height: int
    on: dt.date
    boundary_source: str
    """Who made the outlines; empty for tiles."""

    @property
    def total(self) -> int:
        """Institutions of all places."""
        return sum(place.value for place in self.places)

    @property
    def greatest(self) -> Place:
        """The place with the most."""
        return max(self.places, key=lambda place: place.value)

    @property
    def without(self) -> int:
        """Municipalities without any."""
        return sum(place.value == 0 for place in self.places)


def institutions_map() -> PlaceMap | None:
    """Institutions taking part in each municipality of today; None while no institution takes part. Three statements."""
    counts = count_by_municipality(taking_part())
    if not counts:
        return None
    now = division_now()
    today = sorted({place.pk: place for place in now.values()}.values(), key=lambda place: (place.sort_key, place.code))
    outlines = list(Boundary.objects.select_related("municipality"))
    shapes = _outlined(outlines, now) if outlines else _tiled(now)
    shown = [place for place in today if place.code in shapes]
    steps = steps_of([counts.get(place.code, 0) for place in shown])
    return PlaceMap(
        places=[_place(place, counts.get(place.code, 0), steps, shapes[place.code]) for place in shown],
        steps=steps,
        height=max(row.bottom for row in outlines) if outlines else _SIDE * (1 + max(tile.row for tile in tiles().values())),
        on=business_today(),
        boundary_source=outlines[0].source if outlines else "",
    )


def steps_of(values: Sequence[int]) -> list[Step]:
    """Classes of about equally many places each, of the values above nought: at most four, fewer where values repeat."""
    some = sorted(value for value in values if value > 0)
    if not some:
        return []
    cuts = quantiles(some, n=_CLASSES, method="inclusive") if len(some) > 1 else []
    ends = sorted({int(cut) for cut in cuts} | {some[-1]})
    begins = [some[0], *(end + 1 for end in ends[:-1])]
    return [Step(number, least, most) for number, (least, most) in enumerate(zip(begins, ends, strict=True), 1)]


@cache
def tiles() -> dict[str, Tile]:
    """The grid, by the municipality's code."""
    with FILE.open(encoding="utf-8", newline="") as handle:
        return {row["code"]: Tile(int(row["column"]), int(row["row"]), row["short"]) for row in csv.DictReader(handle)}


def _tiled(now: Mapping[str, Municipality]) -> dict[str, Shape]:
    """Shapes from the grid: a tile each, the tiles of a former municipality joined to its successor's."""
    own: dict[str, list[Tile]] = {}
    grid = tiles()
    for code, tile in grid.items():
        if code in now:
            own.setdefault(now[code].code, []).append(tile)
    return {code: _square(parts, grid[code]) for code, parts in own.items() if code in grid}


def _square(parts: list[Tile], first: Tile) -> Shape:
    path = ""
    side = _SIDE - _GAP
    places = {(part.column, part.row) for part in parts}
    for column, row in sorted(places):
        # A tile grows over the gap towards its own neighbour, so that two of one municipality read as one.
        right = _GAP if (column + 1, row) in places else 0
        below = _GAP if (column, row + 1) in places else 0
        left, top = column * _SIDE + _GAP // 2, row * _SIDE + _GAP // 2
        path += f"M{left} {top}h{side + right}v{side + below}h-{side + right}z"
    return Shape(path, first.short, first.column * _SIDE + _SIDE // 2, first.row * _SIDE + _SIDE // 2)


def _outlined(outlines: Sequence[Boundary], now: Mapping[str, Municipality]) -> dict[str, Shape]:
    """Shapes from the loaded outlines."""
    paths: dict[str, str] = {}
    for row in outlines:
        if row.municipality.code in now:
            code = now[row.municipality.code].code
            paths[code] = paths.get(code, "") + row.path
    return {code: Shape(path) for code, path in paths.items()}


def _place(municipality: Municipality, value: int, steps: Sequence[Step], shape: Shape) -> Place:
    step = next((step.number for step in steps if step.least <= value <= step.most), 0)
    return Place(municipality, value, step, shape)

"""Latvia as a map: a tile for each municipality, or its outline where the operator has loaded outlines.

The tiles stand in `fixtures/tiles.csv`, drawn by hand so that neighbours stay neighbours. What belonged to a municipality
that has ended belongs to its successor, tiles and outlines alike.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from statistics import quantiles

from backend.core.clock import business_today
from backend.core.database.statements import rows
from backend.insight.statistics.public import PublicRelease, PublicTable
from backend.registry.public import count_by_municipality, division_now
from backend.territory.models import Municipality
from cms.figures.models import Boundary

FILE = Path(__file__).resolve().parent / "fixtures" / "tiles.csv"
CODE = "institutions-by-municipality"
"""Code of the register's own map, in the address of its CSV file."""
WIDTH = 1100
"""Width of the drawing, in its own units."""
_SIDE = 100
_GAP = 6
_CLASSES = 4
HIDDEN = "hidden"
"""Class of colour of a place whose figure is not published."""
Values = Mapping[str, Decimal | int | None]
"""By the municipality's code; None: not published. A municipality that is not in it has nought."""


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
    """A municipality with its value and its shape; `step` is the class of its colour: 0 for nought, 1 to 4, `HIDDEN`."""

    municipality: Municipality
    value: Decimal | int | None
    step: str
    shape: Shape


@dataclass(frozen=True)
class Step:
    """One class of values, the least and the greatest in it."""

    number: int
    least: int
    most: int


@dataclass(frozen=True)
class PlaceMap:
    """A map, ready to be drawn and told: places in Latvian order."""

    places: list[Place]
    steps: list[Step]
    height: int
    on: dt.date
    """The day whose territorial division is drawn."""
    boundary_source: str
    """Who made the outlines; empty for tiles."""
    total: Decimal | int | None
    """Of the whole country; None where it is not published."""
    anchor: str = "place"
    """What the anchors of its places begin with."""
    title: str = ""
    text: object = ""
    only: str = ""
    """The category of the table's other dimension that is shown, in words; empty: all together."""
    unit: str = ""
    release: PublicRelease | None = None
    """The release that the figures come from; None: the register of agreements."""
    table: PublicTable | None = None

    template = "components/place_map.html"

    @property
    def greatest(self) -> Place | None:
        """The place with the most, of those whose figure is published."""
        known = [place for place in self.places if place.value is not None]
        return max(known, key=lambda place: place.value or 0) if known else None

    @property
    def without(self) -> int:
        """Municipalities that have none."""
        return sum(place.value == 0 for place in self.places)

    @property
    def hidden(self) -> int:
        """Municipalities whose figure is not published."""
        return sum(place.value is None for place in self.places)


@dataclass(frozen=True)
class Land:
    """The municipalities of a day in Latvian order, each with its shape."""

    day: dt.date
    places: list[tuple[Municipality, Shape]]
    height: int
    source: str


class Drawing:
    """The shapes that the maps of one page share. One statement for the outlines, one for the division of each day."""

    def __init__(self) -> None:
        self._lands: dict[dt.date, Land] = {}

    @cached_property
    def _outlines(self) -> list[Boundary]:
        return rows("outlines", lambda: Boundary.objects.select_related("municipality"))

    def land(self, day: dt.date) -> Land:
        """The country by the division of a day."""
        if day not in self._lands:
            outlines = self._outlines
            now = division_now(on=day, codes=[row.municipality.code for row in outlines] or tiles())
            shapes = _outlined(outlines, now) if outlines else _tiled(now)
            here = sorted({place.pk: place for place in now.values()}.values(), key=lambda place: (place.sort_key, place.code))
            self._lands[day] = Land(
                day=day,
                places=[(place, shapes[place.code]) for place in here if place.code in shapes],
                height=max(row.bottom for row in outlines) if outlines else _SIDE * (1 + max(t.row for t in tiles().values())),
                source=outlines[0].source if outlines else "",
            )
        return self._lands[day]


def institutions_map(*, drawing: Drawing | None = None) -> PlaceMap | None:
    """Institutions taking part in each municipality of today; None while no institution takes part. Three statements."""
    counts = count_by_municipality()
    if not counts:
        return None
    land = (drawing or Drawing()).land(business_today())
    places, steps = painted(land, counts)
    total = sum(counts.get(place.code, 0) for place, _shape in land.places)
    return PlaceMap(places, steps, land.height, land.day, land.source, total)


def painted(land: Land, values: Values) -> tuple[list[Place], list[Step]]:
    """Places in the colours of their values, and what the colours mean."""
    shown = [(place, shape, values.get(place.code, 0)) for place, shape in land.places]
    steps = steps_of([int(value) for _place, _shape, value in shown if value is not None])
    return [Place(place, value, _step(value, steps), shape) for place, shape, value in shown], steps


def steps_of(values: Sequence[int]) -> list[Step]:
    """Classes of about equally many places each, of the values above nought: at most four, fewer where values repeat."""
    some = sorted(value for value in values if value > 0)
    if not some:
        return []
    cuts = quantiles(some, n=_CLASSES, method="inclusive") if len(some) > 1 else []
    ends = sorted({int(cut) for cut in cuts} | {some[-1]})
    begins = [some[0], *(end + 1 for end in ends[:-1])]
    return [Step(number, least, most) for number, (least, most) in enumerate(zip(begins, ends, strict=True), 1)]


def _step(value: Decimal | int | None, steps: Sequence[Step]) -> str:
    if value is None:
        return HIDDEN
    return str(next((step.number for step in steps if step.least <= int(value) <= step.most), 0))


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

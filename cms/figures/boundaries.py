"""Outlines of the municipalities from a GeoJSON file of the operator's choice, made small enough for a page.

Points are moved to a grid of the drawing's own units. Two neighbours share the points of their border, so they move
alike and no gap opens between them, which simplifying each outline by itself would not promise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import Any

from django.db import transaction

from backend.core.models import SourceStatus
from backend.registry.public import division_now
from backend.territory.models import Municipality
from cms.figures.maps import WIDTH
from cms.figures.models import Boundary

MOST_POINTS = 2_000_000
_ATVK_PLACE = 4
"""Digits of an ATVK code that say which municipality it is; what follows says which edition (0038000, later 0038001)."""

Point = tuple[float, float]
Ring = list[Point]
Cell = tuple[int, int]


class BoundaryError(Exception):
    """The file cannot be used; the text says why, for the operator."""


@dataclass(frozen=True)
class Loaded:
    """What was loaded: municipalities, and the letters of all paths."""

    places: int
    signs: int


def load_boundaries(*, collection: Any, source: str, code_property: str = "") -> Loaded:
    """Replace the outlines by those of a GeoJSON FeatureCollection, in degrees (RFC 7946) or in metres (LKS-92).

    A feature is known by its ATVK or ISO 3166-2 code: under `code_property`, else under whichever property holds a code
    everywhere. Raises BoundaryError unless every municipality in force has an outline, and only one.
    """
    features = _features(collection)
    places = _places(features, code_property)
    rings = {code: _rings(feature) for code, feature in places.items()}
    drawn = _drawn(rings)
    known = {place.code: place for place in Municipality.objects.filter(code__in=drawn)}
    with transaction.atomic():
        Boundary.objects.all().delete()
        for code, outline in drawn.items():
            bottom = max(y for ring in outline for _x, y in ring)
            Boundary.objects.create(
                municipality=known[code],
                path="".join(_path(ring) for ring in outline),
                bottom=bottom,
                source=source,
                source_status=SourceStatus.FOUND,
            )
    return Loaded(len(drawn), sum(map(len, Boundary.objects.values_list("path", flat=True))))


def _features(collection: Any) -> list[Mapping[str, Any]]:
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise BoundaryError("not a GeoJSON FeatureCollection")
    return features


def _places(features: Sequence[Mapping[str, Any]], code_property: str) -> dict[str, Mapping[str, Any]]:
    """The feature of each municipality, by our own code."""
    now = division_now()
    names = _names()
    wanted = code_property or _property_with_codes(features, names)
    found: dict[str, Mapping[str, Any]] = {}
    for feature in features:
        value = str((feature.get("properties") or {}).get(wanted, ""))
        code = names.get(_told(value))
        if code is None:
            raise BoundaryError(f"no municipality has the code {value!r} (property {wanted!r})")
        if code in found:
            raise BoundaryError(f"two outlines for {code}")
        found[code] = feature
    missing = sorted({place.code: place.name_lv for place in now.values() if place.code not in found}.values())
    if missing:
        raise BoundaryError(f"no outline for: {', '.join(missing)}")
    return found


def _names() -> dict[str, str]:
    """Every way to write a municipality's code -> our own code."""
    rows = Municipality.objects.exclude(atvk_code="").values_list("code", "atvk_code")
    return {name: code for code, atvk in rows for name in (code, _told(atvk))}


def _told(value: str) -> str:
    """The part of a code that names the municipality; numbers lose leading noughts in some files."""
    return value.zfill(_ATVK_PLACE + 3)[:_ATVK_PLACE] if value.isdigit() else value


def _property_with_codes(features: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> str:
    rows = [feature.get("properties") or {} for feature in features]
    for name in rows[0] if rows else ():
        if all(_told(str(row.get(name, ""))) in names for row in rows):
            return str(name)
    raise BoundaryError("no property holds an ATVK or ISO 3166-2 code in every feature; name one with --property")


def _rings(feature: Mapping[str, Any]) -> list[Ring]:
    geometry = feature.get("geometry") or {}
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"}:
        raise BoundaryError(f"an outline is a Polygon or a MultiPolygon, not {kind!r}")
    try:
        polygons = [coordinates] if kind == "Polygon" else coordinates
        return [[(float(point[0]), float(point[1])) for point in ring] for polygon in polygons for ring in polygon]
    except (TypeError, ValueError, IndexError) as problem:
        raise BoundaryError("coordinates are no lists of numbers") from problem


def _drawn(rings: Mapping[str, list[Ring]]) -> dict[str, list[list[Cell]]]:
    """All outlines in the units of the drawing, y downwards."""
    points = [point for each in rings.values() for ring in each for point in ring]
    if not 0 < len(points) <= MOST_POINTS:
        raise BoundaryError(f"{len(points)} points: between 1 and {MOST_POINTS} can be drawn")
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    in_degrees = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90
    # A degree of longitude is shorter than one of latitude; at the size of Latvia the mean of its latitudes will do.
    narrow = cos(radians((south + north) / 2)) if in_degrees else 1.0
    if east <= west:
        raise BoundaryError("all points lie on one line")
    scale = WIDTH / ((east - west) * narrow)
    drawn = {}
    for code, each in rings.items():
        cells = [
            _simplified([(round((x - west) * narrow * scale), round((north - y) * scale)) for x, y in ring]) for ring in each
        ]
        drawn[code] = [ring for ring in cells if len(ring) >= 3]
        if not drawn[code]:
            raise BoundaryError(f"the outline of {code} is too small to be seen")
    return drawn


def _simplified(ring: Sequence[Cell]) -> list[Cell]:
    """The ring without its repeated end, repeated points and points on a straight line between their neighbours."""
    kept: list[Cell] = []
    for cell in ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring:
        if kept and kept[-1] == cell:
            continue
        if len(kept) > 1 and _straight(kept[-2], kept[-1], cell):
            kept.pop()
        kept.append(cell)
    while len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept


def _straight(first: Cell, middle: Cell, last: Cell) -> bool:
    return (middle[0] - first[0]) * (last[1] - first[1]) == (middle[1] - first[1]) * (last[0] - first[0])


def _path(ring: Iterable[Cell]) -> str:
    """A closed SVG path with relative steps, which are short."""
    cells = list(ring)
    steps = pairwise(cells)
    return f"M{cells[0][0]} {cells[0][1]}l" + " ".join(f"{x - a} {y - b}" for (a, b), (x, y) in steps) + "z"

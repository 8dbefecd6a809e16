"""Latvia as a map: a tile for every municipality, or the outlines that the operator loads."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import correlation
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from backend.territory.models import Municipality
from cms.figures.boundaries import BoundaryError, load_boundaries
from cms.figures.maps import institutions_map, steps_of, tiles
from cms.figures.models import Boundary
from tests.cms.markup import Markup
from tests.cms.registry import SCHOOLS, TODAY, join

pytestmark = pytest.mark.django_db
LISTED = re.compile(r'<li id="place-[^>]*>(?:<a [^>]*>|<span>)([^<]+)</(?:a|span)> <span class="map-value">(\d+)')
"""Name and value of each place in the list beside the map."""
AFTER_THE_MERGER = dt.date(2025, 7, 1)


@pytest.fixture
def schools(site: int) -> Iterator[None]:
    """Four schools that take part."""
    with override_settings(DEMO_TODAY=TODAY):
        for name, place, kind, left in SCHOOLS:
            join(name, Municipality.objects.get(code=place), kind, left)
        yield


def _squares(codes: list[str], *, side: float = 0.2, corner: tuple[float, float] = (21.0, 56.0)) -> dict[str, Any]:
    """Outlines side by side in rows of ten; neighbours share their corners. Under the property ATVK."""
    features = []
    places = dict(Municipality.objects.filter(code__in=codes).values_list("code", "atvk_code"))
    for number, code in enumerate(codes):
        x, y = corner[0] + side * (number % 10), corner[1] + side * (number // 10)
        ring = [[x, y], [x + side, y], [x + side, y + side], [x + side / 2, y + side], [x, y + side], [x, y]]
        geometry = {"type": "MultiPolygon", "coordinates": [[ring]]}
        features.append({"type": "Feature", "properties": {"id": number, "ATVK": places[code]}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def test_every_municipality_has_one_tile_about_where_it_lies(site: int) -> None:
    grid = tiles()
    rows = {row.code: row for row in Municipality.objects.exclude(kind="FORMER")}
    assert set(grid) == set(rows)
    assert len(grid) == 43
    assert len({(tile.column, tile.row) for tile in grid.values()}) == 43
    assert all(1 < len(tile.short) <= 4 for tile in grid.values())
    east = correlation([tile.column for tile in grid.values()], [float(rows[code].longitude) for code in grid])
    south = correlation([tile.row for tile in grid.values()], [-float(rows[code].latitude) for code in grid])
    assert east > 0.95
    assert south > 0.85


def test_the_tiles_of_a_region_hang_together(site: int) -> None:
    grid = tiles()
    for region in set(Municipality.objects.values_list("region", flat=True)):
        codes = Municipality.objects.filter(region=region, code__in=grid).values_list("code", flat=True)
        cells = {(grid[code].column, grid[code].row) for code in codes}
        reached, waiting = set(), [min(cells)]
        while waiting:
            column, row = waiting.pop()
            if (column, row) in cells - reached:
                reached.add((column, row))
                waiting += [(column + x, row + y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        assert reached == cells


def test_the_map_tells_the_same_as_the_list_and_the_file(client: Client, schools: None) -> None:
    html = client.get("/lv/skaitli/").content.decode()
    part = html[html.index('id="places"') : html.index("institutions-by-municipality/csv/")]
    drawn = dict(re.findall(r"<title>([^<:]+): (\d+)</title>", part))
    listed = dict(LISTED.findall(part))
    assert len(drawn) == 43
    assert drawn == listed
    assert (drawn["Cēsu novads"], drawn["Madonas novads"], drawn["Rīga"], drawn["Ventspils"]) == ("1", "1", "1", "0")
    rows = list(
        csv.DictReader(client.get("/lv/skaitli/institutions-by-municipality/csv/").content.decode("utf-8-sig").splitlines())
    )
    assert {row["municipality"]: row["institutions"] for row in rows} == drawn
    assert {row["on"] for row in rows} == {TODAY.isoformat()}
    english = client.get("/en/figures/institutions-by-municipality/csv/").content.decode()
    assert "Cēsis Municipality" in english
    assert '?municipality=LV-022">Cēsu novads</a>' in part
    anchors = {attributes.get("id") for _tag, attributes in Markup(html).tags}
    assert {link["href"][1:] for link in Markup(part).all("a") if link["href"].startswith("#")} <= anchors


def test_names_stand_in_latvian_order(client: Client, schools: None) -> None:
    html = client.get("/lv/skaitli/").content.decode()
    names = [name for name, _value in LISTED.findall(html)]
    for before, after in [("Aizkraukles", "Alūksnes"), ("Bauskas", "Cēsu"), ("Jūrmala", "Krāslavas"), ("Kuldīgas", "Ķekavas"),
                          ("Ķekavas", "Liepāja"), ("Līvānu", "Ludzas"), ("Saulkrastu", "Siguldas")]:  # fmt: skip
        places = [next(at for at, name in enumerate(names) if name.startswith(each)) for each in (before, after)]
        assert places == sorted(places), (before, after)


def test_what_merged_is_drawn_as_one(schools: None) -> None:
    with override_settings(DEMO_TODAY=AFTER_THE_MERGER):
        map_ = institutions_map()
    assert map_ is not None
    shapes = {place.municipality.code: place.shape.path for place in map_.places}
    assert len(shapes) == 42
    assert "LV-102" not in shapes
    assert shapes["LV-059"].count("M") == 2


def test_nothing_is_drawn_before_anybody_takes_part(client: Client, site: int) -> None:
    assert 'id="places"' not in client.get("/lv/skaitli/").content.decode()
    assert client.get("/lv/skaitli/institutions-by-municipality/csv/").status_code == 404


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([], []),
        ([0, 0], []),
        ([0, 7], [(7, 7)]),
        ([1, 1, 1, 1, 9], [(1, 1), (2, 9)]),
        ([1, 2, 3, 4, 5, 6, 7, 8, 60], [(1, 3), (4, 5), (6, 7), (8, 60)]),
    ],
)
def test_classes_hold_every_value_once(values: list[int], classes: list[tuple[int, int]]) -> None:
    steps = steps_of(values)
    assert [(step.least, step.most) for step in steps] == classes
    for value in filter(None, values):
        assert sum(step.least <= value <= step.most for step in steps) == 1


def test_outlines_take_the_place_of_tiles(client: Client, schools: None, tmp_path: Path) -> None:
    file = tmp_path / "robezas.geojson"
    file.write_text(json.dumps(_squares(list(tiles()))), encoding="utf-8")
    call_command("load_boundaries", str(file), source="Paraugs, CC0", verbosity=0)
    html = client.get("/lv/skaitli/").content.decode()
    assert Boundary.objects.count() == 43
    assert "Paraugs, CC0" in html
    assert len(re.findall(r"<title>[^<]+</title>\s*<path d=\"M\d+ \d+l", html)) == 43
    # Neighbours in the file are neighbours on the page: the right side of one is the left side of the next.
    first, second = (Boundary.objects.get(municipality__code=code).path for code in list(tiles())[:2])
    assert _xs(first)[1] == _xs(second)[0]
    assert len(re.findall(r"-?\d+", first)) == 2 * 4, "the point in the middle of a straight side is left out"
    call_command("load_boundaries", forget=True, verbosity=0)
    assert "Paraugs, CC0" not in client.get("/lv/skaitli/").content.decode()


def _xs(path: str) -> tuple[int, int]:
    """The leftmost and the rightmost x of a path of one ring."""
    numbers = [int(number) for number in re.findall(r"-?\d+", path)]
    xs = [numbers[0]]
    for step in numbers[2::2]:
        xs.append(xs[-1] + step)
    return min(xs), max(xs)


def test_outlines_in_metres_will_do(schools: None) -> None:
    loaded = load_boundaries(collection=_squares(list(tiles()), side=40_000, corner=(330_000, 170_000)), source="Paraugs")
    assert loaded.places == 43
    assert {_xs(path)[1] - _xs(path)[0] for path in Boundary.objects.values_list("path", flat=True)} == {110}


def test_after_the_merger_old_outlines_still_serve(schools: None) -> None:
    load_boundaries(collection=_squares(list(tiles())), source="Paraugs")
    with override_settings(DEMO_TODAY=AFTER_THE_MERGER):
        map_ = institutions_map()
    assert map_ is not None
    shapes = {place.municipality.code: place.shape.path for place in map_.places}
    assert shapes["LV-059"].count("M") == 2
    assert len(shapes) == 42


def _with_geometry(whole: dict[str, Any], geometry: dict[str, Any]) -> dict[str, Any]:
    """The collection with another geometry for its first feature."""
    first, *others = whole["features"]
    return whole | {"features": [{**first, "geometry": geometry}, *others]}


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda whole: [], "FeatureCollection"),
        (lambda whole: whole | {"features": whole["features"][1:]}, "no outline for: Rīga"),
        (lambda whole: whole | {"features": [*whole["features"], whole["features"][0]]}, "two outlines for LV-RIX"),
        (lambda whole: {"features": [{"properties": {"name": "Rīga"}, "geometry": None}]}, "no property"),
        (lambda whole: _with_geometry(whole, {"type": "Point"}), "Polygon"),
        (lambda whole: _with_geometry(whole, {"type": "Polygon", "coordinates": [[["x"]]]}), "numbers"),
    ],
)
def test_a_file_that_cannot_be_drawn_changes_nothing(schools: None, spoil: Any, problem: str) -> None:
    whole = _squares(list(tiles()))
    load_boundaries(collection=whole, source="Vecais")
    with pytest.raises(BoundaryError, match=problem):
        load_boundaries(collection=spoil(whole), source="Jaunais")
    assert set(Boundary.objects.values_list("source", flat=True)) == {"Vecais"}


def test_the_command_refuses_clearly(site: int, tmp_path: Path) -> None:
    broken = tmp_path / "x.geojson"
    broken.write_text("{")
    for arguments, problem in (
        ([str(broken)], "--source"),
        ([str(broken), "--source", "Kāds"], "not JSON"),
        ([str(tmp_path / "nav"), "--source", "Kāds"], "No such file"),
    ):
        with pytest.raises(CommandError, match=problem):
            call_command("load_boundaries", *arguments)

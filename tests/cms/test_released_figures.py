"""Charts and maps of the figures page from releases: the newest one, all that it publishes, and nothing that it suppresses."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cms.base.parts import forget
from cms.figures.blocks import FiguresBlock
from cms.figures.models import FiguresPage
from cms.figures.released import chart_choices, map_choices
from tests.cms.keeping import committed, get, keeping
from tests.cms.markup import Markup
from tests.cms.registry import TODAY
from tests.cms.releases import LEARNERS, YEARS, release_learners, release_risks

pytestmark = pytest.mark.django_db
YEARS_OF = {"table": "learners-territory/PERIOD/SCHOOL_YEAR", "only": "", "title": "Pa gadiem", "text": "<p>Ko tas rāda.</p>"}
REGIONS = {"table": "learners-territory/TERRITORY/REGION", "only": "2022/2023", "title": "", "text": ""}
MAP = {"table": "learners-territory", "only": "2022/2023", "title": "Kartē", "text": "<p>Ko karte rāda.</p>"}
PLACE = re.compile(r'<li id="d3-([^"]+)"[^>]*class="step-(\w+)"><span>([^<]+)</span> <span class="map-value">([^<]+)</span>')


@pytest.fixture
def page(site: int) -> Iterator[FiguresPage]:
    """The page with two charts and a map in the place of its own."""
    with override_settings(DEMO_TODAY=TODAY):
        found = FiguresPage.objects.get(locale__language_code="lv")
        found.series = [("released_chart", YEARS_OF), ("released_chart", REGIONS), ("released_map", MAP)]
        found.save_revision().publish()
        yield found


def _html(language: str = "lv") -> str:
    return get("/lv/skaitli/" if language == "lv" else "/en/figures/")[1]


def _published(client: Client, release: str) -> dict[tuple[str, str], str]:
    """(place, year) -> value as the release's own file has it, empty where suppressed."""
    text = client.get(f"/open-data/{release}/learners-territory.csv").content.decode()
    return {(row["territory"], row["period"]): row["value"] for row in csv.DictReader(text.splitlines())}


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def test_nothing_is_shown_before_anything_is_released(page: FiguresPage) -> None:
    assert 'class="series"' not in _html()
    assert "map-list" not in _html()
    release_risks(1)
    assert 'class="series"' not in _html(), "nor what another table holds"


def test_the_map_tells_what_the_release_publishes_and_no_more(client: Client, page: FiguresPage) -> None:
    release_learners(1, counts=LEARNERS)
    published = _published(client, "public-1")
    html = _html()
    shown = {code: (step, value) for code, step, _name, value in PLACE.findall(html)}
    assert len(shown) == 43
    for code, (step, value) in shown.items():
        expected = published[code, "2022/2023"]
        assert (step == "hidden", _digits(value)) == (expected == "", expected), code
    hidden = [code for code, (_step, value) in shown.items() if value == "nav publicēts"]
    assert "LV-JEL" in hidden
    assert len(hidden) > 1, "others with it, or it could be worked out"
    secret = {LEARNERS.get((code, "2022/2023"), 0) for code in hidden}
    assert max(secret) > 1_000
    assert not {str(value) for value in secret if value > 100} & set(re.findall(r"\d+", html)), "no hidden figure anywhere"
    assert f"Nav publicēti: {len(hidden)} no 43" in html
    drawn = re.findall(r"<title>([^<:]+): ([^<]+)</title>", html)
    assert sorted(value for _name, value in drawn) == sorted(value for _step, value in shown.values())
    assert Markup(html).faults == []


def test_a_chart_tells_the_same_in_picture_words_and_table(client: Client, page: FiguresPage) -> None:
    release_learners(1, counts=LEARNERS)
    published = _published(client, "public-1")
    html = _html()
    part = html[html.index('id="series-d1"') : html.index('id="series-d2"')]
    for year in YEARS:
        value = published["_T", year]
        assert value
        written = [_digits(each) for each in re.findall(r'<td class="num">([^<]+)</td>', part)]
        assert value in written
        assert value in _digits(part[part.index("<desc") : part.index("</desc>")])
    assert "Pa gadiem" in part
    assert "2022./2023. mācību gads" in part
    assert _digits(published["_T", "_T"]) in _digits(part[part.index("<figcaption") : part.index("</figcaption>")])
    regions = html[html.index('id="series-d2"') : html.index('id="d3s"')]
    rows = re.findall(r'<th scope="row">([^<]+)</th>\s*<td class="num">([^<]+)</td>', regions)
    assert len(rows) == len([place for place, year in published if place.startswith("R-") and year == "_T"])
    for (place, year), value in published.items():
        if place.startswith("R-") and year == "2022/2023":
            assert (value or "navpublicēts") in [_digits(shown) or shown.replace(" ", "") for _name, shown in rows]
    assert "2022./2023. mācību gads" in regions, "the heading says which year alone is meant"


def test_source_and_version_are_named_and_the_file_is_the_releases_own(client: Client, page: FiguresPage) -> None:
    release_learners(1, counts=LEARNERS)
    html = _html()
    assert html.count("Laidiens 1 (public-1)") == 3
    links = [link["href"] for link in Markup(html).all("a")]
    assert links.count("/open-data/public-1/learners-territory.csv") == 3
    assert links.count("/open-data/public-1/learners-territory/") == 3
    assert {client.get(link).status_code for link in links if link.startswith("/open-data/")} == {200}


def test_the_newest_release_is_shown_at_once(page: FiguresPage) -> None:
    with keeping():
        release_learners(1, counts=LEARNERS)
        committed()
        assert "Laidiens 1" in _html()
        release_risks(2)  # holds another table: the first stays the newest of this one
        committed()
        assert "Laidiens 1" in _html()
        release_learners(3, counts={**LEARNERS, ("LV-DGV", "2022/2023"): 8_888})
        committed()
        html = _html()
        assert "Laidiens 1" not in html
        assert html.count("Laidiens 3 (public-3)") == 3
        assert "8888" in [_digits(value) for _code, _step, _name, value in PLACE.findall(html)]


def test_a_table_that_lost_the_chosen_category_is_left_out(page: FiguresPage) -> None:
    page.series = [("released_chart", {**REGIONS, "only": "1999/2000"}), ("released_map", {**MAP, "only": "1999/2000"})]
    page.save_revision().publish()
    release_learners(1, counts=LEARNERS)
    assert 'class="series"' not in _html()
    assert "map-list" not in _html()


def test_what_is_shown_costs_no_more_than_a_page_may(page: FiguresPage) -> None:
    def count() -> int:
        _html()
        with CaptureQueriesContext(connection) as queries:
            _html()
        return len(queries)

    release_risks(1)
    without = count()
    release_learners(2, counts=LEARNERS)
    assert count() <= without + 2, "the outlines, and the division of the release's day"
    with keeping():  # the dearest of all requests: the first one after a change
        _html()
        forget()
        caches["pages"].clear()
        with CaptureQueriesContext(connection) as queries:
            _html()
    assert len(queries) <= 12


def test_an_editor_chooses_among_what_is_released(site: int) -> None:
    assert chart_choices() == map_choices() == []
    release_learners(1, counts=LEARNERS)
    release_risks(2)
    with translation.override("lv"):
        charts, maps = chart_choices(), map_choices()
    assert {value for _table, along in charts for value, _label in along} == {
        "learners-territory/PERIOD/SCHOOL_YEAR", "learners-territory/TERRITORY/MUNICIPALITY",
        "learners-territory/TERRITORY/REGION", "risks/RISK/", "risks/TERRITORY/",
    }  # fmt: skip
    assert "Izglītojamie pašvaldībās: reģioni" in [label for _table, along in charts for _value, label in along]
    assert [value for value, _label in maps] == ["learners-territory"]
    block: Any = FiguresBlock()
    for kind, value in (("released_chart", REGIONS), ("released_map", MAP)):
        block.clean(block.to_python([{"type": kind, "value": value}]))
        for wrong in ({"only": "1999/2000"}, {"table": "nav-tadas"}):
            with pytest.raises(ValidationError):
                block.clean(block.to_python([{"type": kind, "value": {**value, **wrong}}]))

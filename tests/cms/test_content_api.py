"""The content API beside pages: events, questions, youth projects, institutions, offices, figures. Few statements, no drafts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from backend.insight.statistics.models import PublishedFigure
from backend.territory.models import Municipality
from cms.events.models import EventPage
from cms.places.models import ContactPoint
from cms.youth.models import CallPage, ProjectPage
from graphql_schema.content.schema import content_schema
from tests.cms.conftest import site, site_rows
from tests.cms.registry import SCHOOLS, TODAY, join
from tests.factories.fixtures import reference_rows

__all__ = ["reference_rows", "site", "site_rows"]

pytestmark = pytest.mark.django_db
ADDRESS = "/content/graphql/"


@pytest.fixture
def world(site: int) -> Iterator[None]:
    """The loaded site on the demonstration's day, with institutions."""
    with override_settings(DEMO_TODAY=TODAY):
        for name, place, kind, left in SCHOOLS:
            join(name, Municipality.objects.get(code=place), kind, left)
        yield


def _ask(query: str) -> Any:
    return Client().post(ADDRESS, data={"query": query}, content_type="application/json").json()


def _nodes(field: str, selection: str) -> list[dict[str, Any]]:
    body = _ask(f"{{{field}{{totalCount edges{{node{{{selection}}}}}}}}}")
    assert "errors" not in body, body["errors"]
    found = next(iter(body["data"].values()))
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"] for edge in found["edges"]]


def test_events_are_filtered(world: None) -> None:
    def titles(arguments: str) -> list[str]:
        return [node["title"] for node in _nodes(f"events(first:50 {arguments})", "title startsOn")]

    coming = titles("upcoming:true")
    assert len(coming) == 6
    assert coming[0].startswith("Seminārs plānu sagatavotājiem")
    assert len(titles("upcoming:false")) == 6
    assert titles("upcoming:false")[0].startswith("„Skola. Bērni. Vecāki”"), "the latest first"
    assert len(titles("kind:CONFERENCE")) == 6
    assert len(titles('upcoming:false kind:CONFERENCE region:"Latgale"')) == 2
    assert len(titles('q:"darbnica"')) == 1
    assert titles('region:"nowhere" upcoming:false') == []


def test_an_event_tells_all_of_itself(world: None) -> None:
    node = _nodes(
        'events(first:1 q:"plānu sagatavotājiem")',
        "title kind startsOn endsOn startTime endTime place isOnline region{code name} applyBy isExample calendarUrl",
    )[0]
    assert (node["kind"], node["startsOn"], node["endsOn"], node["startTime"]) == (
        "SEMINAR",
        "2023-10-26",
        "2023-10-26",
        "10:00:00",
    )
    assert node["region"] == {"code": "Vidzeme", "name": "Vidzemes reģions"}
    assert (node["isExample"], node["isOnline"], node["applyBy"]) == (True, False, "2023-10-20")
    assert Client().get(node["calendarUrl"]).status_code == 200


def test_institutions_are_those_that_take_part_in_latvian_order(world: None) -> None:
    def names(arguments: str) -> list[str]:
        return [node["name"] for node in _nodes(f"institutions(first:50 {arguments})", "name")]

    assert names("") == ["Cēsu skola", "Čakla skola", "Ķekavas skola", "Zaļais tehnikums"]
    assert names('region:"Vidzeme"') == ["Cēsu skola", "Čakla skola"]
    assert names('municipality:"LV-052"') == ["Ķekavas skola"]
    assert names("kind:STATE_VOCATIONAL") == ["Zaļais tehnikums"]
    assert names('q:"kekavas"') == ["Ķekavas skola"]
    assert names('q:"%"') == []
    node = _nodes(
        'institutions(first:5 q:"cesu")', "id code kind municipality{code name nameEn} region{code} joinedOn isExample"
    )[0]
    assert node["municipality"]["code"] == "LV-022"
    assert (node["region"]["code"], node["joinedOn"], node["isExample"]) == ("Vidzeme", "2018-09-01", False)


def test_contacts_are_offices(world: None) -> None:
    regions = _nodes("contacts(first:50 kind:REGION)", "name region{code} email")
    assert [node["region"]["code"] for node in regions] == ["Kurzeme", "Latgale", "Rīga", "Vidzeme", "Zemgale"]
    assert {node["email"] for node in regions} == {"pmp@ikvd.gov.lv"}
    vidzeme = _nodes('contacts(first:50 region:"Vidzeme")', "kind municipality{code}")
    assert {node["kind"] for node in vidzeme} == {"REGION", "MUNICIPALITY"}
    assert len(_nodes('contacts(first:9 municipality:"LV-RIX")', "name")) == 1
    assert ContactPoint.objects.count() == len(_nodes("contacts(first:50)", "id name nameEn phone address hint hintEn isExample"))


def test_initiatives_and_their_calls(world: None) -> None:
    projects = _nodes("initiatives(first:50)", "title participants call{year url} municipality{code} organisation")
    assert len(projects) == ProjectPage.objects.live().count() == 5
    assert [node["title"] for node in _nodes("initiatives(first:9 year:2019)", "title")] == [
        "Četri saliedēšanās pasākumi Viesītē",
        "Radoši Rugāji!",
    ]
    assert [node["title"] for node in _nodes('initiatives(first:9 municipality:"LV-015")', "title")] == ["Radoši Rugāji!"]
    assert len(_nodes('initiatives(first:9 region:"Latgale")', "title")) == 2
    calls = {node["year"]: node["state"] for node in _nodes("initiativeCalls(first:9)", "year state grant projectCount")}
    assert calls == {2018: "CLOSED", 2019: "CLOSED", 2022: "CLOSED", 2023: "OPEN"}
    assert _nodes("initiativeCalls(first:9 year:2018)", "grant projectCount") == [{"grant": "4600.00", "projectCount": 78}]


def test_a_project_does_not_tell_of_a_withdrawn_call(world: None) -> None:
    CallPage.objects.get(slug="uzsaukums-2019").unpublish()
    node = _nodes('initiatives(first:9 q:"rugaji")', "title call{title}")[0]
    assert node["call"] is None


def test_figures_are_those_that_were_published(world: None) -> None:
    figures = _nodes("figures(first:100)", "indicator period value comparator unit status source")
    assert len(figures) == min(100, PublishedFigure.objects.count())
    one = _nodes('figures(first:9 indicator:"iap_count" period:"2019/2020")', "value comparator status name nameEn")
    assert [node["value"] for node in one] == ["21732"]
    assert (one[0]["comparator"], one[0]["status"]) == ("EQUAL", "FOUND")


def test_questions_and_clips(world: None) -> None:
    codes = [node["code"] for node in _nodes("questions(first:50)", "code title date topics{code}")]
    assert codes == ["IAP-01", "IAP-20", "IAP-22", "IAP-24", "DLUV-07", "DLUV-08", "DLUV-09"]
    assert len(_nodes('questions(first:50 series:"DLUV")', "code")) == 3
    assert [node["form"] for node in _nodes("episodes(first:9 form:CLIP)", "form")] == ["CLIP"]


def test_drafts_and_restricted_pages_are_nowhere(world: None) -> None:
    EventPage.objects.get(slug="seminars-planu-sagatavotajiem").unpublish()
    assert len(_nodes("events(first:50 upcoming:true)", "title")) == 5
    event = EventPage.objects.get(slug="supervizija-klasu-audzinatajiem")
    event.title = "Melnraksta virsraksts"
    event.save_revision()
    assert "Melnraksta virsraksts" not in str(_nodes("events(first:50)", "title bodyHtml"))
    section = ProjectPage.objects.get(slug="radosi-rugaji").get_parent()
    PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)
    for field in ("initiatives", "initiativeCalls"):
        assert _nodes(f"{field}(first:50)", "title") == []


PAGE = "id title summary url language publishedAt updatedAt translations{language url} bodyHtml"
TOPICS = "topics{code name nameEn} sourceName sourceUrl"
PLACE = "{code name nameEn}"
EVERYTHING = {
    "events": f"{PAGE} {TOPICS} kind startsOn endsOn place region{PLACE} calendarUrl howToApply forWhom",
    "questions": f"{PAGE} {TOPICS} code date",
    "initiatives": f"{PAGE} {TOPICS} call{{title url year}} municipality{PLACE} organisation participants",
    "initiativeCalls": f"{PAGE} sourceName state grant",
    "institutions": f"id code name kind municipality{PLACE} region{PLACE} website joinedOn isExample",
    "contacts": f"id kind name nameEn region{PLACE} municipality{PLACE} email phone address hint hintEn",
    "figures": "id indicator name nameEn period value unit status source note",
    "materials": f"{PAGE} {TOPICS} downloadUrl fileSize versions{{label changes}}",
    "episodes": f"{PAGE} topics{{code}} questions transcriptHtml posterUrl",
    "newsArticles": f"{PAGE} {TOPICS} date",
}


@pytest.mark.parametrize("field", EVERYTHING)
def test_any_list_takes_few_statements_whatever_its_length(world: None, field: str) -> None:
    counts = []
    for size in (1, 20):
        query = f"{{{field}(first:{size}){{totalCount edges{{cursor node{{{EVERYTHING[field]}}}}}}}}}"
        _ask(query)
        with CaptureQueriesContext(connection) as queries:
            body = _ask(query)
        assert "errors" not in body, body["errors"]
        assert body["data"][field]["edges"]
        counts.append(len(queries))
    assert max(counts) <= 12, counts
    assert counts[1] - counts[0] <= 1, counts


def test_no_private_thing_has_a_field() -> None:
    types = content_schema().core.type_map
    fields = {f"{name}.{field}" for name, kind in types.items() if hasattr(kind, "fields") for field in kind.fields}
    assert not {name for name in fields if "owner" in name.lower() or "user" in name.lower() or "downloads" in name.lower()}
    assert {"Institution", "Contact", "Event", "Initiative", "Figure"} <= set(types)


def test_the_business_day_decides_what_is_coming(site: int) -> None:
    with override_settings(DEMO_TODAY=dt.date(2030, 1, 1)):
        assert _nodes("events(first:50 upcoming:true)", "title") == []

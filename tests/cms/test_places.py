"""Institutions taking part and offices to ask, from the registry."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, override_settings

from backend.core.text import sort_key
from backend.registry.public import taking_part
from backend.territory.models import Municipality
from cms.places.models import ContactPoint
from tests.cms.markup import Markup
from tests.cms.registry import SCHOOLS, TODAY, join
from tests.factories.rows import InstitutionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def schools(site: int) -> object:
    """Four schools that take part, one that left, one that never joined, one of a former municipality."""
    with override_settings(DEMO_TODAY=TODAY):
        for name, place, kind, left in SCHOOLS:
            join(name, Municipality.objects.get(code=place), kind, left)
        old = Municipality.objects.get(code="OLD-KARSAVA")
        join("Bijušā novada skola", old, "GENERAL", None)
        InstitutionFactory(name_lv="Nekad nepievienojusies", sort_key=sort_key("Nekad nepievienojusies"))
        yield old.successor


def _names(client: Client, query: str = "") -> list[str]:
    html = client.get(f"/lv/iestades/?{query}").content.decode()
    return [name.strip() for name in re.findall(r'<th scope="row">([^<]+)', html)]


def test_the_list_is_in_latvian_order_and_only_of_those_that_take_part(client: Client, schools: Municipality) -> None:
    assert _names(client) == ["Bijušā novada skola", "Cēsu skola", "Čakla skola", "Ķekavas skola", "Zaļais tehnikums"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("region=Vidzeme", ["Cēsu skola", "Čakla skola"]),
        ("municipality=LV-022", ["Cēsu skola"]),
        ("kind=STATE_VOCATIONAL", ["Zaļais tehnikums"]),
        ("q=KEKAVAS", ["Ķekavas skola"]),
        ("q=cakla", ["Čakla skola"]),
        ("q=madonas", ["Čakla skola"]),
        ("q=%27%3B--&region=Vidzeme", []),
        (
            "region=nowhere&kind=none&q=%00",
            ["Bijušā novada skola", "Cēsu skola", "Čakla skola", "Ķekavas skola", "Zaļais tehnikums"],
        ),
    ],
)
def test_the_filter_finds(client: Client, schools: Municipality, query: str, names: list[str]) -> None:
    assert _names(client, query) == names


def test_a_school_of_a_former_municipality_lies_in_its_successor(client: Client, schools: Municipality) -> None:
    assert "Bijušā novada skola" in _names(client, f"municipality={schools.code}")
    assert "Bijušā novada skola" in _names(client, f"region={schools.region.code}")
    assert schools.name_lv in client.get("/lv/iestades/?q=bijusa").content.decode().partition("<tbody>")[2]


@pytest.mark.parametrize("field", ["region", "municipality", "kind"])
def test_counts_of_the_filter_are_true(client: Client, schools: Municipality, field: str) -> None:
    select = re.search(rf'<select name="{field}".*?</select>', client.get("/lv/iestades/").content.decode(), re.S)
    assert select
    counts = re.findall(r'<option value="([^"]*)"[^>]*>[^<]*\((\d+)\)', select[0])
    assert len(counts) >= 3
    for value, number in counts:
        assert len(_names(client, f"{field}={value}")) == int(number), value


def test_who_left_is_listed_until_that_day(schools: Municipality) -> None:
    names = {row.name_lv for row in taking_part(on=dt.date(2022, 12, 31))}
    assert "Aizgājusi skola" in names
    assert "Aizgājusi skola" not in {row.name_lv for row in taking_part(on=dt.date(2023, 1, 1))}


def test_an_invented_institution_says_so(client: Client, schools: Municipality) -> None:
    rows = client.get("/lv/iestades/?q=skola").content.decode().partition("<tbody>")[2].split("</tr>")
    marked = {re.search(r'row">([^<]+)', row)[1].strip(): "badge-example" in row for row in rows if 'row">' in row}  # type: ignore[index]
    assert marked["Cēsu skola"] is False
    assert marked["Čakla skola"] is True


def test_contacts_stand_by_region_with_their_municipalities(client: Client, schools: Municipality) -> None:
    html = client.get("/lv/kontakti/").content.decode()
    page = Markup(html)
    titles = re.findall(r'<h3 id="region-\d">([^<]+)', html)
    assert titles == ["Kurzemes reģions", "Latgales reģions", "Rīgas reģions", "Vidzemes reģions", "Zemgales reģions"]
    links = {link["href"] for link in page.all("a") if "municipality=" in link["href"]}
    assert "/lv/iestades/?municipality=LV-022" in links
    assert html.count("<li>") >= 43
    assert "pumpurs@madona.example" in html
    assert "mailto:pumpurs@madona.example" not in html, "nobody writes to an invented address"


def test_an_office_has_its_place_and_a_way_to_reach_it(site: int) -> None:
    office = ContactPoint(kind="REGION", name_lv="Bez reģiona")
    with pytest.raises(ValidationError) as refused:
        office.full_clean()
    assert "region" in refused.value.message_dict
    office = ContactPoint(kind="PRESS", name_lv="Bez adreses")
    with pytest.raises(ValidationError) as refused:
        office.full_clean()
    assert "email" in refused.value.message_dict


def test_pages_cost_the_same_whatever_the_number_of_institutions(
    client: Client, schools: Municipality, statements: object
) -> None:
    for url in ("/lv/iestades/", "/lv/kontakti/", "/en/institutions/?region=Vidzeme&q=skola"):
        assert statements(url) <= 12, url  # type: ignore[operator]


def test_a_short_date_is_read_one_way_only(client: Client, schools: Municipality) -> None:
    latvian = client.get("/lv/iestades/").content.decode()
    english = client.get("/en/institutions/").content.decode()
    assert re.search(r"<time datetime=\"[\d-]+\">\d\d\.\d\d\.\d{4}</time>", latvian)
    assert re.search(r"<time datetime=\"[\d-]+\">\d\d? [A-Z][a-z]{2} \d{4}</time>", english)
    assert not re.search(r">\d\d\.\d\d\.\d{4}<", english)

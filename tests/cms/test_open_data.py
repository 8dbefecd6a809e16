"""Open data: pages in both languages, files that agree with each other, a catalogue, and nothing that was not released."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
from django.test import Client

from backend.core.clock import now
from backend.insight.disclosure.protection import View, protect
from backend.insight.disclosure.shapes import Dimension, Measure, Table, Unit
from backend.insight.statistics.models import Release, ReleaseTable
from backend.insight.statistics.releases.stored import hash_of, public_form
from tests.cms.markup import Markup
from tests.insight.disclosure.tables import PUBLIC, added_up, dimension

pytestmark = pytest.mark.django_db
PLACES = dimension("TERRITORY", "R-Kurzeme", "LV-101", "LV-102", **{"LV-101": "R-Kurzeme", "LV-102": "R-Kurzeme"})
RISKS = Dimension("RISK", "Risks", "Risk", dimension("RISK", "FAMILY", "ECONOMIC").categories, attribute=True)
COUNTS = {("LV-101", "FAMILY"): 40, ("LV-101", "ECONOMIC"): 3, ("LV-102", "FAMILY"): 30, ("LV-102", "ECONOMIC"): 27}


def _release(number: int, *, audience: str = "PUBLIC", released: bool = True) -> Release:
    release = Release.objects.create(
        code=f"{audience.lower()}-{number}",
        number=number,
        name_lv=f"Laidiens {number}",
        name_en=f"Release {number}",
        changes_lv="Pievienota tabula." if number > 1 else "",
        changes_en="A table was added." if number > 1 else "",
        audience=audience,
        known_on=now(),
        division_on=dt.date(2023, 10, 16),
    )
    measure = Measure("RISKS", "Riski", "Risks", Unit.COUNT)
    table = Table(
        "risks",
        "Riski <novados>",
        "Risks by place",
        measure,
        (PLACES, RISKS),
        added_up(dimensions=(PLACES, RISKS), leaves=COUNTS),
    )
    protected = protect(tables=[table], view=View(PUBLIC))
    content = public_form(table, protected.shown[0], PUBLIC)
    ReleaseTable.objects.create(
        release=release, code="risks", name_lv=table.name_lv, name_en=table.name_en, cells=content, content_hash=hash_of(content)
    )
    if released:
        release.content_hash, release.released_at = hash_of([]), now()
        release.protection = {"profile": PUBLIC.as_json(), "audit": {"cells": 12, "sensitive": 1, "complementary": 3}}
        release.save()
    return release


def test_before_the_first_release_the_pages_stand(client: Client, site: int) -> None:
    for address in ("/open-data/", "/open-data/method/", "/open-data/changes/"):
        assert client.get(address).status_code == 200, address
    for address in ("/open-data/latest/", "/open-data/public-1/", "/open-data/latest/risks.csv"):
        assert client.get(address).status_code == 404, address
    assert json.loads(client.get("/open-data/catalog.jsonld").content)["@graph"][0]["@type"] == ["dcat:Catalog"]


def test_pages_in_both_languages(client: Client, site: int) -> None:
    _release(1)
    _release(2)
    texts = {"lv": ("Laidiens 2", "Kas jāzina"), "en": ("Release 2", "What to know")}
    for language, (name, heading) in texts.items():
        headers = {"accept-language": language}
        index = client.get("/open-data/", headers=headers).content.decode()
        assert Markup(index).all("html")[0]["lang"] == language
        assert name in index
        assert heading in client.get("/open-data/method/", headers=headers).content.decode()
    changes = client.get("/open-data/changes/", headers={"accept-language": "lv"}).content.decode()
    assert "Pievienota tabula." in changes
    assert changes.index("Laidiens 2") < changes.index("Laidiens 1")


def test_the_page_and_every_file_tell_the_same(client: Client, site: int) -> None:
    _release(1)
    lines = list(csv.DictReader(io.StringIO(client.get("/open-data/public-1/risks.csv").content.decode())))
    data = json.loads(client.get("/open-data/public-1/risks.json").content)
    assert len(lines) == len(data["figures"]) == 12
    for line, figure in zip(lines, data["figures"], strict=True):
        assert [line["territory"], line["risk"]] == figure["codes"]
        assert line["value"] == ("" if figure["value"] is None else str(figure["value"]))
        assert line["suppressed"] == ("true" if figure["suppressed"] else "false")
        assert line["share"] == figure.get("share", "")
    by_code = {(line["territory"], line["risk"]): line for line in lines}
    assert by_code["_T", "_T"]["value"] == "100"
    assert by_code["LV-101", "ECONOMIC"]["suppressed"] == "true"
    assert by_code["_T", "FAMILY"]["share"] == "70"
    page = client.get("/open-data/public-1/risks/").content.decode()
    assert page.count(">c</abbr>") == sum(line["suppressed"] == "true" for line in lines) > 1
    assert "<novados>" not in page


def test_columns_are_described(client: Client, site: int) -> None:
    _release(1)
    answer = client.get("/open-data/public-1/risks.csv")
    described = json.loads(client.get("/open-data/public-1/risks.csv-metadata.json").content)
    header = next(csv.reader(io.StringIO(answer.content.decode())))
    assert [column["name"] for column in described["tableSchema"]["columns"]] == header
    assert described["url"] == "risks.csv"
    assert "risks.csv-metadata.json" in answer["Link"]


def test_files_are_for_everybody_and_for_ever(client: Client, site: int) -> None:
    _release(1)
    first = client.get("/open-data/public-1/risks.json")
    assert first["Access-Control-Allow-Origin"] == "*"
    assert "max-age=31536000" in first["Cache-Control"]
    assert client.get("/open-data/public-1/risks.json", headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.get("/open-data/latest/risks.csv")["Location"] == "/open-data/public-1/risks.csv"
    assert client.post("/open-data/").status_code == 405


def test_the_catalogue_names_every_table_and_its_files(client: Client, site: int) -> None:
    _release(1)
    _release(2)
    graph = {
        node["@id"].split("8000", 1)[-1]: node for node in json.loads(client.get("/open-data/catalog.jsonld").content)["@graph"]
    }
    names = {name.rpartition("/open-data/")[2]: node for name, node in graph.items()}
    dataset = names["public-2/risks/"]
    assert dataset["@type"] == ["dcat:Dataset"]
    assert dataset["dcat:hasVersion"][0]["@id"].endswith("/open-data/public-1/risks/")
    for distribution in dataset["dcat:distribution"]:
        path = "/open-data/" + distribution["@id"].rpartition("/open-data/")[2]
        assert client.get(path).status_code == 200, path
    turtle = client.get("/open-data/catalog.ttl").content.decode()
    assert turtle.count(" a dcat:Distribution") == 2
    assert '"Risks by place"@en' in turtle


@pytest.mark.parametrize(("audience", "released"), [("PARTNER", True), ("RESEARCH", True), ("PUBLIC", False)])
def test_only_released_to_the_public_is_seen(client: Client, site: int, audience: str, released: bool) -> None:
    release = _release(1, audience=audience, released=released)
    for ending in ("", "risks/", "risks.csv", "risks.json", "risks.csv-metadata.json"):
        assert client.get(f"/open-data/{release.code}/{ending}").status_code == 404, ending
    assert release.name_lv not in client.get("/open-data/", headers={"accept-language": "lv"}).content.decode()


def test_a_table_costs_no_statement_more_for_its_cells(client: Client, site: int, django_assert_max_num_queries: object) -> None:
    _release(1)
    client.get("/open-data/public-1/risks/")
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        client.get("/open-data/public-1/risks/")
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        client.get("/open-data/public-1/risks.csv")

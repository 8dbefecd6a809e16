"""Whatever stands in the address of a list or of the search, the visitor gets a calm page with nothing of it let loose."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.test import Client

from tests.cms.markup import Markup

pytestmark = pytest.mark.django_db

DATA = Path(__file__).resolve().parents[1] / "data"
LISTS = {
    "/lv/materiali/": ("q", "audience", "kind", "topic", "grade", "material_language", "year", "since", "m", "page"),
    "/lv/iestades/": ("q", "region", "municipality", "kind", "page"),
    "/lv/pasakumi/": ("when", "kind", "region", "page"),
    "/lv/jaunumi/": ("page",),
    "/lv/meklet/": ("q", "kind", "language", "audience", "topic", "page"),
}
SOME = 12
"""Every so many of the strings at each list; in full each of them everywhere."""


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.full)], ids=["some", "every"])
def test_nothing_in_an_address_breaks_a_list(client: Client, site: int, every: bool) -> None:
    strings = json.loads((DATA / "blns.json").read_text(encoding="utf-8"))
    tried = 0
    for place, (address, names) in enumerate(LISTS.items()):
        for text in strings if every else strings[place::SOME]:
            query = urlencode(dict.fromkeys(names, text), errors="surrogatepass")
            response = client.get(f"{address}?{query}")
            assert response.status_code == 200, (address, text)
            page = Markup(response.content.decode())
            assert page.faults == [], (address, text)
            inline = [a for a in page.all("script") if "src" not in a and a.get("type") != "application/ld+json"]
            assert inline == [], (address, text)
            assert not [a for _tag, a in page.tags if any(name.startswith("on") for name in a)], (address, text)
            tried += 1
    assert tried >= 200


@pytest.mark.parametrize("name", ["zip/", "rss/"])
def test_nor_breaks_its_files(client: Client, site: int, name: str) -> None:
    strings = json.loads((DATA / "naughty_strings.json").read_text(encoding="utf-8"))
    for text in strings:
        address = f"/lv/materiali/{name}?m={quote(text, errors='surrogatepass')}&since={quote(text, errors='surrogatepass')}"
        assert client.get(address).status_code in {200, 302}, text

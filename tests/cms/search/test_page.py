"""The search page: what it finds, what it shows, what it forgives."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from cms.search import selectors
from cms.search.selectors import find, suggestions
from tests.cms.markup import Markup

pytestmark = pytest.mark.django_db

NAUGHTY = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202eabc",
    "'",
    "''':*",
    "& | ! <-> ( ) :*",
    "skola & !skola",
    "skola:*",
    "'; drop table search_searchentry; --",
    "%",
    "_",
    "\\",
    "\\'",
    "%%%s %(x)s {0} {{ q }}",
    "<script>alert(1)</script>",
    "a" * 100_000,
    "skola " * 5_000,
    "ā̄" * 50,
    "🦄🦄",
    "٠١٢",
    "Ω≈ç√",
    "-",
    "...",
    "un un un",
    "../../etc/passwd",
    "\r\nX: y",
]


def test_any_form_finds_the_page_and_is_marked(client: Client, index: int) -> None:
    html = client.get("/lv/meklet/", {"q": "supervīzijām"}).content.decode()
    assert "<mark>supervīzijas</mark>" in html
    assert Markup(html).all("a", href="/lv/jaunumi/noslegusas-supervizijas/")
    assert 'content="noindex"' in html
    assert client.get("/en/search/", {"q": "supervision"}).content.decode().count("<mark>") > 1
    assert client.get("/en/meklet/").status_code == 404


def test_title_before_text_and_own_language_first(index: int) -> None:
    hits = find(q="supervīzija", language="lv").hits
    assert "supervīzij" in "".join(piece.text for piece in hits[0].title).lower()
    assert find(q="PuMPuRS", language="en").hits[0].language == "en"
    assert find(q="PuMPuRS", language="lv").hits[0].language == "lv"


def test_facets_count_what_they_leave(client: Client, index: int) -> None:
    everything = find(q="projekts", language="lv")
    for name, numbers in everything.facets.items():
        for value, number in numbers.items():
            narrowed = find(q="projekts", language="lv", chosen={name: value})
            assert narrowed.total == number, (name, value)
    assert everything.total > 10
    assert sum(everything.facets["kind"].values()) == everything.total
    html = client.get("/lv/meklet/", {"q": "projekts", "kind": "newsarticlepage"}).content.decode()
    assert Markup(html).all("a", **{"aria-current": "true"})
    assert client.get("/lv/meklet/", {"q": "projekts", "kind": "nonsense"}).status_code == 200


@pytest.mark.parametrize("ranked", [selectors._RANKED, 7])
def test_pages_of_the_list_do_not_overlap(client: Client, index: int, ranked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "_RANKED", ranked)
    total = find(q="projekts", language="lv").total
    seen = [hit.page_id for offset in range(0, total, 10) for hit in find(q="projekts", language="lv", offset=offset).hits]
    assert len(seen) == len(set(seen)) == total
    for page in ("0", "-1", "x", "99999999999999999999", "²"):
        assert client.get("/lv/meklet/", {"q": "projekts", "page": page}).status_code == 200


def test_what_promises_most_ranks_first(index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "_RANKED", 1_000)
    asked = ["projekts", "skola", "izglītības iestāde", "skolotaju"]
    exact = {q: [hit.page_id for hit in find(q=q, language="lv").hits] for q in asked}
    monkeypatch.setattr(selectors, "_RANKED", 20)
    for q in asked:
        found = [hit.page_id for hit in find(q=q, language="lv").hits]
        assert found[0] == exact[q][0], q
        assert len(set(found) & set(exact[q])) >= 9, q


def test_diacritics_and_one_error_are_forgiven(client: Client, index: int) -> None:
    right = {hit.page_id for hit in find(q="izglītojamais", language="lv").hits}
    assert right
    assert right == {hit.page_id for hit in find(q="izglitojamais", language="lv").hits}
    found = find(q="supervizjia", language="lv")
    assert found.corrections
    assert found.total
    html = client.get("/lv/meklet/", {"q": "supervizjia"}).content.decode()
    assert "Vai domāji" in html


def test_nothing_found_helps_on(client: Client, index: int) -> None:
    html = client.get("/lv/meklet/", {"q": "kvazzlbrumpis"}).content.decode()
    assert "Nekas nav atrasts" in html
    assert Markup(html).all("a", href="/lv/jaunumi/")
    assert client.get("/lv/meklet/").status_code == 200


@pytest.mark.parametrize("q", NAUGHTY, ids=range(len(NAUGHTY)))
def test_anything_typed_gets_a_calm_page(client: Client, index: int, q: str) -> None:
    for address in ("/lv/meklet/", "/en/search/"):
        raw = json.loads(json.dumps(q)).encode("utf-8", "surrogatepass")
        query = "q=" + "".join(f"%{byte:02X}" for byte in raw[:60_000])
        assert client.get(f"{address}?{query}&kind={query[2:200]}&topic=%00&page=%FF").status_code == 200
        assert client.get(f"{address}words/?{query}").status_code == 200


def test_nothing_typed_is_written_unescaped(client: Client, index: int) -> None:
    for q in ('"><script>x', "<img src=x onerror=y>"):
        html = client.get("/lv/meklet/", {"q": q}).content.decode()
        assert "<script>x" not in html
        assert "<img src=x" not in html


def test_few_statements(index: int, statements: Callable[[str], int]) -> None:
    for q in ("projekts", "izglitojamais", "supervizjia", "kvazzlbrumpis skola", ""):
        assert statements(f"/lv/meklet/?q={q}") <= 12
    assert statements("/lv/meklet/words/?q=sko") <= 2


def test_completion_gives_base_forms(client: Client, index: int) -> None:
    words = client.get("/lv/meklet/words/", {"q": "liels skolot"}).json()["words"]
    assert "liels skolotājs" in words
    assert suggestions(q="skolotaj") == suggestions(q="skolotāj")
    assert suggestions(q="s") == []
    assert suggestions(q="%%") == suggestions(q="__") == []


def test_the_api_searches_alike(client: Client, index: int) -> None:
    query = """query($q: String!, $after: String) { search(q: $q, first: 3, after: $after) { totalCount understoodAs
      pageInfo { hasNextPage endCursor } edges { cursor node { id pageType title titleHtml excerptHtml url language
      file { title url language } } } } }"""

    def ask(**variables: object) -> dict[str, object]:
        body = json.dumps({"query": query, "variables": variables})
        return client.post("/content/graphql/", body, content_type="application/json").json()

    answer = ask(q="projektā")["data"]["search"]  # type: ignore[index]
    assert answer["totalCount"] == find(q="projektā", language="lv").total
    assert "<mark>" in json.dumps(answer["edges"])
    after = ask(q="projektā", after=answer["pageInfo"]["endCursor"])["data"]["search"]  # type: ignore[index]
    assert not {edge["node"]["id"] for edge in answer["edges"]} & {edge["node"]["id"] for edge in after["edges"]}
    node = answer["edges"][0]["node"]
    page = client.post(
        "/content/graphql/",
        json.dumps({"query": "query($id: ID!) { page(id: $id) { __typename url } }", "variables": {"id": node["id"]}}),
        content_type="application/json",
    ).json()["data"]["page"]
    assert page == {"__typename": node["pageType"], "url": node["url"]}
    assert re.search("error", json.dumps(ask(q="x" * 300)))
    assert re.search("error", json.dumps(ask(q="x", after="zzz")))
    for q in NAUGHTY[:20]:
        if not {"\ud800", "\x00"} & set(q) and len(q) < 200:
            assert "errors" not in ask(q=q), q

"""The content API, over HTTP: only what is published, within the same budget, in few statements."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, Page, PageViewRestriction

from cms.base.languages import forget_locales
from cms.base.models import Topic
from cms.files.models import SiteDocument
from cms.home.models import HomePage
from cms.klase.models import EpisodePage, KlaseIndexPage
from cms.materials.models import MaterialPage, MaterialsIndexPage, MaterialVersion
from cms.news.models import NewsArticlePage, NewsIndexPage
from graphql_schema.content.schema import content_schema
from tests.graphql.conftest import run_node
from tests.graphql.test_limits import SMALL, bomb
from tests.graphql.test_schema import undescribed

ADDRESS = "/content/graphql/"


@pytest.fixture
def site(db: None) -> Iterator[dict[str, Any]]:
    """A small site in Latvian with a few pages, one of them also in English, one draft, one private."""
    forget_locales()
    latvian, english = (Locale.objects.get_or_create(language_code=code)[0] for code in ("lv", "en"))
    root = Page.objects.get(depth=1)
    Page.objects.filter(depth__gt=1).delete()
    root.refresh_from_db()
    homes = {}
    for locale in (latvian, english):
        homes[locale.language_code] = root.add_child(
            instance=HomePage(
                title=f"Sākums {locale.language_code}",
                slug=f"home-{locale.language_code}",
                locale=locale,
                summary="Kopsavilkums",
                motto="Pamani",
                contact_email="info@example.org",
                project_number="8.3.4.0/16/I/001",
                project_title="PuMPuRS",
                beneficiary="IKVD",
            )
        )
    topic = Topic.objects.create(code="motivation", name_lv="Motivācija", name_en="Motivation")
    index = homes["lv"].add_child(
        instance=NewsIndexPage(title="Jaunumi", slug="jaunumi", locale=latvian, summary="Ziņas", show_in_menus=True)
    )
    articles = [_article(index, latvian, number, topic) for number in range(6)]
    articles[4].unpublish()
    PageViewRestriction.objects.create(page=articles[5], restriction_type="login")
    english_index = homes["en"].add_child(instance=NewsIndexPage(title="News", slug="news", locale=english, summary="News"))
    english_index.add_child(
        instance=NewsArticlePage(
            title="News 0",
            slug="n0",
            locale=english,
            summary="Nought",
            date=dt.date(2021, 1, 1),
            translation_key=articles[0].translation_key,
        )
    )
    materials = homes["lv"].add_child(
        instance=MaterialsIndexPage(title="Materiāli", slug="materiali", locale=latvian, summary="Faili")
    )
    _materials(materials, latvian)
    klase = homes["lv"].add_child(instance=KlaseIndexPage(title="Klase", slug="klase", locale=latvian, summary="Sērija"))
    klase.add_child(
        instance=EpisodePage(
            title="Pirmā",
            slug="e1",
            locale=latvian,
            summary="S",
            number=1,
            guest_role="aktieris",
            questions=[("question", "Kāpēc?")],
        )
    )
    yield {"articles": articles, "topic": topic}
    for document in SiteDocument.objects.all():
        document.file.storage.delete(document.file.name)
    forget_locales()


def _article(index: Page, locale: Locale, number: int, topic: Topic) -> NewsArticlePage:
    page = NewsArticlePage(
        title=f"Ziņa {number}",
        slug=f"z{number}",
        locale=locale,
        summary="Par skolām Ķekavā" if number == 2 else "Par skolām",
        date=dt.date(2021, 1, 1 + number),
        body=[("paragraph", f"<p>Teksts <b>{number}</b></p>")],
        topics=[topic] if number % 2 else [],
    )
    index.add_child(instance=page)
    return page


def _materials(index: Page, locale: Locale) -> None:
    document = SiteDocument.objects.create(title="Fails", file=ContentFile(b"%PDF-1.7", name="fails.pdf"), file_size=8)
    for number, audiences in enumerate((["teacher"], ["parent", "teacher"])):
        page = MaterialPage(
            title=f"Materiāls {number}",
            slug=f"m{number}",
            locale=locale,
            summary="S",
            kind="checklist" if number else "guidelines",
            audiences=audiences,
            grade_from=1 + 6 * number,
            grade_to=6 + 6 * number,
            year=2020 + number,
            document=document,
        )
        index.add_child(instance=page)
        MaterialVersion.objects.create(material=page, label="1.0", date=dt.date(2020, 1, 1), changes="Pirmā", sort_order=0)


def _ask(query: str, **variables: Any) -> Any:
    answer = Client(enforce_csrf_checks=True).post(
        ADDRESS, data={"query": query, "variables": variables}, content_type="application/json"
    )
    return answer.json()


def _data(query: str, **variables: Any) -> Any:
    body = _ask(query, **variables)
    assert "errors" not in body, body["errors"]
    return body["data"]


def test_the_conformance_suite_is_wholly_content(served: str, node_project: Any) -> None:
    counts = json.loads(run_node("node", "audit.mjs", f"{served}{ADDRESS}", folder=node_project))
    assert (counts["ok"], counts["notice"], counts["warn"], counts["error"]) == (61, 0, 0, 0), counts["failed"]


def test_only_published_public_pages_are_listed(site: Any) -> None:
    found = _data("{newsArticles(first:20){totalCount edges{node{title url language}}}}")["newsArticles"]
    titles = [edge["node"]["title"] for edge in found["edges"]]
    assert titles == ["Ziņa 3", "Ziņa 2", "Ziņa 1", "Ziņa 0"]
    assert found["totalCount"] == 4
    assert found["edges"][0]["node"]["url"] == "/lv/jaunumi/z3/"


def test_a_reader_of_english_gets_english_and_what_exists_only_in_latvian(site: Any) -> None:
    edges = _data("{newsArticles(first:20, locale:EN){edges{node{title language}}}}")["newsArticles"]["edges"]
    assert [(edge["node"]["title"], edge["node"]["language"]) for edge in edges] == [
        ("Ziņa 3", "LV"),
        ("Ziņa 2", "LV"),
        ("Ziņa 1", "LV"),
        ("News 0", "EN"),
    ]


FULL = """{newsArticles(first:%d){edges{node{id title summary url language date datePrecision sourceName publishedAt bodyHtml
  topics{code name nameEn} translations{language url}}}}}"""


def test_statements_do_not_grow_with_the_list(site: Any) -> None:
    counts = []
    for size in (1, 4):
        _ask(FULL % size)
        with CaptureQueriesContext(connection) as queries:
            edges = _data(FULL % size)["newsArticles"]["edges"]
        assert len(edges) == size
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


def test_a_page_tells_its_topics_its_text_and_its_translations(site: Any) -> None:
    nodes = {edge["node"]["title"]: edge["node"] for edge in _data(FULL % 4)["newsArticles"]["edges"]}
    assert nodes["Ziņa 1"]["topics"] == [{"code": "motivation", "name": "Motivācija", "nameEn": "Motivation"}]
    assert nodes["Ziņa 0"]["topics"] == []
    assert "<b>1</b>" in nodes["Ziņa 1"]["bodyHtml"]
    assert nodes["Ziņa 0"]["translations"] == [{"language": "EN", "url": "/en/news/n0/"}]


def test_a_page_is_found_by_path_and_by_id(site: Any) -> None:
    query = "query($p:String,$i:ID){page(path:$p,id:$i){__typename id title ... on NewsArticle{date topics{code}}}}"
    by_path = _data(query, p="/lv/jaunumi/z1/")["page"]
    assert (by_path["__typename"], by_path["date"], by_path["topics"]) == ("NewsArticle", "2021-01-02", [{"code": "motivation"}])
    assert _data(query, i=by_path["id"])["page"] == by_path
    assert _data(query, p="lv/jaunumi/z1")["page"] == by_path
    assert _data(query, p="/lv/")["page"]["__typename"] == "ContentPage"
    draft = f"page_{site['articles'][4].translation_key.hex}_lv"
    for path in ("/lv/jaunumi/z4/", "/lv/jaunumi/z5/", "/lv/nav/", "/xx/", "", "/", "/admin/", "a" * 5_000, "/lv/%"):
        assert _data(query, p=path)["page"] is None, path
    for value in (draft, "", "x", "page_0_lv", f"{by_path['id']}\n", by_path["id"].replace("_lv", "_xx"), "lrn_" + "0" * 32):
        assert _data(query, i=value)["page"] is None, value
    for body in (_ask("{page{id}}"), _ask('{page(path:"/lv/",id:"x"){id}}')):
        assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        ("", ["Materiāls 1", "Materiāls 0"]),
        ("audience:PARENT", ["Materiāls 1"]),
        ("grade:3", ["Materiāls 0"]),
        ("grade:99", []),
        ("kind:GUIDELINES", ["Materiāls 0"]),
        ("language:EN", []),
        ("language:LV", ["Materiāls 1", "Materiāls 0"]),
        ('topic:"motivation"', []),
        ('q:"MATERIALS 0"', ["Materiāls 0"]),
        ('q:"%"', []),
    ],
)
def test_materials_are_filtered(site: Any, arguments: str, titles: list[str]) -> None:
    query = (
        f"{{materials(first:9 {arguments}){{edges{{node{{title audiences downloadUrl fileType fileSize versions{{label}}}}}}}}}}"
    )
    nodes = [edge["node"] for edge in _data(query)["materials"]["edges"]]
    assert [node["title"] for node in nodes] == titles
    for node in nodes:
        assert node["fileType"] == "pdf"
        assert b"".join(Client().get(node["downloadUrl"]).streaming_content).startswith(b"%PDF")
        assert node["versions"] == [{"label": "1.0"}]


def test_articles_are_filtered_by_words_topic_and_day(site: Any) -> None:
    def titles(arguments: str) -> list[str]:
        edges = _data(f"{{newsArticles(first:9 {arguments}){{edges{{node{{title}}}}}}}}")["newsArticles"]["edges"]
        return [edge["node"]["title"] for edge in edges]

    assert titles('q:"skolam KEKAVA"') == ["Ziņa 2"]
    assert titles('topic:"motivation"') == ["Ziņa 3", "Ziņa 1"]
    assert titles('dateFrom:"2021-01-02", dateTo:"2021-01-03"') == ["Ziņa 2", "Ziņa 1"]


def test_episodes_and_the_site(site: Any) -> None:
    data = _data(
        "{episodes(first:5){edges{node{season number questions guestRole youtubeId}}} site{languages homeUrl menu{title url}}}"
    )
    assert data["episodes"]["edges"] == [
        {"node": {"season": 1, "number": 1, "questions": ["Kāpēc?"], "guestRole": "aktieris", "youtubeId": None}}
    ]
    assert data["site"]["languages"] == ["LV", "EN"]
    assert data["site"]["menu"] == [{"title": "Jaunumi", "url": "/lv/jaunumi/"}]
    assert data["site"]["homeUrl"] == "/lv/"


def test_pages_walk_forwards_and_backwards(site: Any) -> None:
    query = """query($f:Int,$a:String,$l:Int,$b:String){newsArticles(first:$f,after:$a,last:$l,before:$b){
      edges{cursor node{title}} pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}}"""
    first = _data(query, f=3)["newsArticles"]
    second = _data(query, f=3, a=first["pageInfo"]["endCursor"])["newsArticles"]
    titles = [edge["node"]["title"] for edge in first["edges"] + second["edges"]]
    assert titles == ["Ziņa 3", "Ziņa 2", "Ziņa 1", "Ziņa 0"]
    assert [first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]] == [True, False]
    back = _data(query, l=2, b=second["pageInfo"]["startCursor"])["newsArticles"]
    assert [edge["node"]["title"] for edge in back["edges"]] == ["Ziņa 2", "Ziņa 1"]


@pytest.mark.parametrize(
    "arguments",
    [
        "first:101",
        "first:0",
        "first:-1",
        "last:101",
        "first:1 last:1",
        'first:1 after:"x"',
        'first:1 after:"YXJyYXljb25uZWN0aW9uOi01"',
        "offset:-1",
        'first:1 after:"é"',
    ],
)
def test_pages_out_of_the_rules_are_refused(site: Any, arguments: str) -> None:
    body = _ask(f"{{newsArticles({arguments}){{edges{{cursor}}}}}}")
    assert [error["extensions"]["code"] for error in body["errors"]] == ["BAD_REQUEST"]


def test_without_a_size_a_list_is_priced_at_a_hundred(site: Any) -> None:
    assert _ask("{newsArticles{edges{node{title}}}}")["extensions"]["cost"]["requested"] == 101


def test_the_same_budget_holds_here(site: Any) -> None:
    assert _ask(bomb(90))["errors"][0]["extensions"]["code"] == "TOO_COMPLEX"
    assert _ask("{" + "newsArticles{edges{node{title}}} " * 250 + "}")["errors"][0]["extensions"]["code"] == "TOO_COMPLEX"
    with override_settings(GRAPHQL_LIMITS=SMALL):
        answer = Client().post(
            ADDRESS, data={"query": "{newsArticles(first:60){edges{node{title}}}}"}, content_type="application/json"
        )
        assert answer.status_code == 200
        answer = Client().post(
            ADDRESS, data={"query": "{newsArticles(first:60){edges{node{title}}}}"}, content_type="application/json"
        )
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) >= 1


def test_get_answers_can_be_kept(site: Any) -> None:
    client = Client()
    parameters = {"query": "query($n:Int){newsArticles(first:$n){edges{node{title}}}}", "variables": '{"n":2}'}
    answer = client.get(ADDRESS, parameters)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Accept" in answer.headers["Vary"]
    assert set(answer.json()["extensions"]["cost"]) == {"requested", "limit"}
    again = client.get(ADDRESS, parameters, headers={"if-none-match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]
    site["articles"][3].title = "Cits"
    site["articles"][3].save_revision().publish()
    changed = client.get(ADDRESS, parameters, headers={"if-none-match": answer.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != answer.headers["ETag"]
    assert client.get(ADDRESS, {"query": "{nonsense}"}).headers["Cache-Control"] == "no-store"
    assert (
        client.post(ADDRESS, data=parameters | {"variables": {}}, content_type="application/json").headers["Cache-Control"]
        == "no-store"
    )


def test_get_only_reads_and_refuses_what_is_malformed(site: Any) -> None:
    client = Client()
    assert client.get(ADDRESS, {"query": "mutation{x}"}).status_code == 405
    for parameters in (
        {},
        {"query": "{__typename}", "variables": "{"},
        {"query": "{__typename}", "variables": "[]"},
        {"query": "{a\x00}"},
    ):
        assert client.get(ADDRESS, parameters).status_code == 400
    assert client.put(ADDRESS).status_code == 405
    assert client.put(ADDRESS).headers["Allow"] == "GET, POST"


def test_no_case_can_be_reached_from_here() -> None:
    names = set(content_schema().core.type_map)
    assert not names & {"Learner", "SupportPlan", "Enrolment", "Consultation", "Measure", "Viewer"}


def test_everything_has_a_description() -> None:
    missing, count = undescribed(content_schema().core)
    assert missing == []
    assert count > 150

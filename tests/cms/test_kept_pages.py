"""Kept answers are never stale: every event of an editor or of the registry beside every place that could show it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction, Site

from backend.accounts.models import User
from backend.core.database.following import followed_tables
from backend.insight.statistics.models import PublishedFigure
from backend.registry.models import InstitutionParticipation
from backend.territory.models import Municipality
from cms.base.generation import UNCOUNTED, counter, generation
from cms.base.models import Topic
from cms.events.models import EventPage
from cms.faq.models import QuestionPage
from cms.home.models import HomePage, TextPage
from cms.materials.models import MaterialPage, MaterialVersion
from cms.news.models import NewsArticlePage, NewsIndexPage
from cms.places.models import ContactPoint
from cms.search.indexing import index_pages
from tests.cms.keeping import afresh, asks, committed, get, keeping
from tests.cms.registry import SCHOOLS, TODAY, join
from tests.cms.releases import release_risks
from tests.cms.test_pages import TEMPLATES

pytestmark = pytest.mark.django_db
ARTICLE = "atskats-uz-sesos-gados-paveikto"
_LIST = "(first: 50) { totalCount edges { node { id title summary url bodyHtml translations { url } } } }"
PLACES = {
    "article": f"/lv/jaunumi/{ARTICLE}/",
    "list": "/lv/jaunumi/",
    "english list": "/en/news/",
    "home": "/lv/",
    "english home": "/en/",
    "feed": "/lv/jaunumi/rss/",
    "sitemap": "/sitemap.xml",
    "site map": "/lv/lapas-karte/",
    "about": "/lv/par-projektu/",
    "materials": "/lv/materiali/",
    "material": "/lv/materiali/kontrolsaraksts-klases-audzinatajam/",
    "materials feed": "/lv/materiali/rss/",
    "events": "/lv/pasakumi/",
    "calendar": "/lv/pasakumi/kalendars.ics",
    "questions": "/lv/jautajumi/",
    "questions in print": "/lv/jautajumi/druka/",
    "contacts": "/lv/kontakti/",
    "institutions": "/lv/iestades/",
    "figures": "/lv/skaitli/",
    "csv": "/lv/skaitli/iap_count/csv/",
    "search": "/lv/meklet/?q=paveikto",
    "open data": "/open-data/",
    "changes of open data": "/open-data/changes/",
    "method of open data": "/open-data/method/",
    "api news": asks("{ newsArticles" + _LIST + "}"),
    "api page": asks(f'{{ page(path: "/lv/jaunumi/{ARTICLE}/") {{ title bodyHtml translations {{ url }} }} }}'),
    "api menu": asks("{ site { motto menu { title url } } }"),
    "api search": asks('{ search(q: "paveikto", first: 5) { totalCount edges { node { title url } } } }'),
    "api materials": asks("{ materials" + _LIST.replace("title ", "title downloadUrl versions { label } topics { name } ") + "}"),
    "api events": asks("{ events" + _LIST + "}"),
    "api questions": asks("{ questions" + _LIST + "}"),
    "api contacts": asks("{ contacts(first: 50) { edges { node { name email } } } }"),
    "api institutions": asks("{ institutions(first: 50) { totalCount edges { node { name municipality { name } } } } }"),
    "api figures": asks('{ figures(first: 50, indicator: "iap_count") { edges { node { period value } } } }'),
}


@pytest.fixture
def world(site: int) -> Iterator[None]:
    """The loaded site with institutions, its index made, everything kept."""
    with keeping(), override_settings(DEMO_TODAY=TODAY):
        for name, place, kind, left in SCHOOLS:
            join(name, Municipality.objects.get(code=place), kind, left)
        index_pages([_article().pk])
        committed()
        yield


def _article() -> NewsArticlePage:
    return NewsArticlePage.objects.get(slug=ARTICLE)


def _edit(page: Page, **values: object) -> None:
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()


def publishes_an_article() -> None:
    section = NewsIndexPage.objects.get(slug="jaunumi")
    page = section.add_child(
        instance=NewsArticlePage(
            title="Jauns paveikto darbu raksts", slug="jauns", summary="Paveikto pārskats.", date=TODAY, live=False,
            locale=section.locale,
        )
    )  # fmt: skip
    page.save_revision().publish()


def publishes_a_change() -> None:
    _edit(_article(), title="Citāds virsraksts par paveikto", summary="Cits kopsavilkums.")


def unpublishes() -> None:
    _article().unpublish()


def deletes() -> None:
    Page.objects.get(pk=_article().pk).delete()


def closes_the_section() -> None:
    PageViewRestriction.objects.create(page=Page.objects.get(slug="jaunumi"), restriction_type=PageViewRestriction.LOGIN)


def opens_it_again() -> None:
    PageViewRestriction.objects.all().delete()


def moves() -> None:
    about = TextPage.objects.get(slug="par-projektu", locale__language_code="lv")
    Page.objects.get(pk=_article().pk).move(about, pos="last-child")


def gives_a_new_address() -> None:
    _edit(_article(), slug="cita-adrese")


def renames_a_section() -> None:
    _edit(NewsIndexPage.objects.get(slug="jaunumi"), title="Ziņas")


def takes_a_section_out_of_the_menu() -> None:
    _edit(NewsIndexPage.objects.get(slug="jaunumi"), show_in_menus=False)


def changes_the_foot() -> None:
    _edit(HomePage.objects.get(locale__language_code="lv"), contact_email="cits@ikvd.gov.lv", motto="Cita devīze")


def publishes_a_translation() -> None:
    translated = NewsArticlePage.objects.filter(locale__language_code="en").values("translation_key")
    only_latvian = NewsArticlePage.objects.filter(locale__language_code="lv").exclude(translation_key__in=translated)
    article, english = only_latvian.order_by("-date", "pk")[0], NewsIndexPage.objects.get(slug="news")
    page = english.add_child(
        instance=NewsArticlePage(
            title="A translation that came later", slug="later", summary="What it tells.", date=article.date, live=False,
            locale=english.locale, translation_key=article.translation_key,
        )
    )  # fmt: skip
    page.save_revision().publish()


def renames_a_topic() -> None:
    topic = Topic.objects.filter(materials__isnull=False).first()
    assert topic is not None
    topic.name_lv = "Pārdēvēts temats"
    topic.save()


def changes_an_office() -> None:
    office = ContactPoint.objects.filter(kind="REGION").first()
    assert office is not None
    office.email = "pavisam-cits@ikvd.gov.lv"
    office.save()


def removes_an_office() -> None:
    ContactPoint.objects.filter(kind="REGION").first().delete()


def adds_a_version() -> None:
    material = MaterialPage.objects.get(slug="kontrolsaraksts-klases-audzinatajam")
    MaterialVersion.objects.create(material=material, label="9. versija", date=dt.date(2031, 1, 1), changes="Jauna lapa.")


def replaces_a_file() -> None:
    document = MaterialPage.objects.get(slug="kontrolsaraksts-klases-audzinatajam").document
    document.file.save("pavisam-cits.pdf", ContentFile(b"%PDF-1.4"), save=False)
    document._set_document_file_metadata()
    document.save()


def cancels_an_event() -> None:
    _edit(EventPage.objects.get(slug="seminars-planu-sagatavotajiem"), is_cancelled=True, title="Seminārs atcelts")


def changes_an_answer() -> None:
    _edit(QuestionPage.objects.filter(locale__language_code="lv").order_by("pk").first(), summary="Pavisam cita atbilde.")


def an_institution_leaves() -> None:
    row = InstitutionParticipation.objects.filter(left_on=None).first()
    assert row is not None
    row.left_on = dt.date(2023, 1, 1)
    row.save()


def a_municipality_is_renamed() -> None:
    Municipality.objects.filter(code="LV-052").update(name_lv="Cits novads")


def a_figure_is_corrected() -> None:
    PublishedFigure.objects.filter(indicator__code="iap_count").update(value=77_777)


def figures_are_released() -> None:
    release_risks(1)


NEWS = {"article", "list", "home", "feed", "site map", "search", "api news", "api page", "api search"}
EVENTS: dict[Callable[[], None], set[str]] = {
    publishes_an_article: NEWS - {"article", "api page", "search", "api search"} | {"sitemap", "english list"},
    publishes_a_change: NEWS - {"search", "api search"} | {"sitemap"},
    unpublishes: NEWS | {"sitemap"},
    deletes: NEWS | {"sitemap"},
    closes_the_section: NEWS | {"sitemap", "api menu", "about"},
    moves: NEWS - {"home"} | {"sitemap"},
    gives_a_new_address: NEWS | {"sitemap"},
    renames_a_section: {"list", "home", "about", "materials", "feed", "api menu", "site map", "contacts"},
    takes_a_section_out_of_the_menu: {"list", "home", "about", "materials", "api menu"},
    changes_the_foot: {"home", "about", "list", "api menu"},
    publishes_a_translation: {"english list", "sitemap", "api news"},
    renames_a_topic: {"materials", "material", "api materials"},
    changes_an_office: {"contacts", "api contacts"},
    removes_an_office: {"contacts", "api contacts"},
    adds_a_version: {"material", "materials feed", "api materials"},
    replaces_a_file: {"material", "materials feed", "api materials"},
    cancels_an_event: {"events", "calendar", "api events", "home"},
    changes_an_answer: {"questions", "questions in print", "api questions"},
    an_institution_leaves: {"institutions", "api institutions"},
    a_municipality_is_renamed: {"institutions", "api institutions"},
    a_figure_is_corrected: {"figures", "csv", "api figures"},
    figures_are_released: {"open data", "changes of open data", "method of open data"},
}


def _beside(event: Callable[[], None], places: set[str]) -> None:
    before = {name: get(PLACES[name]) for name in places}
    event()
    committed()
    after = {name: get(PLACES[name]) for name in places}
    right = {name: afresh(PLACES[name]) for name in places}
    assert {name for name in places if after[name] != right[name]} == set()
    changed = {name for name in places if before[name] != right[name]}
    assert changed >= EVENTS[event] & places, EVENTS[event] - changed


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_no_place_that_an_event_changes_shows_what_was_before(world: None, event: Callable[[], None]) -> None:
    _beside(event, set(sorted(EVENTS[event])[:4]))


@pytest.mark.full
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_no_place_at_all_shows_what_was_before(world: None, event: Callable[[], None]) -> None:
    _beside(event, set(PLACES))


def test_a_section_that_is_open_again_is_seen_again(world: None) -> None:
    open_before = get(PLACES["list"])
    closes_the_section()
    committed()
    assert get(PLACES["list"])[0] == 302
    opens_it_again()
    committed()
    assert get(PLACES["list"]) == open_before


def test_an_old_address_leads_on_at_once(world: None) -> None:
    assert get("/lv/node/999/")[0] == 404
    home = Page.objects.get(pk=HomePage.objects.get(locale__language_code="lv").pk)
    Redirect.objects.create(old_path="/lv/node/999", site=Site.objects.get(), redirect_page=home)
    assert get("/lv/node/999/")[0] == 301


@pytest.mark.parametrize("name", PLACES)
def test_the_second_visitor_gets_what_the_first_got(world: None, name: str) -> None:
    first = get(PLACES[name])
    with CaptureQueriesContext(connection) as queries:
        second = get(PLACES[name])
    assert second == first
    assert [query["sql"] for query in queries] == ["select number from base_sitegeneration"]


@pytest.mark.parametrize("url", {template: url for url, template in reversed(TEMPLATES.items()) if "?" not in url}.values())
def test_a_page_of_kept_parts_is_the_page(world: None, url: str) -> None:
    get("/en/" if url.startswith("/lv/") else "/lv/klase/")
    get(url)
    caches["pages"].clear()
    assert get(url) == afresh(url)


def test_a_basket_is_made_of_shared_parts_and_not_kept(world: None) -> None:
    basket = "/lv/materiali/?m=kontrolsaraksts-klases-audzinatajam&kind=worksheet"
    get("/lv/materiali/")
    held = _kept()
    for _time in range(2):
        assert get(basket) == afresh(basket)
    assert _kept() == held
    adds_a_version()
    committed()
    assert get(basket) == afresh(basket)


def test_an_answer_says_that_it_has_to_be_asked_for_again(world: None) -> None:
    for name in ("article", "sitemap", "feed", "api news", "search", "open data"):
        url = PLACES[name]
        for _time in range(2):
            response = Client().get(url)
            assert response["Cache-Control"] == "public, max-age=0, must-revalidate", url
            same = Client().get(url, headers={"if-none-match": response["ETag"]})
            assert (same.status_code, same.content, same["ETag"]) == (304, b"", response["ETag"])
    old = Client().get(PLACES["article"])["ETag"]
    publishes_a_change()
    committed()
    assert Client().get(PLACES["article"], headers={"if-none-match": old}).status_code == 200


def test_headers_are_kept_with_the_page(world: None) -> None:
    first, second = Client().get("/lv/jaunumi/"), Client().get("/lv/jaunumi/")
    assert dict(first.headers) == dict(second.headers)
    assert "default-src 'self'" in second["Content-Security-Policy"]
    assert second["Content-Language"] == "lv"


def _kept() -> int:
    return len(caches["pages"]._cache)


def test_what_is_somebodys_own_is_never_kept(world: None) -> None:
    editor = User.objects.create_superuser("vadosa", "correct horse battery staple")
    signed_in = Client()
    signed_in.force_login(editor)
    page = _article()
    caches["pages"].clear()
    for url in ("/lv/", PLACES["article"], f"/admin/pages/{page.pk}/view_draft/", f"/admin/pages/{page.pk}/edit/"):
        assert signed_in.get(url).status_code == 200
    with_cookie = Client()
    with_cookie.cookies["text"] = "large"
    assert with_cookie.get("/lv/").status_code == 200
    assert Client().get("/lv/", headers={"authorization": "Bearer x"}).status_code == 200
    assert Client().get("/lv/materiali/?m=kontrolsaraksts-klases-audzinatajam").status_code == 200
    assert b"".join(Client().get("/lv/materiali/zip/?m=kontrolsaraksts-klases-audzinatajam").streaming_content)
    assert Client().get("/lv/nav/tadas/").status_code == 404
    assert Client().post("/content/graphql/", {"query": "{ site { name } }"}, content_type="application/json").status_code == 200
    assert _kept() == 0
    Client().get("/lv/")
    assert _kept() == 1


def test_a_draft_does_not_move_the_number_and_a_publication_does(world: None) -> None:
    before = generation()
    article = _article()
    article.title = "Melnraksts"
    article.save_revision()
    committed()
    assert generation() == before
    article.get_latest_revision().publish()
    committed()
    assert generation() == before + 1


def test_the_business_day_is_part_of_what_is_kept(world: None) -> None:
    before = get("/lv/pasakumi/")
    with override_settings(DEMO_TODAY=dt.date(2030, 1, 1)):
        assert get("/lv/pasakumi/") != before


_TABLE = re.compile(r'(?:from|join) "?([a-z_0-9]+)"?', re.IGNORECASE)


def test_every_table_that_a_page_or_an_answer_reads_moves_the_number(world: None) -> None:
    read: set[str] = set()
    for url in {*PLACES.values(), *TEMPLATES}:
        with CaptureQueriesContext(connection) as queries:
            afresh(url)
        for query in queries:
            read.update(_TABLE.findall(query["sql"]))
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace")
        tables = {name for (name,) in cursor.fetchall()}
        followed = set(followed_tables(cursor, counter=counter()))
    by_role = {"django_content_type", "core_ratebucket", "django_session", "accounts_user", "core_tokenbucket"}
    assert len(read & followed) > 25
    assert (read & tables) - followed - set(UNCOUNTED) - by_role == set()
    assert set(counter().followed) <= followed

"""Every page of the site, in both languages: it stands, it is sound, and it costs little."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.test import Client
from wagtail.models import Page, PageViewRestriction

from cms.base.languages import address
from cms.base.selectors import published
from cms.news.models import NewsArticlePage
from tests.cms.markup import Markup

pytestmark = pytest.mark.django_db

TEMPLATES = {
    "/lv/": "pages/home.html",
    "/en/": "pages/home.html",
    "/lv/par-projektu/": "pages/text.html",
    "/en/about/": "pages/text.html",
    "/lv/jaunumi/": "pages/news_index.html",
    "/en/news/": "pages/news_index.html",
    "/lv/jaunumi/palielina-finansejumu/": "pages/news_article.html",
    "/en/news/more-european-funding/": "pages/news_article.html",
    "/lv/klase/": "pages/klase_index.html",
    "/en/klase/": "pages/klase_index.html",
    "/lv/klase/parauga-epizode-1/": "pages/episode.html",
    "/lv/materiali/": "pages/materials_index.html",
    "/en/materials/": "pages/materials_index.html",
    "/lv/materiali/?kind=checklist&grade=5&q=kontrol": "pages/materials_index.html",
    "/lv/materiali/kontrolsaraksts-klases-audzinatajam/": "pages/material.html",
    "/en/materials/checklist-for-class-teachers/": "pages/material.html",
    "/lv/materiali/?m=kontrolsaraksts-klases-audzinatajam&kind=worksheet": "pages/materials_index.html",
    "/lv/klase/parauga-stasts-1/": "pages/episode.html",
    "/lv/atbalsts/": "pages/text.html",
    "/en/support/": "pages/text.html",
    "/lv/atbalsts/skoleniem/": "pages/text.html",
    "/en/support/teachers/": "pages/text.html",
    "/lv/par-projektu/partneri/": "pages/text.html",
    "/en/about/documents/": "pages/text.html",
    "/lv/pasakumi/": "pages/events_index.html",
    "/lv/pasakumi/?when=past&region=Latgale": "pages/events_index.html",
    "/en/events/": "pages/events_index.html",
    "/lv/pasakumi/seminars-planu-sagatavotajiem/": "pages/event.html",
    "/lv/pasakumi/konference-2019-jelgava/": "pages/event.html",
    "/lv/jautajumi/": "pages/faq_index.html",
    "/en/questions/": "pages/faq_index.html",
    "/lv/jautajumi/druka/": "pages/faq_print.html",
    "/en/questions/print/": "pages/faq_print.html",
    "/lv/jautajumi/dluv-07-ka-labot-apstiprinatu-uzskaiti/": "pages/question.html",
    "/en/questions/iap-01-order-of-approval/": "pages/question.html",
    "/lv/iestades/": "pages/institutions.html",
    "/en/institutions/?region=Latgale": "pages/institutions.html",
    "/lv/kontakti/": "pages/contacts.html",
    "/en/contacts/": "pages/contacts.html",
    "/lv/iniciativas/": "pages/initiatives_index.html",
    "/en/initiatives/": "pages/initiatives_index.html",
    "/lv/iniciativas/uzsaukums-2019/": "pages/call.html",
    "/en/initiatives/call-2018/": "pages/call.html",
    "/lv/iniciativas/radosi-rugaji/": "pages/project.html",
    "/lv/lapas-karte/": "pages/site_map.html",
    "/en/site-map/": "pages/site_map.html",
    "/lv/skaitli/": "pages/figures.html",
    "/en/figures/": "pages/figures.html",
    "/lv/pieklustamiba/": "pages/text.html",
    "/en/accessibility/": "pages/text.html",
    "/lv/privatums/": "pages/text.html",
    "/en/privacy/": "pages/text.html",
}
BUDGET = 12
"""SQL statements of a page that nothing has cached (issue 2)."""


def test_the_loader_writes_every_page(site: int) -> None:
    assert site == published(Page.objects.filter(depth__gte=2)).count() >= 100


def test_the_root_leads_to_latvian(client: Client, site: int) -> None:
    response = client.get("/", headers={"accept-language": "en"})
    assert (response.status_code, response["Location"]) == (302, "/lv/")


@pytest.mark.parametrize(("url", "template"), TEMPLATES.items())
def test_a_page_is_sound(client: Client, site: int, url: str, template: str) -> None:
    response = client.get(url)
    assert response.status_code == 200
    assert template in [used.name for used in response.templates]
    html = response.content.decode()
    page = Markup(html)
    language = url.split("/")[1]
    assert page.faults == []
    assert page.all("html")[0]["lang"] == language
    assert page.headings.count(1) == 1
    assert page.headings[0] == 1
    assert all(deeper <= level + 1 for level, deeper in zip(page.headings, page.headings[1:], strict=False)), page.headings
    assert len(page.all("meta", name="description")[0]["content"]) > 40
    assert page.all("link", rel="canonical")[0]["href"].endswith(url.partition("?")[0])
    assert page.all("meta", property="og:title")[0]["content"]
    assert not [attributes for _tag, attributes in page.tags if "style" in attributes], "the policy forbids inline styles"
    inline = [attributes for attributes in page.all("script") if "src" not in attributes]
    assert [attributes["type"] for attributes in inline] == ["application/ld+json"], (
        "data only: the policy forbids inline scripts"
    )
    assert all("alt" in image for image in page.all("img"))
    ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("url", TEMPLATES)
def test_every_page_carries_the_publicity(client: Client, site: int, url: str) -> None:
    html = client.get(url).content.decode()
    for words in ("EIROPAS SAVIENĪBA", "Eiropas Sociālais", "IEGULDĪJUMS TAVĀ NĀKOTNĒ", "8.3.4.0/16/I/001", "dienests"):
        assert words in html


@pytest.mark.parametrize("url", TEMPLATES)
def test_a_page_keeps_its_budget(statements: Callable[[str], int], site: int, url: str) -> None:
    assert statements(url) <= BUDGET


@pytest.mark.parametrize("url", TEMPLATES)
def test_no_page_asks_another_host_or_sets_a_cookie(client: Client, site: int, url: str) -> None:
    response = client.get(url)
    page = Markup(response.content.decode())
    loaded = [a.get("src", "") for tag, a in page.tags if tag in {"script", "img", "iframe", "source", "video"}]
    loaded += [a["href"] for a in page.all("link") if a["rel"] in {"stylesheet", "preload", "icon"}]
    assert loaded
    assert {urlsplit(address).netloc for address in loaded} == {""}
    assert not response.cookies


def test_the_html_is_light(client: Client, site: int) -> None:
    assert len(gzip.compress(client.get("/lv/").content)) < 11_000


def test_every_published_page_answers(client: Client, site: int) -> None:
    addresses = [address(page) for page in published(Page.objects.filter(depth__gte=2))]
    assert len(addresses) >= 100
    assert [url for url in addresses if client.get(url).status_code != 200] == []


def test_a_draft_is_nowhere(client: Client, site: int) -> None:
    article = NewsArticlePage.objects.get(slug="palielina-finansejumu")
    article.unpublish()
    assert client.get("/lv/jaunumi/palielina-finansejumu/").status_code == 404
    for url in ("/lv/", "/lv/jaunumi/", "/lv/jaunumi/?page=2", "/lv/jaunumi/rss/", "/sitemap.xml"):
        assert "palielina-finansejumu" not in client.get(url).content.decode(), url


def test_an_unpublished_change_of_a_live_page_is_nowhere(client: Client, site: int) -> None:
    article = NewsArticlePage.objects.get(slug="atskats-uz-sesos-gados-paveikto")
    article.title = "Vēl nepabeigts virsraksts"
    article.save_revision()
    for url in ("/lv/", "/lv/jaunumi/", "/lv/jaunumi/atskats-uz-sesos-gados-paveikto/"):
        assert "Vēl nepabeigts" not in client.get(url).content.decode()


def test_a_restricted_section_is_nowhere(client: Client, site: int) -> None:
    section = Page.objects.get(slug="jaunumi")
    PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/lv/jaunumi/palielina-finansejumu/").status_code == 302
    for url in ("/lv/", "/lv/materiali/", "/sitemap.xml", "/en/news/?page=1"):
        assert "/lv/jaunumi/" not in client.get(url).content.decode(), url


def test_a_missing_page_helps_on(client: Client, site: int) -> None:
    for url, language, section in (("/lv/nav/tadas/", "lv", "/lv/materiali/"), ("/en/no/such/", "en", "/en/materials/")):
        response = client.get(url)
        page = Markup(response.content.decode())
        assert response.status_code == 404
        assert page.all("html")[0]["lang"] == language
        assert page.all("meta", name="robots")[0]["content"] == "noindex"
        assert section in [link["href"] for link in page.all("a")]


def test_addresses_below_an_article_are_missing(client: Client, site: int) -> None:
    for url in ("/lv/jaunumi/palielina-finansejumu/rss/", "/lv/jaunumi/atom/", "/lv/skaitli/iap_count/xml/", "/lv/klase/rss/"):
        assert client.get(url).status_code == 404, url

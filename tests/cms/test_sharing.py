"""Found and shared: what pages tell search engines, their pictures, the 404 that helps, the site map page."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from wagtail.models import Page

from cms.base.languages import address
from cms.base.selectors import published
from cms.base.sharing import card_address, draw_card
from cms.base.suggestions import suggestions_for
from cms.klase.models import EpisodePage
from cms.news.models import NewsArticlePage
from tests.cms.markup import Markup

pytestmark = pytest.mark.django_db


def _told(client: Client, url: str) -> list[dict[str, Any]]:
    html = client.get(url).content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert len(blocks) == 1, url
    told = json.loads(blocks[0])
    assert told["@context"] == "https://schema.org"
    return list(told["@graph"])


def _of_kind(told: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(thing for thing in told if thing["@type"] == kind)


@pytest.mark.parametrize(
    ("url", "kind", "wanted"),
    [
        ("/lv/", "WebSite", {"inLanguage": "lv", "name": "PuMPuRS"}),
        ("/lv/jaunumi/palielina-finansejumu/", "NewsArticle", {"datePublished": "2020-02-18", "inLanguage": "lv"}),
        ("/lv/pasakumi/konference-2019-jelgava/", "Event", {"startDate": "2019-03-01", "inLanguage": "lv"}),
        ("/lv/materiali/kontrolsaraksts-klases-audzinatajam/", "LearningResource", {"educationalLevel": "1-12"}),
        ("/lv/jautajumi/dluv-09-cik-ilga-ir-konsultacija/", "FAQPage", {"inLanguage": "lv"}),
        ("/en/contacts/", "WebPage", {"inLanguage": "en"}),
    ],
)
def test_a_page_says_what_it_is(client: Client, site: int, url: str, kind: str, wanted: dict[str, str]) -> None:
    thing = _of_kind(_told(client, url), kind)
    assert {key: thing[key] for key in wanted} == wanted
    assert thing["url"] == settings.BASE_URL + url


def test_what_is_invented_is_announced_to_nobody(client: Client, site: int) -> None:
    for url in ("/lv/pasakumi/seminars-planu-sagatavotajiem/", "/lv/klase/parauga-epizode-1/"):
        assert {thing["@type"] for thing in _told(client, url)} == {"BreadcrumbList"}


def test_a_real_video_is_announced_with_its_transcript(client: Client, site: int) -> None:
    episode = EpisodePage.objects.get(slug="parauga-epizode-1")
    episode.is_example, episode.youtube_id, episode.minutes = False, "aB3-_defghi", 12
    episode.transcript = [("line", "<p>Labdien!</p>")]
    episode.save_revision().publish()
    video = _of_kind(_told(client, "/lv/klase/parauga-epizode-1/"), "VideoObject")
    assert (video["duration"], video["transcript"], video["inLanguage"]) == ("PT12M", "Labdien!", "lv")
    assert client.get(video["thumbnailUrl"][0].removeprefix(settings.BASE_URL)).status_code == 200


def test_an_editors_words_cannot_end_the_block_of_data(client: Client, site: int) -> None:
    article = NewsArticlePage.objects.get(slug="palielina-finansejumu")
    article.title = "</script><script>alert(1)</script>&"
    article.save_revision().publish()
    html = client.get("/lv/jaunumi/palielina-finansejumu/").content.decode()
    assert "<script>alert" not in html
    assert _of_kind(_told(client, "/lv/jaunumi/palielina-finansejumu/"), "NewsArticle")["headline"] == article.title


def test_every_page_has_a_picture_of_its_own(client: Client, site: int) -> None:
    addresses = {}
    for page in list(published(Page.objects.filter(depth__gte=2)).specific())[::6]:
        head = Markup(client.get(address(page)).content.decode())
        addresses[page.pk] = head.all("meta", property="og:image")[0]["content"]
        assert addresses[page.pk] == settings.BASE_URL + card_address(page)
    assert len(set(addresses.values())) == len(addresses) > 10
    url = next(iter(addresses.values())).removeprefix(settings.BASE_URL)
    response = client.get(url)
    assert response["Content-Type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")


def test_a_changed_title_is_a_new_picture_and_an_old_address_none(client: Client, site: int) -> None:
    article = NewsArticlePage.objects.get(slug="palielina-finansejumu")
    before = card_address(article)
    assert client.get(before).status_code == 200
    article.title = "Cits virsraksts"
    article.save_revision().publish()
    assert client.get(before).status_code == 404
    assert client.get(card_address(article)).status_code == 200
    article.unpublish()
    assert client.get(card_address(article)).status_code == 404


@pytest.mark.parametrize(
    "title", ["A", "Ķiršu ēdējs Žanis", "Ļ" * 60, "vārds " * 60, "Priekšlaicīgas mācību pārtraukšanas risks un ko ar to darīt"]
)
def test_any_title_fits_its_picture(title: str) -> None:
    picture = draw_card(title=title, kind="raksts")
    assert picture.size == (1200, 630)
    below = picture.crop((0, 515, 1200, 529)).getcolors()
    assert below is not None
    assert [colour for _count, colour in below] == [(14, 74, 61)], "no letter reaches the pattern"


def test_a_missing_page_names_what_is_near(client: Client, site: int) -> None:
    html = client.get("/lv/jaunumi/noslegusas-supervizija-2023/").content.decode()
    assert "/lv/jaunumi/noslegusas-supervizijas/" in html
    english = client.get("/en/support/teacher/").content.decode()
    assert "/en/support/teachers/" in english
    assert "/lv/atbalsts/skolotajiem/" not in english


@pytest.mark.parametrize("path", ["/lv/", "/lv/%00/", "/lv/'; drop table/", "/lv/" + "a-" * 2_000, "/lv/žķļ/", "/xx/yy/"])
def test_any_address_gets_an_answer(client: Client, site: int, path: str) -> None:
    suggestions_for(path=path, language="lv")
    assert client.get(path, follow=True).status_code in {200, 404}


def test_a_draft_is_never_suggested(client: Client, site: int) -> None:
    NewsArticlePage.objects.get(slug="noslegusas-supervizijas").unpublish()
    assert (
        "noslegusas-supervizijas" not in client.get("/lv/jaunumi/noslegusas-supervizija/").content.decode().partition("<main")[2]
    )


@pytest.mark.parametrize(("url", "language"), [("/lv/lapas-karte/", "lv"), ("/en/site-map/", "en")])
def test_the_site_map_leads_to_every_page_of_its_language(client: Client, site: int, url: str, language: str) -> None:
    page = Markup(client.get(url).content.decode())
    links = {link["href"] for link in page.all("a")}
    pages = {address(p) for p in published(Page.objects.filter(depth__gte=3, locale__language_code=language))}
    assert pages <= links


def test_pages_say_when_they_were_updated(client: Client, site: int) -> None:
    article = NewsArticlePage.objects.get(slug="palielina-finansejumu")
    assert "Aktualizēts" not in client.get("/lv/jaunumi/palielina-finansejumu/").content.decode()
    import datetime as dt

    article.updated_on = dt.date(2021, 8, 16)
    article.save_revision().publish()
    html = client.get("/lv/jaunumi/palielina-finansejumu/").content.decode()
    assert "Aktualizēts" in html
    assert "2021. gada 16. augusts" in html
    assert _of_kind(_told(client, "/lv/jaunumi/palielina-finansejumu/"), "NewsArticle")["dateModified"] == "2021-08-16"


def test_clips_and_stories_stand_apart_from_episodes(client: Client, site: int) -> None:
    html = client.get("/lv/klase/").content.decode()
    assert (
        html.index('id="season-1"') < html.index("parauga-epizode-4") < html.index('id="clips"') < html.index("parauga-klips-1")
    )
    assert html.index('id="stories"') < html.index("parauga-stasts-1")
    assert "parauga-klips-1" not in client.get("/lv/").content.decode()

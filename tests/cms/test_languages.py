"""Two languages, honestly: translations are announced only where they exist, and what exists in one says so."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, get_page_models
from wagtail.snippets.models import get_snippet_models

from cms.base.languages import address, language_code
from cms.base.selectors import published
from cms.klase.models import EpisodePage
from cms.news.models import NewsArticlePage
from tests.cms.markup import Markup

pytestmark = pytest.mark.django_db


def test_hreflang_names_real_translations_and_no_other(client: Client, site: int) -> None:
    pages = list(published(Page.objects.filter(depth__gte=2)))
    by_key: dict[object, dict[str, str]] = {}
    for page in pages:
        by_key.setdefault(page.translation_key, {})[language_code(page.locale_id)] = address(page)
    pairs = 0
    for page in pages:
        html = Markup(client.get(address(page)).content.decode())
        said = {
            link["hreflang"]: link["href"].split("8000")[-1] for link in html.all("link", rel="alternate") if "hreflang" in link
        }
        real = by_key[page.translation_key]
        pairs += len(real) > 1
        assert said == (real if len(real) > 1 else {}), address(page)
    assert pairs >= 2 * 14


def test_a_page_without_a_translation_leads_to_the_nearest_that_has_one(client: Client, site: int) -> None:
    html = client.get("/lv/klase/parauga-epizode-1/").content.decode()
    assert "This page is in Latvian only" in html
    link = next(a for a in Markup(html).all("a", class_="language"))
    assert (link["href"], link["lang"]) == ("/en/klase/", "en")
    assert "hreflang" not in link


def test_the_switch_leads_to_the_translation(client: Client, site: int) -> None:
    link = Markup(client.get("/en/news/supervisions-ended/").content.decode()).all("a", class_="language")[0]
    assert (link["href"], link["hreflang"]) == ("/lv/jaunumi/noslegusas-supervizijas/", "lv")


def test_the_switch_of_the_search_asks_the_same_in_the_other_language(client: Client, site: int) -> None:
    response = client.get("/lv/meklet/?q=skola&kind=newsarticlepage")
    link = Markup(response.content.decode()).all("a", class_="language")[0]
    assert (link["href"], link["hreflang"]) == ("/en/search/?q=skola&kind=newsarticlepage", "en")
    assert "page is in Latvian only" not in response.content.decode()


def test_open_data_in_another_language_after_the_button_and_nothing_is_set_before(site: int) -> None:
    visitor = Client(enforce_csrf_checks=True)
    response = visitor.get("/open-data/")
    assert (response.cookies, response["Content-Language"], "token" in response.content.decode()) == ({}, "lv", False)
    changed = visitor.post("/language/", {"language": "en", "next": "/open-data/"})
    assert (changed.status_code, changed["Location"]) == (302, "/open-data/")
    assert visitor.get("/open-data/")["Content-Language"] == "en"
    elsewhere = visitor.post("/language/", {"language": "lv", "next": "https://example.org/"})
    assert elsewhere["Location"] == "/"


def test_english_lists_show_what_is_only_in_latvian_as_such(client: Client, site: int) -> None:
    html = client.get("/en/klase/").content.decode()
    page = Markup(html)
    assert html.count("Only in Latvian") == EpisodePage.objects.live().count() == 6
    foreign = [link for link in page.all("a") if link["href"].startswith("/lv/klase/parauga")]
    assert len(foreign) == 6
    assert {link.get("hreflang") for link in foreign} == {"lv"}
    assert len([heading for heading in page.all("h3") if heading.get("lang") == "lv"]) == 6


def test_latvian_lists_show_no_translation_beside_its_original(client: Client, site: int) -> None:
    pages = [client.get(f"/lv/jaunumi/?page={number}").content.decode() for number in (1, 2)]
    shown = {
        link["href"] for html in pages for link in Markup(html).all("a") if link["href"].startswith(("/lv/jaunumi/", "/en/news/"))
    }
    articles = {address(a) for a in NewsArticlePage.objects.live() if language_code(a.locale_id) == "lv"}
    assert articles <= shown
    assert not {url for url in shown if url.startswith("/en/news/") and url != "/en/news/"}


def test_unpublishing_a_translation_makes_the_original_stand_alone(client: Client, site: int) -> None:
    NewsArticlePage.objects.get(slug="supervisions-ended").unpublish()
    html = client.get("/lv/jaunumi/noslegusas-supervizijas/").content.decode()
    assert not [link for link in Markup(html).all("link", rel="alternate") if "hreflang" in link]
    assert "noslegusas-supervizijas" in client.get("/en/news/").content.decode()


def test_numbers_and_dates_are_written_as_the_language_does(client: Client, site: int) -> None:
    assert "93\u00a0497" in client.get("/lv/").content.decode()
    assert "93,497" in client.get("/en/").content.decode()
    assert "2020. gada 18. februāris" in client.get("/lv/jaunumi/palielina-finansejumu/").content.decode()
    assert "18 February 2020" in client.get("/en/news/more-european-funding/").content.decode()
    assert "2018. gada janvāris" in client.get("/lv/jaunumi/nosledzies-pirmais-semestris/").content.decode()


def test_kinds_of_content_have_a_name_for_many_in_latvian() -> None:
    """Django adds an "s" where nobody gave one, and the editor counts "4 rakstss"."""
    models = [*get_page_models(), get_image_model(), get_document_model(), *get_snippet_models()]
    ours = [model for model in models if model._meta.app_label != "wagtailcore"]
    assert len(ours) > 15
    assert [model for model in ours if "verbose_name_plural" not in model._meta.original_attrs] == []
    with translation.override("lv"):
        many = {model._meta.label: str(model._meta.verbose_name_plural) for model in ours}
    with translation.override("en"):
        assert {label for label, name in many.items() if name == str(apps.get_model(label)._meta.verbose_name_plural)} == {
            "klase.KlaseIndexPage"  # a name
        }

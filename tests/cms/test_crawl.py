"""A reader who follows every link of the site, in both languages, never ends nowhere and always knows which language it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from wagtail.models import Page

from backend.territory.models import Municipality
from cms.base.languages import address
from cms.base.selectors import published
from tests.cms.markup import VOID
from tests.cms.registry import SCHOOLS, TODAY, join

pytestmark = pytest.mark.django_db

HOST = "http://testserver"
LANGUAGES = {"lv", "en"}


@dataclass
class Link:
    """Where a link leads, in which language its words stand, and what it says of the language there."""

    href: str
    language: str
    hreflang: str


@dataclass
class Seen:
    """One page as the reader got it."""

    status: int
    language: str = ""
    anchors: set[str] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)
    alternates: dict[str, str] = field(default_factory=dict)
    languages: set[str] = field(default_factory=set)
    loaded: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads a page; the language of a link is that of the nearest element around its words that names one."""

    def __init__(self, seen: Seen, html: str) -> None:
        super().__init__()
        self.seen = seen
        self._languages = [""]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang", self._languages[-1])
        if "lang" in given:
            self.seen.languages.add(given["lang"])
        if tag not in VOID:
            self._languages.append(language)
        if tag == "html":
            self.seen.language = language
        if given.get("id"):
            self.seen.anchors.add(given["id"])
        if tag == "a" and "href" in given:
            self.seen.links.append(Link(given["href"], language, given.get("hreflang", "")))
        if tag == "link" and given.get("rel") == "alternate" and "hreflang" in given:
            self.seen.alternates[given["hreflang"]] = given["href"]
        elif tag in {"img", "script", "link"} and given.get("rel") != "canonical":
            self.seen.loaded.append(given.get("src") or given.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and len(self._languages) > 1:
            self._languages.pop()


_once: dict[str, Seen] = {}
"""The crawl, plain data that no test changes: one walk serves them all."""


@pytest.fixture
def crawled(client: Client, site: int) -> Iterator[dict[str, Seen]]:
    """Every address that links lead to from the two first pages, with what stood there."""
    with override_settings(DEMO_TODAY=TODAY):
        for name, place, kind, left in SCHOOLS:
            join(name, Municipality.objects.get(code=place), kind, left)
        cache.clear()
        if not _once:
            _once.update(_walked(client))
        yield _once


def _walked(client: Client) -> dict[str, Seen]:
    found: dict[str, Seen] = {}
    waiting = ["/lv/", "/en/"]
    while waiting:
        here = waiting.pop()
        if here in found:
            continue
        response = client.get(here)
        found[here] = seen = Seen(response.status_code)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            Reader(seen, response.content.decode())
            waiting += [there for there, _fragment, _link in _inside(here, seen)]
    return found


def _inside(here: str, seen: Seen) -> Iterator[tuple[str, str, Link]]:
    """Links of a page that stay on the site: address, fragment, the link."""
    for link in seen.links:
        whole, fragment = urldefrag(urljoin(HOST + here, link.href))
        if whole.startswith(HOST):
            yield whole.removeprefix(HOST), fragment, link


def test_every_link_leads_somewhere_and_to_its_language(client: Client, crawled: dict[str, Seen]) -> None:
    assert {address(page) for page in published(Page.objects.filter(depth__gte=2))} <= set(crawled), "a page without a way to it"
    assert {url: seen.status for url, seen in crawled.items() if seen.status >= 400} == {}
    dead, mixed = [], []
    for here, seen in crawled.items():
        for there, fragment, link in _inside(here, seen):
            target = crawled[there]
            if fragment and fragment not in target.anchors:
                dead.append((here, link.href))
            if target.language and link.language != target.language and _is_page_of_another_language(here, there):
                mixed.append((here, link))
            if link.hreflang and link.hreflang != target.language:
                mixed.append((here, link))
    assert dead == []
    assert mixed == []


def _is_page_of_another_language(here: str, there: str) -> bool:
    return {here.split("/")[1], there.split("/")[1]} == LANGUAGES


def test_each_page_says_its_language_and_only_real_translations(crawled: dict[str, Seen]) -> None:
    pages = {url: seen for url, seen in crawled.items() if seen.language}
    assert len(pages) >= 110
    for url, seen in pages.items():
        if url.split("/")[1] in LANGUAGES:
            assert seen.language == url.split("/")[1], url
        assert seen.languages <= LANGUAGES, url
        for language, target in seen.alternates.items():
            there = crawled[urlsplit(target).path]
            assert there.language == language, (url, target)
            assert there.alternates == seen.alternates, (url, target)
            assert len(seen.alternates) == len(LANGUAGES), url
    alone = [url for url, seen in pages.items() if url.startswith("/lv/jaunumi/") and not seen.alternates]
    assert len(alone) >= 5, "articles that exist in Latvian only"


def test_what_pages_load_is_there(client: Client, crawled: dict[str, Seen]) -> None:
    loaded = {
        url for seen in crawled.values() for url in seen.loaded if url.startswith(("/media/", "/lv/", "/en/", "/downloads/"))
    }
    assert {url: status for url in loaded if (status := client.get(url).status_code) >= 400} == {}

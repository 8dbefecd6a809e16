"""Pages that somebody may have meant who came to an address that does not exist."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import QuerySet
from wagtail.models import Page

from backend.core.text import fold
from cms.base import parts
from cms.base.languages import address_of, locale_ids
from cms.base.selectors import asked, published

_LEAST = 0.5
_COUNTS = 0.7  # likeness of two words below which they have nothing to do with each other
_LONGEST = 200  # letters of an address that are looked at
_MOST = 5


@dataclass(frozen=True)
class Suggestion:
    """A page that is near."""

    title: str
    url: str


def suggestions_for(*, path: str, language: str) -> list[Suggestion]:
    """The nearest pages of `language` by the words of the address, at most five; one statement.

    A word counts by how alike it is to a word of the page's own address, so an inflected or mistyped word still leads on.
    """
    wanted = _words(path[:_LONGEST].partition(f"/{language}/")[2])
    if not wanted:
        return []
    scored = []
    for page in parts.kept(("words of addresses", language), lambda: _pages(language)):
        score = _alike(wanted, page.words)
        if score > _LEAST:
            scored.append((-score, page.length, Suggestion(title=page.title, url=page.url)))
    return [found for _score, _length, found in sorted(scored, key=lambda row: row[:2])[:_MOST]]


@dataclass(frozen=True)
class _Candidate:
    """A page with the words of its address below the language, and how long that is."""

    title: str
    url: str
    words: list[str]
    length: int


def _pages(language: str) -> list[_Candidate]:
    found = []
    for title, url_path, locale_id in asked(("titles", language), lambda: _titles(language)):
        below = url_path.lstrip("/").partition("/")[2]
        found.append(_Candidate(title, address_of(url_path=url_path, locale_id=locale_id), _words(below), len(below)))
    return found


def _titles(language: str) -> QuerySet[Page, tuple[str, str, int]]:
    pages = Page.objects.filter(depth__gt=2, locale_id=locale_ids().get(language)).order_by("path")
    return published(pages).values_list("title", "url_path", "locale_id")


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", fold(text)) if len(word) > 2][:12]


def _alike(wanted: list[str], own: list[str]) -> float:
    """Mean of the best likeness of each wanted word; words that resemble nothing count as nought."""
    if not own:
        return 0.0
    best = [max(_likeness(word, other) for other in own) for word in wanted]
    return sum(value for value in best if value >= _COUNTS) / len(wanted)


def _likeness(word: str, other: str) -> float:
    """As `SequenceMatcher` has it; nought where the letters that both have are too few for it to count."""
    shared = sum(min(word.count(letter), other.count(letter)) for letter in set(word))
    if 2 * shared < _COUNTS * (len(word) + len(other)):
        return 0.0
    return SequenceMatcher(None, word, other).ratio()

"""Pages that somebody may have meant who came to an address that does not exist."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from wagtail.models import Page

from backend.core.text import fold
from cms.base.languages import address_of, locale_ids
from cms.base.selectors import published

_LEAST = 0.5
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
    rows = published(Page.objects.filter(depth__gt=2, locale_id=locale_ids().get(language)))
    scored = []
    for title, url_path, locale_id in rows.values_list("title", "url_path", "locale_id"):
        below = url_path.lstrip("/").partition("/")[2]
        score = _alike(wanted, _words(below))
        if score > _LEAST:
            scored.append((-score, len(below), Suggestion(title=title, url=address_of(url_path=url_path, locale_id=locale_id))))
    return [found for _score, _length, found in sorted(scored, key=lambda row: row[:2])[:_MOST]]


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", fold(text)) if len(word) > 2][:12]


def _alike(wanted: list[str], own: list[str]) -> float:
    """Mean of the best likeness of each wanted word; words that resemble nothing count as nought."""
    if not own:
        return 0.0
    best = [max(SequenceMatcher(None, word, other).ratio() for other in own) for word in wanted]
    return sum(value for value in best if value >= 0.7) / len(wanted)

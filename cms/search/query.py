"""From what a visitor typed to what the index is asked.

Each word gets four circles of keys, each wider and worth less: the word itself; its lemmas (for English its stem); the
light stem of a word that the dictionary does not know; whatever has the same letters without diacritics. A word typed
with diacritics gets the last circle only when nothing else was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any

from django.db import connection
from django.db.models import Q

from backend.core.text import fold
from cms.search.keys import ENGLISH, LEMMA, STEM, english_stems, quoted
from cms.search.latvian.dictionary import lemmas_of
from cms.search.latvian.stemmer import stem
from cms.search.latvian.words import FUNCTION_WORDS, clean, tokens, within
from cms.search.models import SearchWord

LONGEST_QUERY = 200
MOST_WORDS = 8
TIERS = (1.0, 0.8, 0.25, 0.12)
"""Worth of a match in each circle, the innermost first (measured, docs/decisions/0080)."""

_MOST_RELATIVES = 40
_LEAST_SIMILAR = 0.3
_MOST_CORRECTIONS = 3
_SHORT_WORD = 6
"""With an error in it, a word of so few letters shares too few trigrams with the right one to be found by them."""
_LETTERS = ascii_lowercase
_LONG_WORD = 8
"""Words of so many letters may have two errors."""


@dataclass
class Word:
    """A word of the query with its circles of keys."""

    text: str
    circles: list[set[str]] = field(default_factory=lambda: [set(), set(), set(), set()])
    corrected: list[str] = field(default_factory=list)
    """What was taken for it, when it was found nowhere."""

    def within(self, circle: int) -> set[str]:
        """Keys of this circle and of those inside it."""
        return set().union(*self.circles[: circle + 1])


@dataclass
class Query:
    """All words, which must all be found."""

    text: str
    words: list[Word]

    def tsquery(self, circle: int) -> str:
        """The query up to a circle, in PostgreSQL's writing; empty for a query without words."""
        parts = ("(" + " | ".join(quoted(key) for key in sorted(word.within(circle))) + ")" for word in self.words)
        return " & ".join(parts)

    @property
    def corrections(self) -> dict[str, str]:
        """What was typed -> what it was taken for."""
        return {word.text: word.corrected[0] for word in self.words if word.corrected}

    @property
    def corrected_text(self) -> str:
        """The query as it was understood."""
        return " ".join(word.corrected[0] if word.corrected else word.text for word in self.words)


def words_of(text: str) -> list[str]:
    """Words of a query in small letters, each once, at most `MOST_WORDS`; words that tell nothing only when alone."""
    found = list(dict.fromkeys(token.word for token in tokens(clean(text, longest=LONGEST_QUERY))))
    telling = [word for word in found if word not in FUNCTION_WORDS]
    return (telling or found)[:MOST_WORDS]


def understood(text: str) -> Query:
    """A query with its circles; two statements."""
    query = Query(clean(text, longest=LONGEST_QUERY), [Word(word) for word in words_of(text)])
    if not query.words:
        return query
    english = english_stems(word.text for word in query.words)
    same = _same_letters([word.text for word in query.words if fold(word.text) == word.text])
    for word in query.words:
        lemmas = lemmas_of(word.text)
        word.circles[0] = {word.text}
        word.circles[1] = {LEMMA + lemma for lemma in lemmas}
        if word.text in english:
            word.circles[1].add(ENGLISH + english[word.text])
        if not lemmas:
            word.circles[2] = {STEM + stem(word.text)}
        word.circles[3] = same.get(word.text, set())
    return query


def widen(query: Query) -> bool:
    """For a query that found nothing: diacritics count no more, and forms of unknown words are looked for by their stem.

    Returns whether that gave any new key.
    """
    letters = {word.text: fold(word.text) for word in query.words}
    stems = {word.text: fold(stem(word.text)) for word in query.words}
    rows = SearchWord.objects.filter(Q(folded__in=letters.values()) | Q(stem__in=stems.values()), frequency__gt=0)
    found = list(rows.order_by("-frequency").values_list("folded", "stem", "word", "lemmas")[:_MOST_RELATIVES])
    by_letters = _keys_by([(folded, word, lemmas) for folded, _stem, word, lemmas in found])
    by_stem = _keys_by([(stemmed, word, lemmas) for _folded, stemmed, word, lemmas in found])
    changed = False
    for word in query.words:
        new = by_letters.get(letters[word.text]) or by_stem.get(stems[word.text], set())
        changed |= not new <= word.within(len(TIERS) - 1)
        word.circles[3] |= new
    return changed


def correct(query: Query) -> bool:
    """For a query that still found nothing: replace each word that stands nowhere by the nearest ones that do.

    Returns whether any was replaced. Nearest are words of about the same length with one error (a long word: two), a swap
    of neighbours counting one, diacritics none; at most three, by similarity and frequency.
    """
    lost = query.words  # one word alone: it is what found nothing
    if len(query.words) > 1:
        lost = [word for word, here in zip(query.words, _occurring(query), strict=True) if not here]
    for word in lost:
        word.corrected = _nearest(fold(word.text))
        for text in word.corrected:
            word.circles[3] |= {text} | {LEMMA + lemma for lemma in lemmas_of(text)} | {LEMMA + text, STEM + stem(text)}
    return any(word.corrected for word in lost)


def _same_letters(folded: Sequence[str]) -> dict[str, set[str]]:
    """Keys of all words of the index that have these letters without diacritics."""
    if not folded:
        return {}
    rows = SearchWord.objects.filter(folded__in=folded, frequency__gt=0).values_list("folded", "word", "lemmas")
    return _keys_by(list(rows))


def _keys_by(rows: list[tuple[str, str, list[str]]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, word, lemmas in rows:
        # A lemma may stand in the lexicon only because one of its forms does: then its own row leads there.
        found.setdefault(name, set()).update({word, LEMMA + word, *(LEMMA + lemma for lemma in lemmas)})
    return found


def _occurring(query: Query) -> list[bool]:
    """For each word, whether any entry has it."""
    each = [Query("", [word]).tsquery(len(TIERS) - 1) for word in query.words]
    with connection.cursor() as cursor:
        cursor.execute(
            "select search_fits(q::tsquery) from unnest(%s::text[]) with ordinality as t(q, n) order by n",
            [each],
        )
        return [here for (here,) in cursor.fetchall()]


_CANDIDATES = "select word, folded, similarity(folded, %(word)s), frequency from search_searchword where frequency > 0"
_ALIKE = (
    " and folded %% %(word)s and length(folded) between %(least)s and %(most)s and similarity(folded, %(word)s) >= %(similar)s"
)
_AMONG = " and folded = any(%(near)s)"


def _nearest(folded: str) -> list[str]:
    """Words with one error are looked up as such; only where there are none, those of similar trigrams are looked through."""
    near = {"near": sorted(_one_error_away(folded))}
    found = _reached(folded, _AMONG, near)
    if not found and len(folded) > _SHORT_WORD:
        bounds = {"least": len(folded) - 1, "most": len(folded) + 1, "similar": _LEAST_SIMILAR}
        found = _reached(folded, _ALIKE, bounds)
    return [word for edits, word in found[:_MOST_CORRECTIONS] if edits == found[0][0]]


def _reached(folded: str, condition: str, values: dict[str, Any]) -> list[tuple[int, str]]:
    """Words of the lexicon that meet `condition` and have few enough errors, with their number: the nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES + condition, values | {"word": folded})
        candidates = cursor.fetchall()
    most = 2 if len(folded) >= _LONG_WORD else 1
    near = [(within(folded, other, most=most), -alike, -often, word) for word, other, alike, often in candidates]
    reached = sorted((edits, alike, often, word) for edits, alike, often, word in near if edits is not None)
    return [(edits, word) for edits, _alike, _often, word in reached]


def _one_error_away(folded: str) -> set[str]:
    """Every text that differs by one letter lost, added, replaced, or swapped with its neighbour: some 55 for each letter."""
    parts = [(folded[:place], folded[place:]) for place in range(len(folded) + 1)]
    lost = {before + after[1:] for before, after in parts if after}
    swapped = {before + after[1] + after[0] + after[2:] for before, after in parts if len(after) > 1}
    replaced = {before + letter + after[1:] for before, after in parts if after for letter in _LETTERS}
    added = {before + letter + after for before, after in parts for letter in _LETTERS}
    return (lost | swapped | replaced | added) - {"", folded}

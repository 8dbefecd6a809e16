"""From text to the keys of the index.

`skolotājiem` gives the word itself and `=skolotājs`; a word that the dictionary does not know gives `~` and its light
stem; an English text gives `+` and the English stem. Different signs keep the kinds apart, so that the index needs no
second look at a row to tell a word from another word's lemma.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2

from django.db import connection

from backend.core.text import fold
from cms.search.latvian.dictionary import lemmas_of
from cms.search.latvian.stemmer import stem
from cms.search.latvian.words import tokens

LEMMA, STEM, ENGLISH, OFTEN = "=", "~", "+", "*"
LAST_POSITION = 16_383
"""PostgreSQL writes anything later down at this place."""
_PLACES = 200
"""Places kept of one key in one text (PostgreSQL keeps 255)."""
_OFTEN = 2
"""Places from which on a text is said to have a key often."""


@dataclass(frozen=True)
class Keyed:
    """A text ready for the index."""

    vector: str
    """Literal of a tsvector."""
    salient: str
    """Another one, without places: keys of title and summary, and with a `*` those that the whole has often."""
    shortness: float
    """What `ts_rank` multiplies a place by: one through the logarithm of all places."""
    words: list[str]
    """Distinct words and lemmas, for the lexicon."""


def keys_of(word: str, *, language: str, english: Mapping[str, str]) -> list[str]:
    """Keys of one word in small letters, in a text of `language`."""
    if language == "en":
        return [word, ENGLISH + english.get(word, word)]
    lemmas = lemmas_of(word)
    return [word, *(LEMMA + lemma for lemma in lemmas)] if lemmas else [word, STEM + stem(word)]


def keyed(*, title: str, summary: str, text: str, language: str, english: Mapping[str, str]) -> Keyed:
    """Keys with their places. Title weighs most (A), then the summary (B), then the text (D, which is not written)."""
    places: dict[str, list[str]] = {}
    words: set[str] = set()
    seen: dict[str, list[str]] = {}
    position = 0
    for part, weight in ((title, "A"), (summary, "B"), (text, "")):
        for token in tokens(part):
            position += 1
            keys = seen.get(token.word)
            if keys is None:
                keys = seen[token.word] = keys_of(token.word, language=language, english=english)
                words.add(token.word)
                words.update(key[1:] for key in keys if key[0] == LEMMA)
            for key in keys:
                known = places.setdefault(key, [])
                if len(known) < _PLACES and position <= LAST_POSITION:
                    known.append(f"{position}{weight}")
                elif not known:
                    known.append(f"{LAST_POSITION}{weight}")
    vector = " ".join(f"{quoted(key)}:{','.join(known)}" for key, known in places.items())
    leading = [quoted(key) for key, known in places.items() if known[0][-1] in "AB"]
    often = [quoted(OFTEN + key) for key, known in places.items() if len(known) >= _OFTEN]
    shortness = 1 / log2(1 + max(1, sum(map(len, places.values()))))
    return Keyed(vector=vector, salient=" ".join(leading + often), shortness=shortness, words=sorted(words))


def quoted(key: str) -> str:
    """A key as tsvector and tsquery literals want it."""
    escaped = key.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def english_stems(words: Iterable[str]) -> dict[str, str]:
    """English stems by PostgreSQL's own stemmer, in one statement; a stop word stays as it is."""
    wanted = sorted({word for word in words if word.isascii()})
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("select w, (ts_lexize('english_stem', w))[1] from unnest(%s::text[]) w", [wanted])
        return {word: found or word for word, found in cursor.fetchall()}


def lexicon_row(word: str) -> tuple[str, str, list[str]]:
    """What the lexicon keeps of a word: folded form, folded light stem, lemmas."""
    return fold(word), fold(stem(word)), list(lemmas_of(word))

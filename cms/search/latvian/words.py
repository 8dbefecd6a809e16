"""Words of a text with their places, and how far apart two words are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_WORD = 60
"""Longer runs of letters are no words; they are left out of index and query."""

_WORD = re.compile(r"[^\W_]+")

_FUNCTION_WORDS = """
un vai bet ar par no uz pie pēc pirms bez caur līdz starp kā ka ja jo gan arī tikai jau vēl ir nav tas tā to kas ko
the a an of and or in on for is are by with from at as it this that
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Words that tell nothing of a text; a query that holds others too does without them."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word in small letters and where it stands in its text."""

    word: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in their order. The text is taken as it is: give it in NFC."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        if end - start <= LONGEST_WORD:
            yield Token(match[0].lower(), start, end)


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of `tokens` stand, without a look at them."""
    return (span for span in map(re.Match.span, _WORD.finditer(text)) if span[1] - span[0] <= LONGEST_WORD)


def clean(text: str, *, longest: int | None = None) -> str:
    """A text in NFC, with every control, format and unassigned sign turned into a space, and spaces run together."""
    seen = unicodedata.normalize("NFC", text[: longest * 4] if longest else text)
    seen = "".join(" " if unicodedata.category(sign)[0] in "CZ" and sign not in "\u00ad" else sign for sign in seen)
    return " ".join(seen.replace("\u00ad", "").split())[:longest]


def within(one: str, other: str, *, most: int) -> int | None:
    """Edits between two words where a swap of neighbours counts one; None when there are more than `most`."""
    if abs(len(one) - len(other)) > most:
        return None
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        above, row = row, [i]
        for j, right in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most and (not above or min(above) > most):
            return None
        before = above
    return row[-1] if row[-1] <= most else None

"""Where the words of a query stand in a text, and the part of it to show.

The index says at which places the keys stand; counting the words of the text again gives the letters. So a form is marked
however far it is from what was typed, and no text is analysed a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from cms.search.keys import LAST_POSITION
from cms.search.latvian.words import spans

_WORDS = 36
"""Words in an excerpt."""
_BEFORE = 8
"""Words shown before the first that was found."""


@dataclass(frozen=True)
class Piece:
    """A run of text, found or not."""

    text: str
    found: bool = False


def excerpt(*, title: str, summary: str, text: str, places: list[set[int]]) -> tuple[list[Piece], list[Piece]]:
    """The title with marks, and the part of summary or text that holds most of the query's words.

    `places` are the places of each word of the query, counted through title, summary and text from one.
    """
    everywhere = {place for found in places for place in found if place < LAST_POSITION}
    head = list(spans(title))
    lead = list(spans(summary))
    shown = marked(title, {head[place - 1] for place in everywhere if place <= len(head)})
    first_of_text = len(head) + len(lead) + 1
    begin = _best_window([{place for place in found if place >= first_of_text} for found in places])
    if begin is None:
        in_lead = {lead[place - len(head) - 1] for place in everywhere if len(head) < place < first_of_text}
        source = summary or _cut(text, 0, _WORDS)
        return shown, marked(source, in_lead if summary else set())
    start = max(begin - _BEFORE, first_of_text) - first_of_text
    return shown, _part(text, start, {place - first_of_text for place in everywhere})


def marked(text: str, spans: set[tuple[int, int]]) -> list[Piece]:
    """The text in pieces, those at `spans` found."""
    pieces: list[Piece] = []
    at = 0
    for start, end in sorted(spans):
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], found=True))
        at = end
    return [*pieces, Piece(text[at:])] if at < len(text) else pieces


def _best_window(places: list[set[int]]) -> int | None:
    """First place of the window with the most different words, then the most words at all; None where there is none."""
    rows = sorted((place, word) for word, found in enumerate(places) for place in found if place < LAST_POSITION)
    best: tuple[int, int, int] | None = None
    for index, (place, _word) in enumerate(rows):
        inside = [word for other, word in rows[index : index + _WORDS] if other < place + _WORDS - _BEFORE]
        rated = (len(set(inside)), len(inside), -place)
        if best is None or rated > best:
            best = rated
    return -best[2] if best else None


def _part(text: str, start: int, found: set[int]) -> list[Piece]:
    window = list(islice(spans(text), start, start + _WORDS + 1))
    more = len(window) > _WORDS
    window = window[:_WORDS]
    if not window:
        return []
    first, last = window[0][0] if start else 0, window[-1][1] if more else len(text)
    places = {(begin - first, end - first) for number, (begin, end) in enumerate(window, start) if number in found}
    pieces = marked(text[first:last], places)
    return [*([Piece("… ")] if start else []), *pieces, *([Piece(" …")] if more else [])]


def _cut(text: str, start: int, count: int) -> str:
    return "".join(piece.text for piece in _part(text, start, set())) if count else ""

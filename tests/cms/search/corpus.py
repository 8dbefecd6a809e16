"""The judged Latvian of `tests/data/search_lv` and collections of pages made from it."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Locale, Page

from backend.core.text import fold
from cms.search.contents import Content
from cms.search.indexing import write_entries
from cms.search.latvian.words import FUNCTION_WORDS

FOLDER = Path(__file__).resolve().parents[2] / "data" / "search_lv"
_SWAPPED_LETTERS = "aeiouāēīūstrnlkmpdvjgzbcšžčķļņģ"


SETS = ("", "fresh_")
"""The first set, and the one that was written when the search was finished."""


def forms(which: str = "") -> dict[str, set[str]]:
    """Lemma -> its forms, itself among them, in small letters."""
    found: dict[str, set[str]] = {}
    for line in _lines(f"{which}forms.txt"):
        lemma, written = line.lower().split(":")
        found[lemma] = {lemma, *written.split()}
    return found


def sentences(which: str = "") -> list[tuple[str, set[str]]]:
    """(text, lemmas judged to stand in it)."""
    found = []
    for line in _lines(f"{which}sentences.txt"):
        parts = [part.partition("|") for part in line.split()]
        found.append((" ".join(form for form, _bar, _lemma in parts), {lemma.lower() for _form, _bar, lemma in parts if lemma}))
    return found


def with_error(word: str, chance: random.Random) -> str:
    """The word with one error at a drawn place: a letter lost, doubled, swapped with its neighbour or replaced."""
    place = chance.randrange(len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    other = chance.choice([each for each in _SWAPPED_LETTERS if fold(each) != fold(letter)])
    ways = [before + after, before + letter * 2 + after, before + after[0] + letter + after[1:], before + other + after]
    wrong = [way for way in ways if fold(way) != fold(word)]
    return chance.choice(wrong)


def make_pages(texts: Sequence[str], *, kind: str = "textpage") -> list[int]:
    """Live pages with these texts, and their entries in the index; keys in the order of the texts."""
    root = Page.objects.filter(depth=2).order_by("path").last() or Page.objects.get(depth=1)
    locale = Locale.objects.get(language_code="lv")
    # A type without a table of its own: the entries are written straight, nothing asks for the specific page.
    content_type = ContentType.objects.get_for_model(Page)
    pages = [
        Page(
            title=f"T{number}",
            slug=f"t{number}",
            path=f"{root.path}{_step(number)}",
            depth=root.depth + 1,
            url_path=f"{root.url_path}t{number}/",
            content_type=content_type,
            locale=locale,
            live=True,
            translation_key=uuid.uuid4(),
        )
        for number in range(len(texts))
    ]
    Page.objects.bulk_create(pages, batch_size=1_000)
    for begin in range(0, len(pages), 500):
        part = zip(pages[begin : begin + 500], texts[begin : begin + 500], strict=True)
        write_entries([(Content(page.pk, None, "lv", kind, "", "", text), "0") for page, text in part])
    return [page.pk for page in pages]


@dataclass(frozen=True)
class Collection:
    """Texts with the frequencies of real ones, and what was drawn to write them."""

    texts: list[str]
    tokens: list[list[tuple[str, str]]]
    """Of each text its telling words: (lemma, form as written)."""
    frequent: list[str]
    """Lemmas that tell something, the most frequent first: each of the first few stands in a quarter of the texts."""


LEMMAS = 20_000


def collection(size: int, *, seed: int = 7) -> Collection:
    """Texts of about 145 words by Zipf's law in Mandelbrot's form: the n-th lemma is drawn as often as 1 / (n + 2.7).

    The first ranks are words that tell nothing (and, is, of ...), as in any language. Behind them stand the judged lemmas in
    their forms, for a site about schools writes of schools; the long rest are made-up words that the dictionary does not know.
    """
    chance = random.Random(seed)
    known = _known_forms()
    made_up: dict[str, None] = {}
    while len(made_up) < LEMMAS - len(known) - len(FUNCTION_WORDS):
        made_up["".join(chance.choice("bdgklmnprstvz") + chance.choice("aeiouāēīū") for _ in range(4))] = None
    telling = list(known)
    chance.shuffle(telling)
    lemmas = [*sorted(FUNCTION_WORDS), *telling, *made_up]
    shares = list(accumulate(1 / (rank + 2.7) for rank in range(1, len(lemmas) + 1)))
    texts, tokens = [], []
    for _ in range(size):
        drawn = [(lemma, chance.choice(known.get(lemma, [lemma]))) for lemma in chance.choices(lemmas, cum_weights=shares, k=145)]
        texts.append(" ".join(form for _lemma, form in drawn))
        tokens.append([(lemma, form) for lemma, form in drawn if lemma not in FUNCTION_WORDS])
    return Collection(texts, tokens, telling)


def _known_forms() -> dict[str, list[str]]:
    """Forms of each judged lemma, those in the judged sentences among them."""
    found = {lemma: set(group) for lemma, group in forms().items()}
    for line in _lines("sentences.txt"):
        for form, _bar, lemma in (part.partition("|") for part in line.split()):
            if lemma:
                found.setdefault(lemma.lower(), {lemma.lower()}).add(form.lower())
    return {lemma: sorted(group) for lemma, group in sorted(found.items())}


def grouped(judged: Sequence[tuple[str, set[str]]]) -> dict[str, set[int]]:
    """Lemma -> numbers of the texts in which it stands."""
    found: dict[str, set[int]] = defaultdict(set)
    for number, (_text, lemmas) in enumerate(judged):
        for lemma in lemmas:
            found[lemma].add(number)
    return dict(found)


def _lines(name: str) -> list[str]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _step(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    step = ""
    for _ in range(3):
        number, digit = divmod(number, 36)
        step = digits[digit] + step
    return "Z" + step

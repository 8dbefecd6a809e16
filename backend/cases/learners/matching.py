"""Whether two records may be one person, and what speaks for it: names and birth dates compared, without the database.

No source says how the real system looks for doubles; weights and threshold are ours (docs/decisions/0103-likely-duplicates.md).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from backend.cases.learners.models import MatchBasis
from backend.core.text import fold, nfc

NAME_WEIGHTS = {
    MatchBasis.NAME: Decimal("0.550"),
    MatchBasis.NAME_FOLDED: Decimal("0.530"),
    MatchBasis.NAME_SWAPPED: Decimal("0.500"),
    MatchBasis.NAME_TRANSLITERATED: Decimal("0.480"),
    MatchBasis.NAME_NEAR: Decimal("0.380"),
}
DATE_WEIGHTS = {MatchBasis.BIRTH_DATE: Decimal("0.400"), MatchBasis.BIRTH_DATE_NEAR: Decimal("0.250")}
CERTAIN = Decimal("1.000")
"""The same personal code, whatever else differs."""
LIKELY = Decimal("0.700")
"""From here on a pair is shown. A name and a date must both speak for it; two doubtful ones do not."""
_FEWEST_LETTERS = 4
"""Shorter names differ by a letter too easily to be called near."""

_SOUNDS = "a b v g d e e z z i j k l m n o p r s t u f h c c s sc _ i _ e ju ja i i e g"
_CYRILLIC = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ", _SOUNDS.split(), strict=True))
# Other ways of writing the same sounds, brought to one; longer ones first.
_SPELLINGS = (
    ("shch", "sc"),
    ("sch", "s"),
    ("sh", "s"),
    ("ch", "c"),
    ("zh", "z"),
    ("kh", "h"),
    ("ts", "c"),
    ("ph", "f"),
    ("x", "ks"),
    ("w", "v"),
    ("yo", "e"),
    ("jo", "e"),
    ("yu", "ju"),
    ("ya", "ja"),
    ("ye", "e"),
    ("je", "e"),
    ("y", "i"),
    ("iu", "ju"),
    ("ija", "ja"),
    ("ia", "ja"),
)

_DOUBLED = re.compile(r"(.)\1+")


@dataclass(frozen=True)
class Person:
    """What is compared of a record."""

    given_name: str
    family_name: str
    birth_date: dt.date


@dataclass(frozen=True)
class Match:
    """What speaks for two records being one person, and how much, 0 to 1."""

    bases: tuple[MatchBasis, ...]
    score: Decimal


def compared(one: Person, other: Person) -> Match | None:
    """What speaks for it; None where it is less than likely. The same whichever record comes first."""
    name, date = name_basis(one, other), date_basis(one.birth_date, other.birth_date)
    if name is None or date is None:
        return None
    score = NAME_WEIGHTS[name] + DATE_WEIGHTS[date]
    return Match((name, date), score) if score >= LIKELY else None


def name_basis(one: Person, other: Person) -> MatchBasis | None:
    """How two names agree, the closest way first; None where they do not."""
    here, there = (one.given_name, one.family_name), (other.given_name, other.family_name)
    if _each(here, lambda name: nfc(name).casefold()) == _each(there, lambda name: nfc(name).casefold()):
        return MatchBasis.NAME
    if _each(here, fold) == _each(there, fold):
        return MatchBasis.NAME_FOLDED
    mine, theirs = _each(here, sounds), _each(there, sounds)
    if not all((*mine, *theirs)):
        return None  # signs that stand for no sound, in a script that we cannot compare
    if mine == theirs:
        return MatchBasis.NAME_TRANSLITERATED
    if mine == theirs[::-1]:
        return MatchBasis.NAME_SWAPPED
    differing = [(a, b) for a, b in zip(mine, theirs, strict=True) if a != b]
    near = all(min(len(a), len(b)) >= _FEWEST_LETTERS and one_letter_apart(a, b) for a, b in differing)
    return MatchBasis.NAME_NEAR if near else None


def date_basis(one: dt.date, other: dt.date) -> MatchBasis | None:
    """How two birth dates agree."""
    if one == other:
        return MatchBasis.BIRTH_DATE
    return MatchBasis.BIRTH_DATE_NEAR if other in near_dates(one) else None


def near_dates(day: dt.date) -> set[dt.date]:
    """Dates with day and month swapped or one digit off: what a slip of the pen makes of a birth date."""
    written = f"{day:%Y%m%d}"
    found = set(_dates([written[:4] + written[6:] + written[4:6]]))
    for place, sign in enumerate(written):
        found |= set(_dates([written[:place] + digit + written[place + 1 :] for digit in "0123456789" if digit != sign]))
    return found - {day}


def sounds(name: str) -> str:
    """A name brought to its sounds: written over from Cyrillic, without diacritics, foreign spellings and the Latvian ending.

    "Алексей", "Aleksejs" and "Alexey" give the same.
    """
    letters = "".join(_CYRILLIC.get(sign, sign) for sign in nfc(name).casefold()).replace("_", "")
    words = [_word(word) for word in re.split(r"[^a-z]+", fold(letters)) if word]
    return " ".join(words)


def one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter too many, too few, another, or two neighbours swapped, is all that differs."""
    if abs(len(one) - len(other)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, other_rest = one[at:], other[at:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[:2] == other_rest[:2][::-1] and rest[2:] == other_rest[2:])
    )


def _word(word: str) -> str:
    word = _DOUBLED.sub(r"\1", word)
    word = word.removesuffix("s") if len(word) > _FEWEST_LETTERS else word  # Ivanovs: Ivanov
    for written, sound in _SPELLINGS:
        word = word.replace(written, sound)
    word = _DOUBLED.sub(r"\1", word)
    return word[:-1] + "i" if word.endswith("j") else word  # Aleksej: Aleksei


def _each(names: tuple[str, str], form: Callable[[str], str]) -> tuple[str, str]:
    return form(names[0]), form(names[1])


def _dates(texts: list[str]) -> Iterator[dt.date]:
    for text in texts:
        try:
            yield dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            continue

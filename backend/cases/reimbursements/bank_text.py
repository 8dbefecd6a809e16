"""Text as banks take it: the Latin letters, digits and few signs of the SEPA rulebooks."""

from __future__ import annotations

import re

from text_unidecode import unidecode

_FOREIGN = re.compile(r"[^A-Za-z0-9/?:().,'+ -]+")
_SPACES = re.compile(r"\s+")
_SLASHES = re.compile(r"/{2,}")


def bank_text(text: str, *, longest: int, empty: str = "NOTPROVIDED") -> str:
    """`text` in the letters of SEPA messages, at most `longest` signs: Ķemeru pagasts -> Kemeru pagasts.

    Signs outside the set become spaces, and a text neither begins nor ends with a slash nor holds two in a row (EPC217-08).
    `empty` stands where nothing is left.
    """
    plain = _FOREIGN.sub(" ", unidecode(text))
    plain = _SLASHES.sub("/", _SPACES.sub(" ", plain)).strip(" /")
    return plain[:longest].strip(" /") or empty

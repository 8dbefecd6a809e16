"""Text in Unicode NFC, and the Latvian alphabetical order as a stored key.

The embedded PostgreSQL has no ICU and a bare machine no Latvian locale, so the order is computed here and stored in a
column compared byte by byte (docs/decisions/0005-latvian-order.md).
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models

# Primary order of the Latvian alphabet, as CLDR tailors it: long vowels sort with their short ones on the first level, y
# with i; q and w (foreign) and the old ŗ have places of their own.
_ALPHABET = "abcčdefgģhijkķlļmnņopqrŗsštuvwxzž"
_PRIMARY = {letter: chr(0x41 + position) for position, letter in enumerate(_ALPHABET)}
_SECOND_LEVEL = {
    "ā": ("a", "1"),
    "ē": ("e", "1"),
    "ī": ("i", "1"),
    "ō": ("o", "1"),
    "ū": ("u", "1"),
    "y": ("i", "2"),
}


def nfc(value: str) -> str:
    """`value` in NFC with outer white space removed."""
    return unicodedata.normalize("NFC", value).strip()


_UNSEEN = {"Cc", "Cs", "Cn", "Co"}
# Signs that turn the reading direction: a text with them reads otherwise than it is stored.
_TURNING = {chr(code) for code in (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def has_unseen_signs(value: str, *, lines: bool = False) -> bool:
    """Whether a text holds control signs, unassigned ones or ones that turn its direction; `lines` admits breaks and tabs."""
    admitted = {"\n", "\t"} if lines else set()
    return any(sign in _TURNING or (unicodedata.category(sign) in _UNSEEN and sign not in admitted) for sign in value)


def sort_key(value: str) -> str:
    """Key whose byte order is the Latvian alphabetical order of `value`.

    First the letters of the alphabet (case and vowel length ignored), then vowel length: Kaziņš, Kazis, Kāzis. Digits
    come before letters; other signs count as a space.
    """
    first: list[str] = []
    second: list[str] = []
    for original in unicodedata.normalize("NFC", value).casefold():
        letter, weight = _SECOND_LEVEL.get(original, (original, "0"))
        if letter not in _PRIMARY and not letter.isdigit():
            plain = unicodedata.normalize("NFD", letter)[0]
            letter = plain if plain in _PRIMARY else " "
        if letter == " " and (not first or first[-1] == " "):
            continue
        first.append(_PRIMARY.get(letter, letter))
        second.append(weight)
    return "".join(first).rstrip() + "\x01" + "".join(second).rstrip("0")


def fold(value: str) -> str:
    """`value` without case and diacritics, for forgiving search."""
    decomposed = unicodedata.normalize("NFD", value.casefold())
    return unicodedata.normalize("NFC", "".join(letter for letter in decomposed if not unicodedata.combining(letter)))


LONGEST_KEY = 512


class SortKeyField(models.CharField):  # type: ignore[type-arg]
    """Stored `sort_key()` of the row's name: of its attribute `of` whenever the row is saved, else filled by the service."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_KEY)
        kwargs.setdefault("db_collation", "C")
        kwargs.setdefault("editable", False)
        self.of = of
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Asked by `save()` and `bulk_create()`. Rows that SQL wrote: `backend.core.database.sort_keys`."""
        if self.of:
            setattr(model_instance, self.attname, sort_key(getattr(model_instance, self.of))[:LONGEST_KEY])
        return super().pre_save(model_instance, add)


class KeepsSortKey(models.Model):
    """A row whose `sort_key` follows its name, also where only some of its columns are saved."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, and the key with every name."""
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "sort_key"}
        super().save(*args, **kwargs)

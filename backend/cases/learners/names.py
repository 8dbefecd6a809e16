"""The stored keys of a learner's name."""

from __future__ import annotations

from backend.core.text import fold, nfc, sort_key


def name_keys(*, given_name: str, family_name: str) -> tuple[str, str]:
    """(key of the Latvian order by family name, key for forgiving search that holds both names each way round)."""
    given, family = nfc(given_name), nfc(family_name)
    return sort_key(f"{family} {given}"), fold(f"{given} {family} {given}")

"""Keys that the seed decides: time-ordered ones for things (kind to indexes), random ones for persons."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from random import Random

Chance = Callable[[str], Random]
"""Gives each part of the country its own chance, by name."""


class Keys:
    """Version 7 keys in rising order: the milliseconds count up from the moment given, the rest is drawn."""

    def __init__(self, rng: Random, *, since: float) -> None:
        self._draw = rng.getrandbits
        self._next = int(since * 1000)

    def next(self) -> str:
        """The next key, as text without hyphens."""
        self._next += 1
        bits = self._draw(72)
        return f"{self._next:012x}7{bits >> 60:03x}8{bits & 0xFFFFFFFFFFFFFFF:015x}"


def key_after(parent: str, name: str) -> str:
    """The key of a row that hangs on `parent` (a time-ordered key without hyphens): of the same time, its rest from both."""
    digest = hashlib.md5(f"{parent}{name}".encode(), usedforsecurity=False).hexdigest()
    return f"{parent[:17]}{digest[:15]}"


def random_key(rng: Random) -> str:
    """A version 4 key: a person's key tells nothing."""
    bits = rng.getrandbits(120)
    return f"{bits >> 72:012x}4{(bits >> 60) & 0xFFF:03x}a{bits & 0xFFFFFFFFFFFFFFF:015x}"

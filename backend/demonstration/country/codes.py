"""Generated personal codes of both formats, valid and never given out twice (domain.md 10)."""

from __future__ import annotations

import datetime as dt
from random import Random

_WEIGHTS = (10, 5, 8, 4, 2, 1, 6, 3, 7, 9)
NEW_SHARE = 0.07
"""Assumed share of learners with a code of the new format, which tells no birth date (given since July 2017)."""
NEW_SINCE = dt.date(2017, 7, 1)


def check_digit(ten: str) -> str:
    """The eleventh digit."""
    return str((1 + sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, ten, strict=True))) % 11 % 10)


class PersonalCodes:
    """Gives out codes."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def draw(self, born: dt.date) -> str:
        """Eleven digits for someone born on that day, not drawn before."""
        while True:
            if born >= NEW_SINCE or self._rng.random() < NEW_SHARE:
                ten = f"32{self._rng.randrange(10**8):08d}"
            else:
                century = "2" if born.year >= 2000 else "1"
                ten = f"{born:%d%m%y}{century}{self._rng.randrange(1000):03d}"
            if ten not in self._given:
                self._given.add(ten)
                return ten + check_digit(ten)

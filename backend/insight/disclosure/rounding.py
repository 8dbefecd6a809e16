"""Rounding: the simple mode of protection. Unbiased at random to a base, the same answer for the same key."""

from __future__ import annotations

from backend.insight.disclosure.cellkey import MODULUS


def rounded(*, count: int, key: int, base: int) -> int:
    """A multiple of `base` next to `count`: the lower or the upper one, so that the mean over keys is the count itself.

    17 to base 3 becomes 15 with a chance of a third and 18 with two thirds (Stats NZ). Raises ValueError for a base below 2.
    """
    if base < 2:
        raise ValueError("Round to a base of 2 at least.")
    lower, rest = count - count % base, count % base
    return lower + base if key * base < rest * MODULUS else lower

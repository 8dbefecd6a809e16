"""Cell keys: answers of the table builder outside one's scope carry a small noise that hangs on the group of records alone.

Every record has a key, a keyed hash of its id. The keys of a group's records add up to the cell's key, which picks the noise:
the same group gets the same noise however it was asked for, for ever, so that asking again, or asking for the difference,
yields nothing (Fraser and Wooton 2005; Statistics Estonia and ONS, census 2021). Plain Python: no library is loaded for it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from uuid import UUID

from backend.insight.disclosure.profiles import Profile

MODULUS = 2**48
"""Keys of records are whole numbers below this, and so are those of cells."""
LEAST_SHOWN = 3
"""An answer is nought or at least this: 1 and 2 never appear (Statistics Estonia, census 2021)."""


def record_key(*, secret: bytes, record: UUID) -> int:
    """The key of a record, from 0 up to `MODULUS`: the first 48 bits of SHA-256 over the secret and the id's 16 bytes.

    No one chooses ids or sees keys, so the plain hash does (PostgreSQL has no HMAC of its own; `SQL_KEY` says the same there).
    """
    return int.from_bytes(hashlib.sha256(secret + record.bytes).digest()[:6], "big")


SQL_KEY = "('x' || substr(encode(sha256(decode(%s, 'hex') || uuid_send({record})), 'hex'), 1, 12))::bit(48)::bigint"
"""`record_key` in PostgreSQL: the parameter is the secret in hexadecimal, `{record}` a column of UUIDs."""


def told_apart(*, secret: bytes, key: int, by: str) -> int:
    """A key for a figure that the same records have several of (a role's hours and another's), from the group's key."""
    return int.from_bytes(hashlib.sha256(secret + key.to_bytes(6, "big") + by.encode()).digest()[:6], "big")


def cell_key(keys: Iterable[int]) -> int:
    """The key of a group from those of its records, each once: their sum, modulo `MODULUS`."""
    return sum(keys) % MODULUS


def perturbed(*, count: int, key: int, profile: Profile) -> int:
    """A count with its noise: unbiased, never negative, never 1 or 2; nought stays nought."""
    if count <= 0:
        return 0
    chances = noise_for(min(count, profile.noise_reach + LEAST_SHOWN), profile.noise_reach, float(profile.noise_variance))
    drawn, sum_so_far = key / MODULUS, 0.0
    for move, chance in chances:
        sum_so_far += chance
        if drawn < sum_so_far:
            return count + move
    return count + chances[-1][0]


def perturbed_sum(*, value: Decimal, contributors: int, largest: Decimal, key: int, profile: Profile) -> Decimal | None:
    """A sum with noise, in whole euro or hours: as many largest contributions as the noise of its contributors' count.

    None, suppressed, where fewer stand behind it than the profile asks for. Differencing two groups that differ in one person
    meets a noise of that person's own size.
    """
    if contributors < max(profile.threshold, profile.least_contributors):
        return None
    noise = perturbed(count=contributors, key=key, profile=profile) - contributors
    # a further draw from the same key, between a half and one, so that the noise is no round multiple
    share = Decimal(key % 1000) / 2000 + Decimal("0.5")
    moved = value + largest * noise * share / Decimal(max(profile.noise_reach, 1))
    return max(moved, Decimal(0)).quantize(Decimal(1), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class _Noise:
    """Moves that a count may make, and the tilt of their chances."""

    moves: tuple[int, ...]

    def chances(self, tilt: float, spread: float) -> list[float]:
        """Of the largest entropy for a mean and a variance: proportional to exp(tilt v - spread v²)."""
        weights = [math.exp(tilt * move - spread * move * move) for move in self.moves]
        whole = sum(weights)
        return [weight / whole for weight in weights]

    def centred(self, spread: float) -> list[float]:
        """With the tilt that makes the mean nought, by bisection; the mean rises with the tilt."""
        low, high = -60.0, 60.0
        for _step in range(200):
            tilt = (low + high) / 2
            mean = sum(move * chance for move, chance in zip(self.moves, self.chances(tilt, spread), strict=True))
            low, high = (tilt, high) if mean < 0 else (low, tilt)
        return self.chances((low + high) / 2, spread)


@lru_cache(maxsize=256)
def noise_for(count: int, reach: int, variance: float) -> tuple[tuple[int, float], ...]:
    """(move, chance) of a count: mean nought, variance at most `variance` where the allowed moves permit, none beyond `reach`.

    Counts of `reach + LEAST_SHOWN` and more all have the same.
    """
    moves = tuple(move for move in range(-reach, reach + 1) if count + move == 0 or count + move >= LEAST_SHOWN)
    noise = _Noise(moves)
    low, high = 0.0, 20.0
    for _step in range(80):
        spread = (low + high) / 2
        found = noise.centred(spread)
        got = sum(move * move * chance for move, chance in zip(moves, found, strict=True))
        low, high = (spread, high) if got > variance else (low, spread)
    return tuple(zip(moves, noise.centred(high), strict=True))

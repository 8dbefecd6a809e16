"""Leaky buckets shared by every worker process: one upsert a request.

A bucket refills evenly and holds at most its capacity. The counter stands in an unlogged PostgreSQL table, so that two
processes, or two machines, count together; a commit that touches only an unlogged table waits for no disk.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from backend.core.clock import now

_FORGET_AFTER = dt.timedelta(hours=1)
_SWEEP_EVERY = 600.0  # seconds between two sweeps of old rows in one process
_last_sweep = time.monotonic()

_REFILLED = "least(%(capacity)s, bucket.available + %(rate)s * extract(epoch from clock_timestamp() - bucket.refilled_at))"
_TAKE = f"""
    insert into core_ratebucket as bucket (key, available, refilled_at)
    values (%(key)s, %(capacity)s - %(points)s, clock_timestamp())
    on conflict (key) do update set available = {_REFILLED} - %(points)s, refilled_at = clock_timestamp()
    where {_REFILLED} >= %(points)s
    returning available
"""  # noqa: S608  (constants only)
_LEVEL = f"select {_REFILLED} from core_ratebucket as bucket where key = %(key)s"  # noqa: S608


@dataclass(frozen=True)
class Bucket:
    """`capacity` points that refill within `seconds`."""

    capacity: int
    seconds: float = 60.0

    @property
    def rate(self) -> float:
        """Points a second."""
        return self.capacity / self.seconds


@dataclass(frozen=True)
class Taken:
    """What a request got: whether it may go on, points left, seconds to wait where it may not."""

    granted: bool
    limit: int
    remaining: int
    retry_after: int
    reset_at: dt.datetime
    """When the bucket is full again if nobody draws from it."""


def take(*, key: str, points: int, bucket: Bucket) -> Taken:
    """Draw `points` from the bucket of `key`. One statement when granted, two when refused."""
    _sweep_sometimes()
    parameters: dict[str, str | float] = {
        "key": key,
        "capacity": float(bucket.capacity),
        "rate": bucket.rate,
        "points": float(points),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, parameters)
        row = cursor.fetchone()
        granted = row is not None
        if row is None:
            cursor.execute(_LEVEL, parameters)
            row = cursor.fetchone()
    available = float(row[0]) if row else 0.0
    wait = 0 if granted else max(1, math.ceil((points - available) / bucket.rate))
    reset_at = now() + dt.timedelta(seconds=(bucket.capacity - available) / bucket.rate)
    return Taken(granted=granted, limit=bucket.capacity, remaining=max(0, int(available)), retry_after=wait, reset_at=reset_at)


def address_key(request: HttpRequest) -> str:
    """The caller's address as a keyed hash: enough to count by, nothing to read."""
    header = settings.CLIENT_ADDRESS_HEADER
    address = request.META.get(header, "") if header else request.META.get("REMOTE_ADDR", "")
    return hmac.new(settings.SECRET_KEY.encode(), str(address).encode(), hashlib.sha256).hexdigest()[:32]


def _sweep_sometimes() -> None:
    """Forget buckets nobody has drawn from for an hour: they are full anyway."""
    global _last_sweep  # noqa: PLW0603  (one number a process)
    if time.monotonic() - _last_sweep < _SWEEP_EVERY:
        return
    _last_sweep = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("delete from core_ratebucket where refilled_at < %s", [now() - _FORGET_AFTER])

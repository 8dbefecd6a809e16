"""Points drawn in advance: a process draws a share of a bucket at once and spends it without a statement.

A point is always drawn from the shared bucket before it is spent, so all processes together never spend more than the
bucket gives. What differs from drawing each time: a process that stops takes its unspent share with it, and near the end
of a bucket up to a share of it may lie with the other processes. When the bucket holds no share any more, each request
draws for itself again.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from django.conf import settings

from backend.core.rate_limit import Bucket, Taken, take

_MOST = 1_024


@dataclass
class _Share:
    left: float
    capacity: int
    drawn: Taken
    at: float


_shares: OrderedDict[str, _Share] = OrderedDict()
_lock = Lock()


def take_from_share(*, key: str, points: int, bucket: Bucket) -> Taken:
    """As `rate_limit.take`, with a statement only when this process's share is used up."""
    size = int(bucket.capacity * settings.RATE_SHARE)
    if points > size:
        return take(key=key, points=points, bucket=bucket)
    spent = _spend(key, points, bucket)
    if spent is not None:
        return spent
    drawn = take(key=key, points=points + size, bucket=bucket)
    if not drawn.granted:
        return take(key=key, points=points, bucket=bucket)
    with _lock:
        _shares[key] = _Share(size, bucket.capacity, drawn, time.monotonic())
        while len(_shares) > _MOST:
            _shares.popitem(last=False)
    return _told(_shares[key], bucket)


def _spend(key: str, points: int, bucket: Bucket) -> Taken | None:
    with _lock:
        share = _shares.get(key)
        if share is None or share.capacity != bucket.capacity or share.left < points:
            return None
        share.left -= points
        return _told(share, bucket)


def _told(share: _Share, bucket: Bucket) -> Taken:
    """What the caller is told: the shared bucket as it was, refilled since, and what is left of the share."""
    refilled = share.drawn.remaining + share.left + bucket.rate * (time.monotonic() - share.at)
    remaining = min(bucket.capacity, int(refilled))
    full_in = dt.timedelta(seconds=(bucket.capacity - remaining) / bucket.rate)
    return Taken(True, bucket.capacity, remaining, 0, dt.datetime.now(dt.UTC) + full_in)

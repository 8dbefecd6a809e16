"""A process that draws points in advance never spends more than the bucket gives."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from backend.core import rate_lease, rate_limit
from backend.core.rate_limit import Bucket, take

BUCKET = Bucket(capacity=1_000, seconds=1_000_000)  # refills far slower than the test runs


@pytest.fixture(autouse=True)
def _no_shares(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing drawn in advance, and old buckets swept just now: the process swept last whenever a test before it did."""
    rate_lease._shares.clear()
    monkeypatch.setattr(rate_limit, "_last_sweep", time.monotonic())


@override_settings(RATE_SHARE=0.1)
def test_most_requests_need_no_statement_and_are_told_the_truth() -> None:
    with CaptureQueriesContext(connection) as queries:
        told = [rate_lease.take_from_share(key="a", points=2, bucket=BUCKET).remaining for _ in range(40)]
    assert told == [998 - 2 * n for n in range(40)]
    assert len(queries) == 1


@override_settings(RATE_SHARE=0.1)
def test_no_more_is_granted_than_the_bucket_holds() -> None:
    granted = sum(rate_lease.take_from_share(key="b", points=3, bucket=BUCKET).granted for _ in range(500))
    assert granted * 3 <= 1_000 < (granted + 1) * 3 + 100
    refused = rate_lease.take_from_share(key="b", points=3, bucket=BUCKET)
    assert (refused.granted, refused.retry_after > 0) == (False, True)


@override_settings(RATE_SHARE=0.1)
def test_two_processes_together_stay_within_the_bucket() -> None:
    granted = 0
    for _ in range(200):
        granted += 5 * rate_lease.take_from_share(key="c", points=5, bucket=BUCKET).granted
        granted += 5 * take(key="c", points=5, bucket=BUCKET).granted  # another process, drawing for itself
    assert granted <= 1_000

"""The nightly check: due once a night whatever restarts, done by a worker, its last result told to the operator."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tasks_db.models import DBTaskResult

from backend.core.database.roles import acting_as
from backend.core.periodic import declared
from backend.insight.statistics.nightly import checked_nightly, due, last_check
from tests.factories.cast import Cast
from tests.trail.conftest import committed, trail_files  # noqa: F401

RIGA = ZoneInfo("Europe/Riga")


@pytest.mark.parametrize(
    ("at", "last", "is_due"),
    [
        ("2026-11-23 02:29", "2026-11-22 02:31", False),
        ("2026-11-23 02:31", "2026-11-22 02:31", True),
        ("2026-11-23 02:31", "2026-11-23 02:30", False),
        ("2026-11-23 14:00", "2026-11-23 02:30", False),
        ("2026-11-23 14:00", "2026-11-21 02:40", True),  # it was off for a night
        ("2026-10-25 03:30", "2026-10-25 02:31", False),  # the night in which an hour comes twice
    ],
)
def test_when_it_is_due(at: str, last: str, is_due: bool) -> None:
    moments = [dt.datetime.fromisoformat(each).replace(tzinfo=RIGA) for each in (at, last)]
    assert due(at=moments[0], last=moments[1]) is is_due


@pytest.fixture
def queue(settings: Any) -> None:
    """The queue of the platform, where tests otherwise do their tasks at once."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def _work() -> None:
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)


def _told() -> str:
    out = StringIO()
    call_command("check_statistics", "--last", stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_worker_checks_once_a_night_and_the_operator_is_told(committed: Cast, queue: None) -> None:  # noqa: F811
    assert "check-statistics" in {job.name for job in declared()}
    with pytest.raises(CommandError, match="No nightly check"):
        _told()
    _migrated(dt.timedelta(days=2))
    assert len(list(checked_nightly())) == 1
    assert list(checked_nightly()) == [], "whoever restarts finds it in the queue"
    assert "has not ended: READY" in _told()
    _work()
    found = last_check()
    assert found is not None
    assert (found.sound, found.said is not None and found.said["folded"] > 3) == (True, True)
    assert "are exact" in _told()
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("update rollup.cell set value = value + 1 where sums = 'PLANS'")
    DBTaskResult.objects.update(enqueued_at=found.at - dt.timedelta(days=1))
    assert len(list(checked_nightly())) == 1
    _work()
    with pytest.raises(CommandError, match=r"found: \d+ in cell"):
        _told()
    last = last_check()
    assert last is not None
    assert last.sound is False


@pytest.mark.django_db(transaction=True)
def test_a_fresh_installation_waits_for_its_first_night(committed: Cast, queue: None) -> None:  # noqa: F811
    _migrated(dt.timedelta(0))
    assert list(checked_nightly()) == []


def _migrated(ago: dt.timedelta) -> None:
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("update django_migrations set applied = now() - %s", [ago])

"""The check of every night: roll-ups against a recount of the rows, sealed reports against their seals.

The periodic process only looks whether one is due and hands it to a worker, since a recount takes minutes. What was checked last
stands in the queue's own table, so that a restart neither forgets nor repeats it, and a machine that was off at night catches
up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from backend.core.clock import now
from backend.insight.statistics.tasks import check

DUE_AT = dt.time(2, 30)
"""Local time of the check: nobody writes then."""


@dataclass(frozen=True)
class LastCheck:
    """How the newest check ended."""

    at: dt.datetime
    state: str
    """As the queue says: READY, RUNNING, SUCCESSFUL, FAILED."""
    said: dict[str, Any] | None
    """What it found (`tasks.check`); None where it has not ended, or failed by a fault."""

    @property
    def sound(self) -> bool | None:
        """Whether everything was exact; None as long as it is not known."""
        if self.said is not None:
            return not (self.said["differences"] or self.said["signatures"])
        return False if self.state == "FAILED" else None


def last_check() -> LastCheck | None:
    """The newest check that was handed to a worker; None where there was none yet. One statement."""
    row = DBTaskResult.objects.filter(task_path=check.module_path).order_by("-enqueued_at").first()
    if row is None:
        return None
    return LastCheck(row.finished_at or row.enqueued_at, str(row.status), row.return_value)


def due(*, at: dt.datetime, last: dt.datetime) -> bool:
    """Whether the night's hour has passed since `last`. Both with their zone."""
    here = timezone.localtime(at)
    night = here.replace(hour=DUE_AT.hour, minute=DUE_AT.minute, second=0, microsecond=0)
    if night > here:
        night -= dt.timedelta(days=1)
    return last < night


def checked_nightly() -> Iterator[str]:
    """Hand the check to a worker where it is due; a line when it was. A periodic job.

    Before the first one, the night counts from the last migration: a fresh installation has nothing to check yet.
    """
    asked = DBTaskResult.objects.filter(task_path=check.module_path).aggregate(last=Max("enqueued_at"))["last"]
    since = asked or MigrationRecorder.Migration.objects.aggregate(last=Max("applied"))["last"]
    if since is not None and due(at=now(), last=since):
        check.enqueue()
        yield "The nightly check of statistics was handed to a worker."

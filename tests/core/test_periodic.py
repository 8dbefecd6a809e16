"""Periodic work: declared by apps, done by one process, each job at its own pace."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import OperationalError

from backend.core.periodic import Periodic, declared, go_on

turns: list[str] = []
stop = threading.Event()


def quick() -> Iterator[str]:
    """Does its work, and ends everything after the third turn."""
    turns.append("quick")
    if turns.count("quick") == 3:
        stop.set()
    yield "quick done"


def away() -> Iterator[str]:
    """Its database cannot be reached."""
    turns.append("away")
    raise OperationalError("the server is away")
    yield


def wrong() -> Iterator[str]:
    """A fault of ours."""
    raise ZeroDivisionError
    yield


def _run(*jobs: Periodic) -> tuple[str, str]:
    turns.clear()
    stop.clear()
    out, err = StringIO(), StringIO()
    go_on(jobs, stop=stop, out=OutputWrapper(out), err=OutputWrapper(err))
    return out.getvalue(), err.getvalue()


def test_every_declared_job_can_be_found_and_run(transactional_db: None, tmp_path: object, settings: object) -> None:
    settings.TRAIL_ANCHOR_FILE = tmp_path / "anchors.log"  # type: ignore[attr-defined, operator]
    assert {"seal-trail", "fold-statistics", "publish-due"} <= {job.name for job in declared()}
    assert len({job.name for job in declared()}) == len(declared())
    for job in declared():
        assert all(isinstance(line, str) for line in job.turn())


def test_each_has_its_own_pace_and_one_whose_database_is_away_is_tried_again(db: None) -> None:
    out, err = _run(Periodic("quick", 0.05, f"{__name__}.quick"), Periodic("away", 60, f"{__name__}.away"))
    assert turns == ["quick", "away", "quick", "quick"]
    assert out.count("quick done") == 3
    assert err.strip() == "away: the server is away"


def test_a_fault_ends_the_process(db: None) -> None:
    with pytest.raises(ZeroDivisionError):
        _run(Periodic("wrong", 1, f"{__name__}.wrong"))


def test_the_command_tells_its_jobs_and_refuses_others() -> None:
    out = StringIO()
    call_command("run_periodic", "--list", stdout=out)
    assert "seal-trail" in out.getvalue()
    with pytest.raises(CommandError, match="No such job: sweep"):
        call_command("run_periodic", "sweep")

"""Work that is done again and again while the platform runs: declared by the apps, done by one process.

An app lists its `Periodic` jobs as `periodic` of its AppConfig; `manage.py run_periodic` does them all, one after another, so
that one process with one connection keeps the platform in order. Work that somebody asked for is a task instead.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.core.management.base import OutputWrapper
from django.db import InterfaceError, OperationalError, connection
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Periodic:
    """A job, by the path of its function, which gives the lines worth telling: none when there was nothing to do."""

    name: str
    seconds: float
    """Pause between the end of one turn and the beginning of the next."""
    path: str

    def turn(self) -> Iterable[str]:
        """Do the work once."""
        work: Callable[[], Iterable[str]] = import_string(self.path)
        return work()


def declared() -> list[Periodic]:
    """The jobs of all apps, the most frequent first."""
    jobs = [job for app in apps.get_app_configs() for job in getattr(app, "periodic", ())]
    return sorted(jobs, key=lambda job: (job.seconds, job.name))


def until_told() -> threading.Event:
    """An event that INT and TERM set: the turn that runs is finished first."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def go_on(jobs: Sequence[Periodic], *, stop: threading.Event, out: OutputWrapper, err: OutputWrapper) -> None:
    """Do each job whenever its pause is over, until `stop` is set.

    A database that is away is waited for: the job's next turn tries a new connection. Any other error ends the process, so
    that whoever watches over it is told.
    """
    due = {job.name: 0.0 for job in jobs}
    while not stop.is_set():
        for job in jobs:
            if stop.is_set() or due[job.name] > time.monotonic():
                continue
            try:
                for line in job.turn():
                    out.write(line)
            except (OperationalError, InterfaceError) as problem:
                connection.close()
                err.write(f"{job.name}: {problem}")
            due[job.name] = time.monotonic() + job.seconds
        stop.wait(max(0.0, min(due.values()) - time.monotonic()))

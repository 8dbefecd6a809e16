"""What the trail costs a write, and what the read log costs a read: `python -m tests.bench.trail_cost`.

Connects to the configured server, makes a database of its own with the cast, and times transactions in turns: with the
trail's triggers, without them (disabled by the owner), and reads with and without their log. Prints one line a shape: by the
clock, and by the time that this process and its server process spent computing, which other work on the machine does not
touch. The limit is held by the latter; both commit once, so nothing else differs.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

Act = Callable[[], Any]
Taken = tuple[float, float]
"""Seconds by the clock, and of computing."""
ROUNDS, PER_ROUND = 9, 40
LIMIT = 1.5


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.test")
    os.environ.setdefault("TEST_DATABASE_NAME", "bench_trail")
    django.setup()
    from tests.database import TestDatabase

    database = TestDatabase(worker="")
    database.make()
    try:
        return _measure()
    finally:
        database.drop()


def _measure() -> int:
    from django.db import transaction
    from django.db.models import F

    from backend.accounts.read_log import LearnerRead, record_reads
    from backend.accounts.roles import Area
    from backend.accounts.scope import Scope, scoped
    from backend.cases.delivery.models import Consultation
    from backend.cases.learners.models import Learner
    from backend.cases.plans.models import Measure
    from backend.core.trail.context import Channel
    from backend.registry import reference as registry
    from backend.territory import reference as territory
    from tests.factories.cast import make_cast
    from tests.factories.rows import ConsultationFactory

    with transaction.atomic():
        territory.load()
        registry.load()
    cast = make_cast()
    scope, giving = cast.scope("author of maple"), cast.scope("provider of maple")
    provider = cast.staff["provider of maple"]
    with scoped(scope):
        measure = Measure.objects.select_related("plan", "learner", "institution").get(
            plan=cast.plans["Anna"], category="CONSULTATION"
        )
    reads = [LearnerRead(cast.learners["Anna"].pk, cast.schools["maple"].pk, "lrn")] * 50

    free_days = (dt.date(2030, 1, 1) + dt.timedelta(days=number) for number in itertools.count())

    def insert(count: int) -> Callable[[], Act]:
        def prepare() -> Act:
            days = itertools.islice(free_days, count)
            rows = [ConsultationFactory.build(measure=measure, provider=provider, held_on=day) for day in days]
            return lambda: Consultation.objects.bulk_create(rows)

        return lambda: in_scope(prepare(), giving)

    def in_scope(act: Act, whose: Scope) -> Act:
        def inside() -> None:
            with scoped(whose):
                act()

        return inside

    def update() -> Act:
        return in_scope(lambda: Consultation.objects.filter(pk=first).update(version=F("version") + 1), giving)

    def read(*, log: bool) -> Callable[[], Act]:
        def act() -> None:
            list(Learner.objects.filter(enrolments__institution=cast.schools["maple"]).values()[:50])
            if log:
                record_reads(scope=scope, reads=reads, area=Area.LEARNERS, channel=Channel.CASE_API)

        return lambda: in_scope(act, scope)

    insert(1)()()
    with scoped(giving):
        first = Consultation.objects.filter(measure=measure).values_list("pk", flat=True)[0]

    worst = 0.0
    for name, prepare in (("insert of 1", insert(1)), ("insert of 30", insert(30)), ("update of 1", update)):
        times: dict[bool, list[Taken]] = {True: [], False: []}
        for turn in range(ROUNDS * 2):
            on = turn % 2 == 0
            _switch_trail(on=on)
            prepare()()
            times[on].append(_timed(prepare))
        worst = max(worst, _tell(name, times[True], times[False]))
    _switch_trail(on=True)
    pairs = [(_timed(read(log=True)), _timed(read(log=False))) for _ in range(ROUNDS)]
    _tell("read of 50 with its log", [logged for logged, _ in pairs], [plain for _, plain in pairs])
    print(f"A write costs {worst:.2f} x at worst; the limit is {LIMIT}.")
    return 0 if worst <= LIMIT else 1


def _switch_trail(*, on: bool) -> None:
    """Let the triggers of the table fire, or not."""
    from django.db import connection

    from backend.core.database.roles import acting_as

    state = "enable always" if on else "disable"
    with acting_as("owner"), connection.cursor() as cursor:
        for event in ("insert", "update", "delete"):
            cursor.execute(f"alter table delivery_consultation {state} trigger trail_{event}")


def _timed(prepare: Callable[[], Act]) -> Taken:
    """Of one act, the medians of a round; preparing it does not count."""
    from django.db import connection

    connection.ensure_connection()
    server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    taken = []
    for _ in range(PER_ROUND):
        act = prepare()
        start, computed = time.perf_counter(), _computed(server)
        act()
        taken.append((time.perf_counter() - start, _computed(server) - computed))
    return statistics.median(clock for clock, _ in taken), statistics.median(computing for _, computing in taken)


def _computed(server: Path) -> float:
    """Seconds that this process and the server's have spent on a processor. Linux alone tells it of another process."""
    return time.process_time() + int(server.read_text().split()[0]) / 1e9


def _tell(name: str, with_it: list[Taken], without: list[Taken]) -> float:
    """The ratio of computing."""
    ratios = []
    for what, place in (("by the clock", 0), ("computing", 1)):
        dear, cheap = (statistics.median(taken[place] for taken in rounds) for rounds in (with_it, without))
        ratios.append(dear / cheap)
        spread = max(taken[place] for taken in with_it) / min(taken[place] for taken in with_it)
        print(
            f"{name}, {what}: {dear * 1000:.2f} ms with, {cheap * 1000:.2f} ms without,"
            f" ratio {ratios[-1]:.2f} (spread {spread:.2f})"
        )
    return ratios[1]


if __name__ == "__main__":
    sys.exit(main())

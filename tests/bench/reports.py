"""What a semester's report costs over the country at its real size: `python -m tests.bench.reports`.

On the country that `tests.bench.country` has loaded under `var/bench-country`. Beside the report: one hand-written aggregate of
the same figures, by who is under no row security; the recount from rows; the report as it was known in the midst of the semester. Seconds of
the best of several, in one connection. Ends with 1 where the figures differ.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from deploy.local.postgres import EmbeddedServer
from deploy.local.roles import prepare_database
from tests.bench.servers import ROOT
from tests.timing import best_of

VAR = ROOT / "var" / "bench-country"
SEMESTER = "2022/2023-2"
MIDST = dt.datetime(2023, 4, 15, tzinfo=dt.UTC)
_BY_HAND = """
with p as materialized (select id, learner_id from plans_supportplan where semester_id = %(semester)s and activated_at is not null),
m as materialized (
    select m.id, m.kind_code, m.learner_id from plans_measure m where m.plan_id in (select id from p)
),
h as materialized (
    select c.measure_id, c.specialist_role, c.learner_id, c.hours from delivery_consultation c join m on m.id = c.measure_id
    where c.provider_confirmed_at is not null and c.learner_confirmed_at is not null and c.voided_at is null
),
k as materialized (
    select k.measure_id, k.kind, k.learner_id, k.amount from reimbursements_reimbursementclaim k join m on m.id = k.measure_id
    where k.status in ('APPROVED', 'PAID')
)
select (select count(*) from p), (select count(distinct learner_id) from p), (select sum(hours) from h), (select sum(amount) from k),
    (select json_agg(r) from (
        select f."group", count(*), count(distinct r.plan_id), count(distinct p.learner_id) from plans_riskassessment r
        join p on p.id = r.plan_id join registry_riskfactor f on f.id = r.risk_factor_id where r.moment = 'START' group by 1
    ) r),
    (select json_agg(r) from (select kind_code, count(*) from m group by 1) r),
    (select json_agg(r) from (select specialist_role, sum(hours), count(distinct learner_id) from h group by 1) r),
    (select json_agg(r) from (select kind, sum(amount), count(distinct learner_id) from k group by 1) r)
"""


def main() -> int:
    """Serve the loaded country and measure in a process of its own, in which Django is set up."""
    server = EmbeddedServer(VAR)
    server.start()
    try:
        prepare_database(admin_url=server.admin_url(), database="pumpurs", var=VAR)
        environment = {**os.environ, "VAR_ROOT": str(VAR), "DJANGO_SETTINGS_MODULE": "backend.config.settings.local"}
        return subprocess.run(
            [sys.executable, "-m", "tests.bench.reports", "measure"], cwd=ROOT, env=environment, check=False
        ).returncode
    finally:
        server.stop()


def measure() -> int:
    """Print the table; 1 where the figures of two ways differ."""
    import django

    django.setup()
    from django.db import connection

    from backend.accounts.scope import scoped
    from backend.core.database.roles import acting_as
    from backend.insight.statistics.full_report import full_report
    from backend.insight.statistics.reach import asked_for
    from backend.insight.statistics.recount import recounted
    from backend.insight.statistics.selectors import rolled_up, semester_report
    from backend.territory.models import Semester
    from tests.factories.rows import STATE

    semester = Semester.objects.get(code=SEMESTER)
    with acting_as("loader"), connection.cursor() as cursor:

        def by_hand() -> tuple[Any, ...]:
            cursor.execute(_BY_HAND, {"semester": semester.pk})
            return tuple(cursor.fetchone() or ())

        hand, figures = best_of(by_hand, 5), by_hand()
    with acting_as("app"), scoped(STATE):
        reach = asked_for(scope=STATE, on=dt.date(2023, 10, 16))
        assert reach is not None
        report = semester_report(scope=STATE, semester=semester)
        assert report is not None
        counted = recounted(scope=STATE, semester=semester, reach=reach)
        agree = rolled_up(semester=semester, reach=reach) == counted and (report.plans, report.learners) == figures[:2]
        print(f"{SEMESTER}: {report.plans} plans, {report.learners} learners, {figures[2]} hours, {figures[3]} euro")
        ways: dict[str, tuple[Callable[[], Any], int]] = {
            "semesterReport": (lambda: semester_report(scope=STATE, semester=semester), 15),
            "with all its tables": (lambda: full_report(scope=STATE, semester=semester).tables, 7),
            "recounted from rows": (lambda: recounted(scope=STATE, semester=semester, reach=reach), 3),
            "as known in its midst": (lambda: semester_report(scope=STATE, semester=semester, as_of=MIDST), 1),
        }
        print(f"one aggregate by hand {hand * 1e3:.1f} ms; of it:")
        for name, (ask, times) in ways.items():
            seconds = best_of(ask, times)
            print(f"{name:<24}{seconds * 1e3:10.1f} ms{seconds / hand:10.3f}", flush=True)
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(measure() if "measure" in sys.argv[1:] else main())

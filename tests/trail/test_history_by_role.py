"""History under the other roles: the loader back-dates, the owner may tamper, and it shows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction

from backend.accounts.scope import scoped
from backend.cases.learners.models import Learner
from backend.cases.plans.models import Measure
from backend.core.clock import now
from backend.core.database.roles import acting_as
from backend.core.trail.context import back_dated
from backend.core.trail.guards import missing_guards, rows_changed_round_the_trail
from backend.core.trail.history import known_on, versions
from tests.factories.cast import Cast
from tests.factories.rows import STATE


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'select count(*) from trail."{table}"')
        return int(cursor.fetchone()[0])


def test_the_guards_stand_and_their_absence_is_told(as_owner: Cast) -> None:
    assert missing_guards() == []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("alter table learners_learner disable trigger trail_update")
        cursor.execute("alter function trail.record_plans_measure() security invoker")
        cursor.execute("grant insert on trail.delivery_consultation to app")
        found = missing_guards()
        transaction.set_rollback(True)
    assert found == [
        "learners_learner: trigger trail_update does not stand",
        "trail.record_plans_measure does not run as its owner",
        "app may write trail.delivery_consultation",
    ]


def test_rows_as_they_were_known(committed: Cast) -> None:
    anna = committed.learners["Anna"].pk
    with scoped(STATE):
        first = versions(model=Learner, key=anna)[0].recorded_at
        Learner.objects.filter(pk=anna).update(given_name="Anete")
    with scoped(STATE):
        then = {row.pk: row for row in known_on(model=Learner, moment=first)}
        today = {row.pk: row for row in known_on(model=Learner, moment=now())}
        before_all = list(known_on(model=Learner, moment=first - dt.timedelta(seconds=1), where="h.id = %s", parameters=[anna]))
    assert (then[anna].given_name, today[anna].given_name) == ("Anna", "Anete")
    assert before_all == []


def test_the_loader_may_record_with_the_rows_own_time(committed: Cast) -> None:
    anna = committed.learners["Anna"].pk
    moment = dt.datetime(2021, 9, 1, 8, tzinfo=dt.UTC)
    with acting_as("loader"), transaction.atomic():
        Learner.objects.filter(pk=anna).update(updated_at=moment)
        with back_dated():
            Learner.objects.filter(pk=anna).update(updated_at=moment, given_name="Anete")
    with scoped(STATE):
        told = {version.recorded_at for version in versions(model=Learner, key=anna)}
    assert moment in told
    assert len(told) == 3


def test_a_truncated_table_leaves_its_rows_in_history(as_owner: Cast) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("truncate reimbursements_reimbursementclaim cascade")
        cursor.execute("select count(*) from trail.reimbursements_reimbursementclaim where trail_op = 'T'")
        assert cursor.fetchone()[0] >= 6
        assert rows_changed_round_the_trail() == []
        transaction.set_rollback(True)


def test_a_live_row_changed_round_the_trail_is_found(as_owner: Cast) -> None:
    anna = as_owner.learners["Anna"].pk
    assert rows_changed_round_the_trail() == []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("alter table learners_learner disable trigger trail_update")
        cursor.execute("update learners_learner set family_name = 'Cita' where id = %s", [anna])
        found: list[tuple[str, str]] = rows_changed_round_the_trail()
        transaction.set_rollback(True)
    assert found == [("learners_learner", f"learners_learner {anna} differs from its last entry")]


def test_rows_that_stood_before_auditing_get_a_baseline(as_owner: Cast) -> None:
    from backend.core.trail.install import install

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("drop table trail.plans_measure cascade")
        install(cursor)
        cursor.execute("select count(*), min(trail_op::text), max(trail_op::text) from trail.plans_measure")
        row: tuple[Any, ...] = cursor.fetchone()
        transaction.set_rollback(True)
    assert row[0] == Measure.objects.count()
    assert row[1:] == ("B", "B")

"""Roll-ups say what a count of the rows says: folded, waiting, or half and half, whatever is written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction

from backend.accounts.roles import Area
from backend.accounts.scope import scoped
from backend.cases.plans.models import SupportPlan
from backend.insight.statistics.reach import asked_for
from backend.insight.statistics.recount import recounted
from backend.insight.statistics.rollups.keeping import differences, fold, fold_all, rebuild, waiting
from backend.insight.statistics.selectors import rolled_up
from backend.territory.models import Municipality, Region, Semester
from tests.factories.cast import TODAY, Cast
from tests.factories.rows import EnrolmentFactory, RiskAssessmentFactory, SupportPlanFactory, check_keys_now, whole_state
from tests.insight.test_report_as_known import STEPS


def same_as_recount(cast: Cast) -> int:
    """The report of every unit that somebody reaches, from the roll-ups and from the rows; how many were compared."""
    told = 0
    units: list[tuple[str, dict[str, Any]]] = [
        ("agency", {}),
        ("researcher", {}),
        ("author of maple", {}),
        ("agency", {"institution": cast.schools["birch"]}),
        ("agency", {"municipality": Municipality.objects.get(code="LV-059"), "on": dt.date(2025, 7, 1)}),
        ("coordinator of vidzeme", {"region": Region.objects.get(code="Vidzeme")}),
    ]
    for person, unit in units:
        scope = cast.scope(person)
        reach = asked_for(scope=scope, **({"on": TODAY} | unit))
        assert reach is not None
        for semester in Semester.objects.filter(code__in=["2022/2023-2", "2023/2024-1"]):
            with scoped(scope):
                assert rolled_up(semester=semester, reach=reach) == recounted(scope=scope, semester=semester, reach=reach)
            told += 1
    return told


def test_waiting_folded_and_rebuilt_are_the_same(cast: Cast) -> None:
    assert _waiting() > 3
    assert same_as_recount(cast) == 12
    assert fold(most=3) > 0
    assert _waiting() > 0
    assert same_as_recount(cast) == 12, "some are folded, some wait"
    fold_all()
    assert _waiting() == 0
    assert same_as_recount(cast) == 12
    assert differences() == {}
    before = _tables()
    assert rebuild() > 20
    assert _tables() == before
    assert differences() == {}


def test_every_kind_of_change_moves_the_sums(cast: Cast) -> None:
    fold_all()
    for number, step in enumerate(STEPS):
        with whole_state():
            step(cast)
            check_keys_now()
        assert same_as_recount(cast) == 12, step.__name__
        if number % 2:
            fold_all()
            assert same_as_recount(cast) == 12, step.__name__
    fold_all()
    assert differences() == {}


def test_a_learner_at_two_schools_is_one(cast: Cast) -> None:
    with whole_state():
        anna = cast.plans["Anna"]
        anna.enrolment.ends_on, anna.enrolment.end_reason = dt.date(2023, 3, 31), "MOVED"
        anna.enrolment.save()
        again = EnrolmentFactory(learner=anna.learner, institution=cast.schools["linden"], starts_on=dt.date(2023, 4, 1))
        second = SupportPlanFactory(enrolment=again)
        for plan in (anna, second):
            RiskAssessmentFactory(plan=plan, moment="END")
    assert same_as_recount(cast) == 12
    fold_all()
    assert same_as_recount(cast) == 12
    assert len(_tables()["overlap"]) == 2, "she is remembered at both: with a plan, and with a risk at its end"
    with whole_state():
        SupportPlan.objects.filter(pk=second.pk).update(status="DRAFT", activated_at=None)
    assert same_as_recount(cast) == 12
    fold_all()
    assert _tables()["overlap"] == []
    assert same_as_recount(cast) == 12


@pytest.mark.parametrize("person", ["author of maple", "coordinator of madona", "editor"])
def test_row_security_on_rollups(cast: Cast, person: str) -> None:
    with whole_state():
        fold(most=3)
    scope = cast.scope(person)
    reached = scope.institutions(Area.STATISTICS)
    with scoped(scope):
        for table in ("fact", "cell", "touched", "waiting_facts()"):
            seen = {row[0] for row in _rows(table, "institution_id")}
            assert seen <= reached, table
            if table == "touched":
                assert bool(seen) == bool(reached)
        for write in ("insert into rollup.touched values (gen_random_uuid(), gen_random_uuid())", "delete from rollup.cell"):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(write)


def _rows(table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"select {columns} from rollup.{table}")
        return list(cursor.fetchall())


def _tables() -> dict[str, list[tuple[Any, ...]]]:
    with whole_state():
        return {name: sorted(_rows(name), key=str) for name in ("fact", "cell", "overlap")}


def _waiting() -> int:
    with whole_state():
        return waiting()

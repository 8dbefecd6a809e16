"""Roll-ups while many write: exact at every moment, nobody waits for anybody, and a difference is found."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from backend.accounts.scope import enter_scope
from backend.cases.delivery.models import Consultation
from backend.cases.plans.models import RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.core.clock import now
from backend.core.database.roles import acting_as
from backend.insight.statistics.reach import Reach, asked_for
from backend.insight.statistics.recount import recounted
from backend.insight.statistics.rollups.keeping import differences, fold, fold_all
from backend.insight.statistics.selectors import rolled_up
from backend.territory.models import Municipality, Semester
from tests.concurrency import Client, all_at_once
from tests.factories.cast import TODAY, Cast
from tests.factories.rows import STATE, ConsultationFactory, RiskAssessmentFactory, whole_state
from tests.insight.test_rollups import same_as_recount
from tests.trail.conftest import committed, trail_files  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = 25
"""Of each writer."""


def _writer(number: int, seed: int, plans: list[SupportPlan]) -> Callable[[], int]:
    """Random changes of the writer's own plans, each a transaction's savepoint; other writers change other plans at once."""
    draw = random.Random(seed * 100 + number)

    def write() -> int:
        for step in range(WRITES):
            plan = draw.choice(plans)
            _change(draw, plan, number * 1_000 + step)
        return WRITES

    return write


def _change(draw: random.Random, plan: SupportPlan, place: int) -> None:
    what = draw.choice(("hour", "strike", "risk", "no risk", "money", "never active", "active"))
    plans = SupportPlan.objects.filter(pk=plan.pk)
    if what == "hour":
        measure = plan.measures.get(kind_code="TEACHER")
        ConsultationFactory(measure=measure, held_on=dt.date(2023, 2, 7) + dt.timedelta(days=place % 1_000 + place // 1_000 * 40))
    elif what == "strike":
        hours = Consultation.objects.filter(learner=plan.learner, voided_at=None)[:1].values("pk")
        Consultation.objects.filter(pk__in=hours).update(voided_at=now(), void_reason="Cita diena")
    elif what == "risk":
        RiskAssessment.objects.filter(plan=plan, moment="END").delete()
        RiskAssessmentFactory(plan=plan, moment="END")
    elif what == "no risk":
        RiskAssessment.objects.filter(plan=plan, measures=None).delete()
    elif what == "money":
        paid = draw.random() < 0.5
        status = {"status": "PAID", "paid_at": now()} if paid else {"status": "APPROVED", "paid_at": None}
        ReimbursementClaim.objects.filter(learner=plan.learner).update(**status, decided_at=now())
    elif what == "never active":
        plans.update(status="DRAFT", activated_at=None)
    else:
        plans.update(status="ACTIVE", activated_at=now(), submitted_at=now())


class _Watching(threading.Thread):
    """Folds and compares as fast as it can, until it is stopped: in one snapshot the roll-ups must say what the rows say."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(daemon=True)
        self.stop, self.compared, self.problem = threading.Event(), 0, ""
        municipality = Municipality.objects.get(code="LV-059")
        self.semester = Semester.objects.get(code="2022/2023-2")
        with whole_state():
            reaches = (asked_for(scope=STATE, on=TODAY), asked_for(scope=STATE, municipality=municipality, on=TODAY))
        self.reaches: list[Reach] = [reach for reach in reaches if reach is not None]

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                fold(most=2)
                with transaction.atomic():
                    with connection.cursor() as cursor:
                        cursor.execute("set transaction isolation level repeatable read")
                    enter_scope(STATE)
                    for reach in self.reaches:
                        rolled = rolled_up(semester=self.semester, reach=reach)
                        counted = recounted(scope=STATE, semester=self.semester, reach=reach)
                        if rolled != counted:
                            self.problem = f"{rolled}\n{counted}"
                            return
                        self.compared += 1
        finally:
            connection.close()


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.full), pytest.param(3, marks=pytest.mark.full)])
def test_exact_at_every_moment_while_many_write(committed: Cast, seed: int) -> None:  # noqa: F811
    with whole_state():
        plans = list(SupportPlan.objects.filter(semester__code="2022/2023-2", measures__kind_code="TEACHER").order_by("id"))
    watching = _Watching(committed)
    watching.start()
    writers = [Client(STATE, _writer(number, seed, plans[number::3])) for number in range(3)]
    outcomes = all_at_once(writers)
    assert [outcome.value() for outcome in outcomes] == [WRITES] * 3
    watching.stop.set()
    watching.join(20)
    assert watching.problem == ""
    assert watching.compared >= 2
    fold_all()
    assert differences() == {}
    assert same_as_recount(committed) == 12


def test_nobody_waits_for_anybody(committed: Cast) -> None:  # noqa: F811
    """One writer's transaction stays open; another writes about the same institution, somebody folds and somebody reads."""
    fold_all()
    anna, davis = committed.plans["Anna"], committed.plans["Dāvis"]
    held = Client(STATE, lambda: RiskAssessmentFactory(plan=anna, moment="END").pk, hold=True)
    held.start()
    assert held.acted.wait(10)
    with whole_state():
        RiskAssessmentFactory(plan=davis, moment="END")
    assert fold() == 1, "the open transaction's plan is not there yet"
    assert same_as_recount(committed) == 12
    held.release.set()
    held.join(10)
    assert fold() == 1
    assert same_as_recount(committed) == 12
    assert differences() == {}


def test_a_difference_is_found(committed: Cast) -> None:  # noqa: F811
    """The recount finds a sum that is off, a fact that is gone, and one that nothing stands behind."""
    fold_all()
    assert differences() == {}
    for statement, where in (
        ("update rollup.cell set value = value + 1 where sums = 'HOURS:SPECIALIST_ROLE'", {"cell"}),
        ("delete from rollup.fact where kind = 'RISKS'", {"cell", "fact"}),
        ("update rollup.fact set plan_id = gen_random_uuid() where kind = 'AMOUNTS'", {"fact"}),
        (
            "insert into rollup.overlap select semester_id, learner_id, 'PLANS', '', '', '{}' from rollup.fact limit 1",
            {"overlap"},
        ),
    ):
        with acting_as("owner"):
            _done(statement)
        assert where <= differences().keys(), statement
        with acting_as("owner"):
            _done("select rollup.rebuild()")
        assert differences() == {}


def _done(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)

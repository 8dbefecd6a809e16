"""Two people decide on one plan at the same moment, on connections of their own: one wins, the other gets CONFLICT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from backend.cases.plans import services
from backend.cases.plans.models import PlanStatus, PlanStep, SupportPlan
from backend.core.refusals import Code
from backend.registry import reference as registry
from backend.territory import reference as territory
from tests.cases.plans.walk import Walk, make_walk
from tests.concurrency import Client, Outcome, all_at_once, one_before_the_other
from tests.factories.case_rows import ApplicationFactory
from tests.factories.cast import make_cast
from tests.factories.rows import MeasureFactory, RiskAssessmentFactory, SupportPlanFactory, whole_state

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = [20, pytest.param(200, marks=pytest.mark.full)]


@pytest.fixture
def committed(transactional_db: None) -> Walk:
    """The chain of maple, so that other connections see it."""
    with transaction.atomic():
        territory.load()
        registry.load()
        return make_walk(make_cast())


def _waiting(walk: Walk, **fields: Any) -> SupportPlan:
    """A plan on the head's desk, written past the commands: they are not what is raced here."""
    learner = walk.learner()
    with whole_state():
        application = ApplicationFactory(learner=learner, institution=walk.desk.school, semester=walk.desk.semester)
        plan: SupportPlan = SupportPlanFactory(
            enrolment=learner.enrolments.get(),
            semester=walk.desk.semester,
            period_to=walk.desk.semester.plan_period_ends_on,
            application=application,
            **({"status": "SUBMITTED", "activated_at": None} | fields),
        )
        MeasureFactory(plan=plan, risk=RiskAssessmentFactory(plan=plan))
    return plan


def _client(walk: Walk, person: str, service: Callable[..., Any], *, hold: bool = False, **given: Any) -> Client:
    scope = walk.desk.scope(walk.people[person])
    return Client(scope, lambda: service(scope=scope, **given), hold=hold)


def _one_won(outcomes: list[Outcome]) -> None:
    assert [outcome.error for outcome in outcomes] == [None, None]
    refusals = [outcome.refusal for outcome in outcomes if outcome.refusal is not None]
    assert len(refusals) == 1, outcomes
    assert refusals[0].codes == {Code.CONFLICT}


def _steps(plan: SupportPlan) -> list[str]:
    with whole_state():
        return list(PlanStep.objects.filter(plan=plan).values_list("to_status", flat=True))


@pytest.mark.parametrize(
    ("second", "given"),
    [
        (services.approve_support_plan, {}),
        (services.return_support_plan, {"comment": "Precizējiet."}),
        (services.interrupt_support_plan, None),
    ],
)
def test_without_a_version_the_later_one_is_told_as_well(
    committed: Walk, second: Callable[..., Any], given: dict[str, Any] | None
) -> None:
    plan = _waiting(committed)
    if given is None:
        given = {"ground_code": "moved", "last_day": committed.today, "comment": "Pārgāja."}
    first = _client(committed, "head", services.approve_support_plan, hold=True, plan_id=plan.pk)
    _one_won(list(one_before_the_other(first, _client(committed, "other head", second, plan_id=plan.pk, **given))))
    assert _steps(plan) == [PlanStatus.APPROVED_BY_INSTITUTION]


def test_contents_and_submission_at_once(committed: Walk) -> None:
    plan = _waiting(committed, status="DRAFT", submitted_at=None)
    first = _client(committed, "author", services.submit_support_plan, hold=True, plan_id=plan.pk)
    later = {"plan_id": plan.pk, "kind_code": "PSYCHOLOGIST", "planned_hours": 1}
    _one_won(list(one_before_the_other(first, _client(committed, "other author", services.plan_measure, **later))))
    with whole_state():
        assert plan.measures.count() == 1


@pytest.mark.parametrize("rounds", ROUNDS)
def test_round_after_round_one_decision_stands(committed: Walk, rounds: int) -> None:
    """Approve and approve, approve and return, in turn; with the version that both had read."""
    for number in range(rounds):
        plan = _waiting(committed)
        given = {"plan_id": plan.pk, "expected_version": plan.version}
        against: tuple[Callable[..., Any], dict[str, Any]] = (services.approve_support_plan, {})
        if number % 2:
            against = (services.return_support_plan, {"comment": "Precizējiet."})
        outcomes = all_at_once(
            [
                _client(committed, "head", services.approve_support_plan, **given),
                _client(committed, "other head", against[0], **given, **against[1]),
            ]
        )
        _one_won(outcomes)
        won = next(outcome.result for outcome in outcomes if outcome.refusal is None)
        assert _steps(plan) == [won.status]
        assert won.version == plan.version + 1

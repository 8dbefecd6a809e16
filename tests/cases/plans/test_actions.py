"""What can be done with a plan next is exactly what its commands would say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from backend.accounts.scope import scoped
from backend.cases.plans import services
from backend.cases.plans.actions import possible_actions
from backend.cases.plans.machine import PlanStepKind
from backend.cases.plans.models import PlanAuthor, SupportPlan
from backend.core.refusals import Refusal
from backend.registry.models import InstitutionParticipation
from tests.cases.plans.walk import FACTOR, Walk
from tests.factories.rows import ConsultationFactory, MeasureFactory, whole_state

# Each step's command with an input that has nothing against it by itself.
COMMANDS: dict[PlanStepKind, tuple[Any, dict[str, Any]]] = {
    PlanStepKind.SUBMIT: (services.submit_support_plan, {}),
    PlanStepKind.APPROVE: (services.approve_support_plan, {}),
    PlanStepKind.RETURN: (services.return_support_plan, {"comment": "Par daudz."}),
    PlanStepKind.EVALUATE: (
        services.evaluate_support_plan,
        {
            "result_text": "Labi.",
            "continue_next": True,
            "end_risks": [services.EndRisk(level=1, risk_factor_code=FACTOR)],
        },
    ),
    PlanStepKind.CLOSE: (services.close_support_plan, {}),
    PlanStepKind.INTERRUPT: (
        services.interrupt_support_plan,
        {"ground_code": "moved", "comment": "Pārgāja.", "last_day": dt.date(2023, 10, 1)},
    ),
}
PEOPLE = ("author", "head", "other head", "coordinator", "municipality", "agency")


def asked(walk: Walk, person: str, *plans: SupportPlan) -> dict[PlanStepKind, list[tuple[str, str]]]:
    """(code, message) of what stands against each step of the first plan."""
    scope = walk.scope(person)
    with scoped(scope):
        found = possible_actions(scope=scope, plan_ids=[plan.pk for plan in plans])[plans[0].pk]
    assert all(action.allowed == (not action.problems) for action in found)
    return {action.step: [(str(problem.code), str(problem.message)) for problem in action.problems] for action in found}


def told(walk: Walk, person: str, plan: SupportPlan, kind: PlanStepKind) -> list[tuple[str, str]]:
    """The same from the command itself, undone again."""
    service, given = COMMANDS[kind]
    try:
        with transaction.atomic():
            walk.do(person, service, plan_id=plan.pk, **given)
            transaction.set_rollback(True)
    except Refusal as refused:
        return [(str(problem.code), str(problem.message)) for problem in refused.problems]
    return []


def bare(walk: Walk) -> SupportPlan:
    """A draft of which nothing is there."""
    return walk.draft()


def own(walk: Walk) -> SupportPlan:
    """A submitted plan that a head drew up as well."""
    plan = walk.submitted()
    with whole_state():
        PlanAuthor.objects.create(plan=plan, institution_id=plan.institution_id, user=walk.people["other head"])
    return plan


def large(walk: Walk) -> SupportPlan:
    """A submitted plan of an amount that takes two people, one of whom has approved it."""
    plan = walk.submitted(euro="2000")
    walk.do("head", services.approve_support_plan, plan_id=plan.pk)
    return plan


def without_part(walk: Walk) -> SupportPlan:
    """A submitted plan of a school that has left."""
    plan = walk.submitted()
    InstitutionParticipation.objects.filter(institution=walk.desk.school).update(left_on=dt.date(2023, 10, 1))
    return plan


def unfinished(walk: Walk) -> SupportPlan:
    """An evaluated plan under which an hour waits for the learner's word."""
    plan = walk.evaluated()
    with whole_state():
        ConsultationFactory(measure=MeasureFactory(plan=plan), held_on=dt.date(2023, 10, 2), learner_confirmed_at=None)
    return plan


@pytest.mark.parametrize(
    "make",
    [bare, Walk.ready, Walk.submitted, own, large, without_part, Walk.active, Walk.evaluated, unfinished],
    ids=lambda make: make.__name__,
)
def test_an_action_says_what_its_command_would(walk: Walk, make: Any) -> None:
    plan = make(walk)
    seen = {person: asked(walk, person, plan) for person in PEOPLE}
    for person, actions in seen.items():
        for kind in PlanStepKind:
            said = told(walk, person, plan, kind)
            if kind in actions:
                assert actions[kind] == said, (person, kind)
            else:
                assert said, (person, kind, "a step that is not named cannot be taken")
    assert len({str(actions) for actions in seen.values()}) > 1, "different people may do different things"


def test_a_condition_names_the_measure_that_does_not_meet_it(walk: Walk) -> None:
    plan = walk.ready()
    alike = walk.measure(plan, None, planned_hours=3)
    scope = walk.scope("author")
    with scoped(scope), override("en"):
        (action,) = (each for each in possible_actions(scope=scope, plan_ids=[plan.pk])[plan.pk] if each.step == "SUBMIT")
        (problem,) = action.problems
        assert "Psychologist support, 3 hours" in str(problem.message), "the plan has another one of ten"
    assert problem.about == alike.public_id


def test_a_closed_plan_leads_nowhere(walk: Walk) -> None:
    plan = walk.do("head", services.close_support_plan, plan_id=walk.evaluated().pk)
    assert asked(walk, "head", plan) == {}


def test_a_page_of_plans_takes_as_many_statements_as_one(walk: Walk) -> None:
    plans = [walk.submitted(), walk.evaluated(), walk.ready(), walk.active(), walk.evaluated()]
    scope, counts = walk.scope("head"), []
    for some in (plans[1:2], plans):
        with scoped(scope), CaptureQueriesContext(connection) as queries:
            possible_actions(scope=scope, plan_ids=[plan.pk for plan in some])
        counts.append(len(queries))
    assert counts == [6, 6]


def test_plans_out_of_reach_are_not_told_of(walk: Walk) -> None:
    plan = walk.submitted()
    scope = walk.scope("technical head")
    with scoped(scope):
        assert possible_actions(scope=scope, plan_ids=[plan.pk]) == {}

"""Selectors and their reasons, under a database that shows everything: the policy's Q has to hold by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from backend.accounts.roles import Area
from backend.accounts.scope import NOBODY
from backend.cases.delivery.selectors import consultations
from backend.cases.learners.policies import LEARNERS
from backend.cases.learners.selectors import enrolments, learner, learners
from backend.cases.plans.policies import PLANS
from backend.cases.plans.selectors import measures, plan_steps, risk_assessments, support_plan, support_plans
from backend.cases.reimbursements.selectors import reimbursement_claims
from tests.cases.test_row_security import SEES
from tests.factories.cast import Cast
from tests.factories.rows import whole_state

ROWS = (enrolments, risk_assessments, measures, consultations, reimbursement_claims)
SUPPORT_ONLY = {"provider of maple"}  # reads no money


@pytest.mark.parametrize("person", [*SEES, "researcher"])
def test_each_reaches_exactly_the_own(cast: Cast, person: str) -> None:
    wanted_learners, wanted_plans = SEES.get(person, (set(), set()))
    scope = cast.scope(person)
    with whole_state():
        reached = {row.pk for row in learners(scope=scope)}
        assert {name for name, row in cast.learners.items() if row.pk in reached} == wanted_learners
        plans = {row.pk for row in support_plans(scope=scope)}
        assert {name for name, row in cast.plans.items() if row.pk in plans} == wanted_plans
        schools = {cast.plans[name].institution_id for name in wanted_plans}
        for selector in ROWS:
            expected = set() if selector is reimbursement_claims and person in SUPPORT_ONLY else schools
            assert {row.institution_id for row in selector(scope=scope)} == expected, selector


@pytest.mark.parametrize("selector", [*ROWS, learners, support_plans, plan_steps])
def test_a_visitor_reaches_nothing(cast: Cast, selector: Any) -> None:
    with whole_state():
        assert not selector(scope=NOBODY).exists()


def test_one_row_absent_or_out_of_reach_is_the_same(cast: Cast) -> None:
    scope = cast.scope("author of maple")
    with whole_state():
        assert learner(scope=scope, learner_id=cast.learners["Anna"].pk) == cast.learners["Anna"]
        assert learner(scope=scope, learner_id=cast.learners["Bruno"].pk) is None
        assert learner(scope=scope, learner_id=cast.plans["Anna"].pk) is None
        assert support_plan(scope=scope, plan_id=cast.plans["Anna"].pk) == cast.plans["Anna"]
        assert support_plan(scope=scope, plan_id=cast.plans["Bruno"].pk) is None


@pytest.mark.parametrize("person", [*SEES, "researcher"])
def test_there_is_a_reason_exactly_for_what_is_reached(cast: Cast, person: str) -> None:
    wanted_learners, wanted_plans = SEES.get(person, (set(), set()))
    scope = cast.scope(person)
    with whole_state():
        assert {name for name, row in cast.learners.items() if LEARNERS.why(scope, row)} == wanted_learners
        assert {name for name, row in cast.plans.items() if PLANS.why(scope, row)} == wanted_plans


def test_the_reason_names_role_level_and_unit(cast: Cast) -> None:
    with whole_state():
        reason = PLANS.why(cast.scope("coordinator of madona"), cast.plans["Anna"])
    assert str(reason) == "municipality_coordinator MUNICIPALITY LV-059"


def test_learners_come_in_latvian_order(cast: Cast) -> None:
    with whole_state():
        names = [row.given_name for row in learners(scope=cast.scope("agency"))]
    assert names == ["Anna", "Bruno", "Cecīlija", "Dāvis", "Elza", "Francis", "Gita"]


def test_after_the_merger_the_schools_follow_the_successor(cast: Cast) -> None:
    later = cast.scope("coordinator of madona", on=dt.date(2025, 7, 1))
    with whole_state():
        assert cast.learners["Francis"] in learners(scope=later)
    assert cast.schools["oak"].pk in later.institutions(Area.LEARNERS)


def test_a_list_of_learners_takes_one_statement(cast: Cast, django_assert_num_queries: Any) -> None:
    scope = cast.scope("author of maple")
    with whole_state(), django_assert_num_queries(1):
        list(learners(scope=scope))

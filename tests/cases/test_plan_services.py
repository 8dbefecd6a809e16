"""Drafting plans and planning measures."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from backend.accounts.models import Level, Role
from backend.accounts.scope import scoped
from backend.cases.plans.measure_rules import months_between
from backend.cases.plans.models import Measure, PlanStep, SupportPlan
from backend.cases.plans.services import draft_support_plan, plan_measure
from backend.core.clock import now
from backend.core.refusals import Code
from backend.registry.models import InstitutionParticipation, MeasureKind
from backend.territory.models import Semester
from tests.cases.desk import Desk, make_desk, problems
from tests.factories.cast import Cast
from tests.factories.rows import EnrolmentFactory, LearnerFactory, RiskAssessmentFactory, UserFactory, user_with, whole_state


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast)


def _draft(desk: Desk, **fields: Any) -> SupportPlan:
    given = {
        "scope": desk.scope(desk.author),
        "learner_id": desk.learner.pk,
        "institution_id": desk.school.pk,
        "semester_id": desk.semester.pk,
    } | fields
    with scoped(given["scope"]):
        return draft_support_plan(**given)


def _plan(desk: Desk, plan: SupportPlan, code: str = "TEACHER", **fields: Any) -> Measure:
    given = {"scope": desk.scope(desk.author), "plan_id": plan.pk, "kind_id": MeasureKind.objects.get(code=code).pk} | fields
    with scoped(given["scope"]):
        return plan_measure(**given)


def test_a_draft_covers_the_plan_period_to_the_last_of_december(desk: Desk) -> None:
    plan = _draft(desk)
    assert (plan.period_from, plan.period_to) == (dt.date(2023, 9, 1), dt.date(2023, 12, 31))
    assert (plan.status, plan.author_id, plan.enrolment_id) == ("DRAFT", desk.author.pk, desk.enrolment.pk)
    assert plan.number == "IAP-MAPLE-2324-1-0001"
    with scoped(desk.scope(desk.author)):
        step = PlanStep.objects.get(plan=plan)
    assert (step.from_status, step.to_status, step.actor_id) == ("", "DRAFT", desk.author.pk)


def test_numbers_follow_each_other_past_ten_thousand(desk: Desk) -> None:
    desk.running_plan(number="IAP-MAPLE-2324-1-9999")
    assert _draft(desk).number == "IAP-MAPLE-2324-1-10000"
    with whole_state():
        other = EnrolmentFactory(learner=LearnerFactory(registering_institution=desk.school))
    assert _draft(desk, learner_id=other.learner_id).number == "IAP-MAPLE-2324-1-10001"


def test_a_second_plan_of_the_semester_is_a_duplicate(desk: Desk) -> None:
    _draft(desk)
    assert problems(partial(_draft, desk)) == {"learner_id": Code.DUPLICATE}


def test_a_draft_begins_with_the_enrolment_and_ends_with_it(desk: Desk) -> None:
    with whole_state():
        stay = EnrolmentFactory(
            learner=LearnerFactory(registering_institution=desk.school),
            starts_on=dt.date(2023, 9, 18),
            ends_on=dt.date(2023, 11, 30),
            end_reason="MOVED",
        )
    plan = _draft(desk, learner_id=stay.learner_id)
    assert (plan.period_from, plan.period_to) == (dt.date(2023, 9, 18), dt.date(2023, 11, 30))


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ({"period_from": dt.date(2023, 8, 31)}, {"period_from": Code.OUT_OF_PERIOD}),
        ({"period_to": dt.date(2024, 1, 1)}, {"period_to": Code.OUT_OF_PERIOD}),
        ({"period_from": dt.date(2023, 11, 1), "period_to": dt.date(2023, 10, 31)}, {"period_to": Code.INVALID}),
    ],
)
def test_a_period_outside_the_semester_is_refused(desk: Desk, period: dict[str, dt.date], expected: dict[str, Code]) -> None:
    assert problems(partial(_draft, desk, **period)) == expected


def test_what_stands_against_a_plan_is_said_all_at_once(desk: Desk) -> None:
    Semester.objects.filter(pk=desk.semester.pk).update(closed_at=now())
    with whole_state():
        learner = LearnerFactory(registering_institution=desk.school)
    found = problems(partial(_draft, desk, learner_id=learner.pk, author_id=uuid.uuid4()))
    assert found == {"semester_id": Code.LOCKED, "learner_id": Code.UNMET_CONDITION, "author_id": Code.NOT_ALLOWED}


def test_what_is_not_there_is_named_each(desk: Desk, cast: Cast) -> None:
    found = problems(
        partial(_draft, desk, learner_id=cast.learners["Cecīlija"].pk, semester_id=uuid.uuid4(), institution_id=uuid.uuid4())
    )
    assert found == dict.fromkeys(("learner_id", "semester_id", "institution_id"), Code.NOT_FOUND)


def test_an_institution_that_left_drafts_no_plan_beyond_its_time(desk: Desk) -> None:
    InstitutionParticipation.objects.filter(institution=desk.school).update(left_on=dt.date(2023, 11, 30))
    assert problems(partial(_draft, desk)) == {"institution_id": Code.UNMET_CONDITION}
    assert _draft(desk, period_to=dt.date(2023, 11, 30))


def test_grades_count_as_the_programme_covered_them_on_the_day(desk: Desk) -> None:
    """Grades 5 to 12 until August 2021, then 1 to 12."""
    with whole_state():
        small = EnrolmentFactory(
            learner=LearnerFactory(registering_institution=desk.school, birth_date=dt.date(2013, 5, 5)),
            stage=2,
            starts_on=dt.date(2020, 9, 1),
        )
    early = Semester.objects.get(code="2020/2021-1")
    Semester.objects.filter(pk=early.pk).update(closed_at=None)
    assert problems(partial(_draft, desk, learner_id=small.learner_id, semester_id=early.pk)) == {
        "learner_id": Code.UNMET_CONDITION
    }
    assert _draft(desk, learner_id=small.learner_id)


def test_only_plan_authors_of_the_institution_draft(desk: Desk, cast: Cast) -> None:
    for person in ("provider of maple", "coordinator of madona", "agency", "auditor"):
        assert problems(partial(_draft, desk, scope=cast.scope(person))) == {"institution_id": Code.NOT_ALLOWED}, person
    assert problems(partial(_draft, desk, scope=cast.scope("head of linden"))) == {"learner_id": Code.NOT_FOUND}


def test_an_app_names_the_author_who_must_be_attached(desk: Desk) -> None:
    app = UserFactory(is_service=True)
    from backend.accounts.services import assign_role

    assign_role(user=app, role=Role.PLAN_AUTHOR, level=Level.INSTITUTION, unit=desk.school, valid_from=dt.date(2017, 3, 16))
    stranger = UserFactory()
    assert problems(partial(_draft, desk, scope=desk.scope(app), author_id=stranger.pk)) == {"author_id": Code.UNMET_CONDITION}
    assert _draft(desk, scope=desk.scope(app), author_id=desk.author.pk).author_id == desk.author.pk


def test_a_person_names_no_other_author(desk: Desk) -> None:
    other = user_with(Role.PLAN_AUTHOR, Level.INSTITUTION, desk.school, username="other author")
    assert problems(partial(_draft, desk, author_id=other.pk)) == {"author_id": Code.NOT_ALLOWED}


def test_a_measure_of_each_category_states_its_own(desk: Desk) -> None:
    plan = _draft(desk)
    teaching = _plan(desk, plan, subject=" Matemātika ", planned_hours=12, months=[10, 9, 10], note="pirmdienās\r\nun otrdienās")
    meals = _plan(desk, plan, "CATERING", planned_amount=Decimal("90.5"))
    project = _plan(desk, plan, "YOUTH_PROJECT")
    assert (teaching.subject, teaching.planned_hours, teaching.months, teaching.note) == (
        "Matemātika",
        12,
        [9, 10],
        "pirmdienās\nun otrdienās",
    )
    assert (meals.planned_amount, project.category) == (Decimal("90.5"), "YOUTH_PROJECT")
    with scoped(desk.scope(desk.author)):
        assert SupportPlan.objects.get(pk=plan.pk).version == 4


@pytest.mark.parametrize(
    ("code", "fields", "expected"),
    [
        ("TEACHER", {}, {"planned_hours": Code.REQUIRED, "subject": Code.REQUIRED}),
        ("TEACHER", {"subject": "Fizika", "planned_hours": 0}, {"planned_hours": Code.INVALID}),
        ("TEACHER", {"subject": "Fizika", "planned_hours": 1000}, {"planned_hours": Code.LIMIT_EXCEEDED}),
        ("PSYCHOLOGIST", {"planned_hours": 2, "planned_amount": Decimal(1)}, {"planned_amount": Code.INVALID}),
        ("CATERING", {}, {"planned_amount": Code.REQUIRED}),
        ("CATERING", {"planned_amount": Decimal(0)}, {"planned_amount": Code.INVALID}),
        ("CATERING", {"planned_amount": Decimal("NaN")}, {"planned_amount": Code.INVALID}),
        ("CATERING", {"planned_amount": Decimal("1.001")}, {"planned_amount": Code.INVALID}),
        ("CATERING", {"planned_amount": Decimal(10**9)}, {"planned_amount": Code.LIMIT_EXCEEDED}),
        ("CATERING", {"planned_amount": Decimal(1), "subject": "x"}, {"subject": Code.INVALID}),
        ("YOUTH_PROJECT", {"planned_hours": 1}, {"planned_hours": Code.INVALID}),
        ("PSYCHOLOGIST", {"planned_hours": 1, "months": [8]}, {"months": Code.OUT_OF_PERIOD}),
        ("PSYCHOLOGIST", {"planned_hours": 1, "risk_id": uuid.uuid4()}, {"risk_id": Code.NOT_FOUND}),
        ("PSYCHOLOGIST", {"planned_hours": 1, "note": "x" * 20_001}, {"note": Code.INVALID}),
    ],
)
def test_a_measure_that_does_not_fit_its_category_is_refused(
    desk: Desk, code: str, fields: dict[str, Any], expected: dict[str, Code]
) -> None:
    plan = _draft(desk)
    assert problems(partial(_plan, desk, plan, code, **fields)) == expected
    with scoped(desk.scope(desk.author)):
        assert SupportPlan.objects.get(pk=plan.pk).version == 1, "nothing was written"


def test_the_risk_is_one_of_the_same_plan(desk: Desk) -> None:
    plan, other = _draft(desk), desk.running_plan()
    with whole_state():
        own, foreign = RiskAssessmentFactory(plan=plan), RiskAssessmentFactory(plan=other)
    assert _plan(desk, plan, "PSYCHOLOGIST", planned_hours=1, risk_id=own.pk).risk_id == own.pk
    found = problems(partial(_plan, desk, plan, "PSYCHOLOGIST", planned_hours=1, risk_id=foreign.pk))
    assert found == {"risk_id": Code.NOT_FOUND}


def test_a_plan_that_went_on_takes_no_measure(desk: Desk) -> None:
    running = desk.running_plan()
    assert problems(partial(_plan, desk, running, "PSYCHOLOGIST", planned_hours=1)) == {"plan_id": Code.LOCKED}


def test_a_stale_version_is_a_conflict(desk: Desk) -> None:
    plan = _draft(desk)
    _plan(desk, plan, "PSYCHOLOGIST", planned_hours=1, expected_version=1)
    found = problems(partial(_plan, desk, plan, "PSYCHOLOGIST", planned_hours=1, expected_version=1))
    assert found == {"expected_version": Code.CONFLICT}


def test_a_plan_out_of_reach_is_not_found(desk: Desk, cast: Cast) -> None:
    assert problems(partial(_plan, desk, cast.plans["Cecīlija"], planned_hours=1)) == {"plan_id": Code.NOT_FOUND}


def test_who_may_not_change_plans_is_told_so_or_nothing(desk: Desk, cast: Cast) -> None:
    plan = _draft(desk)
    assert problems(partial(_plan, desk, plan, scope=desk.scope(desk.coordinator))) == {"plan_id": Code.NOT_ALLOWED}
    assert problems(partial(_plan, desk, plan, scope=cast.scope("provider of maple"))) == {"plan_id": Code.NOT_FOUND}


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (dt.date(2023, 9, 1), dt.date(2023, 12, 31), {9, 10, 11, 12}),
        (dt.date(2023, 12, 31), dt.date(2024, 1, 1), {12, 1}),
        (dt.date(2023, 1, 1), dt.date(2025, 1, 1), set(range(1, 13))),
        (dt.date(2024, 2, 29), dt.date(2024, 2, 29), {2}),
    ],
)
def test_months_of_a_period(first: dt.date, last: dt.date, months: set[int]) -> None:
    assert months_between(first, last) == months

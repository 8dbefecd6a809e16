"""A school at work: people who may write, a running plan, and a shorthand for what a refusal says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from backend.accounts.models import Level, Role, User
from backend.accounts.scope import Scope, scope_of
from backend.cases.plans.models import Measure, SupportPlan
from backend.core.refusals import Code, Refusal
from backend.registry.models import CooperationAgreement, InstitutionParticipation
from backend.territory.models import Institution, Municipality, Programme, Semester
from tests.factories.cast import TODAY, Cast
from tests.factories.rows import EnrolmentFactory, LearnerFactory, MeasureFactory, SupportPlanFactory, user_with, whole_state


@dataclass
class Desk:
    """Maple, which takes part since December 2017, with its author, provider and coordinator."""

    school: Institution
    semester: Semester
    author: User
    provider: User
    coordinator: User
    learner: Any
    enrolment: Any

    def scope(self, user: User, *, on: dt.date = TODAY) -> Scope:
        """The scope of a user on a day."""
        return scope_of(user=user, on=on)

    def running_plan(self, **fields: Any) -> SupportPlan:
        """An active plan of another learner of the school in the running semester."""
        with whole_state():
            enrolment = EnrolmentFactory(learner=LearnerFactory(registering_institution=self.school))
            semester = fields.get("semester", self.semester)
            first = {"semester": semester, "period_from": semester.starts_on, "period_to": semester.plan_period_ends_on}
            return SupportPlanFactory(enrolment=enrolment, **(first | fields))

    def measure(self, plan: SupportPlan | None = None, **fields: Any) -> Measure:
        """A teacher's ten hours on a running plan."""
        owner = plan or self.running_plan()
        with whole_state():
            return MeasureFactory(plan=owner, **fields)


def make_desk(cast: Cast) -> Desk:
    """The desk of maple."""
    school = cast.schools["maple"]
    agreement = CooperationAgreement.objects.create(
        programme=Programme.objects.get(),
        number="P6-1/1",
        signed_on=dt.date(2017, 12, 1),
        municipality=Municipality.objects.get(code="LV-059"),
    )
    InstitutionParticipation.objects.create(agreement=agreement, institution=school, joined_on=dt.date(2017, 12, 1))
    with whole_state():
        learner = LearnerFactory(given_name="Ieva", registering_institution=school)
        enrolment = EnrolmentFactory(learner=learner)
    return Desk(
        school=school,
        semester=Semester.objects.get(code="2023/2024-1"),
        author=cast.staff["author of maple"],
        provider=cast.staff["provider of maple"],
        coordinator=user_with(Role.INSTITUTION_COORDINATOR, Level.INSTITUTION, school),
        learner=learner,
        enrolment=enrolment,
    )


def problems(act: Callable[[], Any]) -> dict[str, Code]:
    """By field, the codes of the refusal that `act` must meet; each message says something."""
    with pytest.raises(Refusal) as met:
        act()
    assert all(len(str(problem.message)) > 10 for problem in met.value.problems)
    return {problem.field: problem.code for problem in met.value.problems}

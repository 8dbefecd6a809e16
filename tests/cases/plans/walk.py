"""A plan on its way: the people of its chain, and a shorthand for what they do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from backend.accounts.models import Level, Role, User
from backend.accounts.scope import scoped
from backend.accounts.services import assign_role
from backend.cases.plans import services
from backend.cases.plans.models import Measure, RiskAssessment, SupportPlan
from backend.core.refusals import Refusal
from backend.registry.models import CooperationAgreement, InstitutionParticipation
from backend.territory.models import Municipality, Programme
from tests.cases.desk import Desk, make_desk
from tests.factories.cast import TODAY, Cast
from tests.factories.rows import EnrolmentFactory, LearnerFactory, user_with, whole_state

FACTOR, OTHER_FACTOR = "unexcused_absence", "low_motivation"


@dataclass
class Walk:
    """Maple's chain: author, head, municipality coordinator, agency; and the technical school's: author, head, agency."""

    desk: Desk
    people: dict[str, User]
    today: dt.date = TODAY

    def do(self, person: str, service: Callable[..., Any], **given: Any) -> Any:
        """What a command gives when a person sends it."""
        scope = self.desk.scope(self.people[person], on=self.today)
        with scoped(scope):
            return service(scope=scope, **given)

    def refused(self, person: str, service: Callable[..., Any], **given: Any) -> list[tuple[str, str]]:
        """(field, code) of everything that stood against a command; it must be refused."""
        with pytest.raises(Refusal) as met:
            self.do(person, service, **given)
        problems = met.value.problems
        assert all(len(str(problem.message)) > 10 for problem in problems)
        return sorted((problem.field, str(problem.code)) for problem in problems)

    def learner(self, **fields: Any) -> Any:
        """A learner of maple with an enrolment that goes on."""
        with whole_state():
            return EnrolmentFactory(learner=LearnerFactory(registering_institution=self.desk.school, **fields)).learner

    def apply(self, learner: Any, **fields: Any) -> Any:
        """The parent's application."""
        given = {
            "learner_id": learner.pk,
            "institution_id": self.desk.school.pk,
            "semester_id": self.desk.semester.pk,
            "signed_on": dt.date(2023, 9, 4),
            "signer_kind": "PARENT",
        }
        return self.do("author", services.record_application, **(given | fields))

    def draft(self, learner: Any | None = None, **fields: Any) -> SupportPlan:
        """A plan being written."""
        given = {
            "learner_id": (learner or self.learner()).pk,
            "institution_id": self.desk.school.pk,
            "semester_id": self.desk.semester.pk,
        }
        plan: SupportPlan = self.do("author", services.draft_support_plan, **(given | fields))
        return plan

    def risk(
        self, plan: SupportPlan, code: str = FACTOR, *, moment: str = "START", level: int = 2, **fields: Any
    ) -> RiskAssessment:
        """A risk on the plan."""
        risk: RiskAssessment = self.do(
            "author", services.assess_risk, plan_id=plan.pk, risk_factor_code=code, moment=moment, level=level, **fields
        )
        return risk

    def measure(self, plan: SupportPlan, risk: RiskAssessment | None, *, euro: str = "", **fields: Any) -> Measure:
        """Ten hours of a psychologist, or so many euro of meals."""
        planned = {"kind_code": "CATERING", "planned_amount": Decimal(euro)} if euro else {}
        given = {"kind_code": "PSYCHOLOGIST", "planned_hours": 10} if not euro else planned
        measure: Measure = self.do(
            "author", services.plan_measure, plan_id=plan.pk, risk_id=risk.pk if risk else None, **(given | fields)
        )
        return measure

    def ready(self, *, euro: str = "") -> SupportPlan:
        """A draft that can be submitted."""
        learner = self.learner()
        plan = self.draft(learner)
        self.apply(learner)
        risk = self.risk(plan)
        self.measure(plan, risk)
        if euro:
            self.measure(plan, risk, euro=euro)
        return plan

    def submitted(self, **fields: Any) -> SupportPlan:
        """A plan on the head's desk."""
        plan: SupportPlan = self.do("author", services.submit_support_plan, plan_id=self.ready(**fields).pk)
        return plan

    def active(self) -> SupportPlan:
        """A plan approved to the end."""
        plan = self.submitted()
        for person in ("head", "municipality", "agency"):
            plan = self.do(person, services.approve_support_plan, plan_id=plan.pk)
        return plan

    def evaluated(self) -> SupportPlan:
        """An active plan with its evaluation."""
        plan: SupportPlan = self.do(
            "author",
            services.evaluate_support_plan,
            plan_id=self.active().pk,
            result_text="Kavējumu ir mazāk.",
            continue_next=True,
            end_risks=[services.EndRisk(level=1, risk_factor_code=FACTOR)],
        )
        return plan


def make_walk(cast: Cast) -> Walk:
    """Maple and the technical school at work."""
    desk = make_desk(cast)
    maple, technical = desk.school, cast.schools["technical"]
    agreement = CooperationAgreement.objects.create(
        programme=Programme.objects.get(), number="P6-2/1", signed_on=dt.date(2017, 12, 1), institution=technical
    )
    InstitutionParticipation.objects.create(agreement=agreement, institution=technical, joined_on=dt.date(2017, 12, 1))
    madona = Municipality.objects.get(code="LV-059")
    people = {
        "author": desk.author,
        "other author": user_with(Role.PLAN_AUTHOR, Level.INSTITUTION, maple, username="author.two.maple"),
        "head": user_with(Role.INSTITUTION_HEAD, Level.INSTITUTION, maple, username="head.maple"),
        "other head": user_with(Role.INSTITUTION_HEAD, Level.INSTITUTION, maple, username="head.two.maple"),
        "writing head": user_with(Role.INSTITUTION_HEAD, Level.INSTITUTION, maple, username="head.three.maple"),
        "coordinator": desk.coordinator,
        "municipality": cast.staff["coordinator of madona"],
        "head and municipality": user_with(Role.INSTITUTION_HEAD, Level.INSTITUTION, maple, username="head.four.maple"),
        "agency": cast.staff["agency"],
        "provider": desk.provider,
        "stranger": cast.staff["author of birch"],
        "technical author": user_with(Role.PLAN_AUTHOR, Level.INSTITUTION, technical),
        "technical head": user_with(Role.INSTITUTION_HEAD, Level.INSTITUTION, technical),
        "technical coordinator": cast.staff["coordinator of technical"],
    }
    since = dt.date(2017, 3, 16)
    assign_role(user=people["writing head"], role=Role.PLAN_AUTHOR, level=Level.INSTITUTION, unit=maple, valid_from=since)
    assign_role(
        user=people["head and municipality"],
        role=Role.MUNICIPALITY_COORDINATOR,
        level=Level.MUNICIPALITY,
        unit=madona,
        valid_from=since,
    )
    return Walk(desk, people)

"""Submit, approve, return, evaluate, close, interrupt: who, when, and everything that stands against it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from backend.accounts.models import Role
from backend.cases.plans import services
from backend.cases.plans.machine import TRANSITIONS, Chain, PlanStepKind, transition
from backend.cases.plans.models import Application, PlanAuthor, PlanStatus, PlanStep, SupportPlan
from backend.cases.plans.services.applications import is_adult
from backend.core.clock import now
from backend.registry.models import ApprovalTier, IncompatibleRoles, InstitutionParticipation
from backend.territory.models import Semester
from tests.cases.plans.walk import FACTOR, Walk
from tests.factories.rows import (
    ClaimFactory,
    ConsultationFactory,
    EnrolmentFactory,
    LearnerFactory,
    MeasureFactory,
    whole_state,
)
from tests.factories.versions import supersede

UNMET, NOT_ALLOWED = ("plan_id", "UNMET_CONDITION"), ("plan_id", "NOT_ALLOWED")


def _steps(plan: SupportPlan) -> list[tuple[str, str, str]]:
    with whole_state():
        return list(PlanStep.objects.filter(plan=plan).order_by("at", "id").values_list("from_status", "to_status", "role"))


def test_the_whole_way_of_a_schools_plan(walk: Walk) -> None:
    plan = walk.evaluated()
    assert plan.status == PlanStatus.EVALUATED
    plan = walk.do("head", services.close_support_plan, plan_id=plan.pk, comment="Viss padarīts.")
    assert plan.status == PlanStatus.CLOSED
    assert _steps(plan) == [
        ("", "DRAFT", "plan_author"),
        ("DRAFT", "SUBMITTED", "plan_author"),
        ("SUBMITTED", "APPROVED_BY_INSTITUTION", "institution_head"),
        ("APPROVED_BY_INSTITUTION", "APPROVED_BY_MUNICIPALITY", "municipality_coordinator"),
        ("APPROVED_BY_MUNICIPALITY", "ACTIVE", "ikvd"),
        ("ACTIVE", "EVALUATED", "plan_author"),
        ("EVALUATED", "CLOSED", "institution_head"),
    ]
    assert None not in (plan.submitted_at, plan.activated_at, plan.evaluated_at, plan.closed_at)
    assert (plan.result_text, plan.continue_next, plan.interrupted_at) == ("Kavējumu ir mazāk.", True, None)


def test_a_state_institutions_plan_goes_from_the_head_to_the_agency(walk: Walk) -> None:
    school = InstitutionParticipation.objects.get(agreement__number="P6-2/1").institution
    with whole_state():
        enrolment = EnrolmentFactory(learner=LearnerFactory(registering_institution=school), programme_kind="VOCATIONAL", stage=2)
    where = {"learner_id": enrolment.learner_id, "institution_id": school.pk, "semester_id": walk.desk.semester.pk}
    plan = walk.do("technical author", services.draft_support_plan, **where)
    walk.do("technical author", services.record_application, **where, signed_on=dt.date(2023, 9, 1), signer_kind="PARENT")
    risk = walk.do("technical author", services.assess_risk, plan_id=plan.pk, risk_factor_code=FACTOR, moment="START", level=3)
    walk.do(
        "technical author",
        services.plan_measure,
        plan_id=plan.pk,
        kind_code="CATERING",
        planned_amount=Decimal("210.15"),
        risk_id=risk.pk,
    )
    walk.do("technical author", services.submit_support_plan, plan_id=plan.pk)
    assert walk.refused("technical coordinator", services.approve_support_plan, plan_id=plan.pk) == [NOT_ALLOWED]
    plan = walk.do("technical head", services.approve_support_plan, plan_id=plan.pk)
    assert plan.status == PlanStatus.APPROVED_BY_INSTITUTION
    plan = walk.do("agency", services.approve_support_plan, plan_id=plan.pk)
    assert plan.status == PlanStatus.ACTIVE


def test_submission_names_everything_that_is_missing(walk: Walk) -> None:
    learner = walk.learner()
    plan = walk.draft(learner)
    assert walk.refused("author", services.submit_support_plan, plan_id=plan.pk) == [UNMET] * 3, "application, risk, measure"
    walk.apply(learner)
    walk.measure(plan, None)
    walk.measure(plan, None, euro="30")
    assert walk.refused("author", services.submit_support_plan, plan_id=plan.pk) == [UNMET] * 3, "a risk, and one by measure"
    with whole_state():
        plan.enrolment.ends_on, plan.enrolment.end_reason = dt.date(2023, 10, 1), "MOVED"
        plan.enrolment.save()
    InstitutionParticipation.objects.filter(institution=walk.desk.school).update(left_on=dt.date(2023, 10, 1))
    Semester.objects.filter(pk=walk.desk.semester.pk).update(closed_at=now())
    found = walk.refused("author", services.submit_support_plan, plan_id=plan.pk)
    assert found == [("plan_id", "LOCKED"), *[UNMET] * 5]
    with whole_state():
        assert SupportPlan.objects.get(pk=plan.pk).status == PlanStatus.DRAFT


def test_a_returned_plan_is_changed_and_takes_the_whole_way_again(walk: Walk) -> None:
    plan = walk.submitted()
    walk.do("head", services.approve_support_plan, plan_id=plan.pk)
    assert walk.refused("municipality", services.return_support_plan, plan_id=plan.pk, comment=" ") == [("comment", "REQUIRED")]
    plan = walk.do("municipality", services.return_support_plan, plan_id=plan.pk, comment="Stundu ir par daudz.")
    assert plan.status == PlanStatus.RETURNED
    with whole_state():
        only = plan.measures.get()
    assert walk.refused("author", services.remove_measure, measure_id=only.pk) == [("reason", "REQUIRED")]
    walk.do("author", services.remove_measure, measure_id=only.pk, reason="Pašvaldība lūdza mazāk stundu.")
    assert walk.refused("author", services.submit_support_plan, plan_id=plan.pk) == [UNMET]
    with whole_state():
        risk = plan.risks.get()
    walk.measure(plan, risk, planned_hours=4)
    plan = walk.do("author", services.submit_support_plan, plan_id=plan.pk)
    assert walk.refused("municipality", services.approve_support_plan, plan_id=plan.pk) == [NOT_ALLOWED], (
        "the head is first again"
    )
    with whole_state():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("select trail_reason from trail.plans_measure where id = %s and trail_op = 'D'", [only.pk])
            assert cursor.fetchone() == ("Pašvaldība lūdza mazāk stundu.",)


def test_nobody_approves_the_own_plan(walk: Walk) -> None:
    plan = walk.submitted()
    with whole_state():
        PlanAuthor.objects.create(plan=plan, institution_id=plan.institution_id, user=walk.people["other head"])
    assert walk.refused("other head", services.approve_support_plan, plan_id=plan.pk) == [NOT_ALLOWED] * 2, "and the roles clash"
    learner = walk.learner()
    where = {"learner_id": learner.pk, "institution_id": walk.desk.school.pk, "semester_id": walk.desk.semester.pk}
    own = walk.do("writing head", services.draft_support_plan, **where)
    walk.apply(learner)
    walk.measure(own, walk.risk(own))
    walk.do("author", services.submit_support_plan, plan_id=own.pk)
    assert walk.refused("writing head", services.approve_support_plan, plan_id=own.pk) == [NOT_ALLOWED] * 2
    assert walk.refused("writing head", services.return_support_plan, plan_id=own.pk, comment="Nē.") == [NOT_ALLOWED] * 2
    assert walk.do("writing head", services.approve_support_plan, plan_id=plan.pk).status == PlanStatus.APPROVED_BY_INSTITUTION


def test_who_submits_a_colleagues_plan_does_not_approve_it(walk: Walk) -> None:
    plan = walk.ready()
    walk.do("writing head", services.submit_support_plan, plan_id=plan.pk)
    assert NOT_ALLOWED in walk.refused("writing head", services.approve_support_plan, plan_id=plan.pk)


def test_incompatible_roles_are_data(walk: Walk) -> None:
    plan = walk.submitted()
    assert walk.refused("head and municipality", services.approve_support_plan, plan_id=plan.pk) == [NOT_ALLOWED]
    pair = IncompatibleRoles.objects.get(first_role=Role.INSTITUTION_HEAD, second_role=Role.MUNICIPALITY_COORDINATOR)
    pair.valid_to = dt.date(2023, 10, 15)
    pair.save()
    plan = walk.do("head and municipality", services.approve_support_plan, plan_id=plan.pk)
    assert walk.do("head and municipality", services.approve_support_plan, plan_id=plan.pk)
    with whole_state():
        assert SupportPlan.objects.get(pk=plan.pk).status == PlanStatus.APPROVED_BY_MUNICIPALITY


def test_a_large_plan_takes_two_people_in_either_order(walk: Walk) -> None:
    for first, second in (("head", "coordinator"), ("coordinator", "head")):
        plan = walk.submitted(euro="2000")
        plan = walk.do(first, services.approve_support_plan, plan_id=plan.pk)
        assert plan.status == PlanStatus.SUBMITTED
        assert NOT_ALLOWED in walk.refused(first, services.approve_support_plan, plan_id=plan.pk)
        assert walk.refused("municipality", services.approve_support_plan, plan_id=plan.pk) == [NOT_ALLOWED]
        plan = walk.do(second, services.approve_support_plan, plan_id=plan.pk)
        assert plan.status == PlanStatus.APPROVED_BY_INSTITUTION
    small = walk.submitted(euro="1999.99")
    assert walk.refused("coordinator", services.approve_support_plan, plan_id=small.pk) == [NOT_ALLOWED]
    assert walk.do("head", services.approve_support_plan, plan_id=small.pk).status == PlanStatus.APPROVED_BY_INSTITUTION


def test_amounts_that_take_two_people_are_data(walk: Walk) -> None:
    tiers = ApprovalTier.objects.filter(subject="PLAN", approvals=2)
    supersede(tiers, amount_from=Decimal("100.00"), second_roles=[])
    plan = walk.submitted(euro="100")
    plan = walk.do("head", services.approve_support_plan, plan_id=plan.pk)
    assert plan.status == PlanStatus.SUBMITTED
    assert walk.refused("coordinator", services.approve_support_plan, plan_id=plan.pk) == [NOT_ALLOWED], "another head"
    assert walk.do("other head", services.approve_support_plan, plan_id=plan.pk).status == PlanStatus.APPROVED_BY_INSTITUTION


def test_an_approval_before_a_return_does_not_count_after_it(walk: Walk) -> None:
    plan = walk.submitted(euro="2500")
    walk.do("coordinator", services.approve_support_plan, plan_id=plan.pk)
    walk.do("head", services.return_support_plan, plan_id=plan.pk, comment="Par dārgu.")
    walk.do("author", services.submit_support_plan, plan_id=plan.pk)
    assert walk.do("head", services.approve_support_plan, plan_id=plan.pk).status == PlanStatus.SUBMITTED


def test_a_withdrawn_application_holds_the_approval(walk: Walk) -> None:
    plan = walk.submitted()
    with whole_state():
        Application.objects.filter(plans=plan).update(withdrawn_on=dt.date(2023, 10, 10))
    assert walk.refused("head", services.approve_support_plan, plan_id=plan.pk) == [UNMET]


def test_steps_out_of_turn_say_what_comes_next(walk: Walk) -> None:
    plan = walk.ready()
    for person, service, more in (
        ("head", services.approve_support_plan, {}),
        ("head", services.return_support_plan, {"comment": "Nē."}),
        ("author", services.evaluate_support_plan, {"result_text": "Labi.", "continue_next": False}),
        ("head", services.close_support_plan, {}),
    ):
        assert walk.refused(person, service, plan_id=plan.pk, **more) == [UNMET]
    assert walk.refused("author", services.assess_risk, plan_id=plan.pk, risk_factor_code=FACTOR, moment="END", level=1) == [
        UNMET
    ]


def test_who_may_not_take_a_step_is_told_so_or_nothing(walk: Walk) -> None:
    plan = walk.submitted()
    for person in ("author", "coordinator", "municipality", "agency"):
        assert NOT_ALLOWED in walk.refused(person, services.approve_support_plan, plan_id=plan.pk), person
    for person in ("provider", "stranger", "technical head"):
        assert walk.refused(person, services.approve_support_plan, plan_id=plan.pk) == [("plan_id", "NOT_FOUND")], person
    assert walk.refused("head", services.submit_support_plan, plan_id=plan.pk) == [NOT_ALLOWED]


# -- evaluation and the end ----------------------------------------------------------------------------------------------
def test_an_evaluation_judges_each_risk_again(walk: Walk) -> None:
    plan = walk.active()
    given = {"plan_id": plan.pk, "result_text": "Iet labāk.", "continue_next": False}
    assert walk.refused("author", services.evaluate_support_plan, **given) == [("end_risks", "UNMET_CONDITION")]
    risks = [services.EndRisk(level=9, risk_factor_code=FACTOR), services.EndRisk(level=1, risk_factor_code="nothing")]
    outcomes = [services.Outcome("fewer_absences"), services.Outcome("fewer_absences"), services.Outcome("nowhere")]
    assert walk.refused("author", services.evaluate_support_plan, **given, end_risks=risks, outcomes=outcomes) == [
        ("end_risks", "UNMET_CONDITION"),
        ("end_risks.0.level", "INVALID"),
        ("end_risks.1.risk_factor_id", "NOT_FOUND"),
        ("outcomes.1.theme_code", "DUPLICATE"),
        ("outcomes.2.theme_code", "NOT_FOUND"),
    ]
    walk.risk(plan, moment="END", level=0, note="Vairs nekavē.")
    plan = walk.do("author", services.evaluate_support_plan, **given, outcomes=[services.Outcome("fewer_absences", "Neviena.")])
    with whole_state():
        assert list(plan.outcomes.values_list("theme__code", "note")) == [("fewer_absences", "Neviena.")]
        assert set(plan.risks.values_list("moment", "level_id")) == {("START", 2), ("END", 0)}


def test_open_hours_and_claims_stand_against_closing(walk: Walk) -> None:
    plan = walk.evaluated()
    with whole_state():
        hour = ConsultationFactory(measure=MeasureFactory(plan=plan), held_on=dt.date(2023, 10, 2), learner_confirmed_at=None)
        claim = ClaimFactory(measure=MeasureFactory(plan=plan, code="CATERING"), period=dt.date(2023, 10, 1), status="CLAIMED")
    assert walk.refused("coordinator", services.close_support_plan, plan_id=plan.pk) == [UNMET] * 2
    with whole_state():
        type(hour).objects.filter(pk=hour.pk).update(learner_confirmed_at=now())
        type(claim).objects.filter(pk=claim.pk).update(status="APPROVED", decided_at=now())
    assert walk.do("coordinator", services.close_support_plan, plan_id=plan.pk).status == PlanStatus.CLOSED


def test_an_interruption_names_ground_day_and_words(walk: Walk) -> None:
    plan = walk.active()
    with whole_state():
        ConsultationFactory(measure=MeasureFactory(plan=plan), held_on=dt.date(2023, 10, 12))
    given = {"plan_id": plan.pk, "ground_code": "moved", "comment": "Pārgāja uz citu skolu."}
    service = services.interrupt_support_plan
    assert walk.refused("author", service, **(given | {"ground_code": "?", "comment": ""}), last_day=dt.date(2023, 10, 17)) == [
        ("comment", "REQUIRED"),
        ("ground_code", "NOT_FOUND"),
        ("last_day", "OUT_OF_PERIOD"),
    ]
    assert walk.refused("author", service, **given, last_day=dt.date(2023, 8, 31)) == [("last_day", "OUT_OF_PERIOD")]
    assert walk.refused("author", service, **given, last_day=dt.date(2023, 10, 11)) == [("last_day", "UNMET_CONDITION")]
    plan = walk.do("author", service, **given, last_day=dt.date(2023, 10, 12))
    assert (plan.status, plan.interrupted_on, plan.interruption_ground.code) == (
        PlanStatus.INTERRUPTED,
        dt.date(2023, 10, 12),
        "moved",
    )
    assert plan.activated_at is not None, "it counts in statistics"
    assert walk.refused("author", service, **given, last_day=dt.date(2023, 10, 12)) == [UNMET]


def test_a_draft_can_be_interrupted_and_an_evaluated_plan_not(walk: Walk) -> None:
    given = {"ground_code": "not_needed", "comment": "Vairs nevajag.", "last_day": dt.date(2023, 9, 30)}
    assert walk.do("head", services.interrupt_support_plan, plan_id=walk.draft().pk, **given).activated_at is None
    assert walk.refused("head", services.interrupt_support_plan, plan_id=walk.evaluated().pk, **given) == [UNMET]


# -- application ---------------------------------------------------------------------------------------------------------
def test_an_application_belongs_to_learner_institution_and_semester(walk: Walk) -> None:
    learner = walk.learner()
    plan = walk.draft(learner)
    application = walk.apply(learner)
    with whole_state():
        again = SupportPlan.objects.get(pk=plan.pk)
    assert (again.application_id, again.version) == (application.pk, plan.version + 1)
    given = {"signed_on": dt.date(2023, 10, 17), "received_on": dt.date(2023, 10, 18), "signer_kind": "ADULT_LEARNER"}
    where = {"learner_id": learner.pk, "institution_id": walk.desk.school.pk, "semester_id": walk.desk.semester.pk}
    assert walk.refused("author", services.record_application, **where, **given) == [
        ("learner_id", "DUPLICATE"),
        ("received_on", "OUT_OF_PERIOD"),
        ("signed_on", "OUT_OF_PERIOD"),
        ("signer_kind", "INVALID"),
    ]
    other = walk.learner(birth_date=dt.date(2005, 9, 4))
    assert walk.draft(other).application is None
    where["learner_id"] = other.pk
    given = {"signed_on": dt.date(2023, 9, 4), "received_on": dt.date(2023, 9, 3), "signer_kind": "PARENT"}
    assert walk.refused("coordinator", services.record_application, **where, **given) == [
        ("received_on", "INVALID"),
        ("signer_kind", "INVALID"),
    ]
    walk.do(
        "coordinator", services.record_application, **(where | {"signed_on": dt.date(2023, 9, 4), "signer_kind": "ADULT_LEARNER"})
    )


@pytest.mark.parametrize(
    ("born", "day", "adult"),
    [
        (dt.date(2004, 2, 29), dt.date(2022, 2, 28), False),
        (dt.date(2004, 2, 29), dt.date(2022, 3, 1), True),
        (dt.date(2006, 2, 28), dt.date(2024, 2, 28), True),
        (dt.date(2006, 3, 1), dt.date(2024, 2, 29), False),
        (dt.date(2005, 12, 31), dt.date(2023, 12, 30), False),
        (dt.date(2005, 12, 31), dt.date(2023, 12, 31), True),
    ],
)
def test_coming_of_age(born: dt.date, day: dt.date, adult: bool) -> None:
    assert is_adult(birth_date=born, on=day) is adult


def test_a_second_semester_has_its_leap_day(walk: Walk) -> None:
    """28 and 29 February 2024 lie in the plan's months; a first semester ends on 31 December, not with school."""
    walk.today = dt.date(2024, 2, 29)
    second = Semester.objects.get(code="2023/2024-2")
    plan = walk.draft(semester_id=second.pk)
    assert (plan.period_from, plan.period_to) == (second.starts_on, second.plan_period_ends_on)
    risk = walk.risk(plan)
    assert walk.measure(plan, risk, months=[2]).months == [2]
    short = walk.draft(semester_id=second.pk, period_from=dt.date(2024, 2, 29), period_to=dt.date(2024, 2, 29))
    given = {"plan_id": short.pk, "ground_code": "not_needed", "comment": "Diena.", "last_day": dt.date(2024, 2, 29)}
    assert walk.do("author", services.interrupt_support_plan, **given).interrupted_on == dt.date(2024, 2, 29)
    first = walk.draft()
    assert (first.period_from, first.period_to) == (dt.date(2023, 9, 1), dt.date(2023, 12, 31))


# -- contents ------------------------------------------------------------------------------------------------------------
def test_judging_again_changes_level_and_note(walk: Walk) -> None:
    plan = walk.draft()
    first = walk.risk(plan, level=1, note="Reizēm.")
    again = walk.risk(plan, level=3, note="Bieži.")
    assert (again.pk, again.level_id, again.note, again.version) == (first.pk, 3, "Bieži.", 2)
    assert walk.refused("author", services.assess_risk, plan_id=plan.pk, risk_factor_code="?", moment="START", level=4) == [
        ("level", "INVALID"),
        ("risk_factor_id", "NOT_FOUND"),
    ]


def test_a_risk_that_a_measure_answers_stays(walk: Walk) -> None:
    plan = walk.draft()
    risk = walk.risk(plan)
    measure = walk.measure(plan, risk)
    assert walk.refused("author", services.remove_risk, risk_id=risk.pk) == [("risk_id", "UNMET_CONDITION")]
    plan = walk.do("author", services.remove_measure, measure_id=measure.pk)
    plan = walk.do("author", services.remove_risk, risk_id=risk.pk, expected_version=plan.version)
    with whole_state():
        assert not plan.risks.exists()
    assert walk.refused("author", services.remove_risk, risk_id=risk.pk) == [("risk_id", "NOT_FOUND")]


def test_a_submitted_plans_contents_are_locked(walk: Walk) -> None:
    plan = walk.submitted()
    with whole_state():
        risk, measure = plan.risks.get(), plan.measures.get()
    assert walk.refused("author", services.remove_risk, risk_id=risk.pk) == [("risk_id", "LOCKED")]
    assert walk.refused("author", services.remove_measure, measure_id=measure.pk) == [("measure_id", "LOCKED")]
    assert walk.refused("author", services.assess_risk, plan_id=plan.pk, risk_factor_code=FACTOR, moment="START", level=0) == [
        ("plan_id", "LOCKED")
    ]


# -- the machine ---------------------------------------------------------------------------------------------------------
def test_every_status_is_reached_and_only_three_are_ends() -> None:
    assert {step.target for step in TRANSITIONS} | {PlanStatus.DRAFT} == set(PlanStatus)
    assert set(PlanStatus) - {step.source for step in TRANSITIONS} == {PlanStatus.CLOSED, PlanStatus.INTERRUPTED}
    for chain in Chain:
        for status in PlanStatus:
            for kind in PlanStepKind:
                ways = [s for s in TRANSITIONS if s.kind == kind and s.source == status and chain in s.chains]
                assert len(ways) <= 1
                assert transition(kind=kind, status=status, chain=chain) == (ways[0] if ways else None)
    passed = {step.source for step in TRANSITIONS if Chain.STATE in step.chains and step.kind == PlanStepKind.APPROVE}
    assert PlanStatus.APPROVED_BY_MUNICIPALITY in passed, "an agreement may change while a plan is on its way"

"""What the database refuses in case work, whoever writes it and however."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Model

from backend.accounts.scope import enter_scope
from backend.cases.delivery.models import Consultation
from backend.cases.learners.models import Enrolment
from backend.cases.plans.models import Measure, PlanStep, RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.registry.models import MeasureKind
from backend.territory.models import Semester, StructuralUnit
from tests.factories.cast import Cast
from tests.factories.rows import (
    STATE,
    ClaimFactory,
    ConsultationFactory,
    EnrolmentFactory,
    LearnerFactory,
    MeasureFactory,
    RiskAssessmentFactory,
    SupportPlanFactory,
)


@pytest.fixture(autouse=True)
def _everything_in_reach(cast: Cast) -> None:
    """The scope must not be what refuses here."""
    enter_scope(STATE)


def refused(name: str, act: Callable[[], Any]) -> None:
    """`act` breaks the constraint of that name, and nothing else."""
    with pytest.raises(IntegrityError) as caught:
        tried(act)
    assert caught.value.__cause__.diag.constraint_name == name


def tried(act: Callable[[], Any]) -> None:
    """Do `act` and let deferred keys speak, as a commit would."""
    with transaction.atomic():
        act()
        connection.check_constraints()


def changed(row: Model, **values: Any) -> Callable[[], Any]:
    """Change a row past every model and service."""
    return lambda: type(row)._default_manager.filter(pk=row.pk).update(**values)


def measure_of(cast: Cast, name: str, code: str) -> Measure:
    return Measure.objects.get(plan=cast.plans[name], kind_code=code)


# -- enrolments -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (dt.date(2022, 9, 1), dt.date(2022, 9, 1)),  # the first day of the other
        (dt.date(2023, 8, 31), None),  # the last day of the other
        (dt.date(2022, 1, 1), dt.date(2024, 1, 1)),  # all around it
        (dt.date(2023, 1, 1), dt.date(2023, 2, 1)),  # within it
    ],
)
def test_periods_of_one_learner_cannot_overlap(cast: Cast, starts_on: dt.date, ends_on: dt.date | None) -> None:
    learner = LearnerFactory(registering_institution=cast.schools["maple"])
    EnrolmentFactory(learner=learner, ends_on=dt.date(2023, 8, 31), end_reason="PROMOTED")
    reason = {"end_reason": "OTHER"} if ends_on else {}
    other = {"learner": learner, "institution": cast.schools["birch"], "starts_on": starts_on, "ends_on": ends_on}
    refused("enrolment_no_overlap", lambda: EnrolmentFactory(**other, **reason))


def test_periods_may_follow_each_other_and_other_learners_do_not_matter(cast: Cast) -> None:
    learner = LearnerFactory(registering_institution=cast.schools["maple"])
    EnrolmentFactory(learner=learner, ends_on=dt.date(2023, 8, 31), end_reason="PROMOTED")
    EnrolmentFactory(learner=learner, starts_on=dt.date(2023, 9, 1), stage=9)
    EnrolmentFactory(learner=LearnerFactory(registering_institution=cast.schools["maple"]))
    assert Enrolment.objects.filter(learner=learner).count() == 2


@pytest.mark.parametrize(("kind", "stage"), [("GENERAL", 0), ("GENERAL", 13), ("VOCATIONAL", 5), ("VOCATIONAL", 0)])
def test_grades_are_1_to_12_and_courses_1_to_4(cast: Cast, kind: str, stage: int) -> None:
    learner = LearnerFactory(registering_institution=cast.schools["maple"])
    refused("enrolment_stage", lambda: EnrolmentFactory(learner=learner, programme_kind=kind, stage=stage))


def test_an_enrolment_does_not_end_before_it_begins_nor_without_a_reason(cast: Cast) -> None:
    learner = LearnerFactory(registering_institution=cast.schools["maple"])
    refused("enrolment_period", lambda: EnrolmentFactory(learner=learner, ends_on=dt.date(2022, 8, 31), end_reason="LEFT"))
    refused("enrolment_end_has_reason", lambda: EnrolmentFactory(learner=learner, ends_on=dt.date(2023, 8, 31)))
    refused("enrolment_end_has_reason", lambda: EnrolmentFactory(learner=learner, end_reason="LEFT"))


def test_the_unit_is_the_institutions_own(cast: Cast) -> None:
    maple = cast.schools["maple"]
    unit = StructuralUnit.objects.create(institution=maple, code="MAPLE-X", municipality=maple.municipality, name_lv="Filiāle")
    learner = LearnerFactory(registering_institution=maple)
    EnrolmentFactory(learner=learner, structural_unit=unit, ends_on=dt.date(2023, 8, 31), end_reason="MOVED")
    elsewhere = {"institution": cast.schools["birch"], "starts_on": dt.date(2023, 9, 1)}
    refused("enrolment_unit_of_institution", lambda: EnrolmentFactory(learner=learner, structural_unit=unit, **elsewhere))


# -- plans ----------------------------------------------------------------------------------------------------------------


def test_one_plan_a_learner_institution_and_semester(cast: Cast) -> None:
    refused("plan_once_a_semester", lambda: SupportPlanFactory(enrolment=cast.plans["Anna"].enrolment))


@pytest.mark.parametrize(
    ("period_from", "period_to"),
    [
        (dt.date(2023, 1, 8), dt.date(2023, 5, 31)),
        (dt.date(2023, 1, 9), dt.date(2023, 7, 1)),
        (dt.date(2023, 9, 1), dt.date(2023, 10, 1)),
    ],
)
def test_a_plan_lies_inside_its_semester(cast: Cast, period_from: dt.date, period_to: dt.date) -> None:
    plan = cast.plans["Anna"]
    refused("plan_period_inside_semester", changed(plan, period_from=period_from, period_to=period_to))
    enrolment = EnrolmentFactory(learner__registering_institution=cast.schools["maple"])
    period = {"period_from": period_from, "period_to": period_to}
    refused("plan_period_inside_semester", lambda: SupportPlanFactory(enrolment=enrolment, **period))


def test_a_first_semester_plan_runs_past_the_school_semester_to_31_december(cast: Cast) -> None:
    plan = cast.plans["Dāvis at birch"]
    assert plan.semester.ends_on == dt.date(2023, 12, 22)
    changed(plan, period_to=dt.date(2023, 12, 31))()
    refused("plan_period_inside_semester", changed(plan, period_to=dt.date(2024, 1, 1)))


def test_a_semester_keeps_its_plans_inside(cast: Cast) -> None:
    semester = Semester.objects.get(code="2022/2023-2")
    refused("semester_holds_its_plans", changed(semester, plan_period_ends_on=dt.date(2023, 5, 30)))
    refused("semester_holds_its_plans", changed(semester, starts_on=dt.date(2023, 1, 10)))
    changed(semester, plan_period_ends_on=dt.date(2023, 5, 31))()


def test_a_plan_is_of_its_enrolments_learner_and_institution(cast: Cast) -> None:
    plan = SupportPlanFactory(enrolment=EnrolmentFactory(learner__registering_institution=cast.schools["maple"]))
    refused("plan_enrolment_of_learner", changed(plan, institution=cast.schools["birch"]))
    refused("plan_enrolment_of_learner", changed(plan, learner=cast.learners["Elza"]))
    refused("plan_enrolment_of_learner", changed(plan, enrolment=cast.plans["Gita"].enrolment))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("plan_activated_with_status", {"activated_at": None}),
        ("plan_activated_with_status", {"status": "RETURNED"}),
        ("plan_submitted_with_status", {"submitted_at": None}),
        ("plan_evaluated_with_status", {"status": "EVALUATED"}),
        ("plan_closed_with_status", {"status": "CLOSED", "evaluated_at": dt.datetime(2023, 5, 30, tzinfo=dt.UTC)}),
        ("plan_interrupted_with_status", {"status": "INTERRUPTED"}),
        ("plan_interrupted_with_status", {"interrupted_at": dt.datetime(2023, 3, 1, tzinfo=dt.UTC)}),
        ("plan_period", {"period_from": dt.date(2023, 5, 1), "period_to": dt.date(2023, 4, 30)}),
    ],
)
def test_status_and_moments_agree(cast: Cast, constraint: str, values: dict[str, Any]) -> None:
    refused(constraint, changed(cast.plans["Anna"], **values))


def test_steps_are_added_and_never_changed(cast: Cast) -> None:
    plan = cast.plans["Anna"]
    step = PlanStep.objects.create(plan=plan, institution=plan.institution, to_status="DRAFT")
    for act in (changed(step, comment="cits"), lambda: PlanStep.objects.filter(pk=step.pk)._raw_delete("default")):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            act()
    assert PlanStep.objects.get(pk=step.pk).comment == ""


# -- what hangs on a plan ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "constraint"),
    [(RiskAssessment, "risk_owner"), (PlanStep, "step_owner"), (Measure, "measure_owner")],
)
def test_a_child_cannot_belong_to_another_school_than_its_plan(cast: Cast, model: type[Model], constraint: str) -> None:
    plan = SupportPlanFactory(enrolment=EnrolmentFactory(learner__registering_institution=cast.schools["maple"]))
    shared = {"plan": plan, "institution": cast.schools["birch"]}
    make: dict[type[Model], Callable[[], Any]] = {
        RiskAssessment: lambda: RiskAssessmentFactory(**shared),
        PlanStep: lambda: PlanStep.objects.create(to_status="DRAFT", **shared),
        Measure: lambda: MeasureFactory(**shared),
    }
    refused(constraint, make[model])


def test_a_measure_cannot_name_another_learner_than_its_plan(cast: Cast) -> None:
    refused("measure_owner", lambda: MeasureFactory(plan=cast.plans["Anna"], learner=cast.learners["Elza"]))


def test_a_measure_answers_a_risk_of_its_own_plan(cast: Cast) -> None:
    foreign = RiskAssessment.objects.get(plan=cast.plans["Bruno"])
    own = RiskAssessment.objects.get(plan=cast.plans["Anna"])
    MeasureFactory(plan=cast.plans["Anna"], risk=own)
    refused("measure_risk_of_plan", lambda: MeasureFactory(plan=cast.plans["Anna"], risk=foreign))


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("TEACHER", {"planned_hours": None}),
        ("TEACHER", {"planned_hours": 0}),
        ("TEACHER", {"planned_amount": Decimal(10)}),
        ("CATERING", {"planned_amount": None}),
        ("CATERING", {"planned_amount": Decimal(0)}),
        ("CATERING", {"planned_hours": 3}),
        ("YOUTH_PROJECT", {"planned_hours": 3}),
        ("YOUTH_PROJECT", {"planned_amount": Decimal(10)}),
    ],
)
def test_a_measure_states_what_its_category_needs(cast: Cast, code: str, values: dict[str, Any]) -> None:
    refused("measure_states_what_its_category_needs", lambda: MeasureFactory(plan=cast.plans["Anna"], code=code, **values))


def test_a_measures_category_is_its_kinds(cast: Cast) -> None:
    measure = measure_of(cast, "Anna", "TEACHER")
    catering = MeasureKind.objects.get(code="CATERING")
    refused("measure_kind", changed(MeasureFactory(plan=cast.plans["Anna"]), kind=catering))
    refused("measure_kind", changed(MeasureFactory(plan=cast.plans["Anna"]), kind_code="PSYCHOLOGIST"))
    assert measure.category == "CONSULTATION"


def test_months_are_months(cast: Cast) -> None:
    refused("measure_months", lambda: MeasureFactory(plan=cast.plans["Anna"], months=[1, 13]))


def test_a_risk_is_judged_once_a_moment_on_the_scale(cast: Cast) -> None:
    refused("risk_once_a_moment", lambda: RiskAssessmentFactory(plan=cast.plans["Anna"]))
    RiskAssessmentFactory(plan=cast.plans["Anna"], moment="END", level_id=0)
    with pytest.raises(IntegrityError, match="registry_risklevel"):
        tried(lambda: RiskAssessment.objects.filter(plan=cast.plans["Anna"], moment="END").update(level_id=9))


# -- delivery and money -----------------------------------------------------------------------------------------------------


def test_one_entry_is_one_hour(cast: Cast) -> None:
    refused("consultation_is_one_hour", lambda: ConsultationFactory(measure=measure_of(cast, "Anna", "TEACHER"), hours=2))


@pytest.mark.parametrize(
    "difference",
    [
        lambda cast: {"institution": cast.schools["birch"]},
        lambda cast: {"learner": cast.learners["Bruno"]},
        lambda cast: {"specialist_role": "PSYCHOLOGIST"},
    ],
    ids=["another school", "another learner", "another specialist"],
)
def test_a_consultation_is_what_its_measure_says(cast: Cast, difference: Callable[[Cast], dict[str, Any]]) -> None:
    measure = measure_of(cast, "Anna", "TEACHER")
    refused("consultation_of_measure", lambda: ConsultationFactory(measure=measure, **difference(cast)))


def test_nobody_consults_under_a_cost(cast: Cast) -> None:
    measure = measure_of(cast, "Anna", "CATERING")
    refused("consultation_of_measure", lambda: ConsultationFactory(measure=measure, specialist_role="TEACHER"))


@pytest.mark.parametrize(
    "difference",
    [
        lambda cast: {"institution": cast.schools["birch"]},
        lambda cast: {"learner": cast.learners["Bruno"]},
        lambda cast: {"kind": "ACCOMMODATION"},
    ],
    ids=["another school", "another learner", "another kind"],
)
def test_a_claim_is_what_its_measure_says(cast: Cast, difference: Callable[[Cast], dict[str, Any]]) -> None:
    refused("claim_of_measure", lambda: ClaimFactory(measure=measure_of(cast, "Anna", "CATERING"), **difference(cast)))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("claim_period_is_a_month", {"period": dt.date(2023, 2, 2)}),
        ("claim_sign", {"amount": Decimal(0)}),
        ("claim_sign", {"amount": Decimal("-1.00")}),
        ("claim_decided_with_status", {"decided_at": None}),
        ("claim_paid_with_status", {"status": "PAID"}),
        ("claim_assumed_says_so", {"amount_basis": "ASSUMED"}),
    ],
)
def test_a_claim_is_sound(cast: Cast, constraint: str, values: dict[str, Any]) -> None:
    claim = ReimbursementClaim.objects.get(measure=measure_of(cast, "Anna", "CATERING"))
    refused(constraint, changed(claim, **values))


def test_a_reversal_is_negative_and_of_the_same_measure(cast: Cast) -> None:
    own, foreign = (ReimbursementClaim.objects.get(measure=measure_of(cast, name, "CATERING")) for name in ("Anna", "Bruno"))
    ClaimFactory(measure=own.measure, reverses=own, amount=Decimal("-31.50"))
    refused("claim_sign", lambda: ClaimFactory(measure=own.measure, reverses=own, amount=Decimal("31.50")))
    refused("claim_reverses_same_measure", lambda: ClaimFactory(measure=own.measure, reverses=foreign, amount=Decimal("-1")))


def test_rows_that_others_lean_on_stay(cast: Cast) -> None:
    for row in (cast.plans["Anna"], cast.learners["Anna"], measure_of(cast, "Anna", "TEACHER")):
        rows = type(row)._default_manager.filter(pk=row.pk)
        with pytest.raises(IntegrityError, match="foreign key"):
            tried(lambda rows=rows: rows._raw_delete("default"))
    assert Consultation.objects.filter(learner=cast.learners["Anna"]).exists()
    assert SupportPlan.objects.filter(learner=cast.learners["Anna"]).exists()

"""Samples of the mutations about support plans and their papers."""

from __future__ import annotations

from backend.core.clock import now
from backend.territory.models import Semester
from tests.factories.rows import (
    MeasureFactory,
    RiskAssessmentFactory,
    whole_state,
)
from tests.mutations.office import Office
from tests.mutations.samples.sample import Given, Sample


def _plan(office: Office) -> Given:
    return {"learnerId": office.desk.learner.public_id, "institutionCode": "MAPLE", "semesterCode": "2023/2024-1"}


def _measure(office: Office) -> Given:
    return {"planId": office.draft().public_id, "kindCode": "TEACHER", "subject": "Matemātika", "plannedHours": 30}


def _application(office: Office) -> Given:
    plan = office.draft()
    return {
        "learnerId": plan.learner.public_id,
        "institutionCode": "MAPLE",
        "semesterCode": "2023/2024-1",
        "signedOn": "2023-09-01",
        "receivedOn": "2023-09-04",
        "signerKind": "PARENT",
        "fileId": office.file(plan).public_id,
    }


def _carrying(office: Office) -> Given:
    plan = office.desk.running_plan(semester=Semester.objects.get(code="2022/2023-2"), **office.CLOSED_PERIOD)
    return {"fromPlanId": plan.public_id, "semesterCode": "2023/2024-1"}


def _risk(office: Office) -> Given:
    return {"planId": office.draft().public_id, "riskFactorCode": "low_motivation", "moment": "START", "level": 2}


def _risk_taken_off(office: Office) -> Given:
    plan = office.draft()
    with whole_state():
        return {"riskId": RiskAssessmentFactory(plan=plan).public_id}


def _measure_taken_off(office: Office) -> Given:
    return {"measureId": office.desk.measure(office.draft()).public_id}


def _returning(office: Office) -> Given:
    plan = office.submitted()
    with whole_state():
        measure = MeasureFactory(plan=plan, subject="Fizika")
    remarks = [{"subjectId": measure.public_id, "text": "Pietiek ar desmit stundām."}, {"text": "Pārējais ir labi."}]
    return {"planId": plan.public_id, "comment": "Par daudz stundu.", "remarks": remarks}


def _evaluation(office: Office) -> Given:
    plan = office.submitted(status="ACTIVE", activated_at=now())
    return {
        "planId": plan.public_id,
        "resultText": "Kavējumu ir mazāk.",
        "continueNext": True,
        "outcomes": [{"themeCode": "fewer_absences", "note": "Neviena neattaisnota."}],
        "endRisks": [{"riskFactorCode": "unexcused_absence", "level": 1}],
    }


def _interruption(office: Office) -> Given:
    plan = office.draft().public_id
    return {"planId": plan, "groundCode": "moved", "lastDay": "2023-10-01", "comment": "Pārgāja uz citu skolu."}


SAMPLES = {
    "recordApplication": Sample(_application, other={"signerKind": "GUARDIAN"}),
    "carryForwardSupportPlan": Sample(_carrying, other={"withMeasures": False}),
    "assessRisk": Sample(_risk, other={"level": 3}),
    "removeRisk": Sample(_risk_taken_off, other={"riskId": "risk_0"}, makes=False, leaves="riskId"),
    "removeMeasure": Sample(_measure_taken_off, other={"reason": "Kļūda."}, makes=False, leaves="measureId"),
    "submitSupportPlan": Sample(lambda office: {"planId": office.ready().public_id}, other={"comment": "Lūdzu."}, makes=False),
    "approveSupportPlan": Sample(
        lambda office: {"planId": office.submitted().public_id}, other={"comment": "Labi."}, app="office", makes=False
    ),
    "returnSupportPlan": Sample(
        _returning,
        other={"comment": "Par maz stundu."},
        app="office",
        makes=False,
    ),
    "evaluateSupportPlan": Sample(_evaluation, other={"continueNext": False}, makes=False),
    "closeSupportPlan": Sample(
        lambda office: {"planId": office.evaluated().public_id}, other={"comment": "Viss."}, app="office", makes=False
    ),
    "interruptSupportPlan": Sample(_interruption, other={"lastDay": "2023-10-02"}, makes=False),
    "draftSupportPlan": Sample(_plan, other={"periodTo": "2023-11-30"}),
    "planMeasure": Sample(_measure, other={"plannedHours": 5}),
}

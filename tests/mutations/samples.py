"""For each mutation of the schema an input that is accepted, once: what the generated tests send.

A new mutation takes a line here, and has its key, its version, its scopes and its ids tested.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend.core.clock import now
from backend.territory.models import Semester
from tests.factories.rows import RiskAssessmentFactory, whole_state
from tests.mutations.office import Office

Given = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """`make` gives an input for rows that it makes first; `other` is what another command under the same key would differ in."""

    make: Callable[[Office], Given]
    other: Given
    app: str = "journal"
    foreign: tuple[str, ...] = field(default=())
    makes: int = 1
    """Rows of the answer's type that one command adds, for each row that it answers with; 0: it changes what is there."""
    leaves: str = ""
    """The path at which the same command again answers NOT_FOUND, where what it was about is gone after the first."""


def _learner(office: Office) -> Given:
    return {"institutionCode": "MAPLE", "givenName": "Ilze", "familyName": "Paraudziņa", "birthDate": "2009-03-01"}


def _enrolment(office: Office) -> Given:
    return {
        "learnerId": office.cast.learners["Elza"].public_id,
        "institutionId": office.desk.school.public_id,
        "programmeKind": "GENERAL",
        "stage": 9,
        "startsOn": "2023-09-01",
    }


def _plan(office: Office) -> Given:
    return {"learnerId": office.desk.learner.public_id, "institutionCode": "MAPLE", "semesterCode": "2023/2024-1"}


def _measure(office: Office) -> Given:
    return {"planId": office.draft().public_id, "kindCode": "TEACHER", "subject": "Matemātika", "plannedHours": 30}


def _consultations(office: Office) -> Given:
    measure = office.desk.measure().public_id
    return {
        "entries": [
            {"measureId": measure, "heldOn": f"2023-10-0{day}", "startsAt": "14:00:00", "topic": "Daļskaitļi"} for day in (2, 3)
        ]
    }


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
    "removeRisk": Sample(_risk_taken_off, other={"riskId": "risk_0"}, makes=0, leaves="riskId"),
    "removeMeasure": Sample(_measure_taken_off, other={"reason": "Kļūda."}, makes=0, leaves="measureId"),
    "submitSupportPlan": Sample(lambda office: {"planId": office.ready().public_id}, other={"comment": "Lūdzu."}, makes=0),
    "approveSupportPlan": Sample(
        lambda office: {"planId": office.submitted().public_id}, other={"comment": "Labi."}, app="school-office", makes=0
    ),
    "returnSupportPlan": Sample(
        lambda office: {"planId": office.submitted().public_id, "comment": "Par daudz stundu."},
        other={"comment": "Par maz stundu."},
        app="school-office",
        makes=0,
    ),
    "evaluateSupportPlan": Sample(_evaluation, other={"continueNext": False}, makes=0),
    "closeSupportPlan": Sample(
        lambda office: {"planId": office.evaluated().public_id}, other={"comment": "Viss."}, app="school-office", makes=0
    ),
    "interruptSupportPlan": Sample(_interruption, other={"lastDay": "2023-10-02"}, makes=0),
    "registerLearner": Sample(_learner, other={"givenName": "Inese"}),
    "enrolLearner": Sample(_enrolment, other={"stage": 8}),
    "draftSupportPlan": Sample(_plan, other={"periodTo": "2023-11-30"}),
    "planMeasure": Sample(_measure, other={"plannedHours": 5}),
    "recordConsultations": Sample(_consultations, other={"entries": []}),
    "registerDocument": Sample(
        lambda office: {"text": "query Me { viewer { appName } }"}, other={"text": "{ viewer { roles } }"}
    ),
}

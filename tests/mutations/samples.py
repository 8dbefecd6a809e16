"""For each mutation of the schema an input that is accepted, once: what the generated tests send.

A new mutation takes a line here, and has its key, its version, its scopes and its ids tested.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.mutations.office import Office

Given = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """`make` gives an input for rows that it makes first; `other` is what another command under the same key would differ in."""

    make: Callable[[Office], Given]
    other: Given
    app: str = "journal"
    foreign: tuple[str, ...] = field(default=())


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


SAMPLES = {
    "registerLearner": Sample(_learner, other={"givenName": "Inese"}),
    "enrolLearner": Sample(_enrolment, other={"stage": 8}),
    "draftSupportPlan": Sample(_plan, other={"periodTo": "2023-11-30"}),
    "planMeasure": Sample(_measure, other={"plannedHours": 5}),
    "recordConsultations": Sample(_consultations, other={"entries": []}),
    "registerDocument": Sample(
        lambda office: {"text": "query Me { viewer { appName } }"}, other={"text": "{ viewer { roles } }"}
    ),
}

"""For each mutation of the schema an input that is accepted, once: what the generated tests send.

A new mutation takes a line here, and has its key, its version, its scopes and its ids tested.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend.accounts.models import Level, Role
from backend.cases.learners.models import DuplicateCandidate, Learner
from backend.core.clock import now
from backend.registry.models import CooperationAgreement, InstitutionParticipation
from backend.territory.models import Semester
from tests.factories.case_rows import DuplicateFactory
from tests.factories.rows import EnrolmentFactory, InstitutionFactory, LearnerFactory, UserFactory, user_with, whole_state
from tests.mutations.office import Office

Given = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """`make` gives an input for rows that it makes first; `other` is what another command under the same key would differ in."""

    make: Callable[[Office], Given]
    other: Given
    app: str = "journal"
    foreign: tuple[str, ...] = field(default=())
    adds: bool = True
    """Whether it adds rows; otherwise it changes one that is there."""
    instead: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By an input that is not given: inputs that must be left out when it is."""


NO_CODE = {"noCodeReason": "Kods vēl nav piešķirts"}


def _learner(office: Office) -> Given:
    return {"institutionCode": "MAPLE", "givenName": "Ilze", "familyName": "Paraudziņa", "birthDate": "2009-03-01"} | NO_CODE


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


def _running_enrolment(office: Office) -> Given:
    with whole_state():
        enrolment = EnrolmentFactory(learner=LearnerFactory(registering_institution=office.desk.school))
    return {"enrolmentId": enrolment.public_id, "endsOn": "2023-10-13", "endReason": "LEFT"}


def _pair(office: Office, **fields: Any) -> Any:
    with whole_state():
        two = sorted((LearnerFactory(registering_institution=office.desk.school) for _ in range(2)), key=lambda row: row.pk)
        return DuplicateFactory(pair=None, first=two[0], second=two[1], **fields)


def _decision(office: Office) -> Given:
    pair = _pair(office)
    return {
        "duplicateCandidateId": pair.public_id,
        "decision": "SAME_PERSON",
        "keptId": pair.first.public_id,
        "reason": "Viena persona",
    }


def _merged(office: Office) -> Given:
    pair = _pair(office)
    with whole_state():
        Learner.objects.filter(pk=pair.second_id).update(merged_into=pair.first)
        changed = {"status": "SAME_PERSON", "kept": pair.first, "decided_at": now(), "decision_reason": "Viena persona"}
        DuplicateCandidate.objects.filter(pk=pair.pk).update(**changed)
    return {"duplicateCandidateId": pair.public_id, "reason": "Dažādas personas"}


def _joining(office: Office) -> Given:
    agreement = CooperationAgreement.objects.get(number="P6-1/1")
    return {"institutionCode": "LINDEN", "agreementId": agreement.public_id, "joinedOn": "2023-09-01"}


def _leaving(office: Office) -> Given:
    participation = InstitutionParticipation.objects.create(
        agreement=CooperationAgreement.objects.get(number="P6-1/1"),
        institution=InstitutionFactory(),
        joined_on=dt.date(2021, 9, 1),
    )
    return {"participationId": participation.public_id, "leftOn": "2023-10-31", "reason": "Iestāde slēgta"}


def _staff(office: Office) -> Given:
    return {"username": UserFactory().username, "role": "plan_author", "institutionCode": "MAPLE", "validFrom": "2023-10-01"}


def _assignment(office: Office) -> Given:
    user = user_with(Role.SUPPORT_PROVIDER, Level.INSTITUTION, office.desk.school, username=f"leaving-{UserFactory().pk.hex[:8]}")
    return {"assignmentId": user.assignments.get().public_id, "validTo": "2023-10-31", "reason": "Darba attiecības beigušās"}


def _closed(office: Office) -> Given:
    Semester.objects.filter(code="2022/2023-1").update(closed_at=now())
    return {"semesterCode": "2022/2023-1", "reason": "Jālabo stundas"}


SAMPLES = {
    "signAgreement": Sample(
        lambda office: {"municipalityCode": "LV-042", "number": "P6-2/9", "signedOn": "2023-09-01"},
        other={"signedOn": "2023-09-04"},
        app="state-register",
        instead={"institutionId": ("municipalityCode",)},
    ),
    "joinInstitution": Sample(_joining, other={"joinedOn": "2023-09-04"}, app="state-register"),
    "leaveInstitution": Sample(_leaving, other={"reason": "Cits"}, app="state-register", adds=False),
    "assignStaff": Sample(
        _staff,
        other={"role": "support_provider"},
        app="state-register",
        instead={"accountId": ("username",), "municipalityId": ("institutionCode",), "regionId": ("institutionCode",)},
    ),
    "endAssignment": Sample(_assignment, other={"validTo": "2023-10-30"}, app="state-register", adds=False),
    "setTariff": Sample(
        lambda office: {"kindCode": "CATERING", "unit": "MEAL", "rate": "3.10", "validFrom": "2023-11-01"},
        other={"rate": "3.20"},
        app="state-register",
    ),
    "closeSemester": Sample(
        lambda office: {"semesterCode": "2022/2023-2"}, other={"semesterCode": "2022/2023-1"}, app="state-register", adds=False
    ),
    "reopenSemester": Sample(_closed, other={"reason": "Cits"}, app="state-register", adds=False),
    "updateLearner": Sample(
        lambda office: {"learnerId": office.desk.learner.public_id, "givenName": "Ieviņa", "phone": "+371 20000000"},
        other={"givenName": "Eva"},
        adds=False,
    ),
    "endEnrolment": Sample(_running_enrolment, other={"endReason": "OTHER"}, adds=False),
    "decideDuplicate": Sample(_decision, other={"reason": "Cits"}, app="school-office", adds=False),
    "undoMerge": Sample(_merged, other={"reason": "Cits"}, app="school-office", adds=False),
    "registerLearner": Sample(_learner, other={"givenName": "Inese"}),
    "enrolLearner": Sample(_enrolment, other={"stage": 8}),
    "draftSupportPlan": Sample(_plan, other={"periodTo": "2023-11-30"}),
    "planMeasure": Sample(_measure, other={"plannedHours": 5}),
    "recordConsultations": Sample(_consultations, other={"entries": []}),
    "registerDocument": Sample(
        lambda office: {"text": "query Me { viewer { appName } }"}, other={"text": "{ viewer { roles } }"}
    ),
}

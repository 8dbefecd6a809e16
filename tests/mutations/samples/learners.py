"""Samples of the mutations about records of learners."""

from __future__ import annotations

from typing import Any

from backend.cases.learners.models import DuplicateCandidate, Learner
from backend.core.clock import now
from tests.factories.case_rows import DuplicateFactory
from tests.factories.rows import (
    EnrolmentFactory,
    LearnerFactory,
    whole_state,
)
from tests.mutations.office import Office
from tests.mutations.samples.sample import Given, Sample

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


SAMPLES = {
    "updateLearner": Sample(
        lambda office: {"learnerId": office.desk.learner.public_id, "givenName": "Ieviņa", "phone": "+371 20000000"},
        other={"givenName": "Eva"},
        makes=False,
    ),
    "endEnrolment": Sample(_running_enrolment, other={"endReason": "OTHER"}, makes=False),
    "decideDuplicate": Sample(_decision, other={"reason": "Cits"}, app="office", makes=False),
    "undoMerge": Sample(_merged, other={"reason": "Cits"}, app="office", makes=False),
    "registerLearner": Sample(_learner, other={"givenName": "Inese"}),
    "enrolLearner": Sample(_enrolment, other={"stage": 8}),
}

"""Samples of the mutations about agreements, people, tariffs and semesters."""

from __future__ import annotations

import datetime as dt

from backend.accounts.models import Level, Role
from backend.core.clock import now
from backend.registry.models import CooperationAgreement, InstitutionParticipation
from backend.territory.models import Semester
from tests.factories.rows import (
    InstitutionFactory,
    UserFactory,
    user_with,
)
from tests.mutations.office import Office
from tests.mutations.samples.sample import Given, Sample


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
        app="agency",
        instead={"institutionId": ("municipalityCode",)},
    ),
    "joinInstitution": Sample(_joining, other={"joinedOn": "2023-09-04"}, app="agency"),
    "leaveInstitution": Sample(_leaving, other={"reason": "Cits"}, app="agency", makes=False),
    "assignStaff": Sample(
        _staff,
        other={"role": "support_provider"},
        app="agency",
        instead={"accountId": ("username",), "municipalityId": ("institutionCode",), "regionId": ("institutionCode",)},
    ),
    "endAssignment": Sample(_assignment, other={"validTo": "2023-10-30"}, app="agency", makes=False),
    "setTariff": Sample(
        lambda office: {"kindCode": "CATERING", "unit": "MEAL", "rate": "3.10", "validFrom": "2023-11-01"},
        other={"rate": "3.20"},
        app="agency",
    ),
    "setReferenceValue": Sample(
        lambda office: {
            "list": "RISK_FACTORS",
            "code": "low_motivation",
            "name": "Zema mācību motivācija",
            "validFrom": "2023-11-01",
            "properties": [{"name": "factClass", "value": "PERSONAL"}],
        },
        other={"name": "Trūkst motivācijas"},
        app="agency",
    ),
    "closeSemester": Sample(
        lambda office: {"semesterCode": "2022/2023-2"}, other={"semesterCode": "2022/2023-1"}, app="agency", makes=False
    ),
    "reopenSemester": Sample(_closed, other={"reason": "Cits"}, app="agency", makes=False),
}

"""For each mutation of the schema an input that is accepted, once: what the generated tests send.

A new mutation takes a line here, and has its key, its version, its scopes and its ids tested.
"""

from __future__ import annotations

import datetime as dt
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
    makes: bool = True
    """Whether it makes the row that it answers with, or changes one."""
    version: int = 1
    """Of the row that it is based on."""
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


def _claim(office: Office) -> Given:
    till = office.till
    cost = {"incurredOn": "2023-09-14", "amount": "31.50", "documentNumber": "R-1", "units": "10"}
    return {
        "measureId": till.catering().public_id,
        "period": "2023-09-01",
        "items": [cost | {"proofId": till.proof().public_id}],
    }


def _deciding(office: Office) -> Given:
    return {"claimId": office.till.claim().public_id}


def _reversing(office: Office) -> Given:
    return {"claimId": office.till.approved().public_id, "reason": "Ievadīts divreiz."}


def _payment(office: Office) -> Given:
    office.till.approved()
    return {"agreementId": office.till.agreement.public_id, "month": "2023-09-01"}


def _batch(office: Office) -> Given:
    office.till.approved()
    return {"paymentBatchId": office.till.batch().public_id}


def _paying(office: Office) -> Given:
    return _batch(office) | {"paidAt": "2023-10-18T09:00:00+03:00"}


def _returning(office: Office) -> Given:
    office.till.approved()
    batch = office.till.pay(office.till.batch(), paid_at=dt.datetime(2023, 10, 18, 6, tzinfo=dt.UTC))
    return {"paymentBatchId": batch.public_id, "returnedAt": "2023-10-19T09:00:00+03:00", "reasonCode": "AC04"}


SAMPLES = {
    "registerLearner": Sample(_learner, other={"givenName": "Inese"}),
    "enrolLearner": Sample(_enrolment, other={"stage": 8}),
    "draftSupportPlan": Sample(_plan, other={"periodTo": "2023-11-30"}),
    "planMeasure": Sample(_measure, other={"plannedHours": 5}),
    "recordConsultations": Sample(_consultations, other={"entries": []}),
    "claimReimbursement": Sample(_claim, other={"basisNote": "Cits pamats"}),
    "approveReimbursement": Sample(_deciding, other={"comment": "Jā."}, app="office", makes=False),
    "rejectReimbursement": Sample(
        lambda office: _deciding(office) | {"reason": "Nav rēķina."}, other={"reason": "Cits."}, app="office", makes=False
    ),
    "reverseReimbursement": Sample(_reversing, other={"amount": "1.00"}, app="office", version=2),
    "createPaymentBatch": Sample(_payment, other={"month": "2023-10-01"}, app="agency"),
    "releasePaymentBatch": Sample(_batch, other={"expectedVersion": 9}, app="agency", makes=False),
    "cancelPaymentBatch": Sample(_batch, other={"expectedVersion": 9}, app="agency", makes=False),
    "markPaymentBatchPaid": Sample(_paying, other={"bankReference": "FT-2"}, app="agency", makes=False),
    "markPaymentReturned": Sample(_returning, other={"reason": "slēgts"}, app="agency", makes=False, version=2),
    "registerDocument": Sample(
        lambda office: {"text": "query Me { viewer { appName } }"}, other={"text": "{ viewer { roles } }"}
    ),
}

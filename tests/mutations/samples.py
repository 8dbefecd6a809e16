"""For each mutation of the schema an input that is accepted, once: what the generated tests send.

A new mutation takes a line here, and has its key, its version, its scopes and its ids tested.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend.cases.delivery.derivation import derive_sheets
from backend.cases.delivery.locking import SheetKey
from backend.cases.delivery.models import Consultation, Timesheet
from backend.cases.delivery.months import sheets_of
from backend.core.clock import now
from backend.registry.models import CooperationAgreement
from tests.factories.case_rows import CaseFileFactory, SubmissionFactory
from tests.factories.rows import ConsultationFactory, whole_state
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


# -- delivery ------------------------------------------------------------------------------------------------------------
def _hour(office: Office, **fields: Any) -> Consultation:
    """An hour of 2 October that the specialist confirmed."""
    measure = office.desk.measure()
    with whole_state():
        given = {"held_on": dt.date(2023, 10, 2), "learner_confirmed_at": None, "provider": office.desk.provider}
        return ConsultationFactory(measure=measure, **(given | fields))


def _scan(office: Office, purpose: str) -> str:
    with whole_state():
        return CaseFileFactory(institution=office.desk.school, purpose=purpose, room="delivery").public_id


def _confirmation(office: Office) -> Given:
    named = {"consultationIds": [_hour(office).public_id], "side": "LEARNER", "method": "SIGNED_SHEET"}
    return named | {"fileId": _scan(office, "SIGNED_SHEET")}


def _correction(office: Office) -> Given:
    return {"consultationId": _hour(office).public_id, "topic": "Procenti", "reason": "Pārrakstīšanās"}


def _sheet(office: Office) -> Given:
    return {
        "measureId": office.desk.measure().public_id,
        "providerId": office.desk.provider.public_id,
        "signedOn": "2023-09-04",
        "agreementFileId": _scan(office, "AGREEMENT"),
    }


def _order(office: Office) -> Given:
    return {
        "institutionCode": "MAPLE",
        "number": "1-9/12",
        "signedOn": "2023-10-02",
        "validFrom": "2023-10-02",
        "validTo": "2023-12-31",
        "channels": ["e-klase", "WhatsApp"],
        "confirmation": "Ziņa e-klasē tajā pašā dienā",
        "providerIds": [office.desk.provider.public_id],
        "planIds": [office.desk.running_plan().public_id],
    }


def _timesheet(office: Office, **fields: Any) -> Timesheet:
    """October of the provider: one hour that both confirmed."""
    row = _hour(office, learner_confirmed_at=now())
    key = SheetKey.of(institution_id=row.institution_id, provider_id=row.provider_id, day=row.held_on)
    with whole_state():
        derive_sheets([key], actor_id=None)
        sheet = Timesheet.objects.get(sheets_of([key]))
        if fields:
            Timesheet.objects.filter(pk=sheet.pk).update(**fields)
    return sheet


def _approval(office: Office) -> Given:
    return {"timesheetId": _timesheet(office).public_id}


def _withdrawal(office: Office) -> Given:
    sheet = _timesheet(office, status="APPROVED_BY_INSTITUTION", head_approved_at=now())
    return {"timesheetId": sheet.public_id, "reason": "Trūkst stundas"}


def _position(office: Office) -> Given:
    return {"timesheetId": _timesheet(office).public_id, "positionCode": "pedagogs", "specialistRole": "TEACHER"}


def _month(office: Office) -> Given:
    _timesheet(office, status="APPROVED_BY_COORDINATOR", head_approved_at=now(), coordinator_approved_at=now())
    return {"institutionCode": "MAPLE", "month": "2023-10-01"}


def _reopening(office: Office) -> Given:
    with whole_state():
        row = SubmissionFactory(institution=office.desk.school, agreement=CooperationAgreement.objects.get())
    return {"monthSubmissionId": row.public_id, "reason": "Kļūda stundās"}


# -- money -------------------------------------------------------------------------------------------------------------
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
    "confirmConsultation": Sample(_confirmation, other={"side": "PROVIDER"}, makes=False),
    "correctConsultation": Sample(_correction, other={"topic": "Daļas"}),
    "issueConfirmationCode": Sample(
        lambda office: {"consultationIds": [_hour(office).public_id]}, other={"consultationIds": []}, makes=False
    ),
    "recordConsultationSheet": Sample(_sheet, other={"signedOn": "2023-09-05"}),
    "recordRemoteOrder": Sample(_order, other={"number": "1-9/13"}, app="office"),
    "approveTimesheet": Sample(_approval, other={"comment": "Labi"}, app="office", makes=False),
    "withdrawTimesheetApproval": Sample(_withdrawal, other={"reason": "Cits"}, app="office", makes=False),
    "setPosition": Sample(_position, other={"positionCode": "psihologs"}, app="office", makes=False),
    "submitMonth": Sample(_month, other={"comment": "Cits"}, app="municipal-system"),
    "reopenMonth": Sample(_reopening, other={"reason": "Cits"}, app="region", makes=False),
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

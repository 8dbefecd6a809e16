"""Samples of the mutations about hours, sheets, timesheets and months."""

from __future__ import annotations

import datetime as dt
from typing import Any

from backend.cases.delivery.derivation import derive_sheets
from backend.cases.delivery.locking import SheetKey
from backend.cases.delivery.models import Consultation, Timesheet
from backend.cases.delivery.months import sheets_of
from backend.core.clock import now
from backend.registry.models import CooperationAgreement
from tests.factories.case_rows import CaseFileFactory, SubmissionFactory
from tests.factories.rows import (
    ConsultationFactory,
    whole_state,
)
from tests.mutations.office import Office
from tests.mutations.samples.sample import Given, Sample


def _consultations(office: Office) -> Given:
    measure = office.desk.measure().public_id
    return {
        "entries": [
            {"measureId": measure, "heldOn": f"2023-10-0{day}", "startsAt": "14:00:00", "topic": "Daļskaitļi"} for day in (2, 3)
        ]
    }


def _hour(office: Office, **fields: Any) -> Consultation:
    """An hour of 2 October that the specialist confirmed."""
    measure = office.desk.measure()
    given = {"held_on": dt.date(2023, 10, 2), "learner_confirmed_at": None, "provider": office.desk.provider}
    with whole_state():
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


SAMPLES = {
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
}

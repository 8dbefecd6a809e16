"""For each mutation of the schema an input that is accepted, once: what the generated tests send.

A new mutation takes a line here, and has its key, its version, its scopes and its ids tested.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend.accounts.models import Level, Role
from backend.cases.delivery.derivation import derive_sheets
from backend.cases.delivery.locking import SheetKey
from backend.cases.delivery.models import Consultation, Timesheet
from backend.cases.delivery.months import sheets_of
from backend.cases.learners.models import DuplicateCandidate, Learner
from backend.core.clock import now
from backend.registry.models import CooperationAgreement, InstitutionParticipation
from backend.territory.models import Semester
from tests.factories.case_rows import CaseFileFactory, DuplicateFactory, SubmissionFactory
from tests.factories.rows import (
    ConsultationFactory,
    EnrolmentFactory,
    InstitutionFactory,
    LearnerFactory,
    RiskAssessmentFactory,
    UserFactory,
    user_with,
    whole_state,
)
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
    instead: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By an input that is not given: inputs that must be left out when it is."""
    leaves: str = ""
    """The path at which the same command again answers NOT_FOUND, where what it was about is gone after the first."""


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


# -- delivery ------------------------------------------------------------------------------------------------------------
def _hour(office: Office, **fields: Any) -> Consultation:
    """An hour of 2 October that the specialist confirmed."""
    with whole_state():
        given = {"held_on": dt.date(2023, 10, 2), "learner_confirmed_at": None, "provider": office.desk.provider}
        return ConsultationFactory(measure=office.desk.measure(), **(given | fields))


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
    "closeSemester": Sample(
        lambda office: {"semesterCode": "2022/2023-2"}, other={"semesterCode": "2022/2023-1"}, app="agency", makes=False
    ),
    "reopenSemester": Sample(_closed, other={"reason": "Cits"}, app="agency", makes=False),
    "updateLearner": Sample(
        lambda office: {"learnerId": office.desk.learner.public_id, "givenName": "Ieviņa", "phone": "+371 20000000"},
        other={"givenName": "Eva"},
        makes=False,
    ),
    "endEnrolment": Sample(_running_enrolment, other={"endReason": "OTHER"}, makes=False),
    "decideDuplicate": Sample(_decision, other={"reason": "Cits"}, app="office", makes=False),
    "undoMerge": Sample(_merged, other={"reason": "Cits"}, app="office", makes=False),
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
        lambda office: {"planId": office.submitted().public_id, "comment": "Par daudz stundu."},
        other={"comment": "Par maz stundu."},
        app="office",
        makes=False,
    ),
    "evaluateSupportPlan": Sample(_evaluation, other={"continueNext": False}, makes=False),
    "closeSupportPlan": Sample(
        lambda office: {"planId": office.evaluated().public_id}, other={"comment": "Viss."}, app="office", makes=False
    ),
    "interruptSupportPlan": Sample(_interruption, other={"lastDay": "2023-10-02"}, makes=False),
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
    "registerDocument": Sample(
        lambda office: {"text": "query Me { viewer { appName } }"}, other={"text": "{ viewer { roles } }"}
    ),
}

"""Factories of what stands around plans, hours and money. Rows are valid by default, like those of `rows`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from backend.cases.casefiles.models import CaseFile
from backend.cases.delivery.models import (
    ConfirmationCode,
    ConsultationSheet,
    MonthSubmission,
    RemoteOrder,
    RemoteOrderPlan,
    RemoteOrderStaff,
    Timesheet,
    TimesheetLine,
    TimesheetStep,
)
from backend.cases.learners.models import DuplicateCandidate, MergedRow
from backend.cases.plans.models import Application, PlanAuthor, PlanOutcome, PlanRemark, PlanStep
from backend.cases.transfers.models import Transfer, TransferShare
from backend.core.clock import now
from backend.registry.models import CooperationAgreement, OutcomeTheme, PartnerAccount, Position, StaffContract
from backend.territory.models import Municipality, Programme, Semester
from tests.factories.rows import (
    InstitutionFactory,
    LearnerFactory,
    MeasureFactory,
    SupportPlanFactory,
    UserFactory,
)

FEBRUARY = dt.date(2023, 2, 1)


class AgreementFactory(DjangoModelFactory[CooperationAgreement]):
    """Madona's agreement of 2017."""

    class Meta:
        model = CooperationAgreement

    programme = factory.LazyFunction(Programme.objects.get)
    signed_on = dt.date(2017, 9, 1)
    municipality = factory.LazyFunction(lambda: Municipality.objects.get(code="LV-059"))


class PartnerAccountFactory(DjangoModelFactory[PartnerAccount]):
    """An account of no real bank."""

    class Meta:
        model = PartnerAccount

    agreement = factory.SubFactory(AgreementFactory)
    holder = "Parauga novada pašvaldība"
    iban = "LV80BANK0000435195001"
    valid_from = dt.date(2017, 9, 1)


class StaffContractFactory(DjangoModelFactory[StaffContract]):
    """A teacher's contract, still running."""

    class Meta:
        model = StaffContract

    user = factory.SubFactory(UserFactory)
    institution = factory.SubFactory(InstitutionFactory)
    position = factory.LazyFunction(lambda: Position.objects.get(code="pedagogs"))
    starts_on = dt.date(2019, 9, 1)


class CaseFileFactory(DjangoModelFactory[CaseFile]):
    """A scanned application."""

    class Meta:
        model = CaseFile

    institution = factory.SubFactory(InstitutionFactory)
    purpose = "APPLICATION"
    room = "plans"
    name = "iesniegums.pdf"
    media_type = "application/pdf"
    size = 1024
    sha256 = "0" * 64
    storage_key = factory.Sequence(lambda number: f"test/{number}")


def _two_of_one_school() -> tuple[Any, Any]:
    one = LearnerFactory()
    return one, LearnerFactory(registering_institution=one.registering_institution)


class DuplicateFactory(DjangoModelFactory[DuplicateCandidate]):
    """An open pair of two learners of one school."""

    class Meta:
        model = DuplicateCandidate

    class Params:
        pair = factory.LazyFunction(_two_of_one_school)

    first = factory.LazyAttribute(lambda row: min(row.pair, key=lambda learner: learner.pk))
    second = factory.LazyAttribute(lambda row: max(row.pair, key=lambda learner: learner.pk))
    bases = ["NAME_FOLDED", "BIRTH_DATE"]
    score = Decimal("0.9")


class MergedRowFactory(DjangoModelFactory[MergedRow]):
    """A plan that a merge moved."""

    class Meta:
        model = MergedRow

    candidate = factory.SubFactory(DuplicateFactory)
    model = "plans.SupportPlan"
    row = factory.LazyAttribute(lambda row: row.candidate.pk)
    moved_from = factory.SelfAttribute("candidate.second")


class ApplicationFactory(DjangoModelFactory[Application]):
    """Signed by a parent for 2022/2023, semester 2."""

    class Meta:
        model = Application

    learner = factory.SubFactory(LearnerFactory)
    institution = factory.SelfAttribute("learner.registering_institution")
    semester = factory.LazyFunction(lambda: Semester.objects.get(code="2022/2023-2"))
    signer_kind = "PARENT"
    signed_on = dt.date(2023, 1, 10)


class _OfPlan(DjangoModelFactory[Any]):
    class Meta:
        abstract = True

    plan = factory.SubFactory(SupportPlanFactory)
    institution = factory.SelfAttribute("plan.institution")


class PlanAuthorFactory(_OfPlan):
    """A second author."""

    class Meta:
        model = PlanAuthor

    user = factory.SubFactory(UserFactory)


class PlanOutcomeFactory(_OfPlan):
    """Fewer absences."""

    class Meta:
        model = PlanOutcome

    theme = factory.LazyFunction(lambda: OutcomeTheme.objects.get(code="fewer_absences"))


class PlanRemarkFactory(_OfPlan):
    """A word on the plan, said with the step that made it."""

    class Meta:
        model = PlanRemark

    step = factory.LazyAttribute(
        lambda remark: PlanStep.objects.create(plan=remark.plan, institution=remark.institution, to_status="RETURNED")
    )
    position = 0
    text = "Par daudz stundu."


class SheetFactory(DjangoModelFactory[ConsultationSheet]):
    """A teacher's sheet under an agreement of January."""

    class Meta:
        model = ConsultationSheet

    measure = factory.SubFactory(MeasureFactory)
    learner = factory.SelfAttribute("measure.learner")
    institution = factory.SelfAttribute("measure.institution")
    specialist_role = factory.SelfAttribute("measure.kind_code")
    provider = factory.SubFactory(UserFactory)
    number = factory.Sequence(lambda number: f"KA-{number}")
    signed_on = dt.date(2023, 1, 16)


class RemoteOrderFactory(DjangoModelFactory[RemoteOrder]):
    """An order for February over e-klase."""

    class Meta:
        model = RemoteOrder

    institution = factory.SubFactory(InstitutionFactory)
    number = factory.Sequence(lambda number: f"1-9/{number}")
    signed_on = FEBRUARY
    valid_from = FEBRUARY
    valid_to = dt.date(2023, 2, 28)
    channels = ["e-klase"]
    confirmation = "Ziņa e-klasē tajā pašā dienā"


class RemoteOrderStaffFactory(DjangoModelFactory[RemoteOrderStaff]):
    """Somebody whom an order names."""

    class Meta:
        model = RemoteOrderStaff

    order = factory.SubFactory(RemoteOrderFactory)
    institution = factory.SelfAttribute("order.institution")
    user = factory.SubFactory(UserFactory)


class RemoteOrderPlanFactory(_OfPlan):
    """A plan that an order names."""

    class Meta:
        model = RemoteOrderPlan

    learner = factory.SelfAttribute("plan.learner")
    order = factory.SubFactory(RemoteOrderFactory, institution=factory.SelfAttribute("..institution"))


class ConfirmationCodeFactory(DjangoModelFactory[ConfirmationCode]):
    """A code of a day."""

    class Meta:
        model = ConfirmationCode

    learner = factory.SubFactory(LearnerFactory)
    institution = factory.SelfAttribute("learner.registering_institution")
    code_hash = factory.Sequence(lambda number: f"k1:{number}")
    expires_at = factory.LazyFunction(lambda: now() + dt.timedelta(days=1))


class SubmissionFactory(DjangoModelFactory[MonthSubmission]):
    """March 2023, in which the cast gave no hour."""

    class Meta:
        model = MonthSubmission

    institution = factory.SubFactory(InstitutionFactory)
    agreement = factory.SubFactory(AgreementFactory)
    month = dt.date(2023, 3, 1)


class TimesheetFactory(DjangoModelFactory[Timesheet]):
    """An empty sheet of March 2023."""

    class Meta:
        model = Timesheet

    provider = factory.SubFactory(UserFactory)
    institution = factory.SubFactory(InstitutionFactory)
    month = dt.date(2023, 3, 1)


class TimesheetLineFactory(DjangoModelFactory[TimesheetLine]):
    """Two hours on the first of the month; write its sheet's `hours` beside it."""

    class Meta:
        model = TimesheetLine

    timesheet = factory.SubFactory(TimesheetFactory, hours=2)
    institution = factory.SelfAttribute("timesheet.institution")
    specialist_role = "TEACHER"
    position = factory.LazyFunction(lambda: Position.objects.get(code="pedagogs"))
    hours = 2
    hours_by_day = factory.LazyFunction(lambda: [2, *[0] * 30])


class TimesheetStepFactory(DjangoModelFactory[TimesheetStep]):
    """The step that made a sheet."""

    class Meta:
        model = TimesheetStep

    timesheet = factory.SubFactory(TimesheetFactory)
    institution = factory.SelfAttribute("timesheet.institution")
    to_status = "ENTERED"


class TransferFactory(DjangoModelFactory[Transfer]):
    """A proposal of the receiving school."""

    class Meta:
        model = Transfer

    learner = factory.SubFactory(LearnerFactory)
    institution = factory.SelfAttribute("learner.registering_institution")
    to_institution = factory.SubFactory(InstitutionFactory)
    proposed_from = "RECEIVING"
    effective_on = dt.date(2023, 10, 23)


class TransferShareFactory(DjangoModelFactory[TransferShare]):
    """A copy of the running plan."""

    class Meta:
        model = TransferShare

    transfer = factory.SubFactory(TransferFactory)
    institution = factory.SelfAttribute("transfer.institution")
    to_institution = factory.SelfAttribute("transfer.to_institution")
    part = "CURRENT_PLAN"
    mode = "COPY"

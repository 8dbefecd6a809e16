"""A row of every table of the case side, for what is tried on all of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.factories.case_rows import (
    ApplicationFactory,
    CaseFileFactory,
    ConfirmationCodeFactory,
    DuplicateFactory,
    MergedRowFactory,
    PlanAuthorFactory,
    PlanOutcomeFactory,
    PlanRemarkFactory,
    RemoteOrderFactory,
    RemoteOrderPlanFactory,
    RemoteOrderStaffFactory,
    SheetFactory,
    SubmissionFactory,
    TimesheetFactory,
    TimesheetLineFactory,
    TimesheetStepFactory,
    TransferFactory,
    TransferShareFactory,
)
from tests.factories.money_rows import (
    ClaimDecisionFactory,
    ClaimItemFactory,
    PaymentItemFactory,
    balanced_entry,
)
from tests.factories.rows import (
    ClaimFactory,
    LearnerFactory,
    MeasureFactory,
)


def a_row_of_every_case_table(*, plan: Any, learner: Any) -> None:
    """One row at least in each table that the demonstration leaves empty, all of the plan's school."""
    school, measure = plan.institution, MeasureFactory(plan=plan, subject="Ķīmija")
    twin = LearnerFactory(registering_institution=school)
    first, second = sorted((learner, twin), key=lambda row: row.pk)
    MergedRowFactory(candidate=DuplicateFactory(pair=None, first=first, second=second))
    CaseFileFactory(institution=school)
    if plan.application is None:  # the demonstration's plans have theirs
        ApplicationFactory(learner=learner, institution=school, semester=plan.semester)
    PlanAuthorFactory(plan=plan)
    PlanOutcomeFactory(plan=plan)
    PlanRemarkFactory(plan=plan)
    SheetFactory(measure=measure)
    order = RemoteOrderFactory(institution=school)
    RemoteOrderStaffFactory(order=order)
    RemoteOrderPlanFactory(plan=plan, order=order)
    ConfirmationCodeFactory(learner=learner, institution=school)
    SubmissionFactory(institution=school, month=dt.date(2019, 1, 1))
    sheet = TimesheetLineFactory(timesheet=TimesheetFactory(institution=school, hours=2)).timesheet
    TimesheetStepFactory(timesheet=sheet)
    claim = ClaimFactory(measure=MeasureFactory(plan=plan, code="CATERING"))
    ClaimItemFactory(claim=claim)
    ClaimDecisionFactory(claim=claim)
    PaymentItemFactory(claim=claim)
    balanced_entry(claim=claim)
    TransferShareFactory(transfer=TransferFactory(learner=learner, institution=school))

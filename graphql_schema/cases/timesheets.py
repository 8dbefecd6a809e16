"""Monthly timesheets and submitted months: to read, to approve, to submit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.accounts.scope import Scope
from backend.cases.delivery import approving, selectors, services, sums
from backend.cases.delivery.models import MonthSubmission, Timesheet, TimesheetLine, TimesheetStatus, TimesheetStep
from backend.cases.delivery.policies import DELIVERY
from backend.cases.reimbursements.month_claims import held_by_submission
from backend.registry.models import SpecialistRole
from backend.territory.models import Institution
from graphql_schema.cases.plan_actions import ShownCondition
from graphql_schema.cases.shared import (
    ID,
    OWN_INSTITUTION,
    VERSION,
    account,
    document_path,
    institution_filters,
    key_filter,
    month_filters,
    semester_of_month,
)
from graphql_schema.engine.commands import Choice, Key, Mutation, Named, Plain
from graphql_schema.engine.declarations import (
    Children,
    Column,
    Filter,
    FilterKind,
    Gathered,
    ObjectType,
    Order,
    Reckoned,
    Relation,
)


def _unmet(scope: Scope, keys: Sequence[UUID]) -> Mapping[UUID, list[ShownCondition]]:
    found = approving.unmet_conditions(scope=scope, timesheet_ids=keys)
    return {key: [ShownCondition.of(problem) for problem in problems] for key, problems in found.items()}


TIMESHEET = ObjectType(
    name="Timesheet",
    plural="timesheets",
    description=(
        "Monthly timesheet (darba laika uzskaites veidlapa, DLUV) of a specialist at an institution, "
        "derived from the consultations."
    ),
    needs="delivery.read",
    model=Timesheet,
    select=lambda scope: selectors.timesheets(scope=scope),
    policy=DELIVERY,
    order=("-month", "id"),
    orders=(
        Order(name="MONTH", columns=("month",), description="By month."),
        Order(
            name="PROVIDER", columns=("provider__sort_key",), description="Latvian alphabetical order of the specialists' names."
        ),
        Order(name="STATUS", columns=("status",), description="By status."),
    ),
    filters=(
        *institution_filters(path="institution"),
        Filter(
            name="status", lookup="status", kind=FilterKind.CHOICES, enum=TimesheetStatus, description="In one of these statuses."
        ),
        *semester_of_month("month"),
        Filter(name="month", lookup="month", kind=FilterKind.DATE, description="First day of the month."),
        key_filter("providerId", "provider_id", "usr", "Of this specialist."),
    ),
    fields=(
        ID,
        VERSION,
        OWN_INSTITUTION,
        account("provider", "The specialist."),
        Column(name="month", description="First day of the month."),
        Column(name="status", enum=TimesheetStatus, description="Where it stands."),
        Column(name="hours", description="Hours: entries that both sides confirmed."),
        Reckoned(
            name="unconfirmedEntries",
            kind=int,
            expression=sums.unconfirmed_entries,
            description="Entries that lack a confirmation.",
        ),
        Children(name="lines", to="TimesheetLine", via="timesheet", description="Hours by role and position."),
        Children(name="consultations", to="Consultation", where=sums.of_timesheet, description="Its entries."),
        Column(name="headApprovedAt", description="When the head approved it."),
        Column(name="coordinatorApprovedAt", description="When the coordinator approved it."),
        Column(name="coordinatorWithdrewAt", description="When the coordinator withdrew the approval."),
        Children(name="steps", to="TimesheetStep", via="timesheet", description="Approvals and withdrawals, the oldest first."),
        Relation(name="submission", to="MonthSubmission", description="The submitted month that locked it."),
        Gathered(
            name="unmetConditions",
            to="UnmetCondition",
            gather=_unmet,
            depends=((Timesheet, "hours"), (TimesheetLine, "position")),
            length=3,
            description="What stands against its approval at the caller's step.",
        ),
        document_path("timesheet", Timesheet, "pdf", "Path of the timesheet as a PDF."),
    ),
)

TIMESHEET_LINE = ObjectType(
    name="TimesheetLine",
    description="A line of a timesheet: the hours of one role.",
    needs="delivery.read",
    model=TimesheetLine,
    select=lambda scope: selectors.timesheet_lines(scope=scope),
    policy=DELIVERY,
    order=("specialist_role", "id"),
    fields=(
        ID,
        Column(name="specialistRole", enum=SpecialistRole, description="Role of the specialist."),
        Relation(
            name="position",
            to="Position",
            description="Position (amats); pedagogs unless the head changed it before the approval.",
        ),
        Column(name="hours", description="Hours in the month."),
        Column(name="hoursByDay", description="Hours on each day of the month, from the first on."),
    ),
)

TIMESHEET_STEP = ObjectType(
    name="TimesheetStep",
    description="An approval of a timesheet, or its withdrawal.",
    needs="delivery.read",
    model=TimesheetStep,
    select=lambda scope: selectors.timesheet_steps(scope=scope),
    policy=DELIVERY,
    order=("at", "id"),
    fields=(
        ID,
        Column(name="fromStatus", enum=TimesheetStatus, description="Status before; null for the step that made it."),
        Column(name="toStatus", enum=TimesheetStatus, description="Status after."),
        account("actor", "Who took it."),
        Column(name="at", description="When."),
        Column(name="comment", description="Why, or what was said with it."),
    ),
)

MONTH_SUBMISSION = ObjectType(
    name="MonthSubmission",
    plural="monthSubmissions",
    description="An institution's month as it was submitted, which locks its timesheets and claims (mēneša dokumenti).",
    needs="delivery.read",
    model=MonthSubmission,
    select=lambda scope: selectors.month_submissions(scope=scope),
    policy=DELIVERY,
    order=("-month", "-revision", "id"),
    orders=(
        Order(name="MONTH", columns=("month",), description="By month."),
        Order(name="SUBMITTED_AT", columns=("submitted_at",), description="By when it was submitted."),
    ),
    filters=(
        *institution_filters(path="institution"),
        Filter(name="reopened", lookup="reopened_at", kind=FilterKind.FILLED, description="Reopened, or standing."),
        *month_filters("month", "month"),
    ),
    fields=(
        ID,
        VERSION,
        OWN_INSTITUTION,
        Relation(name="agreement", to="CooperationAgreement", description="The agreement it is submitted under."),
        Column(name="month", description="First day of the month."),
        Column(name="revision", description="Which submission of the month it is, from 1; a reopened month is submitted anew."),
        Column(name="hours", description="Hours in it."),
        Children(name="timesheets", to="Timesheet", via="submission", description="Timesheets in it."),
        Children(
            name="reimbursementClaims",
            to="ReimbursementClaim",
            where=held_by_submission,
            description="Claims in it: made until it was submitted, and not rejected before.",
        ),
        Column(name="contentHash", description="Hash over its contents."),
        Column(name="submittedAt", description="When it was submitted."),
        account("submittedBy", "Who submitted it."),
        Column(name="reopenedAt", description="When it was reopened; null while it stands."),
        account("reopenedBy", "Who reopened it."),
        Column(name="reopenReason", description="Why it was reopened."),
        document_path(
            "month", MonthSubmission, "zip", "Path of its documents as one package (zip); absent once it was reopened."
        ),
    ),
)

TYPES = (TIMESHEET, TIMESHEET_LINE, TIMESHEET_STEP, MONTH_SUBMISSION)


_TIMESHEET = Key(name="timesheetId", tag=Timesheet.tag, required=True, description="The timesheet.")

APPROVE_TIMESHEET = Mutation(
    name="approveTimesheet",
    description="Approve a timesheet at the caller's step: head, then coordinator. Every condition that is not met is named.",
    needs="delivery.write",
    service=services.approve_timesheet,
    to="Timesheet",
    inputs=(_TIMESHEET, Plain(name="comment", description="Words with the approval.")),
)

WITHDRAW_TIMESHEET_APPROVAL = Mutation(
    name="withdrawTimesheetApproval",
    description=(
        "Withdraw the caller's approval of a timesheet, the coordinator before the head; once both are withdrawn it is open to "
        "changes."
    ),
    needs="delivery.write",
    service=services.withdraw_timesheet_approval,
    to="Timesheet",
    inputs=(_TIMESHEET, Plain(name="reason", required=True, description="Why.")),
)

SET_POSITION = Mutation(
    name="setPosition",
    description=(
        "Change the position (amats) on a timesheet; the head's alone, before the approval. It fits measure and contract."
    ),
    needs="delivery.write",
    service=services.set_position,
    to="Timesheet",
    inputs=(
        _TIMESHEET,
        Choice(name="specialistRole", enum=SpecialistRole, description="The line, by its role; needed where there are several."),
        Plain(name="positionCode", required=True, description="Code of the list of positions."),
    ),
)

SUBMIT_MONTH = Mutation(
    name="submitMonth",
    description=(
        "Submit an institution's month: its timesheets are locked and nothing of the month changes any more. "
        "Every condition that is not met is named."
    ),
    needs="delivery.write",
    service=services.submit_month,
    to="MonthSubmission",
    cost=30,
    inputs=(
        Named(name="institution", model=Institution, required=True, description="The institution."),
        Plain(name="month", kind=dt.date, required=True, description="First day of the month."),
        Plain(name="comment", description="Words with it."),
    ),
)

REOPEN_MONTH = Mutation(
    name="reopenMonth",
    description="Reopen a submitted month, through the regional coordinator, with a reason.",
    needs="delivery.write",
    service=services.reopen_month,
    to="MonthSubmission",
    inputs=(
        Key(name="monthSubmissionId", tag=MonthSubmission.tag, required=True, description="The month."),
        Plain(name="reason", required=True, description="Why."),
    ),
)

MUTATIONS = (APPROVE_TIMESHEET, WITHDRAW_TIMESHEET_APPROVAL, SET_POSITION, SUBMIT_MONTH, REOPEN_MONTH)

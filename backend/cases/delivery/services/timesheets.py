"""Approving a timesheet, withdrawing an approval, and the position on it (domain.md 4.1)."""

from __future__ import annotations

import datetime as dt
from functools import partial
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command, locked, touch
from backend.accounts.models import Role
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.delivery.approving import (
    MONTH_LOCKED,
    check_contents,
    check_person,
    contracts_of,
    separated_on,
    step_of_approval,
    unmet_contract,
)
from backend.cases.delivery.chain import not_allowed, steps_taken_by
from backend.cases.delivery.derivation import derive_sheets, unconfirmed
from backend.cases.delivery.locking import SheetKey, lock_hours
from backend.cases.delivery.models import Timesheet, TimesheetLine, TimesheetStatus, TimesheetStep
from backend.cases.delivery.months import last_day
from backend.cases.delivery.policies import DELIVERY
from backend.core import inputs
from backend.core.clock import now
from backend.core.refusals import Code, Problems, Refusal, refuse
from backend.core.text import nfc
from backend.registry.models import Position
from backend.territory.selectors import in_force

_ENTERED, _BY_HEAD = TimesheetStatus.ENTERED, TimesheetStatus.APPROVED_BY_INSTITUTION
_BY_COORDINATOR, _LOCKED = TimesheetStatus.APPROVED_BY_COORDINATOR, TimesheetStatus.LOCKED


@command("approveTimesheet", answer=by_key(Timesheet))
def approve_timesheet(
    *, scope: Scope, timesheet_id: UUID, comment: str = "", expected_version: int | None = None, client_mutation_id: str = ""
) -> Timesheet:
    """Approve at the caller's step: the head, then the coordinator of the municipality or, of a state institution, its own.

    The head's step needs at least one hour, every entry of the month confirmed by both sides, and on each line a position that
    fits the measure and, where a contract is on record, the contract (DL08). Nobody approves the own hours, nor at both steps
    while the list of incompatible roles forbids it. Raises Refusal with everything unmet: NOT_FOUND, NOT_ALLOWED, CONFLICT,
    UNMET_CONDITION, DUPLICATE, LOCKED.
    """
    sheet, roles = _sheet_for(scope, timesheet_id, expected_version)
    problems = Problems()
    said = inputs.paragraphs(problems, comment, "comment", longest=2_000)
    step = step_of_approval(problems, sheet, roles)
    problems.refuse()
    assert step is not None  # noqa: S101  (that there is none is a problem, refused above)
    check_person(problems, scope, sheet, step, approved_as_head=_approver(sheet), separated=partial(separated_on, scope.on))
    if step is Role.INSTITUTION_HEAD:
        key = SheetKey(sheet.institution_id, sheet.month, sheet.provider_id)
        derive_sheets([key], actor_id=None)
        sheet.refresh_from_db(fields=["hours", "version"])
        lines = list(sheet.lines.select_related("position"))
        check_contents(problems, sheet, lacking=unconfirmed(key), lines=lines, contracts=contracts_of([sheet])[sheet.pk])
    problems.refuse()
    if step is Role.INSTITUTION_HEAD:
        return _move(sheet, _BY_HEAD, scope=scope, comment=said, head_approved_at=now())
    return _move(sheet, _BY_COORDINATOR, scope=scope, comment=said, coordinator_approved_at=now(), coordinator_withdrew_at=None)


@command("withdrawTimesheetApproval", answer=by_key(Timesheet))
def withdraw_timesheet_approval(
    *, scope: Scope, timesheet_id: UUID, reason: str, expected_version: int | None = None, client_mutation_id: str = ""
) -> Timesheet:
    """Withdraw the caller's approval: the coordinator's first, then the head's, which opens the sheet to changes (DL07).

    After the month's submission nothing is withdrawn. Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT, UNMET_CONDITION,
    DUPLICATE, REQUIRED, LOCKED.
    """
    sheet, roles = _sheet_for(scope, timesheet_id, expected_version)
    problems = Problems()
    said = inputs.paragraphs(problems, reason, "reason", longest=2_000, required=True)
    coordinator = roles - {Role.INSTITUTION_HEAD}
    if sheet.status == _LOCKED:
        problems.extend([MONTH_LOCKED])
    elif sheet.status == _ENTERED:
        problems.add(Code.UNMET_CONDITION, _("Nobody has approved the timesheet."), "timesheet_id")
    elif sheet.status == _BY_COORDINATOR and not coordinator:
        problems.add(Code.UNMET_CONDITION, _("The coordinator withdraws the approval first."), "timesheet_id")
    elif sheet.status == _BY_HEAD and Role.INSTITUTION_HEAD not in roles:
        message = _("Your approval does not stand. The head withdraws the own one.")
        problems.add(Code.DUPLICATE if sheet.coordinator_withdrew_at else Code.UNMET_CONDITION, message, "timesheet_id")
    problems.refuse()
    if sheet.status == _BY_COORDINATOR:
        return _move(sheet, _BY_HEAD, scope=scope, comment=said, coordinator_approved_at=None, coordinator_withdrew_at=now())
    return _move(sheet, _ENTERED, scope=scope, comment=said, head_approved_at=None, coordinator_withdrew_at=None)


@command("setPosition", answer=by_key(Timesheet))
def set_position(
    *,
    scope: Scope,
    timesheet_id: UUID,
    position_code: str,
    specialist_role: str = "",
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> Timesheet:
    """Change the position of a line; the head alone, before the approval (DL08: it is "pedagogs" until then).

    The line is named by its role, where the sheet has several. The position fits the line's measures and, where a contract is on
    record, the contract. Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT, LOCKED, REQUIRED, INVALID, UNMET_CONDITION.
    """
    seen = _seen(scope, timesheet_id)
    require(scope=scope, act=Act.SET_POSITION, institution_id=seen.institution_id, field="timesheet_id")
    sheet = _locked(scope, seen, expected_version)
    if sheet.status != _ENTERED:
        message = _("The timesheet was approved. Both approvals are withdrawn before the position changes.")
        refuse(Code.LOCKED, message, "timesheet_id")
    line = _line(sheet, specialist_role)
    position = Position.objects.filter(in_force(last_day(sheet.month)), code=nfc(position_code)[:60]).first()
    if position is None:
        refuse(Code.NOT_FOUND, _("The list has no such position in that month. Choose one of it."), "position_code")
    problems = Problems()
    if position.specialist_role != line.specialist_role:
        message = _("The position does not fit the measure. Choose the one of its specialist.")
        problems.add(Code.INVALID, message, "position_code")
    held = contracts_of([sheet])[sheet.pk]
    problems.extend(unmet_contract(line, position, held, month=sheet.month, field="position_code"))
    problems.refuse()
    line.position = position
    line.save(update_fields=["position"])
    touch(sheet)
    return sheet


# -- the sheet and who is before it --------------------------------------------------------------------------------------
def _seen(scope: Scope, key: UUID) -> Timesheet:
    found = Timesheet.objects.filter(DELIVERY.visible(scope), pk=key).select_related("institution").first()
    if found is None:
        refuse(Code.NOT_FOUND, _("No such timesheet within your reach. Check the id."), "timesheet_id")
    return found


def _locked(scope: Scope, seen: Timesheet, expected_version: int | None) -> Timesheet:
    """The sheet locked together with its hours, as it was seen: who lost a race is told CONFLICT, not what the other made."""
    lock_hours(sheets=[SheetKey(seen.institution_id, seen.month, seen.provider_id)])
    wanted = seen.version if expected_version is None else expected_version
    rows = Timesheet.objects.filter(DELIVERY.visible(scope)).select_related("institution", "provider")
    return locked(rows, pk=seen.pk, expected_version=wanted, field="timesheet_id")


def _sheet_for(scope: Scope, key: UUID, expected_version: int | None) -> tuple[Timesheet, set[Role]]:
    """The locked sheet, and in which of the two roles the caller decides on it. Refuses who has neither."""
    seen = _seen(scope, key)
    roles = steps_taken_by(scope, seen.institution)
    if not roles:
        raise Refusal(not_allowed(scope, seen.institution, "timesheet_id"))
    return _locked(scope, seen, expected_version), roles


def _line(sheet: Timesheet, role: str) -> TimesheetLine:
    lines = list(sheet.lines.select_related("position"))
    if role:
        lines = [line for line in lines if line.specialist_role == role]
    if not lines:
        refuse(Code.NOT_FOUND, _("The timesheet has no such line. Its lines follow from the hours."), "specialist_role")
    if len(lines) > 1:
        refuse(Code.REQUIRED, _("The timesheet has several lines. Name one by its role."), "specialist_role")
    return lines[0]


def _approver(sheet: Timesheet) -> UUID | None:
    """Who approved last as the head."""
    approved = TimesheetStep.objects.filter(timesheet=sheet, from_status=_ENTERED, to_status=_BY_HEAD).order_by("-at", "-id")
    return approved.values_list("actor_id", flat=True).first()


# -- moving --------------------------------------------------------------------------------------------------------------
def _move(sheet: Timesheet, status: TimesheetStatus, *, scope: Scope, comment: str, **stamps: dt.datetime | None) -> Timesheet:
    before, sheet.status = sheet.status, status
    for name, moment in stamps.items():
        setattr(sheet, name, moment)
    sheet.version += 1
    sheet.updated_at = now()
    sheet.save(update_fields=["status", "version", "updated_at", *stamps])
    TimesheetStep(
        timesheet=sheet,
        institution_id=sheet.institution_id,
        from_status=before,
        to_status=status,
        actor_id=scope.principal_id,
        comment=comment,
    ).save(force_insert=True)
    return sheet

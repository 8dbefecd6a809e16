"""Approving a timesheet, withdrawing an approval, and the position on it (domain.md 4.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command, locked, touch
from backend.accounts.models import Role
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.delivery.chain import coordinator_of, not_allowed, same_person_may_not, steps_taken_by
from backend.cases.delivery.derivation import derive_sheets, unconfirmed
from backend.cases.delivery.locking import SheetKey, lock_hours
from backend.cases.delivery.models import Timesheet, TimesheetLine, TimesheetStatus, TimesheetStep
from backend.cases.delivery.months import last_day
from backend.cases.delivery.policies import DELIVERY
from backend.core import inputs
from backend.core.clock import now
from backend.core.refusals import Code, Problem, Problems, Refusal, refuse
from backend.core.text import nfc
from backend.registry.models import Position, StaffContract
from backend.territory.selectors import in_force

_ENTERED, _BY_HEAD = TimesheetStatus.ENTERED, TimesheetStatus.APPROVED_BY_INSTITUTION
_BY_COORDINATOR, _LOCKED = TimesheetStatus.APPROVED_BY_COORDINATOR, TimesheetStatus.LOCKED
_MONTH_LOCKED = Problem(Code.LOCKED, _("The month was submitted. The regional coordinator can reopen it."), "timesheet_id")
_NOT_HEAD = Problem(Code.UNMET_CONDITION, _("The head approves the timesheet first."), "timesheet_id")


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
    step = _step_of_approval(problems, sheet, roles)
    problems.refuse()
    assert step is not None  # noqa: S101  (that there is none is a problem, refused above)
    _check_person(problems, scope, sheet, step)
    if step is Role.INSTITUTION_HEAD:
        _check_contents(problems, sheet)
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
        problems.extend([_MONTH_LOCKED])
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
    problems.extend(_unmet_contract(line, position, _contracts(sheet), month=sheet.month, field="position_code"))
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


def _step_of_approval(problems: Problems, sheet: Timesheet, roles: set[Role]) -> Role | None:
    """The role whose turn it is, if the caller holds it."""
    coordinator = coordinator_of(sheet.institution)
    if sheet.status == _LOCKED:
        problems.extend([_MONTH_LOCKED])
    elif sheet.status == _BY_COORDINATOR:
        problems.add(Code.DUPLICATE, _("Both have approved the timesheet already."), "timesheet_id")
    elif sheet.status == _BY_HEAD and coordinator not in roles:
        problems.add(Code.DUPLICATE, _("The head has approved the timesheet already."), "timesheet_id")
    elif sheet.status == _ENTERED and Role.INSTITUTION_HEAD not in roles:
        problems.extend([_NOT_HEAD])
    else:
        return Role.INSTITUTION_HEAD if sheet.status == _ENTERED else coordinator
    return None


def _check_person(problems: Problems, scope: Scope, sheet: Timesheet, step: Role) -> None:
    if sheet.provider_id == scope.principal_id and same_person_may_not(first=step, second=Role.SUPPORT_PROVIDER, on=scope.on):
        problems.add(Code.NOT_ALLOWED, _("Nobody approves the own hours. Another person decides."), "timesheet_id")
    if step is not Role.INSTITUTION_HEAD and same_person_may_not(first=Role.INSTITUTION_HEAD, second=step, on=scope.on):
        approved = TimesheetStep.objects.filter(timesheet=sheet, from_status=_ENTERED, to_status=_BY_HEAD).order_by("-at", "-id")
        if approved.values_list("actor_id", flat=True).first() == scope.principal_id:
            message = _("You approved it as head: the two steps are two persons'.")
            problems.add(Code.NOT_ALLOWED, message, "timesheet_id")


# -- what it says --------------------------------------------------------------------------------------------------------
def _check_contents(problems: Problems, sheet: Timesheet) -> None:
    key = SheetKey(sheet.institution_id, sheet.month, sheet.provider_id)
    derive_sheets([key], actor_id=None)
    sheet.refresh_from_db(fields=["hours", "version"])
    lacking = unconfirmed(key)
    if lacking:
        wording = _("Entries of the month lack a confirmation: {number}. Have them confirmed, or strike them out.")
        problems.add(Code.UNMET_CONDITION, format_lazy(wording, number=lacking), "timesheet_id")
    if sheet.hours == 0:
        problems.add(Code.UNMET_CONDITION, _("No hour of the month counts yet. There is nothing to approve."), "timesheet_id")
    contracts = _contracts(sheet)
    for line in sheet.lines.select_related("position"):
        if line.position.specialist_role != line.specialist_role:
            wording = _("The position {position} does not fit the measure: {role}. The head changes it.")
            message = format_lazy(wording, position=line.position.name_lv, role=line.get_specialist_role_display())
            problems.add(Code.UNMET_CONDITION, message, "timesheet_id")
        else:
            problems.extend(_unmet_contract(line, line.position, contracts, month=sheet.month, field="timesheet_id"))


def _contracts(sheet: Timesheet) -> list[StaffContract]:
    """Contracts of the specialist with the institution that touch the month."""
    return list(
        StaffContract.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=sheet.month),
            user_id=sheet.provider_id,
            institution_id=sheet.institution_id,
            starts_on__lte=last_day(sheet.month),
        ).select_related("position")
    )


def _unmet_contract(
    line: TimesheetLine, position: Position, contracts: Sequence[StaffContract], *, month: dt.date, field: str
) -> list[Problem]:
    """On each day with hours a contract is in force that has the position; where none is on record, there is nothing to compare
    (docs/decisions/0111-what-the-head-approves.md).
    """
    fitting = [contract for contract in contracts if contract.position.code == position.code]
    days = [month + dt.timedelta(days=place) for place, hours in enumerate(line.hours_by_day) if hours]
    uncovered = [day for day in days if not any(_covers(contract, day) for contract in fitting)]
    if not contracts or not uncovered:
        return []
    wording = _("The contract does not have the position {position} on {day}. Correct the position or the contract.")
    message = format_lazy(wording, position=position.name_lv, day=uncovered[0].isoformat())
    return [Problem(Code.UNMET_CONDITION, message, field)]


def _covers(contract: StaffContract, day: dt.date) -> bool:
    return contract.starts_on <= day and (contract.ends_on is None or day <= contract.ends_on)


def _line(sheet: Timesheet, role: str) -> TimesheetLine:
    lines = list(sheet.lines.select_related("position"))
    if role:
        lines = [line for line in lines if line.specialist_role == role]
    if not lines:
        refuse(Code.NOT_FOUND, _("The timesheet has no such line. Its lines follow from the hours."), "specialist_role")
    if len(lines) > 1:
        refuse(Code.REQUIRED, _("The timesheet has several lines. Name one by its role."), "specialist_role")
    return lines[0]


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

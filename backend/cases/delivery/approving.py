"""What stands against the approval of a timesheet (domain.md 4.1): whose turn it is, by whom, and what the sheet says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, partial
from uuid import UUID

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.accounts.scope import Scope
from backend.cases.delivery.chain import coordinator_of, not_allowed, same_person_may_not, steps_taken_by
from backend.cases.delivery.models import Timesheet, TimesheetLine, TimesheetStatus, TimesheetStep
from backend.cases.delivery.months import last_day
from backend.cases.delivery.policies import DELIVERY
from backend.cases.delivery.sums import unconfirmed_entries
from backend.core.refusals import Code, Problem, Problems
from backend.registry.models import Position, StaffContract

_ENTERED, _BY_HEAD = TimesheetStatus.ENTERED, TimesheetStatus.APPROVED_BY_INSTITUTION
_BY_COORDINATOR, _LOCKED = TimesheetStatus.APPROVED_BY_COORDINATOR, TimesheetStatus.LOCKED
MONTH_LOCKED = Problem(Code.LOCKED, _("The month was submitted. The regional coordinator can reopen it."), "timesheet_id")
_NOT_HEAD = Problem(Code.UNMET_CONDITION, _("The head approves the timesheet first."), "timesheet_id")
Separated = Callable[[Role, Role], bool]
"""Whether the list of incompatible roles keeps one person from acting in both on one case."""


def unmet_conditions(*, scope: Scope, timesheet_ids: Collection[UUID]) -> dict[UUID, list[Problem]]:
    """By timesheet within reach, what stands against its approval at the caller's step; empty: the caller can approve it.

    What the command would say of the sheet as it stands. A fixed number of statements, and two for each pair of roles.
    """
    rows = (
        Timesheet.objects.filter(DELIVERY.visible(scope), pk__in=timesheet_ids)
        .select_related("institution", "provider")
        .prefetch_related("lines__position")
        .annotate(_unconfirmed=unconfirmed_entries(scope))
        .order_by("id")
    )
    sheets = list(rows)
    contracts, approvers = contracts_of(sheets), _approvers(sheets)
    separated = cache(partial(separated_on, scope.on))
    found = {}
    for sheet in sheets:
        problems = Problems()
        roles = steps_taken_by(scope, sheet.institution)
        if not roles:
            problems.extend([not_allowed(scope, sheet.institution, "timesheet_id")])
        elif step := step_of_approval(problems, sheet, roles):
            check_person(problems, scope, sheet, step, approved_as_head=approvers.get(sheet.pk), separated=separated)
            if step is Role.INSTITUTION_HEAD:
                lacking: int = sheet._unconfirmed
                lines = sorted(sheet.lines.all(), key=lambda line: line.specialist_role)
                check_contents(problems, sheet, lacking=lacking, lines=lines, contracts=contracts[sheet.pk])
        found[sheet.pk] = list(problems)
    return found


def separated_on(on: dt.date, first: Role, second: Role) -> bool:
    """Whether one person may not act in both on a day."""
    return same_person_may_not(first=first, second=second, on=on)


def step_of_approval(problems: Problems, sheet: Timesheet, roles: set[Role]) -> Role | None:
    """The role whose turn it is, if the caller holds it."""
    coordinator = coordinator_of(sheet.institution)
    if sheet.status == _LOCKED:
        problems.extend([MONTH_LOCKED])
    elif sheet.status == _BY_COORDINATOR:
        problems.add(Code.DUPLICATE, _("Both have approved the timesheet already."), "timesheet_id")
    elif sheet.status == _BY_HEAD and coordinator not in roles:
        problems.add(Code.DUPLICATE, _("The head has approved the timesheet already."), "timesheet_id")
    elif sheet.status == _ENTERED and Role.INSTITUTION_HEAD not in roles:
        problems.extend([_NOT_HEAD])
    else:
        return Role.INSTITUTION_HEAD if sheet.status == _ENTERED else coordinator
    return None


def check_person(
    problems: Problems,
    scope: Scope,
    sheet: Timesheet,
    step: Role,
    *,
    approved_as_head: UUID | None,
    separated: Separated,
) -> None:
    """Nobody approves the own hours, nor at both steps, while the list of incompatible roles forbids it."""
    if sheet.provider_id == scope.principal_id and separated(step, Role.SUPPORT_PROVIDER):
        problems.add(Code.NOT_ALLOWED, _("Nobody approves the own hours. Another person decides."), "timesheet_id")
    if step is Role.INSTITUTION_HEAD or approved_as_head is None or approved_as_head != scope.principal_id:
        return
    if separated(Role.INSTITUTION_HEAD, step):
        problems.add(Code.NOT_ALLOWED, _("You approved it as head: the two steps are two persons'."), "timesheet_id")


def check_contents(
    problems: Problems,
    sheet: Timesheet,
    *,
    lacking: int,
    lines: Iterable[TimesheetLine],
    contracts: Sequence[StaffContract],
) -> None:
    """What the head approves (decision 0111): every entry confirmed, an hour at least, positions that fit."""
    if lacking:
        wording = _("Entries of the month lack a confirmation: {number}. Have them confirmed, or strike them out.")
        problems.add(Code.UNMET_CONDITION, format_lazy(wording, number=lacking), "timesheet_id")
    if sheet.hours == 0:
        problems.add(Code.UNMET_CONDITION, _("No hour of the month counts yet. There is nothing to approve."), "timesheet_id")
    for line in lines:
        if line.position.specialist_role != line.specialist_role:
            wording = _("The position {position} does not fit the measure: {role}. The head changes it.")
            message = format_lazy(wording, position=line.position.name_lv, role=line.get_specialist_role_display())
            problems.add(Code.UNMET_CONDITION, message, "timesheet_id")
        else:
            problems.extend(unmet_contract(line, line.position, contracts, month=sheet.month, field="timesheet_id"))


def contracts_of(sheets: Sequence[Timesheet]) -> Mapping[UUID, list[StaffContract]]:
    """By timesheet, the contracts of its specialist with its institution that touch the month. One statement."""
    rows = list(
        StaffContract.objects.filter(
            user_id__in={sheet.provider_id for sheet in sheets}, institution_id__in={sheet.institution_id for sheet in sheets}
        )
        .select_related("position")
        .order_by("starts_on", "id")
    )
    return {
        sheet.pk: [
            row
            for row in rows
            if (row.user_id, row.institution_id) == (sheet.provider_id, sheet.institution_id)
            and row.starts_on <= last_day(sheet.month)
            and (row.ends_on is None or row.ends_on >= sheet.month)
        ]
        for sheet in sheets
    }


def _approvers(sheets: Sequence[Timesheet]) -> dict[UUID, UUID | None]:
    """By timesheet, who approved last as the head. One statement."""
    steps = TimesheetStep.objects.filter(
        Q(from_status=_ENTERED, to_status=_BY_HEAD), timesheet__in=[sheet.pk for sheet in sheets]
    ).order_by("at", "id")
    return dict(steps.values_list("timesheet_id", "actor_id"))


def unmet_contract(
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

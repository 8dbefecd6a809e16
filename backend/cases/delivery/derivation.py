"""Timesheets made of the hours that count, never typed (domain.md 4.1).

An hour counts once both sides confirmed it, until it is struck out. Every command that changes what counts derives the months
it touched; a sheet that was approved is left alone, since nothing of its month can have changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Q

from backend.cases.delivery.locking import SheetKey
from backend.cases.delivery.models import Consultation, Timesheet, TimesheetLine, TimesheetStatus, TimesheetStep
from backend.cases.delivery.months import held_in, last_day, sheets_of
from backend.cases.delivery.sums import CONFIRMED, UNCONFIRMED
from backend.core.clock import now
from backend.registry.models import Position

Days = dict[int, int]


def derive_sheets(keys: Iterable[SheetKey], *, actor_id: UUID | None) -> None:
    """Bring the timesheets of these months up to their hours, making those that are missing. A fixed number of statements."""
    wanted = set(keys)
    if not wanted:
        return
    counted: dict[SheetKey, dict[str, Days]] = {key: {} for key in wanted}
    for place, provider, role, day, number in _counted(held_in(wanted)):
        key = SheetKey.of(institution_id=place, provider_id=provider, day=day)
        counted[key].setdefault(role, {})[day.day] = number
    _write(counted, _sheets(sheets_of(wanted)), actor_id=actor_id)


def derive_month(*, institution_id: UUID, month: dt.date, actor_id: UUID | None) -> None:
    """The same for everybody who gave an hour at an institution in a month. At most 20 statements, however many they are."""
    held = Q(institution_id=institution_id, held_on__range=(month, last_day(month)))
    people = set(Consultation.objects.filter(held, voided_at=None).order_by().values_list("provider_id", flat=True).distinct())
    counted: dict[SheetKey, dict[str, Days]] = {SheetKey(institution_id, month, person): {} for person in people}
    sheets = _sheets(Q(institution_id=institution_id, month=month))
    for key in sheets:
        counted.setdefault(key, {})
    for _place, provider, role, day, number in _counted(held):
        counted[SheetKey(institution_id, month, provider)].setdefault(role, {})[day.day] = number
    _write(counted, sheets, actor_id=actor_id)


def _counted(held: Q) -> Iterable[tuple[UUID, UUID, str, dt.date, int]]:
    """(institution, specialist, role, day, hours)."""
    return (
        Consultation.objects.filter(held & CONFIRMED)
        .order_by()
        .values_list("institution_id", "provider_id", "specialist_role", "held_on")
        .annotate(number=Count("id"))
    )


def _sheets(which: Q) -> dict[SheetKey, Timesheet]:
    found = Timesheet.objects.filter(which).prefetch_related("lines")
    return {SheetKey(sheet.institution_id, sheet.month, sheet.provider_id): sheet for sheet in found}


@dataclass
class _Changes:
    new_sheets: list[Timesheet] = field(default_factory=list)
    sheets: list[Timesheet] = field(default_factory=list)
    new_lines: list[TimesheetLine] = field(default_factory=list)
    lines: list[TimesheetLine] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)


def _write(counted: dict[SheetKey, dict[str, Days]], sheets: dict[SheetKey, Timesheet], *, actor_id: UUID | None) -> None:
    positions = _default_positions({key.month for key in counted})
    changes = _Changes()
    for key, roles in sorted(counted.items()):
        sheet = sheets.get(key)
        if sheet is None:
            sheet = Timesheet(institution_id=key.institution_id, month=key.month, provider_id=key.provider_id)
            changes.new_sheets.append(sheet)
        if sheet.status == TimesheetStatus.ENTERED:
            _compare(changes, sheet, list(sheet.lines.all()) if key in sheets else [], roles, position=positions.get(key.month))
    _apply(changes, actor_id=actor_id)


def _compare(
    changes: _Changes, sheet: Timesheet, standing: Collection[TimesheetLine], roles: dict[str, Days], *, position: Position | None
) -> None:
    by_role = {line.specialist_role: line for line in standing}
    before = (len(changes.new_lines), len(changes.lines), sheet.hours)
    for role, days in sorted(roles.items()):
        by_day = [days.get(day, 0) for day in range(1, 32)]
        line = by_role.pop(role, None)
        if line is None:
            if position is None:
                raise LookupError(f"No default position is in force in {sheet.month}: load the reference data.")
            line = TimesheetLine(timesheet=sheet, institution_id=sheet.institution_id, specialist_role=role, position=position)
            changes.new_lines.append(line)
        elif line.hours_by_day != by_day:
            changes.lines.append(line)
        line.hours, line.hours_by_day = sum(by_day), by_day
    changes.gone.extend(line.pk for line in by_role.values())
    sheet.hours = sum(sum(days.values()) for days in roles.values())
    same = before == (len(changes.new_lines), len(changes.lines), sheet.hours) and not by_role
    if not same and sheet not in changes.new_sheets:
        sheet.version += 1
        sheet.updated_at = now()
        changes.sheets.append(sheet)


def _apply(changes: _Changes, *, actor_id: UUID | None) -> None:
    if changes.new_sheets:
        Timesheet.objects.bulk_create(changes.new_sheets)
        TimesheetStep.objects.bulk_create(
            TimesheetStep(timesheet=new, institution_id=new.institution_id, to_status=TimesheetStatus.ENTERED, actor_id=actor_id)
            for new in changes.new_sheets
        )
    if changes.gone:
        TimesheetLine.objects.filter(pk__in=changes.gone).delete()
    if changes.lines:
        TimesheetLine.objects.bulk_update(changes.lines, ["hours", "hours_by_day"])
    if changes.new_lines:
        TimesheetLine.objects.bulk_create(changes.new_lines)
    if changes.sheets:
        Timesheet.objects.bulk_update(changes.sheets, ["hours", "version", "updated_at"])


def _default_positions(months: Collection[dt.date]) -> dict[dt.date, Position]:
    """By month, the default position ("pedagogs", DL08) as the list has it on the month's last day."""
    rows = list(Position.objects.filter(is_default=True).order_by("valid_from")) if months else []
    return {
        month: row
        for month in months
        for row in rows
        if row.valid_from <= last_day(month) and (row.valid_to is None or row.valid_to >= last_day(month))
    }


def unconfirmed(key: SheetKey) -> int:
    """Entries of a specialist's month that lack a confirmation."""
    return Consultation.objects.filter(held_in([key]), UNCONFIRMED).count()

"""What a timesheet (DLUV) says, as data: hours by day and position, who approved it. The document is drawn from it."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from backend.accounts.fields import FieldAccess
from backend.accounts.scope import Scope
from backend.cases.delivery.models import (
    CONSULTATION_MINUTES,
    Timesheet,
    TimesheetLine,
    TimesheetStatus,
    TimesheetStep,
)
from backend.cases.delivery.policies import DELIVERY
from backend.cases.delivery.sheet_document import PREPARATION_MINUTES
from backend.cases.delivery.sums import unconfirmed_entries
from backend.core.text import sort_key
from backend.territory.models import Institution


@dataclass(frozen=True)
class TimesheetRow:
    """The hours of one role. `by_day` has a number for each day of the month."""

    specialist_role: str
    position: str
    by_day: tuple[int, ...]
    hours: int


@dataclass(frozen=True)
class Approval:
    """Who took the step that stands, and when."""

    status: str
    at: dt.datetime
    actor: str


@dataclass(frozen=True)
class TimesheetDocument:
    """A timesheet with its head. `approvals` are those that stand: the head's, the coordinator's, the submission."""

    public_id: str
    institution: Institution
    provider: str
    month: dt.date
    status: str
    rows: tuple[TimesheetRow, ...]
    hours: int
    unconfirmed: int
    approvals: tuple[Approval, ...]
    minutes_with_learner: int = CONSULTATION_MINUTES
    minutes_of_preparation: int = PREPARATION_MINUTES

    @property
    def by_day(self) -> tuple[int, ...]:
        """Hours of each day over all roles."""
        return tuple(sum(row.by_day[place] for row in self.rows) for place in range(days_of(self.month)))


def days_of(month: dt.date) -> int:
    """Days of a month."""
    return calendar.monthrange(month.year, month.month)[1]


def timesheet_document(*, scope: Scope, timesheet_id: UUID) -> TimesheetDocument | None:
    """One timesheet; None where it is out of reach, or says more than the caller's role reads of it."""
    found = timesheet_documents(scope=scope, sheets=Timesheet.objects.filter(pk=timesheet_id))
    return found[0] if found else None


def timesheet_documents(*, scope: Scope, sheets: QuerySet[Timesheet]) -> list[TimesheetDocument]:
    """Those of the timesheets that `scope` reads, by the specialist's name. Three statements, however many they are."""
    steps = TimesheetStep.objects.select_related("actor").order_by("at", "id")
    rows = (
        sheets.filter(DELIVERY.visible(scope))
        .select_related("institution__municipality", "provider")
        .annotate(_unconfirmed=unconfirmed_entries(scope))
        .prefetch_related(
            Prefetch("lines", TimesheetLine.objects.select_related("position").order_by("specialist_role", "id")),
            Prefetch("steps", steps),
        )
        .order_by("id")
    )
    by_name = sorted(rows, key=lambda sheet: (sort_key(f"{sheet.provider.last_name} {sheet.provider.first_name}"), sheet.pk))
    return [_document(sheet) for sheet in by_name if _reads_all(scope, sheet)]


def _reads_all(scope: Scope, sheet: Timesheet) -> bool:
    told = ((Timesheet, "provider"), (Timesheet, "hours"), (TimesheetLine, "hours_by_day"), (TimesheetStep, "actor"))
    return all(FieldAccess(scope, DELIVERY, model, name).shows(sheet) for model, name in told)


def _document(sheet: Timesheet) -> TimesheetDocument:
    return TimesheetDocument(
        public_id=sheet.public_id,
        institution=sheet.institution,
        provider=str(sheet.provider),
        month=sheet.month,
        status=sheet.status,
        rows=tuple(
            TimesheetRow(
                specialist_role=line.specialist_role,
                position=line.position.name_lv,
                by_day=tuple(line.hours_by_day[: days_of(sheet.month)]),
                hours=line.hours,
            )
            for line in sheet.lines.all()
        ),
        hours=sheet.hours,
        unconfirmed=sheet._unconfirmed,  # type: ignore[attr-defined]
        approvals=tuple(_approvals(sheet)),
    )


_STANDS = {
    TimesheetStatus.ENTERED: (),
    TimesheetStatus.APPROVED_BY_INSTITUTION: (TimesheetStatus.APPROVED_BY_INSTITUTION,),
    TimesheetStatus.APPROVED_BY_COORDINATOR: (
        TimesheetStatus.APPROVED_BY_INSTITUTION,
        TimesheetStatus.APPROVED_BY_COORDINATOR,
    ),
    TimesheetStatus.LOCKED: (
        TimesheetStatus.APPROVED_BY_INSTITUTION,
        TimesheetStatus.APPROVED_BY_COORDINATOR,
        TimesheetStatus.LOCKED,
    ),
}


def _approvals(sheet: Timesheet) -> list[Approval]:
    """The last step upwards to each status that the sheet's own one rests on; what was withdrawn is left out."""
    order = list(TimesheetStatus)
    latest: dict[str, TimesheetStep] = {}
    for step in sheet.steps.all():
        before = order.index(TimesheetStatus(step.from_status)) if step.from_status else -1
        if order.index(TimesheetStatus(step.to_status)) > before:
            latest[step.to_status] = step
    return [
        Approval(status=status, at=latest[status].at, actor=str(latest[status].actor or ""))
        for status in _STANDS[TimesheetStatus(sheet.status)]
        if status in latest
    ]

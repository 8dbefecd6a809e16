"""Sheets and timesheets of the running semester's hours, as recording those hours would have opened them.

Nobody has approved them: September waits for the heads. Hours of the closed semester have none: their months were settled
before the demonstration begins.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from uuid import UUID

from backend.cases.delivery.models import (
    Consultation,
    ConsultationSheet,
    Timesheet,
    TimesheetLine,
    TimesheetStatus,
    TimesheetStep,
)
from backend.cases.plans.models import Measure, SupportPlan
from backend.demonstration.context import RUNNING_SEMESTER, Context
from backend.registry.models import Position

_Month = tuple[UUID, UUID, dt.date]
"""Institution, specialist, first of the month."""


def write(context: Context) -> None:
    """Add the rows to the context's, behind the hours that they follow from."""
    since = context.semesters[RUNNING_SEMESTER].starts_on
    hours = sorted((row for row in context.rows.of(Consultation) if row.held_on >= since), key=_by_time)
    for model in (ConsultationSheet, Timesheet, TimesheetLine, TimesheetStep):
        context.rows.of(model)  # written in this order
    _sheets(context, hours)
    months: dict[_Month, list[Consultation]] = defaultdict(list)
    for row in hours:
        months[row.institution_id, row.provider_id, row.held_on.replace(day=1)].append(row)
    positions = {row.specialist_role: row.id for row in Position.objects.filter(valid_to=None)}
    for month, rows in months.items():
        _timesheet(context, month, rows, positions)


def _by_time(row: Consultation) -> tuple[dt.date, dt.time, UUID]:
    return row.held_on, row.starts_at, row.id


def _sheets(context: Context, hours: list[Consultation]) -> None:
    """A KA sheet for each measure and specialist, numbered within the plan."""
    measures = {row.id: row for row in context.rows.of(Measure)}
    plans = {row.id: row for row in context.rows.of(SupportPlan)}
    numbers: Counter[UUID] = Counter()
    opened: set[tuple[UUID, UUID]] = set()
    for row in hours:
        if (row.measure_id, row.provider_id) in opened:
            continue
        opened.add((row.measure_id, row.provider_id))
        plan = plans[measures[row.measure_id].plan_id]
        numbers[plan.id] += 1
        context.rows.add(
            ConsultationSheet,
            measure_id=row.measure_id,
            learner_id=row.learner_id,
            institution_id=row.institution_id,
            specialist_role=row.specialist_role,
            provider_id=row.provider_id,
            number=f"KA-{plan.number}-{numbers[plan.id]}",
            signed_on=row.held_on,
            created_at=row.created_at,
            updated_at=row.created_at,
        )


def _timesheet(context: Context, month: _Month, rows: list[Consultation], positions: dict[str, UUID]) -> None:
    institution, provider, first = month
    counted: dict[str, list[int]] = defaultdict(lambda: [0] * 31)
    for row in rows:
        if row.learner_confirmed_at is not None:
            counted[row.specialist_role][row.held_on.day - 1] += 1
    opened, last = rows[0].created_at, rows[-1].created_at
    sheet = context.rows.add(
        Timesheet,
        institution_id=institution,
        provider_id=provider,
        month=first,
        status=TimesheetStatus.ENTERED,
        hours=sum(sum(days) for days in counted.values()),
        created_at=opened,
        updated_at=last,
    )
    for role, days in sorted(counted.items()):
        context.rows.add(
            TimesheetLine,
            timesheet_id=sheet.id,
            institution_id=institution,
            specialist_role=role,
            position_id=positions[role],
            hours=sum(days),
            hours_by_day=days,
        )
    context.rows.add(
        TimesheetStep,
        timesheet_id=sheet.id,
        institution_id=institution,
        to_status=TimesheetStatus.ENTERED,
        actor_id=provider,
        at=opened,
    )

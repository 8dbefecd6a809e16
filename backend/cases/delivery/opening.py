"""The papers that hours stand on, opened with the first hour: the measure's sheet and the specialist's month.

All in one statement, so that recording many hours stays within its budget (issue of case work: 30 entries, 12 statements).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backend.cases.delivery.entry import Entry
from backend.cases.delivery.locking import SheetKey
from backend.cases.delivery.months import APPROVED, SUBMITTED
from backend.core.identifiers import uuid7
from backend.core.refusals import Code, Problem, Problems

_CLOSED = Problem(Code.LOCKED, _("The sheet of this measure was closed. Plan another measure for further hours."))
_BEFORE_AGREEMENT = Problem(Code.OUT_OF_PERIOD, _("The hour lies before the day on which the agreement was signed."))

_OPEN = """
with wanted_months as (
    select * from unnest(%(sheets)s::uuid[], %(steps)s::uuid[], %(providers)s::uuid[], %(places)s::uuid[], %(months)s::date[])
        as w (id, step, provider_id, institution_id, month)
), months as (
    insert into delivery_timesheet (id, version, created_at, updated_at, provider_id, institution_id, month, status, hours)
    select id, 1, %(now)s, %(now)s, provider_id, institution_id, month, 'ENTERED', 0 from wanted_months
    on conflict (provider_id, institution_id, month) do nothing returning id
), steps as (
    insert into delivery_timesheetstep (id, timesheet_id, institution_id, from_status, to_status, actor_id, at, comment)
    select w.step, w.id, w.institution_id, '', 'ENTERED', %(actor)s::uuid, %(now)s, ''
    from wanted_months w join months m on m.id = w.id
), wanted_sheets as (
    select w.*, m.learner_id, m.institution_id, m.kind_code, p.id as plan, p.number
    from unnest(%(kas)s::uuid[], %(measures)s::uuid[], %(by)s::uuid[]) as w (id, measure_id, provider_id)
    join plans_measure m on m.id = w.measure_id join plans_supportplan p on p.id = m.plan_id
), missing as (
    select w.*, row_number() over (partition by w.plan order by w.id) + (
        select count(*) from delivery_consultationsheet s join plans_measure o on o.id = s.measure_id where o.plan_id = w.plan
    ) as place
    from wanted_sheets w where not exists (
        select 1 from delivery_consultationsheet s where s.measure_id = w.measure_id and s.provider_id = w.provider_id
    )
), sheets as (
    insert into delivery_consultationsheet (id, version, created_at, updated_at, measure_id, learner_id, institution_id,
        specialist_role, provider_id, number)
    select id, 1, %(now)s, %(now)s, measure_id, learner_id, institution_id, kind_code, provider_id,
        'KA-' || number || '-' || place from missing
)
select 'approved', t.institution_id, t.month, t.provider_id, null::date, false from delivery_timesheet t join wanted_months w
    using (institution_id, month, provider_id) where t.status <> 'ENTERED'
union all
select distinct 'submitted', s.institution_id, s.month, w.provider_id, null::date, false from delivery_monthsubmission s
    join wanted_months w using (institution_id, month) where s.reopened_at is null
union all
select 'sheet', s.measure_id, null::date, s.provider_id, s.signed_on, s.closed_at is not null from delivery_consultationsheet s
    join wanted_sheets w using (measure_id, provider_id)
"""


@dataclass(frozen=True)
class _Pair:
    measure_id: UUID
    provider_id: UUID


def open_papers(problems: Problems, entries: Sequence[Entry], *, actor_id: UUID | None, now: dt.datetime) -> None:
    """Open what is not there yet and note what is closed: LOCKED for an approved or submitted month and for a closed sheet,
    OUT_OF_PERIOD for an hour before the agreement. The plans must be locked (`lock_hours`): sheets are numbered by plan.
    """
    months = sorted({month_of(entry) for entry in entries})
    pairs = list(dict.fromkeys(_Pair(entry.measure.pk, entry.provider_id) for entry in entries))
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, _parameters(months, pairs) | {"actor": actor_id, "now": now})
        rows = cursor.fetchall()
    closed = {SheetKey(row[1], row[2], row[3]): APPROVED for row in rows if row[0] == "approved"}
    closed |= {SheetKey(row[1], row[2], row[3]): SUBMITTED for row in rows if row[0] == "submitted"}
    agreements = {_Pair(row[1], row[3]): (row[4], row[5]) for row in rows if row[0] == "sheet"}
    for entry in entries:
        found = closed.get(month_of(entry))
        if found is not None:
            entry.note(problems, found.code, found.message, "held_on")
        signed_on, is_closed = agreements.get(_Pair(entry.measure.pk, entry.provider_id), (None, False))
        if is_closed:
            entry.note(problems, _CLOSED.code, _CLOSED.message, "measure_id")
        elif signed_on is not None and entry.held_on < signed_on:
            entry.note(problems, _BEFORE_AGREEMENT.code, _BEFORE_AGREEMENT.message, "held_on")


def open_sheets(pairs: Iterable[tuple[UUID, UUID]], *, now: dt.datetime) -> None:
    """Open the sheets of these (measure, specialist) that are not there yet. The plans must be locked."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, _parameters([], [_Pair(*pair) for pair in pairs]) | {"actor": None, "now": now})


def month_of(entry: Entry) -> SheetKey:
    """The specialist's month that an entry belongs to."""
    return SheetKey.of(institution_id=entry.measure.institution_id, provider_id=entry.provider_id, day=entry.held_on)


def _parameters(months: Collection[SheetKey], pairs: Collection[_Pair]) -> dict[str, Any]:
    return {
        "sheets": [uuid7() for _each in months],
        "steps": [uuid7() for _each in months],
        "providers": [key.provider_id for key in months],
        "places": [key.institution_id for key in months],
        "months": [key.month for key in months],
        "kas": [uuid7() for _each in pairs],
        "measures": [pair.measure_id for pair in pairs],
        "by": [pair.provider_id for pair in pairs],
    }

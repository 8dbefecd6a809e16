"""Who waits for whom: locks on the hours of a plan, on a specialist's month, and on an institution's month.

Advisory, because who gives hours may not change plans and so cannot lock their rows (row security), and because the row of a
month may not be there yet. Always taken in one statement and in one order, so that nobody waits in a circle.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, order=True)
class SheetKey:
    """A specialist's month at an institution: what a timesheet is of. `month` is its first day."""

    institution_id: UUID
    month: dt.date
    provider_id: UUID

    @classmethod
    def of(cls, *, institution_id: UUID, provider_id: UUID, day: dt.date) -> SheetKey:
        """The month in which `day` lies."""
        return cls(institution_id, day.replace(day=1), provider_id)


_LOCKS = """
select
    (select count(pg_advisory_xact_lock_shared(hashtextextended(key, 0))) from (select unnest(%s::text[]) as key order by 1) a),
    (select count(pg_advisory_xact_lock(hashtextextended(key, 0))) from (select unnest(%s::text[]) as key order by 1) b)
"""


def lock_hours(*, plan_ids: Iterable[UUID] = (), sheets: Iterable[SheetKey] = ()) -> None:
    """Until the transaction ends, nobody else records hours of these plans or changes, approves or withdraws these sheets, and
    nobody submits or reopens their months. One statement.
    """
    keys = set(sheets)
    _lock(
        shared={_month(key.institution_id, key.month) for key in keys},
        alone={f"hours:{plan}" for plan in plan_ids} | {f"sheet:{k.institution_id}:{k.month}:{k.provider_id}" for k in keys},
    )


def lock_month(*, institution_id: UUID, month: dt.date) -> None:
    """Until the transaction ends, nobody else changes anything of the institution's month. One statement."""
    _lock(shared=set(), alone={_month(institution_id, month)})


def _month(institution_id: UUID, month: dt.date) -> str:
    return f"month:{institution_id}:{month}"


def _lock(*, shared: set[str], alone: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCKS, [sorted(shared), sorted(alone)])

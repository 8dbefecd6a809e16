"""Days and months of hours, and how far a specialist's month is open to changes."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.cases.delivery.locking import SheetKey
from backend.cases.delivery.models import MonthSubmission, Timesheet, TimesheetStatus
from backend.core.refusals import Code, Problem

SUBMITTED = Problem(Code.LOCKED, _("The month was submitted. The regional coordinator can reopen it."))
APPROVED = Problem(Code.LOCKED, _("The month's timesheet was approved. Both approvals are withdrawn before anything changes."))


def last_day(month: dt.date) -> dt.date:
    """The last day of the month in which a day lies; 29 February in a leap year."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def held_in(keys: Iterable[SheetKey], *, path: str = "") -> Q:
    """Condition for the hours of some specialists' months."""
    found = [
        Q(
            **{
                f"{path}institution_id": key.institution_id,
                f"{path}provider_id": key.provider_id,
                f"{path}held_on__range": (key.month, last_day(key.month)),
            }
        )
        for key in sorted(set(keys))
    ]
    return reduce(or_, found) if found else Q(pk__in=[])


def sheets_of(keys: Iterable[SheetKey]) -> Q:
    """Condition for the timesheets of some specialists' months."""
    found = [Q(institution_id=key.institution_id, provider_id=key.provider_id, month=key.month) for key in sorted(set(keys))]
    return reduce(or_, found) if found else Q(pk__in=[])


def closed_months(keys: Iterable[SheetKey]) -> dict[SheetKey, Problem]:
    """Why hours of these months cannot change: submitted, or the timesheet approved. Open ones are left out. Two statements."""
    wanted = set(keys)
    closed = {
        SheetKey(place, month, provider): APPROVED
        for place, month, provider in Timesheet.objects.filter(sheets_of(wanted))
        .exclude(status=TimesheetStatus.ENTERED)
        .values_list("institution_id", "month", "provider_id")
    }
    submitted = set(
        MonthSubmission.objects.filter(
            institution_id__in={key.institution_id for key in wanted}, month__in={key.month for key in wanted}, reopened_at=None
        ).values_list("institution_id", "month")
    )
    return closed | {key: SUBMITTED for key in wanted if (key.institution_id, key.month) in submitted}

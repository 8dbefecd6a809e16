"""What an item of work is, in a few words."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.text import capfirst

from backend.workspace.models import WorkItem, WorkKind

_OF_A_MONTH = frozenset({WorkKind.APPROVE_TIMESHEET, WorkKind.SUBMIT_MONTH, WorkKind.DECIDE_CLAIM})


def title_of(item: WorkItem) -> str:
    """What is to be done about which plan, day, month or payment, in the language that is active. It names no person."""
    words = capfirst(str(WorkKind(item.kind).label))
    told = item.detail
    if item.kind == WorkKind.CONFIRM_CONSULTATION:
        told = date_format(dt.date.fromisoformat(told), "DATE_FORMAT")
    elif item.kind in _OF_A_MONTH:
        told = date_format(dt.date.fromisoformat(told), "YEAR_MONTH_FORMAT")
    return f"{words}: {told}" if told else words

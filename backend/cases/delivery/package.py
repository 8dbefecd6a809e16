"""The month's document package as data: sheets, timesheets, and a hash over what they say.

Canonical JSON, the same for the same month whoever asks and whenever: no moments of printing, keys in order. The documents
(`/documents/month/...`) are drawn from it, and the submission keeps its SHA-256.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from backend.cases.delivery.models import Consultation, Timesheet
from backend.cases.delivery.months import last_day
from backend.territory.models import Institution


def month_contents(*, institution: Institution, month: dt.date) -> dict[str, Any]:
    """What an institution's month consists of. Four statements, within the caller's scope.

    `{"institution", "month", "timesheets": [{"id", "provider", "hours", "lines": [{"role", "position", "hours", "byDay"}]}],
    "sheets": [{"measure", "provider", "entries": [{"id", "heldOn", "startsAt", "channel", "providerConfirmedAt",
    "learnerConfirmedAt", "learnerConfirmedBy"}]}]}`: ids are public ones, entries those that stand, in the order of time.
    Topics and names are left out: the hash outlives what is erased.
    """
    sheets = (
        Timesheet.objects.filter(institution=institution, month=month, hours__gt=0)
        .select_related("provider")
        .prefetch_related("lines__position")
        .order_by("id")
    )
    entries = (
        Consultation.objects.filter(institution=institution, held_on__range=(month, last_day(month)), voided_at=None)
        .select_related("measure", "provider")
        .order_by("measure_id", "provider_id", "held_on", "starts_at", "id")
    )
    return {
        "institution": institution.code,
        "month": month.isoformat(),
        "timesheets": [_timesheet(sheet) for sheet in sheets],
        "sheets": _by_sheet(list(entries)),
    }


def canonical(contents: dict[str, Any]) -> str:
    """Contents as JSON that has one form: keys in order, no spaces."""
    return json.dumps(contents, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(contents: dict[str, Any]) -> str:
    """SHA-256 of contents as canonical JSON."""
    return hashlib.sha256(canonical(contents).encode()).hexdigest()


def digest_of_month(*, institution: Institution, month: dt.date) -> str:
    """SHA-256 over what the month consists of."""
    return digest_of(month_contents(institution=institution, month=month))


def _timesheet(sheet: Timesheet) -> dict[str, Any]:
    lines = sorted(sheet.lines.all(), key=lambda line: line.specialist_role)
    return {
        "id": sheet.public_id,
        "provider": sheet.provider.public_id,
        "hours": sheet.hours,
        "lines": [
            {
                "role": line.specialist_role,
                "position": line.position.code,
                "hours": line.hours,
                "byDay": list(line.hours_by_day),
            }
            for line in lines
        ],
    }


def _by_sheet(entries: list[Consultation]) -> list[dict[str, Any]]:
    made: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in entries:
        made.setdefault((row.measure.public_id, row.provider.public_id), []).append(
            {
                "id": row.public_id,
                "heldOn": row.held_on.isoformat(),
                "startsAt": row.starts_at.isoformat(),
                "channel": row.channel,
                "providerConfirmedAt": _moment(row.provider_confirmed_at),
                "learnerConfirmedAt": _moment(row.learner_confirmed_at),
                "learnerConfirmedBy": row.learner_confirmed_by,
            }
        )
    return [{"measure": measure, "provider": provider, "entries": rows} for (measure, provider), rows in made.items()]


def _moment(value: dt.datetime | None) -> str | None:
    return value.astimezone(dt.UTC).isoformat() if value else None

"""The monthly timesheet (DLUV) for signature, in Latvian: hours by day and position, and who approved them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from backend.accounts.models import Role
from backend.accounts.scope import Scope
from backend.cases.delivery.chain import coordinator_of
from backend.cases.delivery.models import TimesheetStatus
from backend.cases.delivery.timesheet_document import TimesheetDocument, TimesheetRow, timesheet_document
from backend.documents.typesetting import typeset
from backend.documents.wording import LANGUAGE, REGION, in_latvian, made_line, moment, month
from backend.registry.models import SpecialistRole


def timesheet_pdf(*, scope: Scope, timesheet_id: UUID) -> tuple[str, bytes] | None:
    """(file name, PDF) of a timesheet. None where it is absent, out of reach, or says more than the caller's role reads of it.

    It names no learner, so the read log has nothing to note.
    """
    sheet = timesheet_document(scope=scope, timesheet_id=timesheet_id)
    if sheet is None:
        return None
    return f"DLUV-{sheet.month:%Y-%m}-{sheet.provider}.pdf", made(sheet)


def made(sheet: TimesheetDocument, *, at: dt.datetime | None = None) -> bytes:
    """The PDF of a timesheet, made now or, for the package of a month, at a moment that stays."""
    with in_latvian():
        return typeset(template="timesheet", data=timesheet_data(sheet, at=at), made_at=at)


def timesheet_data(sheet: TimesheetDocument, *, at: dt.datetime | None = None) -> dict[str, Any]:
    """What the template is given: texts alone, in the active language."""
    return {
        "language": LANGUAGE,
        "region": REGION,
        "title": _("Timesheet of the specialist"),
        "issuer": sheet.institution.name_lv,
        "number": f"DLUV {sheet.month:%Y-%m}",
        "made": made_line(at),
        "head": _head(sheet),
        "row_heads": [_("Measure"), _("Position"), *(str(day) for day in range(1, len(sheet.by_day) + 1)), _("In all")],
        "rows": [_row(row) for row in sheet.rows],
        "total": [_("In all"), "", *(_hours(hours) for hours in sheet.by_day), str(sheet.hours)],
        "no_rows": _("No hour of the month counts."),
        "unconfirmed": (
            _("Entries of the month that lack a confirmation and do not count: %(number)d") % {"number": sheet.unconfirmed}
            if sheet.unconfirmed
            else ""
        ),
        "note": _("One hour is %(with)d minutes with the learner and %(before)d minutes of preparation.")
        % {"with": sheet.minutes_with_learner, "before": sheet.minutes_of_preparation},
        "approval_heads": [_("Step"), _("When"), _("Who")],
        "approvals": [[str(TimesheetStatus(step.status).label), moment(step.at), step.actor or "—"] for step in sheet.approvals],
        "no_approvals": _("Nobody has approved it."),
        "signatures": _signatures(sheet),
        "words": {
            "approvals": _("Approvals"),
            "signatures": _("Signatures"),
            "sign": _("name, signature"),
            "date": _("date"),
        },
    }


def _head(sheet: TimesheetDocument) -> list[tuple[str, str]]:
    return [
        (_("Institution"), sheet.institution.name_lv),
        (_("Municipality"), sheet.institution.municipality.name_lv),
        (_("Specialist"), sheet.provider),
        (_("Month"), month(sheet.month)),
        (_("Status"), str(TimesheetStatus(sheet.status).label)),
    ]


def _row(row: TimesheetRow) -> list[str]:
    role = str(SpecialistRole(row.specialist_role).label)
    return [role, row.position, *(_hours(hours) for hours in row.by_day), str(row.hours)]


def _hours(hours: int) -> str:
    """A day without hours stays empty, as on paper."""
    return str(hours) if hours else ""


def _signatures(sheet: TimesheetDocument) -> list[str]:
    roles = (Role.INSTITUTION_HEAD, coordinator_of(sheet.institution))
    return [_("Specialist"), *(str(role.label).capitalize() for role in roles)]

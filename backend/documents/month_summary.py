"""The first page of a month's package, in Latvian: whose month it is, its timesheets, sheets and costs, the content's hash."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from backend.cases.delivery.models import MonthSubmission
from backend.cases.delivery.month_hours import MonthHour
from backend.cases.delivery.timesheet_document import TimesheetDocument
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.documents.typesetting import typeset
from backend.documents.wording import LANGUAGE, REGION, euro, in_latvian, moment, month
from backend.registry.models import ReimbursementKind, SpecialistRole


def summary_pdf(
    *,
    submission: MonthSubmission,
    sheets: list[TimesheetDocument],
    hours: Iterable[MonthHour],
    claims: Iterable[ReimbursementClaim],
) -> bytes:
    """The summary; every moment in it is the submission's."""
    with in_latvian():
        data = {
            "language": LANGUAGE,
            "region": REGION,
            "title": _("Documents of the month"),
            "issuer": submission.institution.name_lv,
            "number": f"{submission.month:%Y-%m} / {submission.revision}",
            "made": _("Submitted on %(moment)s") % {"moment": moment(submission.submitted_at)},
            "head": _head(submission),
            "tables": [_timesheets(sheets), _sheets(hours), _costs(claims)],
            "nothing": _("Nothing."),
            "hash": _("SHA-256 of the contents: %(hash)s") % {"hash": submission.content_hash} if submission.content_hash else "",
        }
        return typeset(template="month", data=data, made_at=submission.submitted_at)


def _head(submission: MonthSubmission) -> list[tuple[str, str]]:
    return [
        (_("Institution"), submission.institution.name_lv),
        (_("Municipality"), submission.institution.municipality.name_lv),
        (_("Cooperation agreement"), submission.agreement.number),
        (_("Month"), month(submission.month)),
        (_("Submission"), str(submission.revision)),
        (_("Submitted by"), str(submission.submitted_by) if submission.submitted_by else "—"),
        (_("Hours"), str(submission.hours)),
    ]


def _timesheets(sheets: list[TimesheetDocument]) -> dict[str, Any]:
    rows = [
        [sheet.provider, ", ".join(str(SpecialistRole(row.specialist_role).label) for row in sheet.rows), str(sheet.hours)]
        for sheet in sheets
    ]
    return {"title": _("Timesheets"), "heads": [_("Specialist"), _("Measures"), _("Hours")], "rows": rows}


def _sheets(hours: Iterable[MonthHour]) -> dict[str, Any]:
    counted: dict[tuple[str, str, str, str], int] = {}
    for hour in hours:
        key = (hour.sheet or "—", hour.plan, hour.provider, str(SpecialistRole(hour.specialist_role).label))
        counted[key] = counted.get(key, 0) + 1
    rows = [[sheet, plan, f"{provider}, {role}", str(number)] for (sheet, plan, provider, role), number in counted.items()]
    heads = [_("Sheet"), _("Support plan"), _("Specialist"), _("Hours")]
    return {"title": _("Sheets of individual consultations"), "heads": heads, "rows": rows}


def _costs(claims: Iterable[ReimbursementClaim]) -> dict[str, Any]:
    sums: dict[str, tuple[int, Decimal]] = {}
    for claim in claims:
        number, amount = sums.get(claim.kind, (0, Decimal(0)))
        sums[claim.kind] = (number + 1, amount + claim.amount)
    rows = [[str(ReimbursementKind(kind).label), str(number), euro(amount)] for kind, (number, amount) in sorted(sums.items())]
    return {"title": _("Costs"), "heads": [_("What was paid for"), _("Claims"), _("Amount")], "rows": rows}

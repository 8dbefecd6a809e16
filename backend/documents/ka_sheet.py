"""The consultation sheet (KA veidlapa) for signature, in Latvian: one row an hour, struck-out rows at their place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from backend.accounts.read_log import LearnerRead, record_reads
from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.cases.delivery.models import ConsultationSheet, LearnerConfirmation
from backend.cases.delivery.sheet_document import SheetDocument, SheetRow, sheet_document
from backend.core.classification import DataClass
from backend.core.trail.context import Channel
from backend.documents.typesetting import typeset
from backend.documents.wording import LANGUAGE, REGION, day, in_latvian, made_line, moment
from backend.registry.models import SpecialistRole


def ka_sheet_pdf(*, scope: Scope, sheet_id: UUID, purpose: str = "") -> tuple[str, bytes] | None:
    """(file name, PDF) of a sheet, noted in the read log. None where it is absent, out of reach, or says more than the caller's
    role reads of it: who the learner is, what the hours were about.

    Needs the transaction that `scope` was entered in.
    """
    sheet = sheet_document(scope=scope, sheet_id=sheet_id)
    if sheet is None or sheet.learner is None or any(row.topic is None for row in sheet.rows):
        return None
    with in_latvian():
        made = typeset(template="ka-sheet", data=sheet_data(sheet))
    record_reads(
        scope=scope,
        reads=[LearnerRead(sheet.learner_id, sheet.institution_id, ConsultationSheet.tag, sheet_id)],
        area=Area.DELIVERY,
        channel=Channel.DOCUMENT,
        purpose=purpose,
        classes=[DataClass.PERSONAL, DataClass.SPECIAL],
    )
    return f"{sheet.number}.pdf", made


def sheet_data(sheet: SheetDocument) -> dict[str, Any]:
    """What the template is given: texts alone, in the active language."""
    return {
        "language": LANGUAGE,
        "region": REGION,
        "title": _("Sheet of individual consultations"),
        "issuer": sheet.institution,
        "number": sheet.number,
        "made": made_line(),
        "head": _head(sheet),
        "row_heads": ["", _("Date"), _("Start"), _("Topic"), _("Specialist"), _("Learner")],
        "rows": [_row(row) for row in sheet.rows],
        "no_rows": _("No hour is recorded."),
        "note": _("One row is one hour: %(with)d minutes with the learner and %(before)d minutes of preparation.")
        % {"with": sheet.minutes_with_learner, "before": sheet.minutes_of_preparation},
        "hours": _("Hours that both confirmed: %(hours)d") % {"hours": sheet.hours},
        "signatures": [str(_("Specialist")), str(_("Learner"))],
        "words": {"signatures": _("Signatures"), "sign": _("name, signature"), "date": _("date")},
    }


def _head(sheet: SheetDocument) -> list[tuple[str, str]]:
    rows = [
        (_("Institution"), sheet.institution),
        (_("School year and semester"), sheet.semester),
        (_("Support plan"), sheet.plan_number),
        (_("Learner"), sheet.learner or ""),
        (_("Specialist"), f"{sheet.provider}, {SpecialistRole(sheet.specialist_role).label}"),
    ]
    if sheet.subject:
        rows.append((_("Subject"), sheet.subject))
    rows.append((_("Agreement signed on"), day(sheet.signed_on) if sheet.signed_on else "—"))
    return rows


def _row(row: SheetRow) -> list[str]:
    topic = row.topic or ""
    if row.remote_channel:
        topic = _("%(topic)s (remote: %(channel)s)") % {"topic": topic, "channel": row.remote_channel}
    if row.number is None:
        topic = _("Struck out: %(reason)s. It said: %(topic)s") % {"reason": row.void_reason or "—", "topic": topic}
    learner = moment(row.learner_confirmed_at) if row.learner_confirmed_at else "—"
    if row.learner_confirmed_by:
        learner = f"{learner}, {LearnerConfirmation(row.learner_confirmed_by).label}"
    return [
        f"{row.number}." if row.number else "—",
        day(row.held_on),
        row.starts_at.strftime("%H:%M"),
        topic,
        moment(row.provider_confirmed_at) if row.provider_confirmed_at else "—",
        learner,
    ]

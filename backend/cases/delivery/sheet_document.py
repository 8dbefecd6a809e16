"""What a consultation sheet (KA veidlapa) says, as data: one for each measure and specialist. The document is drawn from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from backend.accounts.fields import FieldAccess, value_shown
from backend.accounts.scope import Scope
from backend.cases.delivery.models import CONSULTATION_MINUTES, Consultation, ConsultationSheet
from backend.cases.delivery.policies import CONSULTATIONS, DELIVERY
from backend.cases.learners.models import Learner

PREPARATION_MINUTES = 20
"""Beside the minutes with the learner; both make the hour that is paid (domain.md 3.1, DLUV-09)."""


@dataclass(frozen=True)
class SheetRow:
    """One hour as it stands on the sheet. `number` counts from 1; a struck-out row has none and stays where it was."""

    number: int | None
    held_on: dt.date
    starts_at: dt.time
    topic: str | None
    remote_channel: str
    provider_confirmed_at: dt.datetime | None
    learner_confirmed_at: dt.datetime | None
    learner_confirmed_by: str
    voided_at: dt.datetime | None
    void_reason: str | None


@dataclass(frozen=True)
class SheetDocument:
    """A sheet with its head. `hours` are the rows that both sides confirmed."""

    learner_id: UUID
    institution_id: UUID
    number: str
    plan_number: str
    institution: str
    semester: str
    learner: str | None
    provider: str
    specialist_role: str
    subject: str
    signed_on: dt.date | None
    minutes_with_learner: int
    minutes_of_preparation: int
    rows: tuple[SheetRow, ...]
    hours: int


def sheet_document(*, scope: Scope, sheet_id: UUID) -> SheetDocument | None:
    """The sheet as `scope` may see it, rows in the order of time, struck-out ones at their place; None where it is out of reach.

    Two statements. A topic or a name that the caller's role does not read is None.
    """
    sheet = (
        ConsultationSheet.objects.filter(DELIVERY.visible(scope), pk=sheet_id)
        .select_related("measure__plan__semester", "learner", "institution", "provider")
        .first()
    )
    if sheet is None:
        return None
    found = Consultation.objects.filter(
        CONSULTATIONS.visible(scope), measure_id=sheet.measure_id, provider_id=sheet.provider_id
    ).order_by("held_on", "starts_at", "created_at", "id")
    rows: list[SheetRow] = []
    number = 0
    for row in found:
        number += row.voided_at is None
        rows.append(_row(scope, row, number if row.voided_at is None else None))
    plan = sheet.measure.plan
    named = FieldAccess(scope=scope, policy=DELIVERY, model=Learner, name="family_name")
    return SheetDocument(
        learner_id=sheet.learner_id,
        institution_id=sheet.institution_id,
        number=sheet.number,
        plan_number=plan.number,
        institution=sheet.institution.name_lv,
        semester=plan.semester.code,
        learner=f"{sheet.learner.given_name} {sheet.learner.family_name}" if named.shows(sheet) else None,
        provider=str(sheet.provider),
        specialist_role=sheet.specialist_role,
        subject=sheet.measure.subject,
        signed_on=sheet.signed_on,
        minutes_with_learner=CONSULTATION_MINUTES,
        minutes_of_preparation=PREPARATION_MINUTES,
        rows=tuple(rows),
        hours=sum(bool(row.number and row.provider_confirmed_at and row.learner_confirmed_at) for row in rows),
    )


def _row(scope: Scope, row: Consultation, number: int | None) -> SheetRow:
    def shown(name: str) -> str | None:
        value: str | None = value_shown(scope=scope, policy=CONSULTATIONS, row=row, name=name)
        return value

    return SheetRow(
        number=number,
        held_on=row.held_on,
        starts_at=row.starts_at,
        topic=shown("topic"),
        remote_channel=row.remote_channel,
        provider_confirmed_at=row.provider_confirmed_at,
        learner_confirmed_at=row.learner_confirmed_at,
        learner_confirmed_by=row.learner_confirmed_by,
        voided_at=row.voided_at,
        void_reason=shown("void_reason"),
    )

"""The hours of a submitted month, one row each, as its package of documents lists them: without names of learners and topics."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from backend.accounts.fields import FieldAccess
from backend.accounts.scope import Scope
from backend.cases.delivery.models import Consultation, ConsultationSheet, MonthSubmission
from backend.cases.delivery.months import last_day
from backend.cases.delivery.policies import CONSULTATIONS


@dataclass(frozen=True)
class MonthHour:
    """An hour that stands, under the number of its sheet and plan."""

    public_id: str
    learner_id: UUID
    sheet: str
    plan: str
    provider: str
    specialist_role: str
    held_on: dt.date
    starts_at: dt.time
    remote_channel: str
    remote_order: str
    provider_confirmed_at: dt.datetime | None
    learner_confirmed_at: dt.datetime | None
    learner_confirmed_by: str


def month_hours(*, scope: Scope, submission: MonthSubmission) -> list[MonthHour] | None:
    """The hours of the month in the order of sheet and time; None where the caller's role does not read all that they say.

    Two statements.
    """
    told = ("provider", "held_on", "starts_at", "specialist_role")
    if not all(FieldAccess(scope, CONSULTATIONS, Consultation, name).shows(submission) for name in told):
        return None
    found = (
        Consultation.objects.filter(
            CONSULTATIONS.visible(scope),
            institution_id=submission.institution_id,
            held_on__range=(submission.month, last_day(submission.month)),
            voided_at=None,
        )
        .select_related("measure__plan", "provider", "remote_order")
        .order_by("measure__plan__number", "measure_id", "provider_id", "held_on", "starts_at", "id")
    )
    rows = list(found)
    sheets = ConsultationSheet.objects.filter(measure__in={row.measure_id for row in rows})
    numbers = {(measure, provider): number for measure, provider, number in sheets.values_list("measure", "provider", "number")}
    return [_hour(row, numbers.get((row.measure_id, row.provider_id), "")) for row in rows]


def _hour(row: Consultation, sheet: str) -> MonthHour:
    return MonthHour(
        public_id=row.public_id,
        learner_id=row.learner_id,
        sheet=sheet,
        plan=row.measure.plan.number,
        provider=str(row.provider),
        specialist_role=row.specialist_role,
        held_on=row.held_on,
        starts_at=row.starts_at,
        remote_channel=row.remote_channel,
        remote_order=row.remote_order.number if row.remote_order else "",
        provider_confirmed_at=row.provider_confirmed_at,
        learner_confirmed_at=row.learner_confirmed_at,
        learner_confirmed_by=row.learner_confirmed_by,
    )

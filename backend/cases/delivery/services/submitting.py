"""Submitting an institution's month, and reopening it (domain.md 4.1, DL07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db.models import F, Max, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command, locked
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.delivery.chain import coordinator_of, not_allowed, steps_taken_by
from backend.cases.delivery.derivation import derive_month
from backend.cases.delivery.locking import lock_month
from backend.cases.delivery.models import Consultation, MonthSubmission, Timesheet, TimesheetStatus, TimesheetStep
from backend.cases.delivery.months import last_day
from backend.cases.delivery.package import digest_of_month
from backend.cases.delivery.policies import DELIVERY
from backend.cases.delivery.sums import UNCONFIRMED
from backend.core import inputs
from backend.core.clock import now
from backend.core.refusals import Code, Problems, Refusal, refuse
from backend.registry.models import InstitutionParticipation
from backend.territory.models import Institution

_APPROVED, _LOCKED = TimesheetStatus.APPROVED_BY_COORDINATOR, TimesheetStatus.LOCKED


@command("submitMonth", answer=by_key(MonthSubmission))
def submit_month(
    *, scope: Scope, institution_id: UUID, month: dt.date, comment: str = "", client_mutation_id: str = ""
) -> MonthSubmission:
    """Submit an institution's month for its partner: the timesheets are locked, and nothing of the month changes any more.

    By the coordinator of the municipality or, of a state institution, its own. Every timesheet with hours is approved by both,
    no entry of the month lacks a confirmation, and the institution takes part under an agreement in that month. A month without
    hours is submitted too: its costs are. A reopened month is submitted anew, as the next revision.

    Raises Refusal with everything unmet: NOT_FOUND, NOT_ALLOWED, INVALID (not the first of a month), OUT_OF_PERIOD (it has not
    begun), DUPLICATE, UNMET_CONDITION.
    """
    institution = Institution.objects.filter(pk=institution_id).first()
    if institution is None:
        refuse(Code.NOT_FOUND, _("There is no such institution. Check the id."), "institution_id")
    coordinator = coordinator_of(institution)
    if coordinator not in steps_taken_by(scope, institution):
        raise Refusal(not_allowed(scope, institution, "institution_id", coordinator))
    problems = Problems()
    said = inputs.paragraphs(problems, comment, "comment", longest=2_000)
    inputs.date(problems, month, "month")
    if month.day != 1:
        problems.add(Code.INVALID, _("Name the month by its first day."), "month")
    elif month > scope.on:
        problems.add(Code.OUT_OF_PERIOD, _("The month has not begun."), "month")
    problems.refuse()
    lock_month(institution_id=institution.pk, month=month)
    if MonthSubmission.objects.filter(institution=institution, month=month, reopened_at=None).exists():
        refuse(Code.DUPLICATE, _("The month was submitted already."), "month")
    derive_month(institution_id=institution.pk, month=month, actor_id=scope.principal_id)
    agreement = _agreement(problems, institution, month)
    sheets = list(
        Timesheet.objects.filter(institution=institution, month=month, hours__gt=0)
        .select_related("provider")
        .order_by("provider__last_name", "id")
    )
    _check_month(problems, institution, month, sheets)
    problems.refuse()
    assert agreement is not None  # noqa: S101  (its absence is a problem, refused above)
    submission = MonthSubmission(
        institution=institution,
        agreement_id=agreement,
        month=month,
        revision=_next_revision(institution, month),
        hours=sum(sheet.hours for sheet in sheets),
        content_hash=digest_of_month(institution=institution, month=month),
        submitted_by_id=scope.principal_id,
    )
    submission.save(force_insert=True)
    _move_all(sheets, _LOCKED, actor_id=scope.principal_id, comment=said, submission=submission)
    return submission


@command("reopenMonth", answer=by_key(MonthSubmission))
def reopen_month(
    *,
    scope: Scope,
    month_submission_id: UUID,
    reason: str,
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> MonthSubmission:
    """Reopen a submitted month, by the regional coordinator alone and with a reason (DL07).

    The approvals stand until they are withdrawn; then hours are corrected, approved and submitted anew. The submission stays, as
    reopened. Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT, DUPLICATE (reopened already), REQUIRED.
    """
    rows = MonthSubmission.objects.filter(DELIVERY.visible(scope))
    seen = rows.filter(pk=month_submission_id).first()
    if seen is None:
        refuse(Code.NOT_FOUND, _("No such submitted month within your reach. Check the id."), "month_submission_id")
    require(scope=scope, act=Act.REOPEN_MONTH, institution_id=seen.institution_id, field="month_submission_id")
    problems = Problems()
    said = inputs.paragraphs(problems, reason, "reason", longest=2_000, required=True)
    problems.refuse()
    lock_month(institution_id=seen.institution_id, month=seen.month)
    wanted = seen.version if expected_version is None else expected_version
    submission = locked(rows, pk=seen.pk, expected_version=wanted, field="month_submission_id")
    if submission.reopened_at is not None:
        refuse(Code.DUPLICATE, _("The month was reopened already."), "month_submission_id")
    sheets = list(Timesheet.objects.filter(submission=submission))
    _move_all(sheets, _APPROVED, actor_id=scope.principal_id, comment=said, submission=None)
    submission.reopened_at = submission.updated_at = now()
    submission.reopened_by_id = scope.principal_id
    submission.reopen_reason = said
    submission.version += 1
    submission.save(update_fields=["reopened_at", "reopened_by", "reopen_reason", "version", "updated_at"])
    return submission


def _agreement(problems: Problems, institution: Institution, month: dt.date) -> UUID | None:
    """The agreement under which the institution takes part in the month: its own or its municipality's (domain.md 4.2)."""
    found = (
        InstitutionParticipation.objects.filter(institution=institution, joined_on__lte=last_day(month))
        .filter(Q(left_on=None) | Q(left_on__gte=month))
        .order_by("-joined_on", "id")
        .values_list("agreement_id", flat=True)
        .first()
    )
    if found is None:
        message = _("The institution takes no part in the programme in that month. Let it join under an agreement first.")
        problems.add(Code.UNMET_CONDITION, message, "institution_id")
    return found


def _check_month(problems: Problems, institution: Institution, month: dt.date, sheets: Sequence[Timesheet]) -> None:
    held = Consultation.objects.filter(institution=institution, held_on__range=(month, last_day(month)))
    lacking = held.filter(UNCONFIRMED).count()
    if lacking:
        wording = _("Entries of the month lack a confirmation: {number}. Have them confirmed, or strike them out.")
        problems.add(Code.UNMET_CONDITION, format_lazy(wording, number=lacking), "month")
    for sheet in sheets:
        if sheet.status != _APPROVED:
            wording = _("The timesheet of {specialist} is not approved to the end: {status}.")
            message = format_lazy(wording, specialist=str(sheet.provider), status=sheet.get_status_display())
            problems.add(Code.UNMET_CONDITION, message, "month")


def _next_revision(institution: Institution, month: dt.date) -> int:
    latest = MonthSubmission.objects.filter(institution=institution, month=month).aggregate(latest=Max("revision"))["latest"]
    return (latest or 0) + 1


def _move_all(
    sheets: Sequence[Timesheet],
    status: TimesheetStatus,
    *,
    actor_id: UUID | None,
    comment: str,
    submission: MonthSubmission | None,
) -> None:
    """Move sheets of a locked month, with a step each. Two statements."""
    keys = [sheet.pk for sheet in sheets]
    Timesheet.objects.filter(pk__in=keys).update(status=status, submission=submission, version=F("version") + 1, updated_at=now())
    TimesheetStep.objects.bulk_create(
        TimesheetStep(
            timesheet_id=sheet.pk,
            institution_id=sheet.institution_id,
            from_status=sheet.status,
            to_status=status,
            actor_id=actor_id,
            comment=comment,
        )
        for sheet in sheets
    )

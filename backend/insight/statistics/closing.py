"""Closing a semester for changes and reopening it: its figures are sealed, and what changes later shows as a correction."""

from __future__ import annotations

import json
from dataclasses import asdict
from uuid import UUID

from django.db.models import Max
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command, locked, touch
from backend.accounts.permissions import Place, require_at
from backend.accounts.roles import Act, Area
from backend.accounts.scope import Scope
from backend.core import inputs
from backend.core.clock import now
from backend.core.refusals import Code, Problems, refuse
from backend.insight.statistics.models import ReportSnapshot, SemesterClosure, SnapshotUnit
from backend.insight.statistics.report import plain_figure
from backend.insight.statistics.selectors import semester_report
from backend.territory.models import Semester


@command("closeSemester", answer=by_key(Semester))
def close_semester(
    *, scope: Scope, semester_id: UUID, expected_version: int | None = None, client_mutation_id: str = ""
) -> Semester:
    """Close a semester once its plans' period is over; the whole country's report is sealed as a snapshot.

    Raises Refusal: NOT_ALLOWED (the agency alone, reading statistics and writing plans everywhere), NOT_FOUND, CONFLICT (closed
    already, another version), OUT_OF_PERIOD (its plans still run).
    """
    require_at(scope=scope, act=Act.CLOSE_SEMESTER, place=Place(), field="semester_id")
    semester = locked(Semester.objects.all(), pk=semester_id, expected_version=expected_version, field="semester_id")
    if semester.closed_at is not None:
        refuse(Code.CONFLICT, _("The semester has been closed already. Read it again."), "semester_id")
    if semester.plan_period_ends_on >= scope.on:
        wording = _("Plans of the semester run until {day}. Close it afterwards.")
        refuse(Code.OUT_OF_PERIOD, format_lazy(wording, day=semester.plan_period_ends_on.isoformat()), "semester_id")
    semester.closed_at = now()
    snapshot = _sealed(scope, semester)
    SemesterClosure(
        semester=semester,
        snapshot=snapshot,
        content_hash=snapshot.content_hash,
        closed_at=semester.closed_at,
        closed_by_id=scope.principal_id,
    ).save(force_insert=True)
    semester.save(update_fields=["closed_at"])
    touch(semester)
    return semester


@command("reopenSemester", answer=by_key(Semester))
def reopen_semester(
    *, scope: Scope, semester_id: UUID, reason: str, expected_version: int | None = None, client_mutation_id: str = ""
) -> Semester:
    """Reopen a closed semester, with a reason. What was sealed stays; the next closing seals anew, as a correction.

    A semester that was loaded as closed has its figures sealed before it opens. Raises Refusal: NOT_ALLOWED, NOT_FOUND,
    CONFLICT (another version), UNMET_CONDITION (it is open), REQUIRED and INVALID of the reason.
    """
    require_at(scope=scope, act=Act.REOPEN_SEMESTER, place=Place(), field="semester_id")
    semester = locked(Semester.objects.all(), pk=semester_id, expected_version=expected_version, field="semester_id")
    if semester.closed_at is None:
        refuse(Code.UNMET_CONDITION, _("The semester is open: there is nothing to reopen."), "semester_id")
    problems = Problems()
    why = inputs.line(problems, reason, "reason", longest=300)
    problems.refuse()
    closure = SemesterClosure.objects.filter(semester=semester, reopened_at=None).first()
    if closure is None:
        snapshot = _sealed(scope, semester)
        closure = SemesterClosure(
            semester=semester, snapshot=snapshot, content_hash=snapshot.content_hash, closed_at=semester.closed_at
        )
    closure.reopened_at, closure.reopened_by_id, closure.reopen_reason = now(), scope.principal_id, why
    closure.save()
    semester.closed_at = None
    semester.save(update_fields=["closed_at"])
    touch(semester)
    return semester


def _sealed(scope: Scope, semester: Semester) -> ReportSnapshot:
    """The snapshot of the whole country's report as it is now."""
    if not scope.reaches_whole_state(Area.STATISTICS) or not any(held.whole_state for held in scope.writing(Area.PLANS)):
        message = _("Sealing the figures takes statistics and plans of the whole country. Ask for a token with their scopes.")
        refuse(Code.NOT_ALLOWED, message, "semester_id")
    report = semester_report(scope=scope, semester=semester)
    assert report is not None  # noqa: S101 (the whole country is in reach)
    figures = asdict(report)
    del figures["generated_at"], figures["content_hash"]
    earlier = ReportSnapshot.objects.filter(semester=semester, unit=SnapshotUnit.STATE, division_on=scope.on)
    number = (earlier.aggregate(last=Max("number"))["last"] or 0) + 1
    snapshot = ReportSnapshot(
        semester=semester,
        unit=SnapshotUnit.STATE,
        division_on=scope.on,
        number=number,
        figures=json.loads(json.dumps(figures, default=plain_figure)),
        content_hash=report.content_hash,
        made_at=now(),
        made_by_id=scope.principal_id,
        reason=_why_again(semester) if number > 1 else "",
    )
    snapshot.save(force_insert=True)
    return snapshot


def _why_again(semester: Semester) -> str:
    """Why there is another snapshot: the reason of the last reopening."""
    last = SemesterClosure.objects.filter(semester=semester, reopened_at__isnull=False).order_by("-reopened_at").first()
    return last.reopen_reason[:300] if last else "-"

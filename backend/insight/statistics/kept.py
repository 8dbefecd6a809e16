"""Reads of what was computed once and kept: snapshots of closed semesters, releases."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.insight.statistics.models import Release, ReleaseTable, ReportSnapshot, SemesterClosure
from backend.insight.statistics.policies import RELEASES, SNAPSHOTS


def report_snapshots(*, scope: Scope) -> QuerySet[ReportSnapshot]:
    """Snapshots that `scope` reaches, the latest first."""
    return ReportSnapshot.objects.filter(SNAPSHOTS.visible(scope)).order_by("-made_at", "id")


def semester_closures(*, scope: Scope) -> QuerySet[SemesterClosure]:
    """Closings of semesters, the latest first; everybody who works with a semester may know when it was closed and why not."""
    return SemesterClosure.objects.order_by("-closed_at", "id")


def releases(*, scope: Scope) -> QuerySet[Release]:
    """Releases that `scope` may have."""
    return Release.objects.filter(RELEASES.visible(scope)).order_by("-known_on", "code")


def release_tables(*, scope: Scope) -> QuerySet[ReleaseTable]:
    """Tables of those releases."""
    return ReleaseTable.objects.filter(release__in=releases(scope=scope).order_by()).order_by("code", "id")

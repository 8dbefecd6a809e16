"""Reads about who may do what."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from backend.accounts.models import Assignment, Role, User
from backend.accounts.scope import Scope, scoped
from backend.core.clock import business_today
from backend.core.trail.models import ReadEntry


def access_log(*, scope: Scope, learner_id: UUID) -> list[ReadEntry]:
    """Who read a learner's record, as what and what for, the last first; empty for whoever is no data protection officer.

    Row security shows others only what was read inside their reach. The function asks the officer's role again. One
    statement, in a transaction of its own.
    """
    if Role.DATA_PROTECTION_OFFICER not in scope.roles:
        return []
    with scoped(scope):
        return list(ReadEntry.objects.raw("select * from trail.reads_of(%s)", [learner_id]))


def assignments_in_force(*, user: User, on: dt.date | None = None) -> QuerySet[Assignment]:
    """Assignments of `user` in force on a day (default: the business day), with their units, the widest level first."""
    day = on or business_today()
    in_force = Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    return (
        Assignment.objects.filter(in_force, user=user)
        .select_related("region", "municipality", "institution")
        .order_by("level", "role", "valid_from")
    )

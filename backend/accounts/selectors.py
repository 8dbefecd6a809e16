"""Reads about who may do what."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from backend.accounts.models import Assignment, User
from backend.core.clock import business_today


def assignments_in_force(*, user: User, on: dt.date | None = None) -> QuerySet[Assignment]:
    """Assignments of `user` in force on a day (default: the business day), with their units, the widest level first."""
    day = on or business_today()
    in_force = Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    return (
        Assignment.objects.filter(in_force, user=user)
        .select_related("region", "municipality", "institution")
        .order_by("level", "role", "valid_from")
    )

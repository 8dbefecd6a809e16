"""Who is attached to an institution in which role, and who may write for others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from backend.accounts.models import Assignment, Level, User
from backend.accounts.scope import Scope


def users_attached(*, role: str, institution_id: UUID, user_ids: Iterable[UUID], on: dt.date) -> set[UUID]:
    """Which of these users hold a role at the institution itself on a day (domain.md 4: "attached to the institution")."""
    held = periods_attached(role=role, institution_ids=[institution_id], user_ids=user_ids)
    return {user for user, _place, first, last in held if first <= on and (last is None or last >= on)}


def periods_attached(
    *, role: str, institution_ids: Iterable[UUID], user_ids: Iterable[UUID]
) -> list[tuple[UUID, UUID, dt.date, dt.date | None]]:
    """(user, institution, first day, last day or None) of each time that active users hold a role at the institutions."""
    return list(
        Assignment.objects.filter(
            Q(role=role, level=Level.INSTITUTION), institution_id__in=set(institution_ids), user_id__in=set(user_ids)
        )
        .filter(user__is_active=True)
        .values_list("user_id", "institution_id", "valid_from", "valid_to")
    )


def may_name_others(*, scope: Scope) -> bool:
    """Whether the caller is an app's own account, which writes for the people of its institution."""
    return scope.principal_id is not None and User.objects.filter(pk=scope.principal_id, is_service=True).exists()

"""Who is attached to an institution in which role, and who may write for others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from backend.accounts.models import Assignment, Level, User
from backend.accounts.scope import Scope


def users_attached(*, role: str, institution_id: UUID, user_ids: Iterable[UUID], on: dt.date) -> set[UUID]:
    """Which of these users hold a role at the institution itself on a day (domain.md 4: "attached to the institution")."""
    held = periods_attached(role=role, institution_ids=[institution_id], user_ids=user_ids)
    return {user for user, _place, first, last in held if first <= on and (last is None or last >= on)}


Period = tuple[UUID, UUID, dt.date, dt.date | None]
"""User, institution, first day, last day or None."""


@dataclass(frozen=True)
class Attached:
    """Who is attached when, and whether the caller may name others."""

    periods: Sequence[Period]
    caller_names_others: bool


_PERIOD = ("user_id", "institution_id", "valid_from", "valid_to")


def periods_attached(*, role: str, institution_ids: Iterable[UUID], user_ids: Iterable[UUID]) -> list[Period]:
    """Each time that active users hold a role at the institutions."""
    return list(_attached(role, institution_ids, user_ids).values_list(*_PERIOD))


def with_attached(rows: QuerySet[Any], *, role: str, user_ids: Iterable[UUID], scope: Scope) -> QuerySet[Any]:
    """Rows of an institution with the periods at it and with whether the caller may name others, in their own statement.

    `attached_of` reads both.
    """
    period = JSONObject(user="user_id", place="institution_id", first="valid_from", last="valid_to")
    held = _attached(role, OuterRef("institution_id"), user_ids).order_by().values(period=period)
    own = Exists(User.objects.filter(pk__in=[scope.principal_id] if scope.principal_id else [], is_service=True))
    found: QuerySet[Any] = rows.annotate(_attached=ArraySubquery(held), _names_others=own)
    return found


def attached_of(rows: Iterable[Any]) -> Attached:
    """What `with_attached` found for some of its rows."""
    found = list(rows)
    periods = {
        (UUID(held["user"]), UUID(held["place"]), dt.date.fromisoformat(held["first"]), _day(held["last"]))
        for row in found
        for held in row._attached
    }
    return Attached(sorted(periods, key=str), any(row._names_others for row in found))


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _attached(role: str, institution: Any, user_ids: Iterable[UUID]) -> QuerySet[Assignment]:
    """`institution`: keys, or the one of an outer row."""
    where = Q(institution_id=institution) if isinstance(institution, OuterRef) else Q(institution_id__in=set(institution))
    return Assignment.objects.filter(where, role=role, level=Level.INSTITUTION, user_id__in=set(user_ids), user__is_active=True)


def may_name_others(*, scope: Scope) -> bool:
    """Whether the caller is an app's own account, which writes for the people of its institution."""
    return scope.principal_id is not None and User.objects.filter(pk=scope.principal_id, is_service=True).exists()

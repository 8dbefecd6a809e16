"""What stands against an institution's leaving the programme: asked of the rooms above, which know its cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from backend.accounts.scope import Scope
from backend.core.refusals import Problem


class Objection(Protocol):
    """A check of a room above."""

    def __call__(self, *, scope: Scope, institution_id: UUID, left_on: dt.date) -> Iterable[Problem]: ...


_OBJECTIONS: list[Objection] = []


def standing_against(check: Objection) -> Objection:
    """Register a check; once, when its app is ready."""
    _OBJECTIONS.append(check)
    return check


def objections(*, scope: Scope, institution_id: UUID, left_on: dt.date) -> list[Problem]:
    """Everything that stands against leaving on a day."""
    return [problem for check in _OBJECTIONS for problem in check(scope=scope, institution_id=institution_id, left_on=left_on)]

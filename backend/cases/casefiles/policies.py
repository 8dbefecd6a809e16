"""Who sees files: whoever reads the room that the file lies in, in its institution."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from backend.accounts.policy import NOTHING, Policy, Reason
from backend.accounts.roles import Area
from backend.accounts.scope import Scope

AREAS = (Area.LEARNERS, Area.PLANS, Area.DELIVERY, Area.MONEY)


class FilePolicy(Policy):
    """A file carries its institution and its room."""

    area = Area.LEARNERS

    def visible(self, scope: Scope) -> Q:
        found = NOTHING
        for area in AREAS:
            if scope.reaches_whole_state(area):
                found |= Q(room=area.room)
            elif institutions := scope.institutions(area):
                found |= Q(room=area.room, institution_id__in=institutions)
        return found

    def why(self, scope: Scope, row: models.Model) -> Reason | None:
        area = next(area for area in AREAS if area.room == getattr(row, "room", ""))
        holding = scope.holding_for(area, self.owners_of(row))
        return Reason(holding.role, holding.level, holding.unit_code) if holding else None

    def owners_of(self, row: Any) -> Iterable[UUID]:
        return [row.institution_id]


FILES = FilePolicy()

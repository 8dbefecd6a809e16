"""Who sees what waits, and messages."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from backend.accounts.policy import NOTHING, Policy, Reason
from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.workspace.models import WorkRoom


class WorkPolicy(Policy):
    """What waits in a room that the scope reads there, and what waits for the caller."""

    area = Area.PLANS

    def visible(self, scope: Scope) -> Q:
        found = Q(assignee_id=scope.principal_id) if scope.principal_id is not None else Q()
        for area in _areas():
            here = Q(room=area.room)
            if scope.reaches_whole_state(area):
                found |= here
            elif institutions := scope.institutions(area):
                found |= here & Q(institution_id__in=institutions)
        return found or NOTHING

    def why(self, scope: Scope, row: Any) -> Reason | None:
        for area in _areas():
            if area.room == row.room and (holding := scope.holding_for(area, [row.institution_id])):
                return Reason(holding.role, holding.level, holding.unit_code)
        mine = scope.principal_id is not None and row.assignee_id == scope.principal_id
        return Reason("assignee", "", "") if mine else None


class MessagePolicy(Policy):
    """A message is its sender's and its recipient's."""

    area = Area.PLANS

    def visible(self, scope: Scope) -> Q:
        if scope.principal_id is None:
            return NOTHING
        return Q(sender_id=scope.principal_id) | Q(recipient_id=scope.principal_id)

    def why(self, scope: Scope, row: models.Model) -> Reason | None:
        reached = type(row)._default_manager.filter(self.visible(scope), pk=row.pk).exists()
        return Reason("party", "", "") if reached else None


def _areas() -> list[Area]:
    return [area for area in Area if area.room in WorkRoom.values]


WORK = WorkPolicy()
MESSAGES = MessagePolicy()

"""Who sees events, their leaders and registrations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from backend.accounts.policy import NOTHING, Policy, PublicPolicy, Reason
from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.activities.training.models import TrainingLeader


class EventPolicy(PublicPolicy):
    """Events and the terms of their kinds."""


class LeaderPolicy(PublicPolicy):
    """Who leads an event is known to everybody who has signed in."""

    def visible(self, scope: Scope) -> Q:
        return Q() if scope.principal_id is not None else NOTHING


class RegistrationPolicy(Policy):
    """The institution's people with delivery open, the participant, the event's leaders."""

    area = Area.DELIVERY

    def visible(self, scope: Scope) -> Q:
        found = super().visible(scope)
        if found == Q() or scope.principal_id is None or not scope.holds_token_scope(self.area):
            return found
        led = TrainingLeader.objects.filter(leader_id=scope.principal_id).order_by().values("event_id")
        mine = Q(participant_id=scope.principal_id) | Q(event_id__in=led)
        return mine if found == NOTHING else found | mine

    def owners_of(self, row: Any) -> Iterable[UUID]:
        return [row.institution_id] if row.institution_id else []

    def why(self, scope: Scope, row: models.Model) -> Reason | None:
        by_unit = super().why(scope, row)
        if by_unit is None and type(row)._default_manager.filter(self.visible(scope), pk=row.pk).exists():
            return Reason("party", "", "")
        return by_unit


EVENTS = EventPolicy()
LEADERS = LeaderPolicy()
REGISTRATIONS = RegistrationPolicy()

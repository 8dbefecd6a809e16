"""Who sees teams and what they do, and the learner's voice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from backend.accounts.policy import NOTHING, Policy, PublicPolicy, Reason
from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.activities.cooperation.models import TeamMember


class TeamPolicy(Policy):
    """The institution's people with plans open, and the team's members in their period."""

    area = Area.PLANS
    team_path = "team_id"

    def visible(self, scope: Scope) -> Q:
        found = super().visible(scope)
        if found == Q() or scope.principal_id is None or not scope.holds_token_scope(self.area):
            return found
        mine = self._mine(scope.principal_id, scope.on)
        return mine if found == NOTHING else found | mine

    def _mine(self, principal: UUID, on: dt.date) -> Q:
        day = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))
        teams = TeamMember.objects.filter(day, user_id=principal, accepted_at__isnull=False)
        return Q(**{f"{self.team_path}__in": teams.order_by().values("team_id")})

    def owners_of(self, row: Any) -> Iterable[UUID]:
        return [row.institution_id]

    def why(self, scope: Scope, row: models.Model) -> Reason | None:
        by_unit = super().why(scope, row)
        if by_unit is None and type(row)._default_manager.filter(self.visible(scope), pk=row.pk).exists():
            return Reason("team_member", "", "")
        return by_unit


class OwnTeamPolicy(TeamPolicy):
    """The team itself."""

    team_path = "pk"


class MemberPolicy(TeamPolicy):
    """Members: as their team, and always the own membership."""

    def _mine(self, principal: UUID, on: dt.date) -> Q:
        return super()._mine(principal, on) | Q(user_id=principal)


class VoicePolicy(Policy):
    """What learners and guardians said stays with the institution that asked."""

    area = Area.PLANS


class QuestionPolicy(PublicPolicy):
    """Questions are reference data."""


TEAMS = OwnTeamPolicy()
MEMBERS = MemberPolicy()
TEAM_ROWS = TeamPolicy()
VOICE = VoicePolicy()
QUESTIONS = QuestionPolicy()

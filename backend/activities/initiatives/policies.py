"""Who sees projects, points and participants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from backend.accounts.models import Level
from backend.accounts.policy import NOTHING, Policy, PublicPolicy, Reason
from backend.accounts.roles import Area
from backend.accounts.scope import Scope, nearest_first

DIVISIONS = 3
"""How often a municipality can have been merged: into the division of 2021, of 2025, and one to come."""
_WIDE = (Level.MUNICIPALITY, Level.REGION)


class PublicInitiativePolicy(PublicPolicy):
    """Organisations, grants, criteria and calls are public."""


class OrganiserPolicy(Policy):
    """Rows of a municipality's call: reached by those who hold plans open there at the municipality's level or above.

    The database's floor asks for every institution of the municipality in reach; this asks for the level as well, so that
    the staff of an only school do not see the call's inside.
    """

    area = Area.PLANS
    party: tuple[str, ...] = ()
    """Paths to users who see the row because they take part in it."""

    def visible(self, scope: Scope) -> Q:
        if scope.reaches_whole_state(self.area):
            return Q()
        found = self._organised(scope) | self._taking_part(scope)
        return found if found else NOTHING

    def why(self, scope: Scope, row: models.Model) -> Reason | None:
        if not type(row)._default_manager.filter(self.visible(scope), pk=row.pk).exists():
            return None
        for holding in nearest_first(scope.opening(self.area)):
            if holding.level in {*_WIDE, Level.STATE}:
                return Reason(holding.role, holding.level, holding.unit_code)
        return Reason("party", "", "")

    def organised(self, scope: Scope) -> Q:
        """Condition for the rows that `scope` reaches as the organiser, or as who stands above it."""
        if scope.reaches_whole_state(self.area):
            return Q()
        return self._organised(scope) or NOTHING

    def _organised(self, scope: Scope) -> Q:
        found = Q()
        for level in _WIDE:
            codes = scope.units(self.area, level)
            if codes:
                unit = "" if level == Level.MUNICIPALITY else "region__"
                found |= _standing_for(f"{unit}code", codes, scope)
        return found

    def _taking_part(self, scope: Scope) -> Q:
        found = Q()
        if scope.principal_id is not None and scope.holds_token_scope(self.area):
            for path in self.party:
                found |= _own(path, scope.principal_id, scope.on)
        return found


def _standing_for(field: str, codes: frozenset[str], scope: Scope) -> Q:
    """The municipalities of `codes`, and those that were merged into them by the scope's day."""
    path, found, gone = "municipality", Q(), Q()
    for _step in range(DIVISIONS):
        still = Q(**{f"{path}__successor__isnull": True}) | Q(**{f"{path}__valid_to__isnull": True})
        still |= Q(**{f"{path}__valid_to__gte": scope.on})
        found |= gone & still & Q(**{f"{path}__{field}__in": codes})
        gone &= Q(**{f"{path}__valid_to__lt": scope.on})
        path = f"{path}__successor"
    return found


def _own(path: str, principal: UUID, on: dt.date) -> Q:
    """What the caller takes part in, by where the path leads: own organisations, oneself as a scorer, projects to score."""
    from backend.activities.initiatives.models import InitiativeProject, OrganisationMember, ProjectScorer

    if path.endswith("organisation"):
        day = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))
        mine = OrganisationMember.objects.filter(day, user_id=principal).order_by()
        return Q(**{f"{path}__in": mine.values("organisation_id")})
    if path.endswith("scorer"):
        return Q(**{f"{path}_id": principal})
    scored = ProjectScorer.objects.filter(scorer_id=principal).order_by().values("project_id")
    return Q(**{f"{path}__in": InitiativeProject.objects.filter(pk__in=scored).order_by().values("id")})


class ProjectPolicy(OrganiserPolicy):
    """Projects: the organiser, the applicant, the scorers."""

    party = ("organisation", "id")


class ProjectPartPolicy(OrganiserPolicy):
    """Steps, partners and report of a project."""

    party = ("project__organisation", "project_id")


class ScorePolicy(OrganiserPolicy):
    """Points: the organiser, and each scorer the own ones."""

    party = ("scorer",)


class MemberPolicy(OrganiserPolicy):
    """Who acts for an organisation: the municipality of its seat, and its own people."""

    party = ("organisation",)


class ParticipantPolicy(Policy):
    """A learner's place in a project belongs to the learner's institution."""

    area = Area.PLANS

    def owners_of(self, row: Any) -> Iterable[UUID]:
        return [row.institution_id]


PUBLIC = PublicInitiativePolicy()
PROJECTS = ProjectPolicy()
PROJECT_PARTS = ProjectPartPolicy()
SCORES = ScorePolicy()
MEMBERS = MemberPolicy()
PARTICIPANTS = ParticipantPolicy()

"""Who sees accounts and what they are assigned to (docs/decisions/0088-accounts-and-teams-in-the-api.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from backend.accounts.models import Level
from backend.accounts.policy import NOTHING, Policy
from backend.accounts.roles import Area
from backend.accounts.scope import Scope


class AccountPolicy(Policy):
    """Names of people at work: known to whoever reads the registry anywhere; everybody knows the own."""

    area = Area.REGISTRY

    def visible(self, scope: Scope) -> Q:
        if scope.opens_anything(self.area):
            return Q()
        return Q(pk=scope.principal_id) if scope.principal_id is not None else NOTHING

    def owned_by(self, institutions: frozenset[UUID]) -> Q:
        """Accounts that an institution's assignments name."""
        return Q(assignments__institution_id__in=institutions)

    def owners_of(self, row: Any) -> Iterable[UUID]:
        return [held.institution_id for held in row.assignments.all() if held.institution_id]


class AssignmentPolicy(Policy):
    """Assignments at an institution: for who reads the registry there. Those of municipalities and regions are whom schools
    turn to, so whoever reads the registry anywhere sees them; those of the whole state only who has it in reach.
    """

    area = Area.REGISTRY

    def visible(self, scope: Scope) -> Q:
        if scope.reaches_whole_state(self.area):
            return Q()
        mine = Q(user_id=scope.principal_id) if scope.principal_id is not None else NOTHING
        institutions = scope.institutions(self.area)
        if not institutions:
            return mine
        return Q(level__in=[Level.MUNICIPALITY, Level.REGION]) | self.owned_by(institutions) | mine

    def owners_of(self, row: Any) -> Iterable[UUID]:
        return [row.institution_id] if row.institution_id else []


ACCOUNTS = AccountPolicy()
ASSIGNMENTS = AssignmentPolicy()

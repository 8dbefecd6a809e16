"""Who sees requests about personal data."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from backend.accounts.models import Role
from backend.accounts.policy import Policy, PublicPolicy, Reason
from backend.accounts.roles import Area
from backend.accounts.scope import Scope


class RightsPolicy(Policy):
    """The institution that received it, and the data protection officer."""

    area = Area.LEARNERS

    def visible(self, scope: Scope) -> Q:
        return Q() if Role.DATA_PROTECTION_OFFICER in scope.roles else super().visible(scope)

    def why(self, scope: Scope, row: Any) -> Reason | None:
        found = super().why(scope, row)
        if found is None and Role.DATA_PROTECTION_OFFICER in scope.roles:
            return Reason(Role.DATA_PROTECTION_OFFICER, "STATE", "")
        return found


class RetentionPolicy(PublicPolicy):
    """How long data are kept is public."""


RIGHTS = RightsPolicy()
RETENTION = RetentionPolicy()

"""Who sees what waits, and messages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from backend.accounts.policy import NOTHING, Policy, Reason
from backend.accounts.roles import Area
from backend.accounts.scope import Scope


class WorkPolicy(Policy):
    """What waits is known to whoever reads the thing that it is about: the queries it is made of ask that thing's own policy.

    Where it lies, and so what a read is logged with, is the institution's plans: whoever reads any room of case work reads those.
    """

    area = Area.PLANS

    def visible(self, scope: Scope) -> Q:
        return Q()


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


WORK = WorkPolicy()
MESSAGES = MessagePolicy()

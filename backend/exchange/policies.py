"""Who sees imports, exports and webhooks: who asked for them, and an institution its own imports."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from backend.accounts.policy import NOTHING, Policy, Reason
from backend.accounts.roles import Area
from backend.accounts.scope import Scope


class OwnPolicy(Policy):
    """Rows of who asked for them."""

    area = Area.LEARNERS
    owner_path = "requested_by_id"

    def visible(self, scope: Scope) -> Q:
        return NOTHING if scope.principal_id is None else Q(**{self.owner_path: scope.principal_id})

    def why(self, scope: Scope, row: models.Model) -> Reason | None:
        reached = type(row)._default_manager.filter(self.visible(scope), pk=row.pk).exists()
        return Reason("owner", "", "") if reached else None


class ImportPolicy(OwnPolicy):
    """Imports: who asked, and those who read learners of the institution."""

    def visible(self, scope: Scope) -> Q:
        if scope.reaches_whole_state(self.area):
            return Q()
        institutions, mine = scope.institutions(self.area), super().visible(scope)
        if not institutions:
            return mine
        here = Q(institution_id__in=institutions)
        return here if mine == NOTHING else here | mine


class ImportProblemPolicy(ImportPolicy):
    """Problems of imports."""

    owner_path = "batch__requested_by_id"


class WebhookPolicy(OwnPolicy):
    """Webhooks."""

    owner_path = "owner_id"


class DeliveryPolicy(OwnPolicy):
    """Deliveries of webhooks."""

    owner_path = "webhook__owner_id"


IMPORTS = ImportPolicy()
IMPORT_PROBLEMS = ImportProblemPolicy()
EXPORTS = OwnPolicy()
WEBHOOKS = WebhookPolicy()
DELIVERIES = DeliveryPolicy()

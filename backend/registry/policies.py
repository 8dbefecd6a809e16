"""Who reads the registry: its agreements, participations and reference lists are open to every caller with access."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from backend.accounts.policy import NOTHING, Policy, PublicPolicy, Reason
from backend.accounts.roles import Area
from backend.accounts.scope import Scope, nearest_first


class AgreementPolicy(PublicPolicy):
    """Agreements and participations."""


class ReferencePolicy(PublicPolicy):
    """Risk factors and levels, measure kinds, positions, tariffs, themes, deadlines, approval tiers, accounts of the ledger."""


class ContractPolicy(Policy):
    """A contract matters for the hours that are paid, so whoever reads the delivery of its institution sees it."""

    area = Area.DELIVERY


class PartnerAccountPolicy(Policy):
    """Where a partner is paid: for whoever reads money anywhere."""

    area = Area.MONEY

    def visible(self, scope: Scope) -> Q:
        return Q() if scope.opening(self.area) else NOTHING

    def why(self, scope: Scope, row: models.Model) -> Reason | None:
        held = next(iter(nearest_first(scope.opening(self.area))), None)
        return Reason(held.role, held.level, held.unit_code) if held else None


CONTRACTS = ContractPolicy()
PARTNER_ACCOUNTS = PartnerAccountPolicy()
AGREEMENTS = AgreementPolicy()
REFERENCE = ReferencePolicy()

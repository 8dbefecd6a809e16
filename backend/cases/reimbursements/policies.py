"""Who sees claims, payments and the ledger: whoever reads the money of the institution."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from backend.accounts.policy import Policy
from backend.accounts.roles import Area
from backend.cases.reimbursements.models import PaymentItem


class ClaimPolicy(Policy):
    """A claim carries its measure's institution."""

    area = Area.MONEY


class MoneyPolicy(Policy):
    """Items, decisions, payments, entries and postings carry their institution."""

    area = Area.MONEY


class BatchPolicy(Policy):
    """A batch is a partner's: seen by who sees one of its items."""

    area = Area.MONEY

    def owned_by(self, institutions: frozenset[UUID]) -> Q:
        return Q(pk__in=PaymentItem.objects.filter(institution_id__in=institutions).order_by().values("batch_id"))

    def owners_of(self, row: Any) -> Iterable[UUID]:
        """Institutions of its items, those that the caller's transaction shows."""
        return [item.institution_id for item in row.items.all()]


CLAIMS = ClaimPolicy()
MONEY = MoneyPolicy()
BATCHES = BatchPolicy()

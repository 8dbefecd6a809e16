"""Who sees transfers: both sides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from backend.accounts.policy import Policy
from backend.accounts.roles import Area


class TransferPolicy(Policy):
    """A transfer, and what it shares, belong to the institution left and the one entered."""

    area = Area.LEARNERS

    def owned_by(self, institutions: frozenset[UUID]) -> Q:
        return Q(institution_id__in=institutions) | Q(to_institution_id__in=institutions)

    def owners_of(self, row: Any) -> Iterable[UUID]:
        return [row.institution_id, row.to_institution_id]


TRANSFERS = TransferPolicy()

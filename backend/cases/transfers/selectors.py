"""Reads of transfers, inside the caller's scope."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.cases.transfers.models import Transfer, TransferShare
from backend.cases.transfers.policies import TRANSFERS


def transfers(*, scope: Scope) -> QuerySet[Transfer]:
    """Transfers from or to institutions that `scope` reaches, the newest first."""
    return Transfer.objects.filter(TRANSFERS.visible(scope)).order_by("-created_at", "id")


def transfer_shares(*, scope: Scope) -> QuerySet[TransferShare]:
    """What those transfers share."""
    return TransferShare.objects.filter(TRANSFERS.visible(scope)).order_by("part", "id")

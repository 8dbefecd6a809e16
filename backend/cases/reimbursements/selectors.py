"""Reads of claims, inside the caller's scope."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.cases.reimbursements.models import (
    ClaimDecision,
    ClaimItem,
    LedgerEntry,
    LedgerPosting,
    PaymentBatch,
    PaymentItem,
    ReimbursementClaim,
)
from backend.cases.reimbursements.payment_message import Message, message_of
from backend.cases.reimbursements.policies import BATCHES, CLAIMS, MONEY


def reimbursement_claims(*, scope: Scope) -> QuerySet[ReimbursementClaim]:
    """Claims that `scope` reaches, by month."""
    return ReimbursementClaim.objects.filter(CLAIMS.visible(scope)).order_by("period", "id")


def claim_items(*, scope: Scope) -> QuerySet[ClaimItem]:
    """Costs of claims with their proofs."""
    return ClaimItem.objects.filter(MONEY.visible(scope)).order_by("incurred_on", "id")


def claim_decisions(*, scope: Scope) -> QuerySet[ClaimDecision]:
    """Decisions on claims, in the order they were taken."""
    return ClaimDecision.objects.filter(MONEY.visible(scope)).order_by("at", "id")


def payment_batches(*, scope: Scope) -> QuerySet[PaymentBatch]:
    """Payments to partners that pay something `scope` reaches, the newest month first."""
    return PaymentBatch.objects.filter(BATCHES.visible(scope)).order_by("-month", "sequence", "id")


def payment_items(*, scope: Scope) -> QuerySet[PaymentItem]:
    """What batches pay for."""
    return PaymentItem.objects.filter(MONEY.visible(scope)).order_by("batch_id", "id")


def ledger_entries(*, scope: Scope) -> QuerySet[LedgerEntry]:
    """Entries of the ledger, the newest first."""
    return LedgerEntry.objects.filter(MONEY.visible(scope)).order_by("-booked_on", "id")


def ledger_postings(*, scope: Scope) -> QuerySet[LedgerPosting]:
    """Postings of those entries."""
    return LedgerPosting.objects.filter(MONEY.visible(scope)).order_by("entry_id", "line")


def payment_message(*, scope: Scope, batch_id: UUID) -> Message | None:
    """The message to the bank of a payment that `scope` reaches; None when absent or not reached."""
    batch = payment_batches(scope=scope).filter(pk=batch_id).select_related("account", "agreement").first()
    return message_of(batch) if batch else None

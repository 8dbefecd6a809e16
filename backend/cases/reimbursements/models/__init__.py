from backend.cases.reimbursements.models.claim import (
    SETTLED,
    AmountBasis,
    ClaimDecision,
    ClaimItem,
    ClaimStatus,
    ReimbursementClaim,
    Verdict,
)
from backend.cases.reimbursements.models.ledger import EntryKind, LedgerEntry, LedgerPosting
from backend.cases.reimbursements.models.payment import BatchStatus, ItemStatus, PaymentBatch, PaymentItem

__all__ = [
    "SETTLED",
    "AmountBasis",
    "BatchStatus",
    "ClaimDecision",
    "ClaimItem",
    "ClaimStatus",
    "EntryKind",
    "ItemStatus",
    "LedgerEntry",
    "LedgerPosting",
    "PaymentBatch",
    "PaymentItem",
    "ReimbursementClaim",
    "Verdict",
]

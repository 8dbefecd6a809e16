"""Claiming costs, deciding on claims, taking them back, and paying partners."""

from backend.cases.reimbursements.claim_rules import Cost
from backend.cases.reimbursements.services.claims import claim_reimbursement, reverse_reimbursement
from backend.cases.reimbursements.services.decisions import approve_reimbursement, reject_reimbursement
from backend.cases.reimbursements.services.payments import (
    cancel_payment_batch,
    create_payment_batch,
    mark_payment_batch_paid,
    mark_payment_returned,
    release_payment_batch,
)

__all__ = [
    "Cost",
    "approve_reimbursement",
    "cancel_payment_batch",
    "claim_reimbursement",
    "create_payment_batch",
    "mark_payment_batch_paid",
    "mark_payment_returned",
    "reject_reimbursement",
    "release_payment_batch",
    "reverse_reimbursement",
]

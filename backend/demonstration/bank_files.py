"""What the bank would have got for the demonstration's payments: the hash of the file, as the platform keeps it."""

from __future__ import annotations

from django.conf import settings

from backend.cases.reimbursements.models import PaymentBatch
from backend.cases.reimbursements.payment_message import unchecked_message_of


def file_hash(batch: PaymentBatch) -> str:
    """SHA-256 of the file that the service would make for `batch` (its account and agreement at hand), hexadecimal.

    Empty where the installation does not say which account it pays from: then no payment can be prepared.
    """
    return unchecked_message_of(batch).sha256 if settings.PAYER["IBAN"] else ""

"""The message to the bank (ISO 20022 pain.001) of a payment, as it was made when the payment was prepared."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend.accounts.scope import Scope
from backend.cases.reimbursements.selectors import payment_batches, payment_message
from backend.core.refusals import Code, refuse


def bank_file(*, scope: Scope, batch_id: UUID) -> tuple[str, bytes] | None:
    """(file name, XML) of a payment within reach, valid against its schema; None where it is absent or out of reach.

    Raises Refusal CONFLICT where it no longer comes out as its hash says: the account or the payer's was changed since, and a
    file that differs from what the bank got is handed to nobody.
    """
    message = payment_message(scope=scope, batch_id=batch_id)
    if message is None:
        return None
    known = payment_batches(scope=scope).filter(pk=batch_id).values_list("file_sha256", flat=True).first()
    if known and known != message.sha256:
        refuse(Code.CONFLICT, _("The file cannot be made again as the bank got it: an account was changed since."))
    return message.name, message.content

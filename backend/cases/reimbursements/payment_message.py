"""The message to the bank: an ISO 20022 credit transfer (pain.001.001.09) for a payment batch, made by `sepaxml`.

A batch is one transfer to the partner's account. The message follows from the batch alone: made again it is the same, byte by
byte, so that its hash can be held against what the bank got.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sepaxml
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from sepaxml import SepaTransfer
from xmlschema import XMLSchema

from backend.cases.reimbursements.bank_text import bank_text
from backend.cases.reimbursements.models import PaymentBatch
from backend.core.refusals import Code, Problems

SCHEMA = "pain.001.001.09"
MEDIA_TYPE = "application/xml"


@dataclass(frozen=True)
class Message:
    """The file for the bank."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Hash of the content, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


class _Transfer(SepaTransfer):
    """The library's message under names and moments of ours, where it takes the clock's and random ones."""

    def __init__(self, config: dict[str, Any], *, message_id: str, made_at: dt.datetime) -> None:
        self._named, self._made_at = message_id, made_at
        super().__init__(config, SCHEMA, clean=False)

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        for place, text in (
            ("MsgId", self._named),
            ("PmtInfId", self._named),
            ("CreDtTm", self._made_at.isoformat(timespec="seconds")),
        ):
            for node in self._xml.iter(place):
                node.text = text


def check_debtor(problems: Problems, field: str) -> None:
    """Note it where the installation does not say which account it pays from."""
    if not settings.PAYER["IBAN"]:
        problems.add(Code.UNMET_CONDITION, _("The agency's own account is not set. Ask whoever runs the platform."), field)


def message_of(batch: PaymentBatch) -> Message:
    """The message for a batch, valid against its schema. Raises `xmlschema.XMLSchemaValidationError` when it cannot be made."""
    message = unchecked_message_of(batch)
    _schema().validate(message.content.decode())
    return message


def unchecked_message_of(batch: PaymentBatch) -> Message:
    """The same message, not held against its schema: that costs ten times as much. For many payments of one form."""
    payer = settings.PAYER
    config = {
        "name": bank_text(payer["NAME"], longest=70),
        "IBAN": payer["IBAN"],
        "currency": "EUR",
        "batch": True,
    }
    if payer["BIC"]:
        config["BIC"] = payer["BIC"]
    made_at = timezone.localtime(batch.created_at).replace(tzinfo=None)
    transfer = _Transfer(config, message_id=batch.message_id, made_at=made_at)
    payment = {
        "name": bank_text(batch.account.holder, longest=70),
        "IBAN": batch.account.iban,
        "amount": int(batch.total * 100),
        "description": bank_text(f"{batch.message_id} {batch.agreement.number} {batch.month:%m.%Y}", longest=140),
        "execution_date": made_at.date(),
        "endtoend_id": batch.message_id,
    }
    if batch.account.bic:
        payment["BIC"] = batch.account.bic
    transfer.add_payment(payment)
    content: bytes = transfer.export(validate=False)
    return Message(name=f"{batch.message_id}.xml", content=content)


@cache
def _schema() -> XMLSchema:
    """The schema that comes with the library, read once: that costs a second."""
    return XMLSchema(str(Path(sepaxml.__file__).parent / "schemas" / f"{SCHEMA}.xsd"))

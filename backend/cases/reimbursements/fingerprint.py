"""By what a cost is known again, in whosever claim it comes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from backend.core.text import fold
from backend.core.vault.blind_index import blind_index

FIELD = "cost"


def cost_fingerprint(*, whose: str, seller: str, document_number: str, incurred_on: dt.date, kind: str, amount: Decimal) -> str:
    """Keyed hash of one learner's one cost (docs/decisions/0063-fingerprint-of-a-cost.md).

    `whose` is the personal code where there is one, so that two records of one person meet, else the learner's key. Case,
    diacritics and spaces of the seller and the document's number do not tell costs apart.
    """
    parts = (whose, _plain(seller), _plain(document_number), incurred_on.isoformat(), kind, f"{amount:.2f}")
    return blind_index(field=FIELD, value="|".join(parts))


def _plain(text: str) -> str:
    return "".join(fold(text).split())

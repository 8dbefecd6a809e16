"""One-time codes of learners: what they look like, and by what they are known again.

A code is made from its row's key and the hours it is for, by a key that only this installation has; stored is a second keyed
hash over code and hours. So nothing of it can be read from the database, it opens those hours alone, and a repeated command
tells the same code again. Ten signs of 31 leave 49 bits: with the limits on requests nobody guesses one within its day, which
is why tries need not be counted in a transaction of their own (docs/decisions/0110-one-time-codes.md).
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Sequence
from uuid import UUID

from backend.cases.delivery.models import ConfirmationCode, Consultation
from backend.core.vault.blind_index import blind_index

CODE_LIFE = dt.timedelta(days=1)
"""As long as a remote hour waits for its confirmation (domain.md 3.1, REM)."""
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 10


def code_of(key: UUID, rows: Sequence[Consultation]) -> str:
    """The code of a row for these hours: ABCDE-FGHJK."""
    digest = int(blind_index(field="one-time code", value=f"{key}|{_hours(rows)}").split(":")[1], 16)
    signs = []
    for _place in range(_LENGTH):
        digest, rest = divmod(digest, len(_SIGNS))
        signs.append(_SIGNS[rest])
    return f"{''.join(signs[:5])}-{''.join(signs[5:])}"


def hash_of(code: str, rows: Sequence[Consultation]) -> str:
    """What is stored of a code: it says nothing without the key, the code and the hours."""
    return blind_index(field="one-time code, stored", value=f"{_plain(code)}|{_hours(rows)}")


def open_code(rows: Sequence[Consultation], *, code: str | None, moment: dt.datetime | None) -> ConfirmationCode | None:
    """The unused, unexpired code that confirms exactly these hours; None where there is none.

    Without `code`, the latest that was issued for them, whatever became of it.
    """
    issued = ConfirmationCode.objects.filter(learner_id=rows[0].learner_id, institution_id=rows[0].institution_id).order_by(
        "-issued_at"
    )
    if code is not None:
        return issued.select_for_update().filter(code_hash=hash_of(code, rows), used_at=None, expires_at__gt=moment).first()
    return next((row for row in issued if hmac.compare_digest(row.code_hash, hash_of(code_of(row.pk, rows), rows))), None)


def _hours(rows: Sequence[Consultation]) -> str:
    return ",".join(sorted(row.pk.hex for row in rows))


def _plain(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isalnum())

"""Who was erased, kept outside the database and its dumps: a file, and a table in the key store that all machines share.

After every restore, of the database or of the key store, the union of both is applied again.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.conf import settings

from backend.core.clock import now
from backend.core.trail.anchors import append_lines, read_lines
from backend.core.vault import store


def note_erasure(*, learner_id: UUID, principal_id: UUID | None, reason: str) -> None:
    """Append to the file, durably, unless the learner stands there."""
    if learner_id not in listed_in_file():
        line = {
            "learner": str(learner_id),
            "at": now().astimezone(dt.UTC).isoformat(),
            "by": str(principal_id or ""),
            "reason": reason,
        }
        append_lines(settings.ERASURE_LIST_FILE, [line])


def listed_in_file() -> dict[UUID, str]:
    """Learner -> reason, by the file."""
    return {UUID(line["learner"]): line.get("reason", "") for line in read_lines(settings.ERASURE_LIST_FILE)}


def listed_in_key_store() -> dict[UUID, str]:
    """Learner -> reason, by the key store."""
    with store.pool().connection() as keystore:
        return dict(keystore.execute("select learner_id, reason from erasure").fetchall())


def all_listed() -> dict[UUID, str]:
    """Everybody who was ever erased here, with the reason."""
    return {**listed_in_key_store(), **listed_in_file()}

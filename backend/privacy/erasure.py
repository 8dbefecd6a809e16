"""Forgetting a learner (GDPR Art. 17): the key destroyed, names, texts and salts blanked wherever they stand.

The rows stay as tombstones, so counts and the sealed trail hold (docs/decisions/0033-who-erases.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction

from backend.accounts.models import Role
from backend.accounts.scope import Scope, enter_scope
from backend.core.database.roles import acting_as
from backend.core.trail.context import Channel, noted
from backend.core.vault.keys import destroy_key
from backend.privacy.erasure_list import all_listed, listed_in_key_store, note_erasure


class ErasureRefusedError(PermissionError):
    """The caller is no data protection officer."""


class NoSuchLearnerError(LookupError):
    """There is no such learner."""


@dataclass(frozen=True)
class Erased:
    """What an erasure touched: rows by table (history under `trail.`), and whether a key was destroyed."""

    learner_id: UUID
    key_destroyed: bool
    rows: dict[str, int] = field(default_factory=dict)


def erase_learner(*, scope: Scope, learner_id: UUID, reason: str) -> Erased:
    """Erase a learner for ever. `reason` says on which ground and in which file it was decided; never a name.

    Order: the list outside, the key, the rows. A cut anywhere leaves an erasure that `reapply_erasures` completes, never
    one that can be taken back. The database checks the caller's role again. Must not be called inside a transaction,
    which could undo the rows after the key is gone. Raises ErasureRefusedError, NoSuchLearnerError.
    """
    if connection.in_atomic_block:
        raise RuntimeError("erase_learner() cannot be part of a transaction: what it does outside cannot be rolled back.")
    if Role.DATA_PROTECTION_OFFICER not in scope.roles or scope.principal_id is None:
        raise ErasureRefusedError("Only a data protection officer erases.")
    with transaction.atomic():
        enter_scope(scope)
        if not _exists(learner_id):
            raise NoSuchLearnerError(str(learner_id))
    note_erasure(learner_id=learner_id, principal_id=scope.principal_id, reason=reason)
    destroyed = destroy_key(learner_id=learner_id, principal_id=scope.principal_id, reason=reason)
    with transaction.atomic():
        enter_scope(scope)
        with noted(channel=Channel.COMMAND, reason="erasure"):
            rows = _blank(learner_id, reason)
    return Erased(learner_id=learner_id, key_destroyed=destroyed, rows=rows)


def reapply_erasures() -> list[Erased]:
    """Erase again everybody on the lists, as the owner: after a restore, and to complete what a cut left half-done.

    Learners that the database does not hold any more are only kept from coming back with their key. Safe to repeat.
    """
    known = listed_in_key_store()
    listed = all_listed()
    done: list[Erased] = []
    with acting_as("owner"):
        for learner_id, reason in listed.items():
            note_erasure(learner_id=learner_id, principal_id=None, reason=reason)
            destroyed = learner_id in known and _key_stands(learner_id)
            destroy_key(learner_id=learner_id, principal_id=None, reason=reason)
            with transaction.atomic(), noted(channel=Channel.COMMAND, reason="erasure applied again"):
                rows = {table: count for table, count in _blank(learner_id, reason).items() if count}
            done.append(Erased(learner_id=learner_id, key_destroyed=destroyed, rows=rows))
    return done


def _exists(learner_id: UUID) -> bool:
    """Asked of the database by its definer function: the officer reads no learners."""
    with connection.cursor() as cursor:
        cursor.execute("select trail.learner_stands(%s)", [learner_id])
        return bool(cursor.fetchone()[0])


def _key_stands(learner_id: UUID) -> bool:
    from backend.core.vault import store

    with store.pool().connection() as keystore:
        return keystore.execute("select 1 from learner_key where learner_id = %s", [learner_id]).fetchone() is not None


def _blank(learner_id: UUID, reason: str) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("select trail.erase_learner(%s, %s)", [learner_id, reason])
        counts = cursor.fetchone()[0]
    return dict(json.loads(counts) if isinstance(counts, str) else counts)

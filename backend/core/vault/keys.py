"""A learner's own key: made, fetched, destroyed, wrapped anew."""

from __future__ import annotations

import os
from collections.abc import Iterable
from uuid import UUID

import psycopg

from backend.core.vault import store
from backend.core.vault.master import KEY_BYTES, add_master_key, drop_master_keys, master_keys

BATCH = 1000


def key_for(learner_id: UUID) -> bytes:
    """The key of a learner, made when there is none. Raises ErasedError for a learner who was erased."""
    found = keys_of([learner_id])
    if learner_id in found:
        return found[learner_id]
    keys_made([learner_id])
    return keys_of([learner_id])[learner_id]


class ErasedError(Exception):
    """The learner was erased: nothing can be encrypted for them any more."""


def keys_made(learner_ids: Iterable[UUID]) -> None:
    """Make a key for each learner that has none. One statement. Raises ErasedError when one of them was erased."""
    wanted = list(dict.fromkeys(learner_ids))
    masters = master_keys()
    rows = [(key, *masters.wrap(subject=key.bytes, key=os.urandom(KEY_BYTES))) for key in wanted]
    with store.pool().connection() as keystore:
        keystore.execute(
            "insert into learner_key (learner_id, master_key, wrapped)"
            " select * from unnest(%s::uuid[], %s::text[], %s::bytea[]) made (learner_id, master_key, wrapped)"
            " where not exists (select 1 from erasure e where e.learner_id = made.learner_id)"
            " on conflict (learner_id) do nothing",
            [[row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]],
        )
        gone = keystore.execute("select learner_id from erasure where learner_id = any(%s)", [wanted]).fetchone()
    if gone:
        raise ErasedError(f"Learner {gone[0]} was erased.")


def keys_of(learner_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Keys of those learners who have one. One statement; nothing is kept in memory after the caller is done."""
    wanted = list(learner_ids)
    masters = master_keys()
    with store.pool().connection() as keystore:
        rows = keystore.execute(
            "select learner_id, master_key, wrapped from learner_key where learner_id = any(%s)", [wanted]
        ).fetchall()
    return {learner: masters.unwrap(subject=learner.bytes, name=name, wrapped=wrapped) for learner, name, wrapped in rows}


def destroy_key(*, learner_id: UUID, principal_id: UUID | None, reason: str) -> bool:
    """Destroy a learner's key for ever and note it in the key store's list of erasures; whether there was a key."""
    with store.pool().connection() as keystore:
        row = keystore.execute("select destroy_key(%s, %s, %s)", [learner_id, principal_id, reason]).fetchone()
    return bool(row and row[0])


def rotate_master_key(*, drop_former: bool = False) -> tuple[str, int]:
    """Make a new master key and wrap every learner's key under it; (its name, keys wrapped anew).

    Safe to repeat after a cut: a former key stays in the file until nothing needs it, and `drop_former` asks for that
    only once no key store back-up made before is left. Needs the owner's connection to the key store.
    """
    name = add_master_key()
    masters = master_keys()
    count = 0
    with psycopg.connect(store.conninfo("owner")) as keystore:
        while rows := keystore.execute(
            "select learner_id, master_key, wrapped from learner_key where master_key <> %s limit %s for update", [name, BATCH]
        ).fetchall():
            for learner, former, wrapped in rows:
                key = masters.unwrap(subject=learner.bytes, name=former, wrapped=wrapped)
                keystore.execute(
                    "update learner_key set master_key = %s, wrapped = %s where learner_id = %s",
                    [*masters.wrap(subject=learner.bytes, key=key), learner],
                )
            keystore.commit()
            count += len(rows)
    if drop_former:
        drop_master_keys()
    return name, count

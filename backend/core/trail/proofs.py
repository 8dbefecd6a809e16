"""What the trail proves of one row: its entry says what the row says, and lies in a sealed block whose head stands outside.

`verification` checks everything; this checks as much as one row needs, so that a thing that was sealed can be held against its
seal whenever somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, models

from backend.core.trail.anchors import anchors
from backend.core.trail.history import declaration_of
from backend.core.trail.tables import PINNED, history_table
from backend.core.trail.verification import Block, merkle_root


@dataclass(frozen=True)
class Proof:
    """The seal of a row's last entry, and what speaks against it."""

    block: int | None
    """Number of the block; None: not sealed yet, so that nothing is proved."""
    head: str = ""
    """Head of the block, in hexadecimal, as the anchor file must have it."""
    problems: tuple[str, ...] = ()

    @property
    def sealed(self) -> bool:
        """Whether the row is what was sealed."""
        return self.block is not None and not self.problems


def proof_of(*, model: type[models.Model], key: UUID) -> Proof:
    """The proof of one audited row, inside a transaction that reaches row and entries. Three statements, and settings.

    Raises NotAuditedError for a model without history.
    """
    declared = declaration_of(model)
    table = history_table(declared)
    pairs = " and ".join(f'l."{column}" is not distinct from t."{column}"' for column in declared.columns)
    with _pinned(), connection.cursor() as cursor:
        cursor.execute(
            f"select t.trail_id, t.trail_xid, {table.leaf('t')}, t.trail_op in ('D', 'T'),"
            f' l."{declared.key}" is not null, {pairs}'
            f' from {table.quoted} t left join public."{declared.table}" l on l."{declared.key}" = t."{declared.key}"'
            f' where t."{declared.key}" = %s order by t.trail_recorded_at desc, t.trail_id desc limit 1',
            [key],
        )
        found = cursor.fetchone()
    if found is None:
        return Proof(None, problems=("the trail has no entry of it",))
    entry, xid, leaf, removed, stands, same = found
    problems = () if not removed and stands and same else ("the row is not what its last entry says",)
    sealed = _block_of(entry, xid)
    if sealed is None:
        return Proof(None, problems=problems)
    block, leaves = sealed
    return Proof(block.number, block.head.hex(), (*problems, *_against(block, leaves, entry, bytes(leaf))))


def _block_of(entry: int, xid: int) -> tuple[Block, dict[int, bytes]] | None:
    """The block in which an entry lies by its place, and the commitments listed in it by entry."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select number, from_xid, to_xid, entries, root, previous_head, head,"
            " (extract(epoch from closed_at) * 1000000)::bigint, from_entry, to_entry, entry_ids, leaves from trail.block"
            " where (from_xid, from_entry) <= (%s, %s) and (%s, %s) < (to_xid, to_entry) limit 1",
            [xid, entry, xid, entry],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    number, low, high, entries, root, previous, head, closed, first, last, ids, stored = row
    content = bytes(stored)
    leaves = {key: content[32 * place : 32 * place + 32] for place, key in enumerate(ids)}
    return Block(number, low, high, entries, bytes(root), bytes(previous), bytes(head), closed, first, last), leaves


def _against(block: Block, leaves: dict[int, bytes], entry: int, leaf: bytes) -> Iterator[str]:
    """What does not fit, from the entry outwards to the anchor file."""
    if leaves.get(entry) != leaf:
        yield f"its entry is not what block {block.number} sealed"
    if merkle_root(list(leaves.values())) != block.root:
        yield f"the entries listed in block {block.number} do not give its root"
    if block.computed_head() != block.head:
        yield f"block {block.number} does not give its own head"
    heads = anchors().heads
    if block.number in heads and heads[block.number] != block.head.hex():
        yield f"block {block.number} has another head than its anchor"
    elif block.number not in heads:
        yield f"block {block.number} has no anchor"


@contextmanager
def _pinned() -> Iterator[None]:
    """Inside, values are spelt as they were when they were sealed; afterwards as the transaction had it."""
    with connection.cursor() as cursor:
        cursor.execute("select " + ", ".join(["current_setting(%s)"] * len(PINNED)), list(PINNED))
        before = cursor.fetchone()
        _set(dict(PINNED))
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _set(dict(zip(PINNED, before or (), strict=True)))


def _set(settings: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        calls = ", ".join(["set_config(%s, %s, true)"] * len(settings))
        cursor.execute(f"select {calls}", [part for pair in settings.items() for part in pair])

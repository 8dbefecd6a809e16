"""Prove the trail: recompute every commitment, every root and every head, and compare with the anchors outside.

Runs as a role that sees all entries (`loader` or the owner). The roots are recomputed here, in Python, from what the
database says about each entry; the sealer computed them in the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from django.conf import settings
from django.db import connection

from backend.core.trail.anchors import anchors, read_lines
from backend.core.trail.guards import missing_guards, rows_changed_round_the_trail
from backend.core.trail.tables import PINNED, TrailTable, sealed_tables

CHUNK = 50_000
GENESIS = bytes(32)


class Damage(StrEnum):
    """What can be wrong."""

    EDITED = "edited"
    DELETED = "deleted"
    INSERTED = "inserted"
    BLOCK = "block edited"
    CHAIN = "chain broken"
    ANCHOR = "anchor differs"
    TOMBSTONE = "false tombstone"
    GUARD = "guard missing"
    LIVE = "changed round the trail"


@dataclass(frozen=True)
class Finding:
    """One piece of damage; `entry` names the row where it is one row's."""

    damage: Damage
    text: str
    table: str = ""
    entry: int | None = None

    def __str__(self) -> str:
        return f"{self.damage}: {self.text}"


@dataclass
class Report:
    """What was proved. `tail` entries are not sealed yet: nothing is claimed about them."""

    findings: list[Finding] = field(default_factory=list)
    blocks: int = 0
    entries: int = 0
    tombstones: int = 0
    tail: int = 0
    tail_since: dt.datetime | None = None
    unanchored: int = 0
    restores: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.findings


@dataclass(frozen=True)
class Block:
    """A block without its leaves."""

    number: int
    from_xid: int
    to_xid: int
    entries: int
    root: bytes
    previous_head: bytes
    head: bytes
    closed_microseconds: int
    from_entry: int = 0
    to_entry: int = 0
    """Where in `from_xid` it begins and in `to_xid` it ends, for a part of a large transaction; 0: whole transactions."""

    @property
    def begins(self) -> tuple[int, int]:
        return self.from_xid, self.from_entry

    @property
    def ends(self) -> tuple[int, int]:
        return self.to_xid, self.to_entry

    def computed_head(self) -> bytes:
        """The head that its own figures give."""
        numbers = [self.number, self.entries, self.from_xid, self.to_xid, self.closed_microseconds]
        if self.from_entry or self.to_entry:
            numbers += [self.from_entry, self.to_entry]
        tail = b"".join(number.to_bytes(8, "big", signed=True) for number in numbers)
        return hashlib.sha256(self.previous_head + self.root + tail).digest()


def merkle_root(leaves: list[bytes]) -> bytes:
    """Root of a tree whose inner nodes are sha256(01 || left || right); an odd one stands alone under its parent.

    Of nothing it is sha256 of nothing: only where what was to be sealed had been taken away.
    """
    level = leaves
    while len(level) > 1:
        level = [hashlib.sha256(b"\x01" + b"".join(level[at : at + 2])).digest() for at in range(0, len(level), 2)]
    return level[0] if level else hashlib.sha256().digest()


def verify(*, live: bool = True, guards: bool = True) -> Report:
    """Check everything and change nothing.

    `live` compares each live row with its last entry too, `guards` looks whether triggers, functions and rights stand.
    """
    report = Report()
    with connection.cursor() as cursor:
        cursor.execute(";".join(f"set {name} = '{value}'" for name, value in PINNED.items()))
    try:
        tables = _present(sealed_tables())
        blocks = _blocks()
        report.blocks, report.entries = len(blocks), sum(block.entries for block in blocks)
        _check_chain(blocks, report)
        _check_anchors(blocks, report)
        for chunk in _chunks(blocks):
            _check_entries(chunk, tables, report)
        _check_tombstones(tables, report)
        _measure_tail(blocks, tables, report)
        if guards:
            report.findings += [Finding(Damage.GUARD, text) for text in missing_guards()]
        if live:
            report.findings += [Finding(Damage.LIVE, text, table=table) for table, text in rows_changed_round_the_trail()]
    finally:
        with connection.cursor() as cursor:
            if not connection.needs_rollback:
                cursor.execute(";".join(f"reset {name}" for name in PINNED))
    return report


def _present(tables: list[TrailTable]) -> list[TrailTable]:
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'trail'")
        names = {name for (name,) in cursor.fetchall()}
    return [table for table in tables if table.name in names]


def _blocks() -> list[Block]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select number, from_xid, to_xid, entries, root, previous_head, head,"
            " (extract(epoch from closed_at) * 1000000)::bigint, from_entry, to_entry from trail.block order by number"
        )
        return [
            Block(number, low, high, entries, bytes(root), bytes(previous), bytes(head), *rest)
            for number, low, high, entries, root, previous, head, *rest in cursor.fetchall()
        ]


def _check_chain(blocks: list[Block], report: Report) -> None:
    for block in blocks:
        if block.computed_head() != block.head:
            report.findings.append(Finding(Damage.BLOCK, f"block {block.number} does not give its own head"))
    if blocks and (blocks[0].number != 1 or blocks[0].previous_head != GENESIS or blocks[0].begins != (0, 0)):
        report.findings.append(Finding(Damage.CHAIN, f"the chain begins at block {blocks[0].number}, not at its beginning"))
    for before, after in pairwise(blocks):
        joined = after.number == before.number + 1 and after.begins == before.ends
        if not joined or after.previous_head != before.head:
            report.findings.append(Finding(Damage.CHAIN, f"block {after.number} does not follow block {before.number}"))


def _check_anchors(blocks: list[Block], report: Report) -> None:
    witnessed = anchors()
    heads = {block.number: block.head.hex() for block in blocks}
    report.restores = [
        f"{line['at']}: back to block {line['restored_to']}, {line['blocks_lost']} lost" for line in witnessed.restores
    ]
    newest = max(witnessed.heads, default=0)
    for number, head in witnessed.heads.items():
        if number not in heads:
            report.findings.append(Finding(Damage.ANCHOR, f"block {number} is anchored, but the database has it no more"))
        elif heads[number] != head:
            report.findings.append(Finding(Damage.ANCHOR, f"block {number} has another head than its anchor"))
    for number in heads:
        if number not in witnessed.heads:
            if number < newest:
                report.findings.append(Finding(Damage.ANCHOR, f"block {number} has no anchor, later ones have"))
            else:
                report.unanchored += 1


def _chunks(blocks: list[Block]) -> Iterator[list[Block]]:
    """Consecutive blocks of some 50,000 entries, so that memory stays bounded."""
    gathered: list[Block] = []
    for block in blocks:
        gathered.append(block)
        if sum(b.entries for b in gathered) >= CHUNK:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def _check_entries(blocks: list[Block], tables: list[TrailTable], report: Report) -> None:
    expected: dict[int, tuple[bytes, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select number, entry_ids, leaves from trail.block where number between %s and %s order by number",
            [blocks[0].number, blocks[-1].number],
        )
        for block, (number, ids, stored) in zip(blocks, cursor.fetchall(), strict=True):
            content = bytes(stored)
            leaves = [content[at : at + 32] for at in range(0, len(content), 32)]
            if not len(ids) == len(leaves) == block.entries or merkle_root(leaves) != block.root:
                report.findings.append(Finding(Damage.BLOCK, f"the entries listed in block {number} do not give its root"))
            expected.update({key: (leaf, number) for key, leaf in zip(ids, leaves, strict=False)})
    seen: set[int] = set()
    for name, key, leaf in _entries(tables, blocks[0].begins, blocks[-1].ends):
        if key not in expected or key in seen:
            report.findings.append(Finding(Damage.INSERTED, f"entry {key} of trail.{name} was never sealed", name, key))
        elif expected[key][0] != leaf:
            text = f"entry {key} of trail.{name} is not what block {expected[key][1]} sealed"
            report.findings.append(Finding(Damage.EDITED, text, name, key))
        seen.add(key)
    for key in sorted(expected.keys() - seen):
        report.findings.append(Finding(Damage.DELETED, f"entry {key} of block {expected[key][1]} is gone", entry=key))


def _entries(tables: list[TrailTable], begins: tuple[int, int], ends: tuple[int, int]) -> Iterator[tuple[str, int, bytes]]:
    window = _within(begins, ends)
    each = (f"select '{table.name}', trail_id, {table.leaf('t')} from {table.quoted} t where {window}" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(each))
        while rows := cursor.fetchmany(5000):
            for name, key, leaf in rows:
                yield name, key, bytes(leaf)


def _within(begins: tuple[int, int], ends: tuple[int, int]) -> str:
    """SQL: entries from one place to before another; a place is a transaction, and an entry's number in it."""
    (low, first), (high, end) = begins, ends
    window = f"trail_xid >= {low} and trail_xid {'<=' if end else '<'} {high}"
    if first:
        window += f" and (trail_xid > {low} or trail_id >= {first})"
    if end:
        window += f" and (trail_xid < {high} or trail_id < {end})"
    # Inside one transaction the numbers alone are a range that an index finds.
    if first and high == low + (not end):
        window += f" and trail_id >= {first}"
    if end and high == low:
        window += f" and trail_id < {end}"
    return window


def _check_tombstones(tables: list[TrailTable], report: Report) -> None:
    """Each tombstone belongs to a learner who was erased, here and in the list outside, and holds nothing any more."""
    listed = {line["learner"] for line in read_lines(settings.ERASURE_LIST_FILE)}
    with connection.cursor() as cursor:
        cursor.execute("select distinct learner_id::text from trail.erasure")
        for (learner,) in cursor.fetchall():
            if learner not in listed:
                text = f"learner {learner} is erased in the database, but not in the list outside"
                report.findings.append(Finding(Damage.TOMBSTONE, text, "erasure"))
        cursor.execute(" union all ".join(_tombstones(table) for table in tables))
        for name, key, false in cursor.fetchall():
            report.tombstones += 1
            if false:
                text = f"entry {key} of trail.{name} passes for an erased one"
                report.findings.append(Finding(Damage.TOMBSTONE, text, name, key))


def _tombstones(table: TrailTable) -> str:
    """SQL: name, entry, and whether the tombstone is a false one: not empty, or of nobody who was erased."""
    full = " or ".join([f't."{column}" is distinct from {blank}' for column, blank in table.blanks.items()] or ["false"])
    known = f"exists (select 1 from trail.erasure e where {table.rows_of('e.learner_id')})" if table.learner else "false"
    return (
        f"select '{table.name}', trail_id, trail_salt is not null or ({full}) or not ({known})"
        f" from {table.quoted} t where trail_erased is not null"
    )


def _measure_tail(blocks: list[Block], tables: list[TrailTable], report: Report) -> None:
    horizon, entry = blocks[-1].ends if blocks else (0, 0)
    each = (
        f"select {'trail_at' if _is_history(table) else 'at'} as moment from {table.quoted}"
        f" where trail_xid >= {horizon} and (trail_xid > {horizon} or trail_id >= {entry})"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*), min(moment) from ({' union all '.join(each)}) tail")
        report.tail, report.tail_since = cursor.fetchone()


def _is_history(table: TrailTable) -> bool:
    return table.name not in {"read_entry", "erasure"}

"""Closing blocks and anchoring their heads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from backend.core.trail.anchors import anchors, append_lines


@dataclass(frozen=True)
class Sealed:
    """A block that was closed: its number, how many entries it holds, its head."""

    number: int
    entries: int
    head: str


def seal() -> Sealed | None:
    """Close a block over entries of finished transactions and anchor every head that is not anchored yet.

    Whole transactions, the oldest first, until they are 50,000 entries: call again until it returns None, or `seal_all()`.

    Returns None when there was nothing to seal. Runs as `app`: the database computes the block (docs/developer/trail.md).
    The anchor is written after the commit, so a cut in between leaves a head that the next call anchors.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select number, entries, encode(head, 'hex') from trail.seal()")
        row = cursor.fetchone()
    anchor_heads()
    return Sealed(*row) if row else None


def seal_all() -> Iterator[Sealed]:
    """Close one block after the other until nothing is left, answering each as it is closed."""
    while block := seal():
        yield block


def anchor_heads() -> int:
    """Append the heads that the anchor file lacks; how many there were."""
    last = max(anchors().heads, default=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "select number, encode(head, 'hex'), entries, closed_at from trail.block where number > %s order by number", [last]
        )
        rows = cursor.fetchall()
    append_lines(
        settings.TRAIL_ANCHOR_FILE,
        [
            {"block": number, "head": head, "entries": entries, "closed_at": closed_at.astimezone(dt.UTC).isoformat()}
            for number, head, entries, closed_at in rows
        ],
    )
    return len(rows)

"""The anchor file: each block's head, one JSON line each, outside the database.

It is the witness against somebody who can write everything in the database: they would have to change it as well. Keep a
copy where the database's keepers cannot write (docs/operator/trail.md).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings


@dataclass(frozen=True)
class Anchors:
    """Heads that hold by now, by block number, and the blocks that a restore left behind."""

    heads: dict[int, str]
    restores: list[dict[str, Any]]


def append_lines(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Add lines durably; several processes may do so at once."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.writelines(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        handle.flush()
        os.fsync(handle.fileno())


def read_lines(path: Path) -> list[dict[str, Any]]:
    """All lines; an absent file has none. Raises ValueError on a line that is not ours."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def anchors(path: Path | None = None) -> Anchors:
    """What the file says. After a line about a restore, blocks beyond the restored one count no more."""
    heads: dict[int, str] = {}
    restores: list[dict[str, Any]] = []
    for line in read_lines(path or settings.TRAIL_ANCHOR_FILE):
        if "restored_to" in line:
            lost = [number for number in heads if number > line["restored_to"]]
            restores.append({**line, "blocks_lost": len(lost)})
            for number in lost:
                del heads[number]
        else:
            heads[line["block"]] = line["head"]
    return Anchors(heads, restores)

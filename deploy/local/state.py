"""What the last start prepared, so that the next one repeats only what changed. Correctness first: any change counts.

A step's inputs are all of our source, the locks, the size and the date of the demonstration, and which database it was
done to (cluster and database number, so that another server or a dropped database never passes for prepared).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

import psycopg

from backend.core.private_files import write_private_json
from deploy.local.folders import ROOT

SOURCES = ("backend", "cms", "graphql_schema", "site_templates", "deploy/local/prepare.py", "requirements/base.lock")
IGNORED = {"__pycache__", ".mypy_cache", ".ruff_cache"}


def source_fingerprint() -> str:
    """One digest over the content of every file that preparation may read."""
    digest = hashlib.sha256()
    for path in sorted(_files()):
        digest.update(os.fsencode(path.relative_to(ROOT)) + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def database_identity(url: str) -> str:
    """Which database of which cluster this is."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute(
            "select (select system_identifier from pg_control_system()), oid from pg_database where datname = current_database()"
        ).fetchone()
    return "-".join(str(part) for part in row or ())


def digest_of(*parts: str) -> str:
    """One digest over some texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class Prepared:
    """`var/demo/state.json`: step -> digest of the inputs it was last completed with."""

    def __init__(self, var: Path) -> None:
        self._path = var / "demo" / "state.json"
        try:
            self._done = dict(json.loads(self._path.read_text())["steps"])
        except (OSError, ValueError, KeyError, TypeError):
            self._done = {}

    def has(self, step: str, inputs: str) -> bool:
        """Whether the step was completed with exactly these inputs."""
        return self._done.get(step) == inputs

    def note(self, step: str, inputs: str) -> None:
        """Record a completed step."""
        self._done[step] = inputs
        write_private_json(self._path, {"steps": self._done})


def _files() -> Iterable[Path]:
    for name in SOURCES:
        start = ROOT / name
        if start.is_file():
            yield start
            continue
        for folder, folders, files in os.walk(start):
            folders[:] = [each for each in folders if each not in IGNORED]
            yield from (Path(folder) / file for file in files if not file.endswith((".pyc", ".swp")))

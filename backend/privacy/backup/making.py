"""Taking back-ups: the database and, apart from it, the key store."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from backend.core.clock import now
from backend.core.vault import store
from backend.privacy.backup.programs import run

DUMP, KEYS, MANIFEST = ".dump", ".keys", ".json"


@dataclass(frozen=True)
class Backup:
    """Files of one back-up. The manifest says how many rows each table had in the very state that was dumped."""

    dump: Path
    keys: Path
    manifest: Path
    tables: int
    rows: int


def conninfo(role: str, *, database: str = "") -> str:
    """Connection string of a database role, for programs and for connections beside Django's."""
    credentials = settings.DATABASE_ROLES[role]
    parts = {
        "host": credentials["HOST"],
        "port": credentials["PORT"],
        "user": credentials["USER"],
        "password": credentials["PASSWORD"],
        "dbname": database or connection.settings_dict["NAME"],
        **credentials["OPTIONS"],
    }
    return make_conninfo("", **{key: value for key, value in parts.items() if value})


def backup(*, to: Path | None = None, keys_to: Path | None = None) -> Backup:
    """Dump the database and the key store as the loader, into two folders; outdated key dumps are removed.

    The loader passes by row security, or the dump would be empty (docs/operator/backup.md). Raises ProgramError.
    """
    stamp = f"{now().astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    folder, key_folder = to or settings.BACKUP_ROOT, keys_to or settings.KEY_BACKUP_ROOT
    for made in (folder, key_folder):
        made.mkdir(parents=True, exist_ok=True, mode=0o700)
    base = f"{connection.settings_dict['NAME']}-{stamp}"
    dump, manifest, keys = folder / (base + DUMP), folder / (base + MANIFEST), key_folder / (base + KEYS)
    with psycopg.connect(conninfo("loader")) as held:  # keeps the snapshot open while pg_dump reads it
        held.execute("set transaction isolation level repeatable read read only")
        ((snapshot,),) = held.execute("select pg_export_snapshot()").fetchall()
        _dump(dump, conninfo("loader"), snapshot=snapshot)
        counts = row_counts(held)
        last = held.execute("select number, encode(head, 'hex') from trail.block order by number desc limit 1").fetchone()
    _dump(keys, store.conninfo("loader"))
    content = {
        "made_at": stamp,
        "sha256": digest_of(dump),
        "last_block": {"number": last[0], "head": last[1]} if last else None,
        "rows": counts,
    }
    _write(manifest, content)
    _remove_outdated(key_folder)
    return Backup(dump=dump, keys=keys, manifest=manifest, tables=len(counts), rows=sum(counts.values()))


def row_counts(held: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows of every table of ours, as "schema.table"."""
    tables = held.execute(
        "select schemaname, tablename from pg_tables where schemaname in ('public', 'trail') order by 1, 2"
    ).fetchall()
    counts = {}
    for schema, table in tables:
        row = held.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))).fetchone()
        counts[f"{schema}.{table}"] = int(row[0]) if row else 0
    return counts


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _dump(path: Path, where: str, *, snapshot: str = "") -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    run("pg_dump", ["--format=custom", f"--file={path}", *([f"--snapshot={snapshot}"] if snapshot else [])], conninfo=where)


def _write(path: Path, content: dict[str, Any]) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(content, handle, indent=2)


def _remove_outdated(folder: Path) -> None:
    """A key that was destroyed must not live on in an old dump."""
    limit = now().timestamp() - settings.KEY_BACKUP_DAYS * 86_400
    for path in folder.glob("*" + KEYS):
        if path.stat().st_mtime < limit:
            path.unlink()

"""Restoring: beside the running database, checked, forgotten anew, and only then put in its place."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from backend.core.clock import now
from backend.core.database.roles import acting_as
from backend.core.database.security import reapply
from backend.core.trail.anchors import append_lines
from backend.core.vault import store
from backend.privacy.backup.making import MANIFEST, conninfo, digest_of, row_counts
from backend.privacy.backup.programs import output_of, run
from backend.privacy.erasure import reapply_erasures
from backend.privacy.erasure_list import all_listed

POLICY_LINE = re.compile(r"\d+; \d+ \d+ (ROW SECURITY|POLICY) ")
JOBS = str(min(4, os.cpu_count() or 1))


class RestoreError(Exception):
    """The restore was stopped; what stood before still stands. The message says what to do."""


@dataclass(frozen=True)
class Restored:
    """Where the restored state is, where the former one went ("" when nothing was replaced), and what was checked."""

    database: str
    former: str
    tables: int
    rows: int
    erased_again: int


def restore(*, file: Path, into: str = "") -> Restored:
    """Restore a dump, `into` a database of that name or in place of the present one, which is kept under another name.

    The schema comes as the owner, the rows as the loader, constraints and policies as the owner again. Then: rows counted
    against the manifest, policies and trail written anew, the list of erasures applied, the restore told to the anchors.
    Raises RestoreError, ProgramError.
    """
    manifest = _manifest_of(file)
    present = str(connection.settings_dict["NAME"])
    target = into or f"{present}_restoring"
    connection.close()
    store.close_pools()
    with _server() as server:
        if not into:
            _must_be_idle(server, present)
            server.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(target)))
        elif server.execute("select 1 from pg_database where datname = %s", [into]).fetchone():
            raise RestoreError(f"A database {into} exists already; name another, or drop it yourself.")
        _create(server, target)
    _fill(file, target)
    rows = _check_counts(target, manifest["rows"])
    with _connected_to(target, keys=present):
        with acting_as("owner"), connection.cursor() as cursor:
            reapply(cursor)
        erased = reapply_erasures()
    former = ""
    if not into:
        former = f"{present}_before_{now().astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
        with _server() as server:
            _must_be_idle(server, present)
            server.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(present), sql.Identifier(former)))
            server.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(target), sql.Identifier(present)))
        _tell_the_anchors(manifest)
    touched = sum(1 for done in erased if done.rows)
    return Restored(into or present, former, len(manifest["rows"]), rows, touched)


def restore_keys(*, file: Path) -> int:
    """Restore a dump of the key store; keys of the erased are destroyed again. How many keys stand then.

    The list of erasures is gathered first from the file and from the store that is replaced. Raises ProgramError.
    """
    listed = all_listed()
    store.close_pools()
    where = store.conninfo("owner")
    run(
        "pg_restore",
        ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--dbname", store.name(), str(file)],
        conninfo=where,
    )
    store.prepare()
    with psycopg.connect(where) as keystore:
        for learner, reason in listed.items():
            keystore.execute("select destroy_key(%s, null, %s)", [learner, reason])
        row = keystore.execute("select count(*) from learner_key").fetchone()
    return int(row[0]) if row else 0


def _manifest_of(file: Path) -> dict[str, Any]:
    path = file.with_suffix(MANIFEST)
    if not file.exists() or not path.exists():
        raise RestoreError(f"{file} or its manifest {path.name} is absent.")
    manifest: dict[str, Any] = json.loads(path.read_text())
    if digest_of(file) != manifest["sha256"]:
        raise RestoreError(f"{file} is not the file that {path.name} describes.")
    return manifest


@contextmanager
def _server() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(conninfo("owner", database="postgres"), autocommit=True) as server:
        yield server


PATIENCE_SECONDS = 5.0
"""How long a connection that is just closing may take; PostgreSQL itself waits as long before it renames a database."""


def _must_be_idle(server: psycopg.Connection[Any], database: str) -> None:
    """Refuse while somebody works in the database. Its own housekeeping (autovacuum) steps aside by itself."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while users := _users_of(server, database):
        if time.monotonic() > deadline:
            raise RestoreError(f"{users} connections use {database}. Stop the web processes and the worker, then try again.")
        time.sleep(0.1)


def _users_of(server: psycopg.Connection[Any], database: str) -> int:
    row = server.execute(
        "select count(*) from pg_stat_activity"
        " where datname = %s and usesysid is not null",  # housekeeping has no user, and its kind is not shown to the owner
        [database],
    ).fetchone()
    return int(row[0]) if row else 0


def _create(server: psycopg.Connection[Any], name: str) -> None:
    server.execute(
        sql.SQL(
            "create database {} template template0 encoding 'UTF8' locale 'C' locale_provider builtin builtin_locale 'C.UTF-8'"
        ).format(sql.Identifier(name))
    )


def _fill(file: Path, target: str) -> None:
    owner, loader = conninfo("owner", database=target), conninfo("loader", database=target)
    common = ["--no-owner", "--exit-on-error", "--dbname", target]
    # `create schema public` stands in the dump when its owner or grants differ from the template's.
    run("pg_restore", [*common, "--section=pre-data", "--clean", "--if-exists", str(file)], conninfo=owner)
    with psycopg.connect(owner, autocommit=True) as database:
        # Roll-ups are in back-ups since they exist; an older one has none.
        wanted = "select nspname from pg_namespace where nspname in ('public', 'trail', 'rollup') order by nspname"
        for (schema,) in database.execute(wanted).fetchall():
            name = sql.Identifier(schema)
            database.execute(sql.SQL("grant usage on schema {} to loader").format(name))
            database.execute(sql.SQL("grant select, insert on all tables in schema {} to loader").format(name))
            database.execute(sql.SQL("grant usage, select, update on all sequences in schema {} to loader").format(name))
    run("pg_restore", [*common, "--section=data", "--no-privileges", f"--jobs={JOBS}", str(file)], conninfo=loader)
    with _listed_without_policies(file) as listed:
        run("pg_restore", [*common, "--section=post-data", f"--use-list={listed}", str(file)], conninfo=owner)


@contextmanager
def _listed_without_policies(file: Path) -> Iterator[Path]:
    """The dump's list of contents without row security: a policy that stands before a foreign key would hide its rows from
    the check. Policies are written anew afterwards in any case."""
    contents = output_of("pg_restore", ["--list", str(file)])
    kept = [line for line in contents.splitlines() if not POLICY_LINE.match(line)]
    with tempfile.NamedTemporaryFile("w", suffix=".list") as handle:
        handle.write("\n".join(kept) + "\n")
        handle.flush()
        yield Path(handle.name)


def _check_counts(target: str, expected: dict[str, int]) -> int:
    with psycopg.connect(conninfo("loader", database=target)) as database:
        found = row_counts(database)
    differing = sorted(table for table in expected.keys() | found.keys() if expected.get(table) != found.get(table))
    if differing:
        named = ", ".join(f"{table} ({found.get(table)} of {expected.get(table)})" for table in differing[:10])
        raise RestoreError(f"Rows do not add up in {target}: {named}. It is left there for a look; nothing was replaced.")
    return sum(found.values())


@contextmanager
def _connected_to(name: str, *, keys: str) -> Iterator[None]:
    """Django's connection on another database; the key store stays the one of the present database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    store.close_pools()
    connection.settings_dict["NAME"] = name
    with store.following(keys):
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
            store.close_pools()


def _tell_the_anchors(manifest: dict[str, Any]) -> None:
    last = manifest["last_block"]
    line = {
        "restored_to": last["number"] if last else 0,
        "head": last["head"] if last else "",
        "at": now().astimezone(dt.UTC).isoformat(),
        "dump": manifest["sha256"],
    }
    append_lines(settings.TRAIL_ANCHOR_FILE, [line])

"""The test database: migrated once into a template, cloned for each process and after each test that commits.

The template's name carries a digest of everything that shapes it, so a later run uses it again as long as no migration,
policy or library changed. Cloning takes a fraction of a second where migrating takes half a minute.
"""

from __future__ import annotations

import copy
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql

from backend.core.vault.store import SUFFIX, close_pools

ROOT = Path(__file__).resolve().parents[1]
SHAPES = (
    "migrations/*.py",
    "*/migrations/*.py",
    "apps.py",
    "policies.py",
    "core/database/*.py",
    "core/trail/*.py",
    "core/vault/store.py",
    "settings/base.py",
    "core/library_tables.py",
    "statistics/cubes.py",
    "statistics/rollups/*.py",
)
TEMPLATE_PREFIX = "pumpurs_template_"
LOCK = 20_171_124
"""Number of the advisory lock that lets one process at a time make templates and clones."""
FILLING = LOCK + 1
"""That of whoever fills a template for a minute: another waits for it only if it wants the same, not to make a clone."""
MIGRATED = "migrated"


def serve_as(role: str) -> None:
    """Close the connection; the next one is made as `role`."""
    connection.close()
    connection.settings_dict.update({key: settings.DATABASE_ROLES[role][key] for key in ("USER", "PASSWORD")})


@dataclass(frozen=True)
class _Clone:
    """A database to serve from, and the one that it is made of anew."""

    name: str
    source: str


class TestDatabase:
    """The database of one test process."""

    __test__ = False

    def __init__(self, *, worker: str) -> None:
        base = settings.DATABASES["default"]["TEST"]["NAME"]
        self.name = base if worker in ("", "master") else f"{base}_{worker}"
        self.template = TEMPLATE_PREFIX + shape_digest()
        self._serving = _Clone(name=self.name, source=self.template)
        self._filled: dict[str, Any] = {}
        """What was given when a clone was filled, by its name."""
        self._made: set[str] = {self.name}

    def make(self, *, anew: bool = False) -> None:
        """Ensure the template, clone it, and serve from the clone as `app`."""
        connection.close()
        with server_alone() as server:
            if anew or not is_migrated(server, self.template):
                drop(server, self.template)
                drop(server, self.template + SUFFIX)
                self._migrate_template(server)
                _drop_outdated(server, keep=self.template)
        self.renew()

    def renew(self) -> None:
        """Throw the clone away and make another: the state right after migrating or filling, whatever a test committed."""
        connection.close()
        with server_alone() as server:
            clone(server, source=self._serving.source, target=self._serving.name)
        self._serve(self._serving)

    @contextmanager
    def filled(self, name: str, fill: Callable[[], Any]) -> Iterator[Any]:
        """Serve from a clone in which `fill` has committed its rows; gives what `fill` returned.

        Filled once a process, on top of what is served from now: rows that many modules want are not written for each.
        """
        assert not connection.in_atomic_block, f"the rows of {name!r} are another database: ask for them before opening one"
        before = self._serving
        stage = _Clone(name=f"{before.name}_{name}", source=f"{before.name}_{name}_source")
        try:
            if stage.name not in self._filled:
                self._filled[stage.name] = self._fill(stage, fill, of=before.source)
            self._serve(stage)
            yield copy.deepcopy(self._filled[stage.name])
        finally:
            self._serve(before)

    def _fill(self, stage: _Clone, fill: Callable[[], Any], *, of: str) -> Any:
        connection.close()
        self._made |= {stage.name, stage.source}
        with server_alone() as server:
            clone(server, source=of, target=stage.source)
        self._serve(_Clone(name=stage.source, source=""))
        with transaction.atomic():
            found = fill()
        connection.close()
        with server_alone() as server:
            clone(server, source=stage.source, target=stage.name)
        return found

    def drop(self) -> None:
        """Remove the clones; the template stays for the next run."""
        connection.close()
        close_pools()
        with server_alone() as server:
            for name in self._made:
                for suffix in ("", SUFFIX):
                    drop(server, name + suffix)

    def _serve(self, from_: _Clone) -> None:
        connection.close()
        self._serving = from_
        connection.settings_dict["NAME"] = from_.name
        serve_as("app")

    def _migrate_template(self, server: psycopg.Connection[Any]) -> None:
        create(server, self.template)
        connection.settings_dict["NAME"] = self.template
        serve_as("owner")
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()
        server.execute(sql.SQL("comment on database {} is {}").format(sql.Identifier(self.template), sql.Literal(MIGRATED)))


def create(server: psycopg.Connection[Any], name: str) -> None:
    """An empty database, ordered by code points like every database of ours."""
    server.execute(
        sql.SQL(
            "create database {} template template0 encoding 'UTF8' locale 'C' locale_provider builtin builtin_locale 'C.UTF-8'"
        ).format(sql.Identifier(name))
    )


def clone(server: psycopg.Connection[Any], *, source: str, target: str) -> None:
    """Replace `target` and its key store by copies of `source` and its key store."""
    close_pools()
    for suffix in ("", SUFFIX):
        drop(server, target + suffix)
        server.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(target + suffix), sql.Identifier(source + suffix)
            )
        )


def shape_digest() -> str:
    """Digest of all files that decide what a freshly migrated database looks like."""
    files = {ROOT / "requirements" / "base.lock"}
    for package in ("backend", "cms", "graphql_schema"):
        for pattern in SHAPES:
            files.update((ROOT / package).rglob(pattern))
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(os.fsencode(path.relative_to(ROOT)) + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def server_alone(lock: int = LOCK) -> Iterator[psycopg.Connection[Any]]:
    """The server as `owner`, alone: other test processes that want the same lock wait."""
    owner = settings.DATABASE_ROLES["owner"]
    parts = {"host": owner["HOST"], "port": owner["PORT"], "user": owner["USER"], "password": owner["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **{key: value for key, value in parts.items() if value}) as server:
        server.execute("select pg_advisory_lock(%s)", [lock])
        yield server


def is_migrated(server: psycopg.Connection[Any], name: str) -> bool:
    row = server.execute("select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name]).fetchone()
    return row is not None and row[0] == MIGRATED


def drop(server: psycopg.Connection[Any], name: str, *, seconds: float = 10) -> None:
    """Drop a database. The owner may not end a session of `app`, so wait a moment for one that is just closing."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            return
        except psycopg.errors.InsufficientPrivilege:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _drop_outdated(server: psycopg.Connection[Any], *, keep: str) -> None:
    """Templates of other shapes; one that somebody migrates this moment cannot be here, for we hold the lock."""
    for (name,) in server.execute("select datname from pg_database where datname like %s", [TEMPLATE_PREFIX + "%"]).fetchall():
        if name not in (keep, keep + SUFFIX):
            drop(server, name)

"""Where the key store is: a database of its own, `<name>_keys` on the same server unless KEYSTORE_URL says otherwise.

It stands apart so that a dump of the platform holds ciphertexts only, and a dump of the keys can be short-lived
(docs/decisions/0032-a-key-per-learner.md). It is no Django database: nothing but this room talks to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from backend.core.vault.master import MasterKeyError, make_master_keys

SUFFIX = "_keys"
SCHEMA = """
create table if not exists learner_key (
    learner_id uuid primary key, master_key text not null, wrapped bytea not null, made_at timestamptz not null default now()
);
create table if not exists erasure (
    learner_id uuid primary key, at timestamptz not null default now(), principal uuid, reason text not null
);
create or replace function destroy_key(learner uuid, by_principal uuid, why text) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $body$
begin
    insert into erasure (learner_id, principal, reason) values (learner, by_principal, why) on conflict do nothing;
    delete from learner_key where learner_id = learner;
    return found;
end $body$;
revoke all on all tables in schema public from public, app;
grant usage on schema public to app, loader;
grant select on learner_key, erasure to app;
grant insert on learner_key to app;
grant select, insert, update, delete on all tables in schema public to loader;
revoke execute on function destroy_key(uuid, uuid, text) from public;
grant execute on function destroy_key(uuid, uuid, text) to app, loader;
"""
_following = ""
_pools: dict[str, ConnectionPool[psycopg.Connection[Any]]] = {}


def name() -> str:
    """Name of the key store's database, which follows the database that is connected (tests have their own)."""
    if settings.KEYSTORE_URL:
        return str(conninfo_to_dict(settings.KEYSTORE_URL).get("dbname"))
    return f"{_following or connection.settings_dict['NAME']}{SUFFIX}"


@contextmanager
def following(database: str) -> Iterator[None]:
    """Use the key store of `database` while the connection is on another: a restore works beside the present database."""
    global _following  # noqa: PLW0603
    before, _following = _following, database
    try:
        yield
    finally:
        _following = before


def conninfo(role: str, *, database: str = "") -> str:
    """Connection string of a role; with KEYSTORE_URL its own user where it names one."""
    credentials = settings.DATABASE_ROLES[role]
    parts = {
        "host": credentials["HOST"],
        "port": credentials["PORT"],
        "user": credentials["USER"],
        "password": credentials["PASSWORD"],
    }
    if settings.KEYSTORE_URL:
        parts |= {key: value for key, value in conninfo_to_dict(settings.KEYSTORE_URL).items() if value is not None}
    return make_conninfo("", **{**{key: value for key, value in parts.items() if value}, "dbname": database or name()})


def pool() -> ConnectionPool[psycopg.Connection[Any]]:
    """This process's few connections as `app`, opened when first needed."""
    where = conninfo("app")
    if where not in _pools:
        _pools[where] = ConnectionPool(
            where, min_size=0, max_size=3, kwargs={"autocommit": True}, check=ConnectionPool.check_connection, open=True
        )
    return _pools[where]


def close_pools() -> None:
    """Let go of every connection (before a restore renames databases)."""
    for opened in _pools.values():
        opened.close()
    _pools.clear()


def prepare() -> None:
    """Make the key store's database, tables and grants, and the first master keys. Needs the owner; safe to repeat.

    Raises MasterKeyError when keys are stored but the file that unwraps them is absent: a new one could not read them.
    """
    _make_database()
    with psycopg.connect(conninfo("owner"), autocommit=True) as store:
        store.execute("select pg_advisory_lock(1)")  # two migrations at once
        store.execute(SCHEMA)
        filled = store.execute("select exists (select 1 from learner_key)").fetchone()
    if filled and filled[0] and not settings.MASTER_KEY_FILE.exists():
        raise MasterKeyError(f"The key store {name()} holds keys, but {settings.MASTER_KEY_FILE} is absent. Put it back.")
    make_master_keys()


def _make_database() -> None:
    try:
        psycopg.connect(conninfo("owner")).close()
        return
    except psycopg.OperationalError as problem:
        if settings.KEYSTORE_URL:
            raise MasterKeyError(f"KEYSTORE_URL does not answer: {problem}") from problem
    with psycopg.connect(conninfo("owner", database=str(connection.settings_dict["NAME"])), autocommit=True) as server:
        server.execute(
            sql.SQL(
                "create database {} template template0 encoding 'UTF8' locale 'C'"
                " locale_provider builtin builtin_locale 'C.UTF-8'"
            ).format(sql.Identifier(name()))
        )

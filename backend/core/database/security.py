"""Grants, row-security policies and function settings, re-applied after every migrate.

Default privileges do not reach tables that exist already, and rebuilding a trigger silently drops SECURITY DEFINER, so
the whole state is written again each time, idempotently, by the owner (docs/operator/database-roles.md).
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from backend.core.database.policies import RowPolicy

# Tables that `app` may only read or not touch at all.
CLOSED_TO_APP = ("django_migrations",)


def reapply_after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """`post_migrate` receiver. Runs once, after the last app, and only as a role that owns our tables."""
    if sender.label != [config.label for config in apps.get_app_configs() if config.models_module][-1]:
        return
    if "plan" not in kwargs:
        return  # `flush` sends the signal too, but changes no table
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    # In one transaction: a server that is running meanwhile sees the old policies or the new, never a table without.
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if _owns_tables(cursor):
            reapply(cursor)


def reapply(cursor: CursorWrapper) -> None:
    """Write every grant and policy. Needs the owner, and a transaction around it."""
    _grant(cursor)
    for policy in declared_policies():
        if _table_exists(cursor, policy.table):
            policy.apply(cursor)
    for config in apps.get_app_configs():  # what an app adds of its own: the trail, the key store
        secure_database = getattr(config, "secure_database", None)
        if secure_database is not None:
            secure_database(cursor)


def append_only_tables() -> list[str]:
    """Tables whose rows `app` may add and read but never change or delete: `append_only` on their AppConfig."""
    return [table for config in apps.get_app_configs() for table in getattr(config, "append_only", [])]


def declared_policies() -> list[RowPolicy]:
    """All row policies, from each app's `row_security` attribute (a list on its AppConfig)."""
    return [policy for config in apps.get_app_configs() for policy in getattr(config, "row_security", [])]


def _owns_tables(cursor: CursorWrapper) -> bool:
    cursor.execute(
        "select pg_get_userbyid(relowner) = current_user from pg_class where oid = to_regclass('public.django_migrations')"
    )
    row = cursor.fetchone()
    return bool(row and row[0])


def _table_exists(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute("select to_regclass(%s) is not null", [f"public.{table}"])
    return bool(cursor.fetchone()[0])


def _grant(cursor: CursorWrapper) -> None:
    cursor.execute("revoke create on schema public from public")
    for role in ("app", "loader"):
        name = sql.Identifier(role)
        for statement in (
            "revoke all on all tables in schema public from {}",  # so that a grant of an older release does not stay
            "revoke all on all sequences in schema public from {}",
            "grant usage on schema public to {}",
            "grant select, insert, update, delete on all tables in schema public to {}",
            "grant usage, select, update on all sequences in schema public to {}",
            "grant execute on all functions in schema public to {}",
        ):
            cursor.execute(sql.SQL(statement).format(name))
    cursor.execute("grant truncate on all tables in schema public to loader")
    for table in CLOSED_TO_APP:
        if _table_exists(cursor, table):
            cursor.execute(sql.SQL("revoke insert, update, delete on {} from app").format(sql.Identifier(table)))
    for table in append_only_tables():
        if _table_exists(cursor, table):
            cursor.execute(sql.SQL("revoke update, delete on {} from app").format(sql.Identifier(table)))

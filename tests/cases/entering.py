"""Scopes that are entered again and again by a long story: the settings of each are put into words once."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

from backend.accounts.scope import Scope, settings_of

_WORDS: dict[Scope, str] = {}


def enter(scope: Scope) -> None:
    """Carry the scope into the current transaction, as `enter_scope` does; replaces whatever stood there."""
    with connection.cursor() as cursor:
        if scope not in _WORDS:
            calls = (
                sql.SQL("set_config({}, {}, true)").format(sql.Literal(f"app.{name}"), sql.Literal(value))
                for name, value in settings_of(scope).items()
            )
            _WORDS[scope] = (sql.SQL("select ") + sql.SQL(", ").join(calls)).as_string(connection.connection)
        cursor.execute(_WORDS[scope])

"""Make the database and its three roles, on the embedded server or on any PostgreSQL 18.

`owner` migrates; `app` serves (no BYPASSRLS, owns nothing); `loader` bulk-loads and backs up (BYPASSRLS, never in the
web processes). See docs/decisions/0004-three-database-roles.md and `deploy/sql/roles.sql` for doing it by hand.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from deploy.local.postgres import StartError, write_private_json

MINIMUM_VERSION = 180000
ATTRIBUTES = {
    "owner": "login nosuperuser createdb nocreaterole nobypassrls",
    "app": "login nosuperuser nocreatedb nocreaterole nobypassrls",
    "loader": "login nosuperuser nocreatedb nocreaterole bypassrls",
}


def prepare_database(*, admin_url: str, database: str, var: Path, recorded_admin_url: str = "") -> dict[str, str]:
    """Ensure roles and database exist and record the three URLs in `var/database.json`.

    `admin_url` is a connection that may create roles. Safe to repeat. Returns {role: url}.
    Raises StartError when the server is too old or the connection may not create what is missing.
    """
    passwords = _known_passwords(var)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        if connection.info.server_version < MINIMUM_VERSION:
            major = connection.info.server_version // 10000
            raise StartError(f"The server is PostgreSQL {major}; this platform needs 18. Point DATABASE_URL at a newer server.")
        for role, attributes in ATTRIBUTES.items():
            password = passwords.setdefault(role, secrets.token_hex(16))
            exists = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
            verb = sql.SQL("alter") if exists else sql.SQL("create")
            connection.execute(
                sql.SQL("{} role {} {} password {}").format(verb, sql.Identifier(role), sql.SQL(attributes), sql.Literal(password))
            )
        if not connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL(
                    "create database {} owner owner template template0 encoding 'UTF8' locale 'C'"
                    " locale_provider builtin builtin_locale 'C.UTF-8'"
                ).format(sql.Identifier(database))
            )
    urls = {role: _url_for(admin_url, role, passwords[role], database) for role in ATTRIBUTES}
    write_private_json(var / "database.json", {"admin_url": recorded_admin_url, "roles": urls, "passwords": passwords})
    return urls


def _known_passwords(var: Path) -> dict[str, str]:
    import json

    try:
        return dict(json.loads((var / "database.json").read_text())["passwords"])
    except (FileNotFoundError, KeyError, ValueError):
        return {}


def _url_for(admin_url: str, user: str, password: str, database: str) -> str:
    parts = conninfo_to_dict(admin_url)
    rest = {key: value for key, value in parts.items() if key not in {"user", "password", "dbname"} and value is not None}
    return f"postgresql://{quote(user)}:{quote(password)}@/{quote(database)}?{urlencode(rest)}"

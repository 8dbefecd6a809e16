"""Database, roles and their rights, on the embedded server or on any PostgreSQL 18, by the same statements.

`owner` migrates; `app` serves (no BYPASSRLS, owns nothing); `loader` bulk-loads and backs up (BYPASSRLS, never in the
web processes). See docs/decisions/0004-three-database-roles.md, and `deploy/sql/roles.sql` for doing it by hand.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from backend.core.private_files import write_private_json
from deploy.local.connecting import Connection, connect
from deploy.local.problems import StartError

MINIMUM_VERSION = 180000
ATTRIBUTES = {
    "owner": {"rolcanlogin": True, "rolsuper": False, "rolcreatedb": True, "rolcreaterole": False, "rolbypassrls": False},
    "app": {"rolcanlogin": True, "rolsuper": False, "rolcreatedb": False, "rolcreaterole": False, "rolbypassrls": False},
    "loader": {"rolcanlogin": True, "rolsuper": False, "rolcreatedb": False, "rolcreaterole": False, "rolbypassrls": True},
}
_WORDS = {
    "rolcanlogin": "login",
    "rolsuper": "superuser",
    "rolcreatedb": "createdb",
    "rolcreaterole": "createrole",
    "rolbypassrls": "bypassrls",
}
BY_HAND = (
    "Either connect as a role with CREATEROLE, CREATEDB and BYPASSRLS (or a superuser), or let an administrator run"
    " deploy/sql/roles.sql and set DATABASE_APP_URL and DATABASE_LOADER_URL as well (docs/operator/database-roles.md)."
)


def prepare_database(
    *, admin_url: str, database: str, var: Path, recorded_admin_url: str = "", minimum_version: int = MINIMUM_VERSION
) -> dict[str, str]:
    """Ensure roles and database exist and record the three URLs in `var/database.json`. Safe to repeat.

    `admin_url` is a connection that may create roles; `recorded_admin_url` what the environment calls it (empty for the
    embedded server). Returns {role: url}. Raises StartError when the server is unreachable or too old, or the
    connection may not create what is missing.
    """
    known = _known_passwords(var, recorded_admin_url)
    passwords = {role: known.get(role) or secrets.token_hex(16) for role in ATTRIBUTES}
    urls = {role: url_for(admin_url, role, passwords[role], database) for role in ATTRIBUTES}
    with connect(admin_url, maintenance=True) as connection:
        ensure_version(connection, minimum_version)
        try:
            for role in ATTRIBUTES:
                _ensure_role(connection, role, passwords[role])
            # First the record, then the database: a start that is cut off here knows its passwords at the next one.
            record(var, urls, passwords, recorded_admin_url)
            _ensure_database(connection, admin_url, database)
        except psycopg.errors.InsufficientPrivilege as problem:
            who = connection.info.user
            raise StartError(f"The role {who} of DATABASE_URL lacks a right: {problem.diag.message_primary}. {BY_HAND}") from None
    _harden(urls["owner"])
    return urls


def adopt_database(*, urls: dict[str, str], var: Path, minimum_version: int = MINIMUM_VERSION) -> dict[str, str]:
    """Use roles that an administrator made (deploy/sql/roles.sql): check them, record them, change nothing.

    Raises StartError that names the role and the attribute that is not as it must be.
    """
    for role, url in urls.items():
        with connect(url) as connection:
            ensure_version(connection, minimum_version)
            ensure_latvian(connection)
            if connection.info.user != role:
                raise StartError(
                    f"The connection for the role {role} signs in as {connection.info.user}; see deploy/sql/roles.sql."
                )
            for attribute, wrong in _differences(connection, role).items():
                if (role, attribute) != ("owner", "rolcreatedb"):  # only tests need the owner to make databases
                    needed = "without" if wrong else "with"
                    raise StartError(f"The role {role} must be {needed} {_WORDS[attribute].upper()}; see deploy/sql/roles.sql.")
    record(var, urls, {}, urls["owner"])
    return urls


def record(var: Path, urls: dict[str, str], passwords: dict[str, str], recorded_admin_url: str) -> None:
    """Write `var/database.json` (mode 600): where bare `manage.py` finds its connections."""
    write_private_json(var / "database.json", {"admin_url": recorded_admin_url, "roles": urls, "passwords": passwords})


def ensure_version(connection: Connection, minimum: int = MINIMUM_VERSION) -> None:
    """Raise StartError when the server is older than we need."""
    version = connection.info.server_version
    if version < minimum:
        raise StartError(
            f"The server is PostgreSQL {version // 10000}; this platform needs {minimum // 10000} or newer."
            " Point DATABASE_URL at a newer server, or leave it empty to use the embedded one."
        )


def ensure_latvian(connection: Connection) -> None:
    """Raise StartError when the database's locale cannot fold Latvian letters, which would break every search."""
    row = connection.execute("select lower('ĀČĒĢĪĶĻŅŠŪŽ') = 'āčēģīķļņšūž', current_database()").fetchone()
    if row is None or not row[0]:
        raise StartError(
            f"The database {row[1] if row else ''} does not know that the small letter of Ā is ā (its locale is too plain)."
            " Make it anew: create database NAME owner owner template template0 encoding 'UTF8'"
            " locale 'C' locale_provider builtin builtin_locale 'C.UTF-8'"
        )


def url_for(base_url: str, user: str, password: str, database: str) -> str:
    """The same server as `base_url`, another role and database."""
    parts = conninfo_to_dict(base_url)
    sign_in = f"{quote(user, safe='')}:{quote(password, safe='')}"
    rest = {key: value for key, value in parts.items() if key not in {"user", "password", "dbname"} and value is not None}
    return f"postgresql://{sign_in}@/{quote(database, safe='')}?{urlencode(rest)}"


# -- roles ------------------------------------------------------------------------------------------------------------
def _known_passwords(var: Path, recorded_admin_url: str) -> dict[str, str]:
    """Passwords recorded for this very server; those of another one are of no use."""
    try:
        stored = json.loads((var / "database.json").read_text())
        return dict(stored["passwords"]) if stored["admin_url"] == recorded_admin_url else {}
    except (OSError, KeyError, ValueError):
        return {}


def _differences(connection: Connection, role: str) -> dict[str, bool]:
    """Attributes of an existing role that are not as they must be, with their present value."""
    found = {}
    for attribute, wanted in ATTRIBUTES[role].items():
        query = sql.SQL("select {} from pg_roles where rolname = %s").format(sql.Identifier(attribute))
        row = connection.execute(query, [role]).fetchone()
        if row is not None and row[0] != wanted:
            found[attribute] = bool(row[0])
    return found


def _ensure_role(connection: Connection, role: str, password: str) -> None:
    """Create the role, or bring an existing one to its attributes and password.

    Only what differs is named: in PostgreSQL 16 and later a role that is no superuser may not even repeat NOSUPERUSER.
    """
    name = sql.Identifier(role)
    if connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone() is None:
        words = " ".join(_word(attribute, wanted) for attribute, wanted in ATTRIBUTES[role].items() if wanted)
        statement = sql.SQL("create role {} " + words + " password {}")
    else:
        words = " ".join(_word(attribute, not wrong) for attribute, wrong in _differences(connection, role).items())
        statement = sql.SQL("alter role {} " + words + " password {}")
    connection.execute(statement.format(name, sql.Literal(password)))


def _word(attribute: str, wanted: bool) -> str:
    return _WORDS[attribute] if wanted else f"no{_WORDS[attribute]}"


# -- database ---------------------------------------------------------------------------------------------------------
def _ensure_database(connection: Connection, admin_url: str, database: str) -> None:
    """Create the database, or take over an existing one that holds nobody's tables."""
    row = connection.execute("select pg_get_userbyid(datdba) from pg_database where datname = %s", [database]).fetchone()
    if row is not None and row[0] == "owner":
        return
    if row is not None:
        parts = conninfo_to_dict(admin_url)
        with connect(url_for(admin_url, str(parts.get("user", "")), str(parts.get("password", "")), database)) as inside:
            _refuse_foreign_tables(inside)
    _be_able_to_set_role_owner(connection)
    statement = (
        "create database {} owner owner template template0 encoding 'UTF8' locale 'C'"
        " locale_provider builtin builtin_locale 'C.UTF-8'"
        if row is None
        else "alter database {} owner to owner"
    )
    connection.execute(sql.SQL(statement).format(sql.Identifier(database)))


def _be_able_to_set_role_owner(connection: Connection) -> None:
    """Who gives a database to `owner` must be able to become it; a creator that is no superuser has only ADMIN."""
    row = connection.execute("select pg_has_role(current_user, 'owner', 'SET')").fetchone()
    if row is not None and not row[0]:
        connection.execute("grant owner to current_user with set true, inherit false")


def _refuse_foreign_tables(connection: Connection) -> None:
    row = connection.execute(
        "select relname, pg_get_userbyid(relowner) from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind in ('r', 'p', 'v', 'm') and relowner <> 'owner'::regrole"
        " and not exists (select 1 from pg_depend where objid = pg_class.oid and deptype = 'e') limit 1"
    ).fetchone()
    if row is not None:
        raise StartError(
            f"The database {connection.info.dbname} holds tables of another role ({row[0]} of {row[1]})."
            " Name a database of its own for the platform in DATABASE_URL."
        )


def _harden(owner_url: str) -> None:
    """In our database nobody but the three roles may connect, only `owner` may make anything, and Latvian folds."""
    with connect(owner_url) as connection:
        ensure_latvian(connection)
        _refuse_foreign_tables(connection)
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("revoke all on database {} from public").format(name))
        connection.execute(sql.SQL("grant connect on database {} to app, loader").format(name))
        connection.execute("revoke create on schema public from public")

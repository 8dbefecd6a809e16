"""Connecting to a server that somebody named, and saying what is wrong with the name. Never shows a password."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from deploy.local.problems import StartError

Connection = psycopg.Connection[tuple[Any, ...]]
EXAMPLE = "postgresql://user:password@host:5432/database"


def parse(url: str, *, name: str = "DATABASE_URL") -> dict[str, str]:
    """The parts of a connection URL. Raises StartError when it cannot be read as one."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise StartError(f"{name} is not a PostgreSQL address. It must look like {EXAMPLE}.")
    try:
        parts = conninfo_to_dict(url)
    except (psycopg.Error, ValueError):
        raise StartError(f"{name} cannot be read. It must look like {EXAMPLE}.") from None
    return {key: str(value) for key, value in parts.items() if value is not None}


def connect(url: str, *, maintenance: bool = False, name: str = "DATABASE_URL") -> Connection:
    """An autocommit connection. With `maintenance`, to the server's `postgres` database instead of the named one.

    Raises StartError that says what to correct.
    """
    parts = parse(url, name=name)
    if maintenance:
        parts["dbname"] = "postgres"
    try:
        return psycopg.connect(**{"connect_timeout": "5", **parts}, autocommit=True)  # type: ignore[arg-type]
    except psycopg.OperationalError as problem:
        raise StartError(_explain(problem, parts, name)) from None


def _explain(problem: psycopg.OperationalError, parts: dict[str, str], name: str) -> str:
    said = " ".join(str(problem).split())
    where = f"{parts.get('host') or 'the local socket'}, port {parts.get('port', '5432')}"
    user = parts.get("user", "")
    if "password authentication failed" in said or "no password supplied" in said:
        return f"{name}: the server at {where} does not accept the password of {user or 'this user'}. Correct the password."
    if "translate host name" in said or "resolve" in said or "getaddrinfo" in said or "Name or service" in said:
        return f"{name}: the host {parts.get('host')} is not known. Check its name."
    if "refused" in said or "No such file" in said or "timeout" in said or "unreachable" in said or "No route" in said:
        return f"{name}: no PostgreSQL answers at {where}. Check host and port, and that the server runs."
    if "does not exist" in said and "database" in said:
        return f"{name}: the database {parts.get('dbname')} does not exist on {where}."
    return f"{name}: cannot connect to {where} as {user or 'this user'}. The server said: {said}"

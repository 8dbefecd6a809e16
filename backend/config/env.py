"""The one place that reads the environment and the runtime folder.

Settings modules ask here; nothing else in the project looks at `os.environ`. Every variable is listed in
`VARIABLES`, which `manage.py check_settings` prints.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Variable:
    """One environment variable: what it is for and what holds when it is absent."""

    name: str
    default: str
    purpose: str
    secret: bool = False


VARIABLES: tuple[Variable, ...] = (
    Variable("PORT", "8000", "Port of the web server on 127.0.0.1."),
    Variable("DEMO_SCALE", "0.05", "Size of the demonstration country; 1 is the real one."),
    Variable("DEMO_TODAY", "2023-10-16", "Business date of the demonstration; empty means the real date."),
    Variable("DATABASE_URL", "", "Owner connection to a PostgreSQL 18; empty means the embedded one.", secret=True),
    Variable("DATABASE_APP_URL", "", "Connection of the serving role, where roles are made by hand.", secret=True),
    Variable("DATABASE_LOADER_URL", "", "Connection of the bulk-loading role, where roles are made by hand.", secret=True),
    Variable("DATABASE_NAME", "pumpurs", "Database name on the embedded server."),
    Variable("TEST_DATABASE_NAME", "test_pumpurs", "Name of the tests' database."),
    Variable("REDIS_URL", "", "Redis cache; empty means the database cache in process memory.", secret=True),
    Variable("MEDIA_ROOT", "media", "Folder of uploaded files (public/ and private/)."),
    Variable("VAR_ROOT", "var", "Folder of all runtime state."),
    Variable("SECRET_KEY", "", "Signing key; in the demonstration one is made under VAR_ROOT.", secret=True),
    Variable("BASE_URL", "", "Public address; empty means http://127.0.0.1:$PORT."),
    Variable("ALLOWED_HOSTS", "", "Host names served, comma separated (production)."),
    Variable("METRICS_TOKEN", "", "Bearer token that may read /metrics from elsewhere than loopback.", secret=True),
)

_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}


def text(name: str) -> str:
    """Value of a listed variable, or its default. Raises KeyError for a name that is not listed."""
    return os.environ.get(name) or _DEFAULTS[name]


def _folder(name: str) -> Path:
    path = Path(text(name))
    return path if path.is_absolute() else ROOT / path


VAR = _folder("VAR_ROOT")
MEDIA = _folder("MEDIA_ROOT")


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

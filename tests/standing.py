"""The platform as a visitor meets it: loaded with the demonstration, served by the real web server, for browser tests.

The demonstration is loaded once into a template database beside the migrated one (and its files into a folder), then
cloned for each test process: half a second instead of a minute.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from deploy.local.processes import die_with_parent
from tests import database

ROOT = Path(__file__).resolve().parents[1]
# The seed school and the examples alone: what browser tests look at does not depend on the generated country. The site comes
# last, it takes its editors in.
RELEASE = "publish_release --first --name=Laidiens --name-en=Release --table=plans-territory --table=learners-territory"
LOADERS = (
    *("load_reference", "load_demo --scale=0", RELEASE, "make_demo_access", "load_site"),
    *("collectstatic --noinput --verbosity=0", "index_site --verbosity=0"),
)
LOADING = """
import sys, django
from django.core.management import call_command
django.setup()
for each in sys.argv[1:]:
    call_command(*each.split())
"""
"""All in one process, as `make demo` does it: a process of its own for each takes two seconds to start."""
CONTENT = ("*.py", "*.csv", "*.json", "*.toml", "*.md", "*.pdf", "*.docx", "*.svg", "*.webp", "*.png", "*.html")
SERVED = ("*.css", "*.js", "*.woff2", "*.ico")
GRANIAN = ("--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "2")
PREFIX = "pumpurs_standing_"


@dataclass(frozen=True)
class Standing:
    """A running platform: its address and the demonstration's credentials."""

    base_url: str
    credentials: dict[str, Any]
    var: Path
    environment: dict[str, str]
    """In which a command works on the same database and files."""

    def token(self, name: str) -> str:
        """An access token of a demonstration app, by the command that the README names."""
        environment = {**os.environ, "VAR_ROOT": str(self.var)}
        done = subprocess.run(
            [sys.executable, str(ROOT / "deploy" / "token.py"), name],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="session")
def standing(
    django_db_setup: database.TestDatabase, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standing]:
    """The platform on a port of its own, with the demonstration in it. Tests share it, so they leave no trace in it."""
    with _started(django_db_setup, django_db_blocker, tmp_path_factory.mktemp("standing"), part="") as platform:
        yield platform


@pytest.fixture(scope="module")
def standing_alone(
    django_db_setup: database.TestDatabase, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standing]:
    """The same for one module alone, which may change what it likes."""
    with _started(django_db_setup, django_db_blocker, tmp_path_factory.mktemp("alone"), part="_alone") as platform:
        yield platform


@contextmanager
def _started(setup: database.TestDatabase, blocker: DjangoDbBlocker, var: Path, *, part: str) -> Iterator[Standing]:
    """A platform on a clone of the demonstration's database, with its state in `var`; gone afterwards."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    with blocker.unblock():
        template, filled = _filled_template(setup)
        name = f"{setup.name}_standing_{worker}{part}"
        with database.server_alone() as server:
            database.clone(server, source=template, target=name)
    shutil.copytree(filled, var, dirs_exist_ok=True)
    port = _free_port()
    environment = _environment(var=var, name=name, port=port)
    log = (var / "web.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", *GRANIAN, "--port", str(port), "backend.config.wsgi:application"],
        env=environment,
        cwd=ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
        preexec_fn=die_with_parent(signal.SIGTERM, os.getpid()),  # noqa: PLW1509  (one thread here)
    )
    try:
        base_url = f"http://127.0.0.1:{port}"
        _wait(base_url, process, var / "web.log")
        credentials = json.loads((var / "demo" / "credentials.json").read_text())
        credentials["base_url"] = base_url
        (var / "demo" / "credentials.json").write_text(json.dumps(credentials))
        yield Standing(base_url=base_url, credentials=credentials, var=var, environment=environment)
    finally:
        process.terminate()
        process.wait(10)
        log.close()
        with blocker.unblock(), database.server_alone() as server:
            database.drop(server, name)
            database.drop(server, name + database.SUFFIX)


def _filled_template(migrated: database.TestDatabase) -> tuple[str, Path]:
    """Name of the database that holds the demonstration, and the folder with its files; made when not there yet."""
    name = PREFIX + _content_digest()
    folder = Path(settings.STATIC_ROOT).parent / "standing" / name
    with database.server_alone(database.FILLING) as server:
        if database.is_migrated(server, name) and (folder / "demo" / "credentials.json").exists():
            return name, folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with database.server_alone() as alone:
            for (old,) in alone.execute("select datname from pg_database where datname like %s", [PREFIX + "%"]).fetchall():
                database.drop(alone, old)
            database.clone(alone, source=migrated.template, target=name)
        _load(_environment(var=folder, name=name, port=8000))
        server.execute(sql.SQL("comment on database {} is {}").format(sql.Identifier(name), sql.Literal(database.MIGRATED)))
    return name, folder


def _load(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADING, *LOADERS], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"


def _environment(*, var: Path, name: str, port: int) -> dict[str, str]:
    """Environment of a platform that uses database `name` and keeps its state in `var`."""
    roles = {role: _url(role, name) for role in ("owner", "app", "loader")}
    (var / "database.json").write_text(json.dumps({"admin_url": "", "roles": roles, "passwords": {}}))
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "DJANGO_", "TEST_DATABASE"))}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "backend.config.settings.local",
        "VAR_ROOT": str(var),
        "MEDIA_ROOT": str(var / "media"),
        "MASTER_KEY_FILE": str(settings.MASTER_KEY_FILE),
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }


def _url(role: str, name: str) -> str:
    there = settings.DATABASE_ROLES[role]
    return (
        f"postgresql://{quote(there['USER'])}:{quote(there['PASSWORD'])}@/{quote(name)}"
        f"?host={quote(there['HOST'], safe='')}&port={there['PORT']}"
    )


def _content_digest() -> str:
    digest = hashlib.sha256(database.shape_digest().encode())
    for package in ("backend", "cms", "site_templates"):
        for path in sorted(path for pattern in CONTENT + SERVED for path in (ROOT / package).rglob(pattern)):
            digest.update(os.fsencode(path.relative_to(ROOT)) + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(base_url: str, process: subprocess.Popen[bytes], log: Path, *, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-4000:]
        try:
            with urllib.request.urlopen(f"{base_url}/readyz", timeout=5):  # noqa: S310  (our own address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"{base_url} did not get ready:\n{log.read_text()[-4000:]}")

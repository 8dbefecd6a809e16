"""`make demo`: everything from the database to the web server, in the foreground, and its orderly end."""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from backend.config import env
from deploy.local.connecting import parse
from deploy.local.folders import ROOT
from deploy.local.postgres import EmbeddedServer
from deploy.local.prepare import STEPS
from deploy.local.problems import StartError, Stopped, disk_full, says_disk_full
from deploy.local.processes import MARK, Child, tail
from deploy.local.progress import Progress
from deploy.local.roles import adopt_database, prepare_database
from deploy.local.state import Prepared, database_identity, digest_of, source_fingerprint
from deploy.local.stopping import StopRequest

WEB_WORKERS = 2
ANSWERS_NEEDED = 6
"""On new connections, in a row: the kernel hands connections to a worker that is still importing (seams, 8)."""
HOME = "/lv/"


@dataclass
class Demonstration:
    """One start of the platform on this machine."""

    var: Path
    port: int
    stop_request: StopRequest
    server: EmbeddedServer | None = None
    children: list[Child] = field(default_factory=list)

    def run(self) -> int:
        """Start everything, announce it, watch over it, and end it. Returns the exit code."""
        began = time.monotonic()
        try:
            self._start()
            self._announce(time.monotonic() - began)
            self._watch()
        except Stopped:
            print("\nStopping ...", flush=True)
            return 0
        finally:
            self.end()
        return 0

    # -- start --------------------------------------------------------------------------------------------------------
    def _start(self) -> None:
        progress = Progress(total=len(STEPS) + 4)
        with progress.step("PostgreSQL"):
            urls = self._start_database()
        self.stop_request.check()
        with progress.step("Database and roles"):
            urls = urls or self._prepare_external()
        self.stop_request.check()
        self._prepare_data(progress, urls)
        with progress.step(f"Web server on 127.0.0.1:{self.port}"):
            self._start_web()
        with progress.step("Background worker"):
            worker = [sys.executable, "manage.py", "db_worker", "--no-startup-delay"]
            self.children.append(self._child("background worker", worker, log_name="worker"))
            periodic = [sys.executable, "manage.py", "run_periodic"]
            self.children.append(self._child("periodic work", periodic, log_name="periodic"))

    def _start_database(self) -> dict[str, str]:
        """The embedded server with its roles; nothing when DATABASE_URL names another server."""
        if env.text("DATABASE_URL"):
            parse(env.text("DATABASE_URL"))
            return {}
        self.server = EmbeddedServer(self.var, say=_say_below)
        self.server.start()
        return prepare_database(admin_url=self.server.admin_url(), database=env.text("DATABASE_NAME"), var=self.var)

    def _prepare_external(self) -> dict[str, str]:
        return prepare_external(self.var)

    def _prepare_data(self, progress: Progress, urls: dict[str, str]) -> None:
        """Run the steps whose inputs changed since they were last completed."""
        base = digest_of(
            source_fingerprint(), database_identity(urls["owner"]), *(env.text(name) for name in ("DEMO_SCALE", "DEMO_TODAY"))
        )
        inputs = {step.name: digest_of(base, *(_address() if step.knows_address else ())) for step in STEPS}
        prepared = Prepared(self.var)
        needed = [step.name for step in STEPS if not prepared.has(step.name, inputs[step.name])]
        if not (self.var / "static").is_dir() and "static" not in needed:
            needed.append("static")
        if not (self.var / "demo" / "credentials.json").exists() and "access" not in needed:
            needed.append("access")
        first = progress.next
        if needed:
            self._run_preparation(progress, first, needed)
            for name in needed:
                prepared.note(name, inputs[name])
        else:
            for step in STEPS:
                progress.skip(step.title, "unchanged since the last start")
        progress.next = first + len(STEPS)

    def _run_preparation(self, progress: Progress, first: int, needed: list[str]) -> None:
        log = self.var / "log" / "prepare.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "deploy.local.prepare", "--first", str(first), "--total", str(progress.total)]
        child = self._child("preparation", [*command, "--log", str(log), *needed], log_name="prepare.errors", show="output")
        self.children.append(child)
        while child.process.poll() is None:
            self.stop_request.sleep(0.1)
            self._ensure_alive(but=child)
        self.children.remove(child)
        if child.process.returncode != 0:
            said = tail(log, 12)
            if says_disk_full(said):
                raise StartError(disk_full(self.var))
            raise StartError(f"The preparation failed. The end of {_short(log)}:\n{said or child.last_words()}")

    def _start_web(self) -> None:
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", str(WEB_WORKERS), "--blocking-threads", "1", "--workers-kill-timeout", "3",
            "backend.config.wsgi:application",
        ]  # fmt: skip
        self.children.append(self._child("web server", command, log_name="web"))
        deadline = time.monotonic() + 90
        answers = 0
        while answers < ANSWERS_NEEDED:
            self.stop_request.sleep(0.05)
            self._ensure_alive()
            answers = answers + 1 if self._status("/readyz") == 200 else 0
            if time.monotonic() > deadline:
                raise StartError(
                    f"The web server does not become ready; /readyz says {self._body('/readyz')}.\n{self._web_log()}"
                )
        for _ in range(WEB_WORKERS * 2):  # compile the templates in each worker before anybody waits for it
            status = self._status(HOME)
        if status != 200:
            raise StartError(f"The home page {HOME} answers {status}.\n{self._web_log()}")

    def _web_log(self) -> str:
        log = self.var / "log" / "web.log"
        return f"The end of {_short(log)}:\n{tail(log)}"

    def _status(self, path: str) -> int:
        return self._ask(path)[0]

    def _body(self, path: str) -> str:
        return self._ask(path)[1][:500]

    def _ask(self, path: str) -> tuple[int, str]:
        """One GET on a new connection; (0, "") when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def _child(self, name: str, command: list[str], *, log_name: str = "", show: str = "") -> Child:
        environment = {**os.environ, MARK: str(self.var), "PYTHONUNBUFFERED": "1"}
        environment.pop("MAKELEVEL", None)
        log = self.var / "log" / f"{log_name or name}.log"
        return Child.start(name=name, command=command, log=log, environment=environment, folder=ROOT, show=show)

    # -- life and end -------------------------------------------------------------------------------------------------
    def _announce(self, seconds: float) -> None:
        base = f"http://127.0.0.1:{self.port}"
        print(f"\nThe platform is up ({seconds:.0f} s).\n")
        for title, path in (
            ("Site", "/lv/  /en/"),
            ("Open data", "/open-data/"),
            ("Editors", "/admin/"),
            ("Case API", "/graphql/"),
            ("Content API", "/content/graphql/"),
            ("Tokens", "/o/token/"),
        ):
            print(f"  {title.ljust(12)} {'   '.join(base + each for each in path.split())}")
        self._announce_people()
        print(
            f"\nLogs: {_short(self.var / 'log')}. Ctrl-C ends everything; the data stay. `make demo-reset` starts over.",
            flush=True,
        )

    def _announce_people(self) -> None:
        file = self.var / "demo" / "credentials.json"
        content = json.loads(file.read_text())
        print(f"\nWho can sign in (passwords and secrets: {_short(file)}):")
        for user in content["users"]:
            unit = f"{user['level'].lower()} {user['unit']}".strip()
            print(f"  {user['username'].ljust(28)} {user['role'].ljust(26)} {unit}")
        print("Apps: " + ", ".join(client["name"] for client in content["clients"]))

    def _watch(self) -> None:
        while True:
            self.stop_request.sleep(0.5)
            self._ensure_alive()

    def _ensure_alive(self, but: Child | None = None) -> None:
        """Raise StartError when something that must run has ended."""
        for child in self.children:
            if child is not but and child.process.poll() is not None:
                raise StartError(f"The {child.name} ended unexpectedly. The end of {_short(child.log)}:\n{child.last_words()}")
        if self.server is not None and self.server.process is not None and self.server.process.poll() is not None:
            raise StartError(f"PostgreSQL ended unexpectedly. The end of its log:\n{self.server.last_words()}")

    def end(self) -> None:
        """Everything that was started is gone when this returns, within 10 s."""
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + 4.5
        for child in self.children:
            child.ensure_stopped(deadline=deadline)
        if self.server is not None:
            self.server.stop(timeout=3)


def prepare_external(var: Path) -> dict[str, str]:
    """Roles and database on the server that DATABASE_URL names; by hand where the other two URLs are given."""
    owner, app, loader = (env.text(name) for name in ("DATABASE_URL", "DATABASE_APP_URL", "DATABASE_LOADER_URL"))
    if app and loader:
        return adopt_database(urls={"owner": owner, "app": app, "loader": loader}, var=var)
    if app or loader:
        raise StartError("Set both DATABASE_APP_URL and DATABASE_LOADER_URL, or neither (docs/operator/database-roles.md).")
    named = parse(owner).get("dbname", "")
    database = env.text("DATABASE_NAME") if named in ("", "postgres", "template1") else named
    return prepare_database(admin_url=owner, database=database, var=var, recorded_admin_url=owner)


def _address() -> tuple[str, ...]:
    return (env.text("PORT"), env.text("BASE_URL"))


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _say_below(text: str) -> None:
    print(f"\n      {text}", flush=True)

"""`python -m deploy.local VERB`: second stage of the commands, inside the environment. `make help` lists the ways in."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from backend.config import env
from deploy.local.bootstrap import check_values, ensure_port_free
from deploy.local.demo import Demonstration, prepare_external
from deploy.local.folders import ensure_writable, hold
from deploy.local.postgres import EmbeddedServer
from deploy.local.problems import StartError, Stopped
from deploy.local.processes import end_marked
from deploy.local.roles import prepare_database
from deploy.local.stopping import StopRequest
from deploy.local.testing import ensure_test_tools, run_beside_server


def _say(text: str) -> None:
    print(text, flush=True)


def _hold(folder: Path, verb: str) -> None:
    """Hold the folder, whether the first stage has taken it already or not."""
    ensure_writable(folder)
    hold(folder, verb=verb)
    end_marked(folder, _say)


def demo(*, reset: bool) -> int:
    """The whole platform in the foreground."""
    stop_request = StopRequest()
    check_values(os.environ)
    _hold(env.VAR, "demo")
    port = int(env.text("PORT"))
    ensure_port_free(port)
    if reset:
        start_over(env.VAR)
    return Demonstration(env.VAR, port, stop_request).run()


def start_over(var: Path) -> None:
    """Forget the demonstration: database, people's secrets, uploaded files. Never touches a server we do not run."""
    if env.text("DATABASE_URL"):
        raise StartError(
            "DATABASE_URL names a server that is not ours to clear. Drop the database there yourself"
            " (`drop database NAME`), then run `make demo`; it is made anew."
        )
    EmbeddedServer(var).end_leftovers()
    for name in ("postgres", "demo", "static", "log", "trail"):
        shutil.rmtree(var / name, ignore_errors=True)
    (var / "database.json").unlink(missing_ok=True)
    for part in ("public", "private"):
        for entry in (env.MEDIA / part).glob("*"):
            if entry.name != ".gitkeep":
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    _say("The demonstration is cleared; starting over.")


def database() -> int:
    """Only the database, in the foreground, for development."""
    stop_request = StopRequest()
    _hold(env.VAR, "db")
    if env.text("DATABASE_URL"):
        prepare_external(env.VAR)
        _say("The server of DATABASE_URL is prepared; the connections are recorded under VAR_ROOT/database.json.")
        return 0
    server = EmbeddedServer(env.VAR)
    try:
        server.start()
        prepare_database(admin_url=server.admin_url(), database=env.text("DATABASE_NAME"), var=env.VAR)
        _say("PostgreSQL is up; `manage.py` connects to it as the role app. Ctrl-C ends it.")
        while server.process is not None and server.process.poll() is None:
            stop_request.sleep(0.5)
        raise StartError(f"PostgreSQL ended unexpectedly. The end of its log:\n{server.last_words()}")
    except Stopped:
        return 0
    finally:
        server.stop()


def beside_server(verb: str, program: list[str]) -> int:
    """The tests, or one of our checks, against a server of their own."""
    stop_request = StopRequest()
    folder = env.VAR / "test"
    _hold(folder, verb)
    if verb == "test":
        ensure_test_tools()
    return run_beside_server(
        folder=folder,
        command=[sys.executable, *program],
        stop_request=stop_request,
        settings="backend.config.settings.test" if verb == "test" else "backend.config.settings.checks",
    )


def main() -> int:
    """Run the verb; a known problem ends with its message and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("verb", choices=["demo", "demo-reset", "db", "test", "check"])
    options, rest = parser.parse_known_args()
    try:
        match options.verb:
            case "test":
                return beside_server("test", ["-m", "pytest", *rest])
            case "check":
                return beside_server("check", ["manage.py", *rest])
            case "db":
                return database()
        return demo(reset=options.verb == "demo-reset")
    except Stopped:
        return 0
    except StartError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

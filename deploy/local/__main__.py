"""`python -m deploy.local VERB`: run the platform on one machine. `make help` lists the ways in."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys

from backend.config import env
from deploy.local.postgres import EmbeddedServer, StartError
from deploy.local.roles import prepare_database


def serve_database() -> int:
    """Only the database, in the foreground, for development."""
    server = EmbeddedServer(env.VAR)
    try:
        server.start()
        prepare_database(admin_url=server.admin_url(), database=env.text("DATABASE_NAME"), var=env.VAR)
        print(f"PostgreSQL is up; connections are recorded in {env.VAR / 'database.json'}. Ctrl-C ends it.")
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    finally:
        server.stop()
    return 0


def run_tests(arguments: list[str]) -> int:
    """A throw-away server, then pytest against it."""
    server = EmbeddedServer(env.VAR / "test", durable=False)
    try:
        server.start()
        prepare_database(admin_url=server.admin_url(), database="pumpurs", var=server.var)
        environment = {**os.environ, "VAR_ROOT": str(server.var), "DATABASE_URL": ""}
        return subprocess.call([sys.executable, "-m", "pytest", *arguments], env=environment)
    finally:
        server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("verb", choices=["db", "test"])
    options, rest = parser.parse_known_args()
    try:
        return serve_database() if options.verb == "db" else run_tests(rest)
    except StartError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

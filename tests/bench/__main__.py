"""`make bench`: the engines side by side on one data set, on loopback; starts and ends everything itself.

    python -m tests.bench [--rounds 3] [--seconds 5] [--engines compiled,raw] [--shapes INST,ONE] [--ten-times]

Rounds go through the engines in turn, one at a time. Prints one table and writes `var/bench/results.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from deploy.local.postgres import EmbeddedServer
from deploy.local.roles import prepare_database
from deploy.local.system import ensure_node_project
from tests.bench import asking, report
from tests.bench.load import load
from tests.bench.servers import ENGINES, ROOT, Engine, cpu_seconds, running

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Stand:
    """A database with its data, up while the bench runs, and what the engines are asked of it."""

    var: Path
    server: EmbeddedServer
    loader: str
    inputs: dict[str, Any]

    @property
    def pid(self) -> int:
        return self.server.process.pid if self.server.process is not None else 0


def main() -> int:
    options = _options()
    with ExitStack() as open_stands:
        one = open_stands.enter_context(_stand("bench", times=1))
        ten = open_stands.enter_context(_stand("bench-ten", times=10)) if options.ten_times else None
        figures, work = _measured(options, one, ten)
    results = report.results(
        figures, work, machine=_machine(), commit=_commit(), date=datetime.now(UTC).isoformat(timespec="seconds")
    )
    (one.var / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    print(report.table(results))
    return 0


@contextmanager
def _stand(name: str, *, times: int) -> Iterator[Stand]:
    var = ROOT / "var" / name
    var.mkdir(parents=True, exist_ok=True)
    # Memory holds the data at either size: what grows with them is measured, not the machine's disk.
    server = EmbeddedServer(var, buffers=f"{512 if times == 1 else 3072}MB")
    server.start()
    try:
        urls = prepare_database(admin_url=server.admin_url(), database="pumpurs", var=var)
        _prepare(urls, var, times=times)
        yield Stand(var, server, urls["loader"], json.loads((var / "inputs.json").read_text()))
    finally:
        server.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--engines", default=",".join(engine.name for engine in ENGINES))
    parser.add_argument("--shapes", default=",".join(asking.SHAPES))
    parser.add_argument("--ten-times", action="store_true", help="ask ONE and LIST of ten times the data as well")
    return parser.parse_args()


# -- once ------------------------------------------------------------------------------------------------------------
def _prepare(urls: dict[str, str], var: Path, *, times: int) -> None:
    """Schema, reference data, the benchmark's rows, PostGraphile's packages; what is there already stays."""
    environment = {**os.environ, "VAR_ROOT": str(var), "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "tests.bench.settings"}

    def run(*command: str) -> None:
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)

    print("Preparing the database" if times == 1 else f"Preparing the database with {times} times the data", flush=True)
    run(sys.executable, "manage.py", "migrate")
    run(sys.executable, "manage.py", "load_reference")
    run(sys.executable, "-m", "tests.bench.filling", str(times))
    with psycopg.connect(urls["owner"], autocommit=True) as connection:
        for table in ("territory_institution", "learners_learner", "learners_enrolment", "plans_supportplan", "plans_measure"):
            connection.execute(f"vacuum analyze {table}".encode())
    run(sys.executable, "-m", "tests.bench.prepare")
    ensure_node_project(HERE / "postgraphile")


# -- rounds ----------------------------------------------------------------------------------------------------------
def _measured(options: argparse.Namespace, stand: Stand, ten: Stand | None) -> tuple[report.Figures, report.Figures]:
    chosen = [engine for engine in ENGINES if engine.name in options.engines.split(",")]
    figures: report.Figures = {}
    work: report.Figures = {}
    inputs = stand.inputs

    def told(number: int, shape: str, engine: Engine, rate: float, of_processor: float) -> None:
        figures.setdefault(shape, {}).setdefault(engine.name, []).append(rate)
        work.setdefault(shape, {}).setdefault(engine.name, []).append(of_processor)
        words = f"{rate:10.1f}/s  {of_processor:10.1f} a second of processor"
        print(f"round {number + 1}  {engine.name:22} {shape:9} {words}", flush=True)

    for number in range(options.rounds):
        for engine in chosen:
            with running(engine, var=stand.var) as (address, pid):
                if engine.name == "postgraphile":
                    _learn_cursors(address, inputs)
                for shape in options.shapes.split(","):
                    if (engine.name, shape) in asking.CANNOT:
                        continue
                    _check(address, _bodies(engine, shape, inputs)[0], _headers(engine, shape, inputs), engine, shape)
                    measure = _writes if shape == "WRITE" else _rate
                    told(number, shape, engine, *measure(engine, shape, stand, address=address, pid=pid, seconds=options.seconds))
            if engine.name != "compiled":
                continue
            if "INST" in options.shapes.split(","):
                with _row_security_off(stand.server), running(engine, var=stand.var) as (address, pid):
                    told(
                        number, "NO_RLS", engine, *_rate(engine, "INST", stand, address=address, pid=pid, seconds=options.seconds)
                    )
            if ten is not None:
                with running(engine, var=ten.var) as (address, pid):
                    for shape in ("ONE", "LIST"):
                        rate = _rate(engine, shape, ten, address=address, pid=pid, seconds=options.seconds)
                        told(number, f"TEN {shape}", engine, *rate)
    return figures, work


def _once_each(bodies: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Two lists without a request in common: what was written once is refused the second time."""
    return bodies[: len(bodies) // 4], bodies[len(bodies) // 4 :]


def _written(loader: str) -> int:
    with psycopg.connect(loader) as connection:
        row = connection.execute("select count(*) from delivery_consultation where topic = %s", [asking.TOPIC]).fetchone()
    return int(row[0]) if row else 0


def _forget_written(loader: str) -> None:
    with psycopg.connect(loader) as connection:
        connection.execute("delete from delivery_consultation where topic = %s", [asking.TOPIC])


@contextmanager
def _row_security_off(server: EmbeddedServer) -> Iterator[None]:
    """The policies off for the serving role: what row security costs beside the predicate, measured right after it."""
    with psycopg.connect(server.admin_url(), autocommit=True) as admin:
        admin.execute("alter role app bypassrls")
        try:
            yield
        finally:
            admin.execute("alter role app nobypassrls")


def _rate(engine: Engine, shape: str, stand: Stand, *, address: str, pid: int, seconds: int) -> tuple[float, float]:
    """Requests a second, and a second of processor, of a shape that only reads. Raises RuntimeError when one failed."""
    bodies = _bodies(engine, shape, stand.inputs)
    return _loaded(engine, shape, stand, (bodies, bodies), address=address, pid=pid, seconds=seconds)


def _writes(engine: Engine, shape: str, stand: Stand, *, address: str, pid: int, seconds: int) -> tuple[float, float]:
    """The same of WRITE, each request another one; what was written is removed. Raises RuntimeError when rows are missing."""
    bodies = _once_each(_bodies(engine, shape, stand.inputs)[1:])
    stood = 0

    def warm() -> None:
        nonlocal stood
        stood = _written(stand.loader)

    found = _loaded(engine, shape, stand, bodies, address=address, pid=pid, seconds=seconds, between=warm)
    if _written(stand.loader) - stood < found[0] * seconds * 0.95:
        raise RuntimeError(f"{engine.name} answered more than it wrote.")
    _forget_written(stand.loader)
    return found


def _loaded(
    engine: Engine,
    shape: str,
    stand: Stand,
    bodies: tuple[list[bytes], list[bytes]],
    *,
    address: str,
    pid: int,
    seconds: int,
    between: Callable[[], None] = lambda: None,
) -> tuple[float, float]:
    """Warm with the first bodies, measure with the second; `between` them."""
    headers = _headers(engine, shape, stand.inputs)
    load(address, bodies[0], headers, seconds=2, folder=stand.var)
    between()
    before = cpu_seconds(pid, stand.pid)
    found = load(address, bodies[1], headers, seconds=seconds, folder=stand.var)
    spent = cpu_seconds(pid, stand.pid) - before
    if found.failed:
        raise RuntimeError(f"{engine.name} failed {found.failed} times on {shape}.")
    return found.per_second, found.per_second * seconds / max(spent, 0.01)


def _bodies(engine: Engine, shape: str, inputs: dict[str, Any]) -> list[bytes]:
    items = inputs["shapes"][shape]
    if engine.name.startswith("raw"):
        institutions = inputs["callers"][asking.CALLER_OF[shape]]["institutions"]
        return [json.dumps(asking.raw(shape, item, institutions)).encode() for item in items]
    ask = getattr(asking, engine.name, asking.ours)
    return [json.dumps(ask(shape, item)).encode() for item in items]


def _headers(engine: Engine, shape: str, inputs: dict[str, Any]) -> dict[str, str]:
    name = asking.CALLER_OF[shape]
    return {"authorization": f"Bearer {inputs['callers'][name]['token']}", "x-caller": name}


def _post(address: str, body: bytes, headers: dict[str, str]) -> bytes:
    request = urllib.request.Request(address, data=body, headers={"content-type": "application/json", **headers})
    with urllib.request.urlopen(request, timeout=180) as answer:
        content: bytes = answer.read()
    return content


def _check(address: str, body: bytes, headers: dict[str, str], engine: Engine, shape: str) -> None:
    """The answer holds what was asked: no error, and as many measures as everybody gives."""
    content = json.loads(_post(address, body, headers))
    if "errors" in content:
        raise RuntimeError(f"{engine.name} on {shape}: {str(content['errors'])[:800]}")
    text = json.dumps(content["data"])
    if shape == "WRITE":
        if asking.TOPIC not in json.dumps(content["data"], ensure_ascii=False):
            raise RuntimeError(f"{engine.name} wrote nothing: {text[:300]}")
        return
    if shape == "REPORT":
        report_of = content["data"]["semesterReport"]
        if report_of["plans"] < 60_000 or sum(row["planned"] for row in report_of["measures"]) < 150_000:
            raise RuntimeError(f"{engine.name} counted too little: {text[:300]}")
        return
    expected = {"ONE": 0}.get(shape, 100)
    if text.count("plannedHours") < expected or len(text) < 150:
        raise RuntimeError(f"{engine.name} on {shape} answered too little: {text[:300]}")


def _learn_cursors(address: str, inputs: dict[str, Any]) -> None:
    """PostGraphile's own cursors for the rows after which our pages begin: asked of it once, by key."""
    headers = {"x-caller": "state"}
    query = "query($key: String!) { allLearnersLearners(first: 1, condition: {sortKey: $key}, orderBy: [SORT_KEY_ASC, ROW_ID_ASC]) { edges { cursor } } }"
    for item in inputs["shapes"]["LIST"]:
        if "own_cursor" not in item:
            body = json.dumps({"query": query, "variables": {"key": item["sort_key"]}}).encode()
            item["own_cursor"] = json.loads(_post(address, body, headers))["data"]["allLearnersLearners"]["edges"][0]["cursor"]


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=False, capture_output=True, text=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())

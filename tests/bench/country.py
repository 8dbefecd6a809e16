"""What loading the country costs: `python -m tests.bench.country [--scale 1]`, on a server of its own under `var/bench-country`.

Generating is measured apart (rows made and thrown away), then loading with everything, then plain COPY of the same rows,
history included, into bare tables: no index, no constraint, no trigger. CPU time is of the command and of the server's
process that serves it, because the machine may be shared.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from deploy.local.postgres import EmbeddedServer
from deploy.local.roles import prepare_database
from tests.bench.servers import ROOT

TABLES = (
    "learners_learner", "learners_learneridentity", "learners_enrolment", "plans_supportplan", "plans_planstep",
    "plans_riskassessment", "plans_measure", "delivery_consultation", "reimbursements_reimbursementclaim",
    "learners_duplicatecandidate", "evaluation_learnerindicator", "transfers_transfer", "transfers_transfershare",
    "plans_application", "plans_planauthor", "plans_planoutcome", "delivery_consultationsheet", "delivery_monthsubmission",
    "delivery_timesheet", "delivery_timesheetline", "reimbursements_claimitem", "reimbursements_claimdecision",
    "reimbursements_paymentbatch", "reimbursements_paymentitem", "reimbursements_ledgerentry", "reimbursements_ledgerposting",
    "delivery_timesheetstep", "cooperation_cooperationteam", "cooperation_teammember", "cooperation_teamshare",
    "cooperation_meeting", "cooperation_meetingattendance", "cooperation_meetingdecision", "cooperation_feedbackrequest",
    "cooperation_feedbackanswer", "evaluation_earlywarning",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    var = ROOT / "var" / "bench-country"
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    server = EmbeddedServer(var)
    server.start()
    try:
        urls = prepare_database(admin_url=server.admin_url(), database="pumpurs", var=var)
        figures = _Measuring(server.process.pid if server.process else 0, urls, var).all(options.scale)
    finally:
        server.stop()
    (var / "results.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))
    return 0


class _Measuring:
    def __init__(self, postmaster: int, urls: dict[str, str], var: Path) -> None:
        self._postmaster, self._urls, self._var = postmaster, urls, var
        self._figures: dict[str, Any] = {"rows": {}}

    def all(self, scale: float) -> dict[str, Any]:
        """Load the country at `scale`, then its rows into bare tables."""
        self._manage("migrate", "--verbosity=0")
        self._manage("load_reference")
        self._manage("load_demo", "--scale=0")
        self._figures["scale"] = scale
        with self._timed("load"):
            self._load(scale)
        self._figures["load"]["peak_megabytes"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        with self._timed("check"):
            self._manage("check_country")
        self._plain()
        return self._figures

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "VAR_ROOT": str(self._var), "DJANGO_SETTINGS_MODULE": "backend.config.settings.local"}

    def _manage(self, *command: str) -> None:
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=self._environment, check=True)

    def _load(self, scale: float) -> None:
        """Load the country; each room's CPU is read when its line comes."""
        command = [sys.executable, "-u", "manage.py", "make_country", f"--scale={scale}"]
        rooms = self._figures["rooms"] = {}
        with subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, text=True) as loading:
            began, client, server = time.monotonic(), 0.0, self._server_cpu()
            for line in loading.stdout or ():
                print(line, end="", flush=True)
                name, now = line.rpartition("]")[2].split()[0], (time.monotonic(), _cpu(loading.pid), self._server_cpu())
                parts = (now[0] - began, now[1] - client, now[2] - server)
                rooms[name] = dict(zip(("seconds", "cpu_client", "cpu_server"), (round(part, 1) for part in parts), strict=True))
                began, client, server = now
        if loading.returncode:
            raise subprocess.CalledProcessError(loading.returncode, command)

    def _plain(self) -> None:
        """Every row of the tables and of their history, out to files and back into tables without anything."""
        names = [(schema, table) for table in TABLES for schema in ("public", "trail")]
        files = [self._var / f"{schema}.{table}.copy" for schema, table in names]
        with psycopg.connect(self._urls["loader"]) as loader:
            for (schema, table), file in zip(names, files, strict=True):
                with file.open("wb") as out, loader.cursor().copy(f"copy {schema}.{table} to stdout".encode()) as copy:
                    for part in copy:
                        out.write(bytes(part))
        with psycopg.connect(self._urls["owner"]) as owner:
            owner.execute("create schema bare")
            for schema, table in names:
                owner.execute(f"create table bare.{schema}_{table} as table {schema}.{table} with no data".encode())
            for chosen in ("public", "trail"):
                with self._timed(f"plain {chosen}"):
                    for (schema, table), file in zip(names, files, strict=True):
                        if schema == chosen:
                            self._figures["rows"][f"{schema}.{table}"] = _copied(owner, f"bare.{schema}_{table}", file)

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        """Wall and CPU seconds: of our children and ourselves, and of the server."""
        before, server, began = _own(), self._server_cpu(), time.monotonic()
        yield
        self._figures[name] = {
            "seconds": round(time.monotonic() - began, 1),
            "cpu_client": round(_own() - before, 1),
            "cpu_server": round(self._server_cpu() - server, 1),
        }

    def _server_cpu(self) -> float:
        """CPU seconds of the server's processes, those included that ended and that the postmaster has waited for."""
        ticks = 0
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    cells = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                except OSError:
                    continue
                if int(entry.name) == self._postmaster:
                    ticks += sum(int(cell) for cell in cells[11:15])
                elif int(cells[1]) == self._postmaster:
                    ticks += sum(int(cell) for cell in cells[11:13])
        return ticks / os.sysconf("SC_CLK_TCK")


def _copied(owner: psycopg.Connection[Any], table: str, file: Path) -> int:
    with file.open("rb") as read, owner.cursor() as cursor:
        with cursor.copy(f"copy {table} from stdin".encode()) as copy:
            while part := read.read(1 << 18):
                copy.write(part)
        return cursor.rowcount


def _cpu(process: int) -> float:
    """CPU seconds of a process that still runs."""
    cells = (Path("/proc") / str(process) / "stat").read_text().rsplit(")", 1)[1].split()
    return (int(cells[11]) + int(cells[12])) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


if __name__ == "__main__":
    sys.exit(main())

"""What loading the country costs: `python -m tests.bench.country [--scale 1]`, on a server of its own under `var/bench-country`.

Loading with everything, room by room, then plain COPY of the same rows, history included, into bare tables: no index, no
constraint, no trigger. CPU time is of the command and of the server, because the machine may be shared. Prints the total
seconds, the peak memory of command and server, and how fast loading was beside plain COPY, by seconds and by the server's CPU;
all figures go to `results.json` there.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from deploy.local.postgres import EmbeddedServer
from deploy.local.roles import prepare_database
from tests.bench.servers import ROOT


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
    load, plain, ratio = figures["load"], figures["plain"], figures["of_plain_copy"]
    print(f"scale {figures['scale']:g}, {sum(figures['rows'].values()):,} rows with their history")
    for name, each in (("loading", load), ("plain COPY", plain)):
        print(f"{name:<12}{each['seconds']:8.1f} s   CPU {each['cpu_client']:.1f} s command, {each['cpu_server']:.1f} s server")
    print(f"memory at its peak: command {load['peak_megabytes']} MB, server {load['server_megabytes']} MB")
    print(f"speed of plain COPY: {ratio['seconds']:.2f} x by seconds, {ratio['cpu_server']:.2f} x by the server's CPU")
    return 0 if figures["holds"] else 1


class _Measuring:
    def __init__(self, postmaster: int, urls: dict[str, str], var: Path) -> None:
        self._postmaster, self._urls, self._var = postmaster, urls, var
        self._figures: dict[str, Any] = {"rows": {}}
        self._peaks = {"command": 0, "server": 0}

    def all(self, scale: float) -> dict[str, Any]:
        """Load the country at `scale`, then its rows into bare tables."""
        self._manage("migrate", "--verbosity=0")
        self._manage("load_reference")
        self._manage("load_demo", "--scale=0")
        self._figures["scale"] = scale
        with self._timed("load"):
            self._load(scale)
        self._figures["load"] |= {
            "peak_megabytes": self._peaks["command"] // 1024,
            "server_megabytes": self._peaks["server"] // 1024,
        }
        self._plain()
        load, plain = self._figures["load"], self._figures["plain"]
        self._figures["of_plain_copy"] = {key: round(plain[key] / load[key], 3) for key in ("seconds", "cpu_server")}
        with self._timed("check"):
            self._figures["holds"] = self._holds()
        return self._figures

    def _holds(self) -> bool:
        """Whether the country is what it must be; what is not is printed."""
        try:
            self._manage("check_country")
        except subprocess.CalledProcessError:
            return False
        return True

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
            watching = threading.Thread(target=self._watch, args=(loading,), daemon=True)
            watching.start()
            began, client, server = time.monotonic(), 0.0, self._server_cpu()
            for line in loading.stdout or ():
                print(line, end="", flush=True)
                name, now = line.rpartition("]")[2].split()[0], (time.monotonic(), _cpu(loading.pid), self._server_cpu())
                parts = (now[0] - began, now[1] - client, now[2] - server)
                rooms[name] = dict(zip(("seconds", "cpu_client", "cpu_server"), (round(part, 1) for part in parts), strict=True))
                began, client, server = now
        watching.join()
        if loading.returncode:
            raise subprocess.CalledProcessError(loading.returncode, command)

    def _watch(self, loading: subprocess.Popen[str]) -> None:
        """Memory of the command, and of the server's processes with what they share counted once, at its highest."""
        while loading.poll() is None:
            server = sum(_memory(process, "Pss_Anon:", "Pss_Shmem:") for process in self._server_processes())
            for name, kilobytes in (("command", _memory(loading.pid, "Pss:")), ("server", server)):
                self._peaks[name] = max(self._peaks[name], kilobytes)
            time.sleep(1)

    def _plain(self) -> None:
        """Every row of every table and of its history, out to files and back into tables without anything."""
        with psycopg.connect(self._urls["owner"]) as owner:
            names = owner.execute(
                "select relnamespace::regnamespace::text, relname from pg_class where relkind = 'r'"
                " and relnamespace::regnamespace::text in ('public', 'trail', 'rollup') order by 1, 2"
            ).fetchall()
        files = [self._var / f"{schema}.{table}.copy" for schema, table in names]
        with psycopg.connect(self._urls["loader"]) as loader:
            for (schema, table), file in zip(names, files, strict=True):
                with file.open("wb") as out, loader.cursor().copy(f'copy {schema}."{table}" to stdout'.encode()) as copy:
                    for part in copy:
                        out.write(bytes(part))
        with psycopg.connect(self._urls["owner"]) as owner:
            owner.execute("create schema bare")
            for schema, table in names:
                owner.execute(f'create table bare."{schema}_{table}" as table {schema}."{table}" with no data'.encode())
            owner.commit()  # else COPY would know that nobody sees these tables yet, and write less
            with self._timed("plain"):
                for (schema, table), file in zip(names, files, strict=True):
                    self._figures["rows"][f"{schema}.{table}"] = _copied(owner, f'bare."{schema}_{table}"', file)

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

    def _server_processes(self) -> list[int]:
        """The postmaster and its children."""
        found = [self._postmaster]
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and _parent_and_ticks(int(entry.name))[0] == self._postmaster:
                found.append(int(entry.name))
        return found

    def _server_cpu(self) -> float:
        """CPU seconds of the server's processes, those included that ended and that the postmaster has waited for."""
        ticks = sum(_parent_and_ticks(process, waited=process == self._postmaster)[1] for process in self._server_processes())
        return ticks / os.sysconf("SC_CLK_TCK")


def _parent_and_ticks(process: int, *, waited: bool = False) -> tuple[int, int]:
    """A process's parent and clock ticks, with those of the children it has waited for; nothing of one that is gone."""
    try:
        cells = (Path("/proc") / str(process) / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0, 0
    return int(cells[1]), sum(int(cell) for cell in cells[11 : 15 if waited else 13])


def _memory(process: int, *parts: str) -> int:
    """Kilobytes of a process by the named lines of its summary; nothing of one that is gone or not ours to look at."""
    try:
        lines = (Path("/proc") / str(process) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(parts))


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

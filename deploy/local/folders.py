"""The runtime folder: where it is, whether it can be written, and who holds it. Standard library only."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from pathlib import Path

from deploy.local.problems import StartError, disk_full, explain_os_error

ROOT = Path(__file__).resolve().parents[2]
LOCK_VARIABLE = "PUMPURS_LOCK"
NEEDED_MEGABYTES = 300
"""Free space that a first start needs beside the dependencies: a new database is 45 MB, its log segments and the data more."""


def runtime_folder() -> Path:
    """VAR_ROOT (default `var`), as an absolute path."""
    path = Path(os.environ.get("VAR_ROOT") or "var")
    return path if path.is_absolute() else ROOT / path


def ensure_writable(folder: Path) -> None:
    """Make the folder and prove that a file can be written there. Raises StartError with the reason."""
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"x" * 4096)
    except FileExistsError:
        raise StartError(f"{folder} is a file; the platform needs a folder there. Move it or set VAR_ROOT=...") from None
    except OSError as problem:
        raise StartError(explain_os_error(problem, folder)) from None
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)
    if shutil.disk_usage(folder).free < NEEDED_MEGABYTES * 1_000_000 and not (folder / "postgres" / "data").exists():
        raise StartError(f"{disk_full(folder)} A first start needs about {NEEDED_MEGABYTES} MB.")


def hold(folder: Path, *, verb: str) -> int:
    """Hold the runtime folder for this process (and what it execs into); the system lets go when it ends, however.

    Returns the descriptor. Raises StartError that names the holder when somebody else has it.
    """
    inherited = os.environ.pop(LOCK_VARIABLE, "")
    if inherited:
        descriptor = int(inherited)
        os.set_inheritable(descriptor, False)
        return descriptor
    path = folder / "in-use"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 200).decode(errors="replace").strip() or "another command"
        os.close(descriptor)
        raise StartError(
            f"{holder} is running in this folder already. Use it, or stop it first (Ctrl-C in its terminal);"
            " a second one beside it needs its own VAR_ROOT=... and PORT=..."
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"`make {verb}` (process {os.getpid()})".encode(), 0)
    return descriptor


def hand_over(descriptor: int, environment: dict[str, str]) -> None:
    """Let the program that this process execs into keep the folder."""
    os.set_inheritable(descriptor, True)
    environment[LOCK_VARIABLE] = str(descriptor)

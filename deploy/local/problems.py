"""What can go wrong at the start, said so that the reader knows what to do next. Standard library only."""

from __future__ import annotations

import errno
from pathlib import Path

FULL_DISK_WORDS = ("No space left on device", "Disk quota exceeded", "os error 28", "Errno 28")


class StartError(Exception):
    """The platform cannot be started; the message names the cause and the remedy."""


class Stopped(Exception):
    """Somebody asked for the end (Ctrl-C, TERM, or the calling `make` is gone). Not a failure."""


def explain_os_error(problem: OSError, folder: Path) -> str:
    """A sentence for a failed write under `folder`: full, not writable, or the system's own words."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(folder)
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return not_writable(folder)
    return f"Cannot write under {folder}: {problem.strerror or problem}."


def disk_full(folder: Path) -> str:
    """The message for a full disk or quota."""
    return f"The disk is full: nothing more can be written under {folder}. Free some space and run the same command again."


def not_writable(folder: Path) -> str:
    """The message for a folder that this user may not write to."""
    return (
        f"The folder {folder} is not writable for this user. Make it writable (it may belong to another user after a"
        " start as root), or name another with VAR_ROOT=..., and run the same command again."
    )


def says_disk_full(output: str) -> bool:
    """Whether a program's output blames a full disk."""
    return any(words in output for words in FULL_DISK_WORDS)

"""When to stop: Ctrl-C, TERM, a closed terminal, or the end of the `make` that called us. Standard library only."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from types import FrameType

from deploy.local.problems import Stopped


class StopRequest:
    """Remembers that somebody asked for the end; long waits look at it.

    The handlers only set a flag: an exception out of a handler could fall between starting a child and noting it.
    """

    def __init__(self) -> None:
        self.asked = False
        self.parent = os.getppid()
        self._make = bool(os.environ.get("MAKELEVEL"))
        self._make_catches_interrupt = self._make and _catches(self.parent, signal.SIGINT)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    def check(self) -> None:
        """Raise Stopped when the end was asked for."""
        if not self.asked and self._make:
            self.asked = self._make_is_going()
        if self.asked:
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Wait, but not past a request to stop (noticed within a tenth of a second)."""
        deadline = time.monotonic() + seconds
        while True:
            self.check()
            left = deadline - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(0.1, left))

    def _make_is_going(self) -> bool:
        """`make` is gone (kill -9), or it got an interrupt alone: then it waits for us without passing it on.

        GNU make gives a signal its default action back before it waits for its children; that much can be seen.
        """
        if os.getppid() != self.parent:
            return True
        return self._make_catches_interrupt and not _catches(self.parent, signal.SIGINT)


def _catches(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler for a signal (Linux; elsewhere: no)."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) >> (int(number) - 1) & 1)
    except (OSError, ValueError, IndexError):
        return False
    return False

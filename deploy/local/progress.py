"""Numbered progress lines with the time each step took. Standard library only."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Prints `[3/11] Migrations ... 4.2 s`. A step that had nothing to do says so."""

    def __init__(self, *, total: int, first: int = 1) -> None:
        self.total = total
        self.next = first

    @contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """One step. Append words to the list to have them printed behind the time."""
        remarks: list[str] = []
        self._print(f"[{self.next:2}/{self.total}] {title} ".ljust(44, "."), end=" ")
        self.next += 1
        began = time.monotonic()
        try:
            yield remarks
        except BaseException:
            self._print("stopped")
            raise
        self._print(f"{time.monotonic() - began:5.1f} s  {', '.join(remarks)}".rstrip())

    def skip(self, title: str, why: str) -> None:
        """A step that is not needed this time."""
        self._print(f"[{self.next:2}/{self.total}] {title} ".ljust(44, ".") + f"   --    {why}")
        self.next += 1

    @staticmethod
    def _print(text: str, *, end: str = "\n") -> None:
        sys.stdout.write(text + end)
        sys.stdout.flush()

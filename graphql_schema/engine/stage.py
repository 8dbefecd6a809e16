"""The transactions of a mutation operation: one for each command, and one for reading each answer.

Commands of one document run one after the other, and each stands by itself: it is committed before its answer is read, so
that nothing that happens later (a selection that fails, a later command that is refused) takes it back.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import TypeVar

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from backend.core.database.answers import refusing_database_errors

T = TypeVar("T")
Opening = Callable[[], AbstractContextManager[None]]


class Stage:
    """Where a mutation's root fields act. `opening` begins a transaction with the caller's scope in it."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._reading: ExitStack | None = None
        self._unlogged: Exception | None = None
        self.after_reading: Callable[[], None] = lambda: None
        """Called at the end of each reading, in its transaction: where the read log is written."""

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._read_no_more()
        if kind is None and self._unlogged is not None:
            raise self._unlogged  # what could not be logged is not answered

    def perform(self, act: Callable[[], T]) -> T:
        """Run a command in a transaction of its own, committed when this returns.

        Raises Refusal for what the command or, at the commit, the database refuses; then nothing was written.
        """
        self._read_no_more()
        with refusing_database_errors(), self._opening():
            return act()

    def read(self) -> None:
        """Begin reading an answer, unless it was begun: the transaction stays open until the next command or the end."""
        if self._reading is None:
            reading = ExitStack()
            reading.enter_context(self._opening())
            self._reading = reading

    def _read_no_more(self) -> None:
        reading, self._reading = self._reading, None
        if reading is None:
            return
        try:
            with reading:
                if _failed():
                    transaction.set_rollback(True)  # a read failed and was told of; there is nothing to keep
                else:
                    self.after_reading()
        except Exception as problem:
            self._unlogged = problem
            raise


def _failed() -> bool:
    return connection.connection is not None and connection.connection.info.transaction_status == TransactionStatus.INERROR

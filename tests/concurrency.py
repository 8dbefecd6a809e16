"""Two clients at once, on two connections of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from backend.accounts.scope import Scope, scoped
from backend.core.refusals import Refusal

PATIENCE = 20.0
"""Seconds until a test gives up waiting for the other side."""


@dataclass
class Outcome:
    """What a client got: a result, or what it was refused with."""

    result: Any = None
    refusal: Refusal | None = None
    error: BaseException | None = None

    def value(self) -> Any:
        """The result; raises what went wrong otherwise."""
        if self.refusal or self.error:
            raise self.refusal or self.error  # type: ignore[misc]
        return self.result


class Client(threading.Thread):
    """One act in one transaction; with `hold`, the transaction stays open until `release` is set."""

    def __init__(self, scope: Scope, act: Callable[[], Any], *, hold: bool = False, give_up: bool = False) -> None:
        super().__init__(daemon=True)
        self.scope, self.act, self.give_up = scope, act, give_up
        self.acted, self.release = threading.Event(), threading.Event()
        self.outcome = Outcome()
        self.backend = 0
        if not hold:
            self.release.set()

    def run(self) -> None:
        try:
            with scoped(self.scope):
                with connection.cursor() as cursor:
                    cursor.execute("select pg_backend_pid()")
                    self.backend = cursor.fetchone()[0]
                self.outcome.result = self.act()
                self.acted.set()
                self.release.wait(PATIENCE)
                if self.give_up:
                    raise _GivenUp
        except Refusal as refusal:
            self.outcome.refusal = refusal
        except _GivenUp:
            self.outcome.result = None
        except BaseException as error:
            self.outcome.error = error
        finally:
            self.acted.set()
            connection.close()


class _GivenUp(Exception):
    """The transaction is taken back on purpose."""


def one_before_the_other(first: Client, second: Client) -> tuple[Outcome, Outcome]:
    """`first` acts and keeps its transaction open; `second` acts and must be seen waiting for it; then `first` ends."""
    first.start()
    assert first.acted.wait(PATIENCE)
    second.start()
    try:
        _see_waiting(second)
    finally:
        first.release.set()
    for client in (first, second):
        client.join(PATIENCE)
        assert not client.is_alive()
    return first.outcome, second.outcome


def all_at_once(clients: Sequence[Client]) -> list[Outcome]:
    """Start them together and wait for all."""
    for client in clients:
        client.start()
    for client in clients:
        client.join(PATIENCE)
        assert not client.is_alive()
    return [client.outcome for client in clients]


def _see_waiting(client: Client) -> None:
    """Until the database says that the client's backend waits for a lock."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("select wait_event_type from pg_stat_activity where pid = %s", [client.backend])
            row = cursor.fetchone()
        if row and row[0] == "Lock":
            return
        assert not client.acted.wait(0.02), f"not kept waiting: {client.outcome}"
    raise AssertionError("The second client never waited.")

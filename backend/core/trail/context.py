"""What the trail notes beside who: the channel a change came through and its reason. Local to the transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from django.db import connection


class Channel(StrEnum):
    """Ways into the house."""

    CASE_API = "case-api"
    WORKSPACE = "workspace"
    COMMAND = "command"
    TASK = "task"
    IMPORT = "import"
    DOCUMENT = "document"


@contextmanager
def noted(*, channel: Channel | str, reason: str = "") -> Iterator[None]:
    """Note `channel` and `reason` on every entry made inside. Needs a transaction, since the settings are local to one.

    `reason` is free text and is blanked with the learner's other texts; keep names out of it all the same.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("noted() needs a transaction: the settings are local to it.")
    before = _set(str(channel), reason)
    yield
    if not connection.needs_rollback:
        _set(*before)


@contextmanager
def reason_noted(reason: str) -> Iterator[None]:
    """Note `reason` on every entry made inside, whatever the channel. Needs a transaction; an empty reason notes nothing."""
    if not reason:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.channel', true)")
        channel = cursor.fetchone()[0] or ""
    with noted(channel=channel, reason=reason):
        yield


def _set(channel: str, reason: str) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.channel', true), current_setting('app.reason', true)")
        held = cursor.fetchone()
        cursor.execute("select set_config('app.channel', %s, true), set_config('app.reason', %s, true)", [channel, reason])
    return (held[0] or "", held[1] or "")


@contextmanager
def back_dated() -> Iterator[None]:
    """Inside, entries take the rows' own times as recorded time. Only the loader's word counts; for generated pasts.

    Needs a transaction. Sealing and `trail_at` keep the real time (contract, "Two clocks").
    """
    if not connection.in_atomic_block:
        raise RuntimeError("back_dated() needs a transaction: the setting is local to it.")
    _say_back_date("on")
    yield
    if not connection.needs_rollback:
        _say_back_date("")


def _say_back_date(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('trail.back_date', %s, true)", [value])

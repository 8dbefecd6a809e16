"""Folding, rebuilding and checking the roll-ups."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction

BATCH = 2_000
"""Plans in one fold: a fraction of a second."""


def fold(*, most: int = BATCH) -> int:
    """Fold up to `most` plans that were touched; how many, 0 when none waits, -1 while another process folds.

    A transaction of its own. Those who write meanwhile wait for nothing, and those who read see all of it or nothing.
    """
    return int(_one("select rollup.fold(%s)", [most]))


def fold_all(*, most: int = BATCH) -> int:
    """Fold until nothing waits; the number of plans. Stops where another process folds: that one goes on."""
    total = 0
    while (folded := fold(most=most)) > 0:
        total += folded
    return total


def folded() -> Iterator[str]:
    """Fold until nothing waits; a line when there was something. A periodic job."""
    if plans := fold_all():
        yield f"{plans} plans folded."


def rebuild() -> int:
    """Reckon everything anew from the rows, as after a bulk load; the number of facts."""
    return int(_one("select rollup.rebuild()", []))


def waiting() -> int:
    """Plans that were touched and wait for a fold, as far as the current scope reaches."""
    return int(_one("select count(distinct plan_id) from rollup.touched", []))


def differences() -> dict[str, int]:
    """Lines in which roll-ups and a full recount differ, by table; empty when they are exact."""
    with connection.cursor() as cursor:
        cursor.execute("select what, lines from rollup.differences()")
        return {what: int(lines) for what, lines in cursor.fetchall()}


def _one(statement: str, parameters: list[int]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    assert row is not None  # noqa: S101  (a function without a row answers one)
    return int(row[0])

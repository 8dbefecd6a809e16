"""Reading history: the versions of one row, and rows as they were known on a moment. Row security filters both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.models.query import RawQuerySet

from backend.core.trail.declarations import Audited, audited_tables
from backend.core.trail.tables import history_table

M = TypeVar("M", bound=models.Model)
# A block begins and ends inside a transaction where that is large (`sealing`); otherwise with whole ones.
_BLOCK = """(select b.number from trail.block b where (b.from_xid, b.from_entry) <= (t.trail_xid, t.trail_id)
    and (t.trail_xid, t.trail_id) < (b.to_xid, b.to_entry) limit 1)"""
CHANGES = {"I": "INSERT", "U": "UPDATE", "D": "DELETE", "T": "DELETE", "B": "BASELINE"}


@dataclass(frozen=True)
class Version:
    """One entry: what a row was after the change (before it, for a DELETE), who made it, when and why.

    `changed` names the columns that differ from the version before. `erased` marks a tombstone.
    """

    entry: int
    change: str
    at: dt.datetime
    recorded_at: dt.datetime
    principal_id: UUID | None
    client_id: int | None
    channel: str
    reason: str
    erased: bool
    values: dict[str, Any]
    changed: tuple[str, ...]
    block: int | None = None
    """Number of the sealed block that it lies in."""


class NotAuditedError(LookupError):
    """The model keeps no history."""


def declaration_of(model: type[models.Model]) -> Audited:
    """The declaration of `model`. Raises NotAuditedError when there is none."""
    for declared in audited_tables():
        if declared.model_class is model:
            return declared
    raise NotAuditedError(model._meta.label)


def versions(*, model: type[models.Model], key: UUID) -> list[Version]:
    """All versions of one row that the current scope reaches, oldest first. One statement.

    Row security is the floor; the caller has asked the model's policy first (`backend.accounts.policy`).
    """
    declared = declaration_of(model)
    meta = (
        "trail_id, trail_op::text, trail_at, trail_recorded_at, trail_principal, trail_client, trail_channel, trail_reason,"
        f" trail_erased is not null, {_BLOCK}"
    )
    columns = ", ".join(f'"{column}"' for column in declared.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'select {meta}, {columns} from {history_table(declared).quoted} t where "{declared.key}" = %s'
            " order by trail_recorded_at, trail_id",
            [key],
        )
        rows = cursor.fetchall()
    found: list[Version] = []
    for row in rows:
        values = dict(zip(declared.columns, row[10:], strict=True))
        before = found[-1].values if found else {}
        changed = tuple(column for column, value in values.items() if column not in before or before[column] != value)
        found.append(
            Version(
                *(row[0], CHANGES[row[1]], row[2], row[3], row[4], row[5], row[6] or "", row[7] or "", row[8]),
                values=values,
                changed=changed,
                block=row[9],
            )
        )
    return found


def known_on(*, model: type[M], moment: dt.datetime, where: str = "true", parameters: Sequence[Any] = ()) -> RawQuerySet[M]:
    """Rows of `model` as they were known at `moment`, by recorded time; `where` is a condition over the row `h`.

    Columns added later read as NULL in older versions. Only constants of ours belong in `where`; values in `parameters`.
    """
    declared = declaration_of(model)
    columns = ", ".join(f'h."{column}"' for column in declared.columns)
    return model._default_manager.raw(
        f'select {columns} from (select distinct on ("{declared.key}") * from {history_table(declared).quoted}'
        f' where trail_recorded_at <= %s order by "{declared.key}", trail_recorded_at desc, trail_id desc) h'
        f" where h.trail_op not in ('D', 'T') and ({where})",
        [moment, *parameters],
    )


@dataclass(frozen=True)
class Known:
    """A table to be read as it was known.

    `candidates` is a condition over entries that any version of a wanted row meets; it only spares reading the others, since
    whoever asks filters again by what the row was. It may look into tables that were named before this one: with `= any(array(
    select ...))`, which an index answers however many there are.
    """

    model: type[models.Model]
    candidates: str = ""
    parameters: tuple[Any, ...] = ()


@contextmanager
def known_at(moment: dt.datetime, tables: Sequence[Known]) -> Iterator[None]:
    """Inside, every query reads `tables` as they were known at `moment` (by recorded time), whatever it asks.

    A common table expression of the live table's name stands before each statement and hides the table, so a question is
    written once, for the present and for the past. Only for reading: a statement that writes is refused by PostgreSQL or would
    reach the live table, so ValueError is raised for anything but a `select`. Row security filters entries like rows: what a
    caller does not see today, they do not see of the past. Columns that are younger than an entry read as NULL in it.
    """
    parts, parameters = [], []
    for known in tables:
        text, values = _as_known(known, moment)
        parts.append(text)
        parameters += values
    with _joined_as_wholes(), _before_each(parts, parameters):
        yield


@contextmanager
def _joined_as_wholes() -> Iterator[None]:
    """Inside, PostgreSQL joins by hashing or sorting. Needs a transaction; two statements.

    It takes what it cannot count beforehand (a last version, what row security lets through) for a row or two, and would walk
    through one table of the past for each row of another: minutes for a country, where a join of wholes takes a second
    (docs/decisions/0195-past-joined-as-wholes.md).
    """
    with connection.cursor() as cursor:
        cursor.execute("set local enable_nestloop = off")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("set local enable_nestloop to default")


@contextmanager
def as_removed(*, model: type[models.Model], key: UUID) -> Iterator[None]:
    """Inside, every query finds in the model's table one row alone: the one with this key as it was when it was removed.

    None where it was never there, was not removed, or its entries lie outside the current scope. Reads only, as in `known_at`.
    """
    declared = declaration_of(model)
    columns = ", ".join(f'"{column}"' for column in declared.columns)
    last = (
        f'select {columns}, trail_op from {history_table(declared).quoted} where "{declared.key}" = %s'
        " order by trail_recorded_at desc, trail_id desc limit 1"
    )
    with _before_each([f"\"{declared.table}\" as (select {columns} from ({last}) h where trail_op in ('D', 'T'))"], [key]):
        yield


@contextmanager
def _before_each(parts: Sequence[str], parameters: Sequence[Any]) -> Iterator[None]:
    """Put common table expressions before each statement: they hide the tables whose names they bear."""
    head = f"with {', '.join(parts)} "

    def asks_the_past(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if many or not sql.lstrip().lower().startswith("select"):
            raise ValueError("The past is only read.")
        return execute(head + sql, (*parameters, *(params or ())), many, context)

    with connection.execute_wrapper(asks_the_past):
        yield


def _as_known(known: Known, moment: dt.datetime) -> tuple[str, list[Any]]:
    """The expression of one table, and its parameters: of each candidate the last entry until then, unless it says deleted."""
    declared = declaration_of(known.model)
    history, key = history_table(declared).quoted, f'"{declared.key}"'
    columns = ", ".join(f'"{column}"' for column in declared.columns)
    wanted, parameters = "", [moment]
    if known.candidates:
        wanted = f" and {key} = any(array(select {key} from {history} where trail_recorded_at <= %s and {known.candidates}))"
        parameters += [moment, *known.parameters]
    return (
        f'"{declared.table}" as (select {columns} from (select distinct on ({key}) * from {history}'
        f" where trail_recorded_at <= %s{wanted} order by {key}, trail_recorded_at desc, trail_id desc) h"
        " where trail_op not in ('D', 'T'))",
        parameters,
    )

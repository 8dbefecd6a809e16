"""Several prepared statements in one round trip, as one transaction, with as little of Python as the protocol allows.

psycopg's own pipeline talks to the socket for each statement and each result: nine times for one learner by id. Here all
is put into one message and the answers are read as they come (docs/decisions/0095-exchange-of-our-own.md). Connections keep
up to `_KEPT` statements prepared; the one used longest ago is closed.
"""

from __future__ import annotations

import select
from collections import OrderedDict
from collections.abc import Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

Parameter = str | Sequence[str | int | None] | None
Statement = tuple[bytes, Sequence[Parameter]]
"""A statement with `$1`, `$2`, … and the parameters for them."""

_KEPT = 200
_prepared: WeakKeyDictionary[psycopg.Connection[Any], OrderedDict[bytes, bytes]] = WeakKeyDictionary()
_numbers = count()


def exchange(connection: psycopg.Connection[Any], statements: Sequence[Statement]) -> list[PGresult]:
    """Run the statements as one transaction; a result for each, in PostgreSQL's text format.

    Raises psycopg.Error for the first one that fails: then none of them has happened. Raises psycopg.ProgrammingError when a
    transaction is open: these would become part of it.
    """
    with connection.lock:
        pg = connection.pgconn
        if pg.status != ConnStatus.OK:
            raise psycopg.OperationalError("The connection is closed.")
        if pg.transaction_status != TransactionStatus.IDLE:
            raise psycopg.ProgrammingError("A transaction is open on this connection.")
        try:
            pg.enter_pipeline_mode()
            results, failed = _answered(connection, pg, statements)
            pg.exit_pipeline_mode()
        except BaseException:
            pg.finish()  # what is still on its way belongs to nobody
            raise
    if failed is not None:
        raise error_from_result(failed)
    return results


def _answered(
    connection: psycopg.Connection[Any], pg: PGconn, statements: Sequence[Statement]
) -> tuple[list[PGresult], PGresult | None]:
    """The results, and the first failure; when this returns, every answer was read."""
    kept = _prepared.setdefault(connection, OrderedDict())
    preparing: list[bytes | None] = []
    """For each answer that will come, the statement whose preparing it tells of; None for a result."""
    for statement, parameters in statements:
        name = kept.get(statement)
        if name is None:
            name = kept[statement] = b"compiled_%d" % next(_numbers)
            pg.send_prepare(name, statement)
            preparing.append(statement)
        else:
            kept.move_to_end(statement)
        pg.send_query_prepared(name, [_encoded(value) for value in parameters])
        preparing.append(None)
    surplus = [kept.popitem(last=False)[1] for _ in range(len(kept) - _KEPT)]
    for name in surplus:
        pg.send_close_prepared(name)
    pg.pipeline_sync()
    while pg.flush():
        _wait(pg, select.POLLIN | select.POLLOUT)
        pg.consume_input()
    results: list[PGresult] = []
    failed: PGresult | None = None
    for prepared in (*preparing, *(b"" for _ in surplus)):
        result = _next(pg)
        if result is None:
            raise psycopg.OperationalError("The connection ended before the answer.")
        if result.status in {ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED}:
            failed = failed or result
            if prepared:
                kept.pop(prepared, None)
        elif prepared is None:
            results.append(result)
        while _next(pg) is not None:  # the end of this message's answers
            pass
    _next(pg)  # the synchronisation
    return results, failed


def _next(pg: PGconn) -> PGresult | None:
    while pg.is_busy():
        _wait(pg, select.POLLIN)
        pg.consume_input()
    return pg.get_result()


def _wait(pg: PGconn, events: int) -> None:
    """Until the socket is ready; other threads go on meanwhile."""
    poll = select.poll()
    poll.register(pg.socket, events)
    poll.poll()


def _encoded(value: Parameter) -> bytes | None:
    """A parameter as PostgreSQL reads it."""
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode()
    return ("{" + ",".join("null" if part is None else _element(part) for part in value) + "}").encode()


def _element(part: str | int) -> str:
    text = str(part).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'

"""Several statements in one round trip: parameters of any kind, failures, and connections that end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from graphql_schema.compiler import exchange as exchanging
from graphql_schema.compiler.exchange import exchange

HOSTILE = [
    'a"b',
    "a\\b",
    "\x01\x1f\x7f",
    "line\nbreak\ttab",
    '{"x":1}',
    "\u2028ā€😀",
    "%s $1 %(a)s",
    "null",
    "a,b",
    "{}",
    "",
    " ",
]
Connection = psycopg.Connection[Any]


@pytest.fixture
def pg(db: None) -> Iterator[Connection]:
    """A connection of its own, as the serving role, without a transaction."""
    parameters = connection.get_connection_params()
    with psycopg.connect(
        **{name: parameters[name] for name in ("host", "port", "user", "password", "dbname") if name in parameters},
        autocommit=True,
    ) as made:
        yield made


def value(pg: Connection, statement: bytes, *parameters: Any) -> bytes | None:
    return exchange(pg, [(statement, parameters)])[0].get_value(0, 0)


def test_every_text_goes_in_and_comes_out(pg: Connection) -> None:
    for result, text in zip(exchange(pg, [(b"select $1::text", [text]) for text in HOSTILE]), HOSTILE, strict=True):
        assert result.get_value(0, 0) == text.encode()
    assert json.loads(value(pg, b"select to_json($1::text[])::text", [*HOSTILE, None]) or b"") == [*HOSTILE, None]
    assert value(pg, b"select $1::text is null", None) == b"t"
    assert value(pg, b"select sum(n) from unnest($1::integer[]) n", [1, 2, 3]) == b"6"
    large = "ā" * 1_000_000
    assert value(pg, b"select $1::text || $1::text", large) == (large + large).encode()


def test_all_or_none_and_the_connection_goes_on(pg: Connection) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        exchange(
            pg,
            [
                (b"select set_config('app.on', 'left', false)", []),
                (b"select 1 / $1::integer", ["0"]),
                (b"select 2 as never", []),
            ],
        )
    assert value(pg, b"select coalesce(current_setting('app.on', true), '')") == b""
    assert value(pg, b"select 2 as never") == b"2", "its preparing had not happened"
    for _ in range(2):
        with pytest.raises(psycopg.errors.SyntaxError):
            exchange(pg, [(b"selekt", [])])
    with pytest.raises(psycopg.errors.QueryCanceled):
        exchange(pg, [(b"select set_config('statement_timeout', '50', true)", []), (b"select pg_sleep(20)", [])])
    exchange(pg, [(b"select set_config('app.on', 'within', true)", [])])
    assert value(pg, b"select coalesce(current_setting('app.on', true), '')") == b"", "one transaction, over"


def test_statements_are_prepared_once_and_so_many_are_kept(pg: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanging, "_KEPT", 5)
    count = b"select count(*) from pg_prepared_statements where name like 'compiled%'"
    for _ in range(2):
        for number in range(4):
            assert value(pg, b"select %d" % number) == b"%d" % number
        assert value(pg, count) == b"5"
    for number in range(20):
        assert value(pg, b"select %d" % number) == b"%d" % number
    row = pg.execute(count).fetchone()
    assert row == (5,)


def test_within_somebody_elses_transaction_it_refuses(pg: Connection) -> None:
    with pg.transaction(), pytest.raises(psycopg.ProgrammingError):
        value(pg, b"select 1")
    assert value(pg, b"select 1") == b"1"


def test_a_connection_that_ends_is_told_of_and_shut(pg: Connection) -> None:
    pid = pg.info.backend_pid
    with pytest.raises(psycopg.OperationalError):
        exchange(pg, [(b"select pg_terminate_backend($1::integer)", [str(pid)]), (b"select 1", [])])
    assert pg.closed
    with pytest.raises(psycopg.OperationalError):
        value(pg, b"select 1")

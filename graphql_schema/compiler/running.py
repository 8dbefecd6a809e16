"""One request through the compiler: the response text, or None for the other engine to answer.

None is given whenever anything is out of the ordinary: a field that Python computes, variables that do not fit, a token
that does not open a type, a page of 101. The other engine then answers the whole document, errors and all, so that each
refusal is worded in one place only.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from django.db import OperationalError, connection
from graphql import GraphQLSchema

from backend.accounts.known_callers import STILL_VALID, KnownCaller, forget
from backend.accounts.read_log import APPEND_NOTED, NOTED_CASTS, noted_parameters
from backend.accounts.scope import SETTINGS, Scope
from backend.core.trail.context import Channel
from graphql_schema.compiler.exchange import Statement, exchange
from graphql_schema.compiler.plans import Plan, Planner, Prepared
from graphql_schema.compiler.posts import resolved
from graphql_schema.compiler.slots import Values
from graphql_schema.engine.declarations import Declarations
from graphql_schema.http.documents import Document
from graphql_schema.http.errors import Refusal

logger = logging.getLogger("graphql_schema.compiler")


@dataclass(frozen=True)
class Ready:
    """A plan with the parameters of one request."""

    plan: Plan
    parameters: list[Any]
    word: str
    log: list[Any]
    """Parameters of the statement that appends to the read log; empty: nothing is logged."""

    def finished(self, answer: bytes) -> bytes:
        """The response's `data` from what the statement gave."""
        return resolved(answer, self.plan.posts, self.word) if self.plan.posts else answer


class Compiler:
    """The compiled engine of one schema."""

    def __init__(self, *, schema: GraphQLSchema, declarations: Declarations, largest_page: int) -> None:
        self.planner = Planner(schema=schema, declarations=declarations, largest_page=largest_page)

    def ready(
        self, document: Document, *, operation_name: str | None, variables: Mapping[str, Any], scope: Scope, purpose: str = ""
    ) -> Ready | None:
        """The plan and parameters for a validated document; None when it is for the other engine."""
        prepared = self._prepared(document, operation_name)
        coerced = None if prepared is None else self.planner.coerced(prepared, variables)
        if prepared is None or coerced is None:
            return None
        try:
            plan = self.planner.plan(prepared, coerced, scope)
            if not isinstance(plan, Plan) or not plan.permitted(scope):
                return None
            word = secrets.token_hex(16) if plan.posts else ""
            log = noted_parameters(scope=scope, kinds=plan.noted, channel=Channel.CASE_API, purpose=purpose) if plan.noted else []
            return Ready(plan, plan.parameters(Values(coerced, scope, word)), word, log)
        except Refusal:
            return None

    def why_not(self, document: Document, *, operation_name: str | None, variables: Mapping[str, Any], scope: Scope) -> str:
        """Why a document is not compiled; empty when it is. For registering documents, and for people who ask."""
        prepared = self._prepared(document, operation_name)
        coerced = None if prepared is None else self.planner.coerced(prepared, variables)
        if prepared is None or coerced is None:
            return "The operation or its variables do not fit."
        plan = self.planner.plan(prepared, coerced, scope)
        return "" if isinstance(plan, Plan) else plan.reason

    def _prepared(self, document: Document, operation_name: str | None) -> Prepared | None:
        key = ("compiled", operation_name)
        found = cast("Prepared | None", document.memo.get(key))
        if found is None:
            operation = document.operation(operation_name)
            if operation is not None:
                found = document.memo[key] = self.planner.prepared(document.node, operation)
        return found


def run(ready: Ready) -> bytes:
    """Run a statement in the current transaction, whose scope is set, and append whom it showed to the read log."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = psycopg.RawCursor(connection.connection)
        cursor.execute(ready.plan.statement, ready.parameters)
        row = cursor.fetchone()
        if ready.log:
            cursor.execute(_APPEND, ready.log)
    assert row is not None  # noqa: S101  (a statement of aggregates gives one row)
    return ready.finished(row[0].encode())


_SCOPE = ", ".join(f"set_config('app.{name}', ${place}, true)" for place, name in enumerate(SETTINGS, 1))
_ENTER = f"""select {_SCOPE}, set_config('statement_timeout', ${len(SETTINGS) + 1}, true),
    {STILL_VALID.format(checksum=f"${len(SETTINGS) + 2}")}""".encode()


_APPEND = APPEND_NOTED.format(", ".join(f"${place}::{cast}" for place, cast in enumerate(NOTED_CASTS, 1))).encode()


def run_alone(ready: Ready, known: KnownCaller, *, timeout_ms: int) -> bytes | None:
    """Run a statement in a transaction of its own, in one round trip. None where the token is no longer valid.

    The statements are sent together: PostgreSQL runs what is sent before a synchronisation as one transaction, so that
    the settings are there for the second, which answers, and the third, which appends to the read log whom the second
    showed; and gone after it. Where one fails, none has happened and there is no answer. An answer that must not be given
    is thrown away; and where the kept connection turns out to be dead, a second attempt logs a read twice at worst.
    """
    fresh = connection.connection is None
    for attempt in range(2):
        connection.ensure_connection()
        try:
            with connection.wrap_database_errors:
                valid, text = _both(connection.connection, ready, [*known.row_settings, str(timeout_ms), known.checksum])
            break
        except OperationalError:
            if fresh or attempt or not connection.connection.closed:
                raise
            connection.close()
    if not valid:
        forget(known.checksum)
        return None
    return ready.finished(text)


def _both(pg: psycopg.Connection[Any], ready: Ready, settings: list[str]) -> tuple[bool, bytes]:
    statements: list[Statement] = [(_ENTER, settings), (ready.plan.statement, ready.parameters)]
    if ready.log:
        statements.append((_APPEND, ready.log))
    entered, answered, *_ = exchange(pg, statements)
    answer = answered.get_value(0, 0)
    assert answer is not None  # noqa: S101  (a statement of aggregates gives a text)
    return entered.get_value(0, entered.nfields - 1) == b"t", answer

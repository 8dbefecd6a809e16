"""`/graphql/`: the case API over HTTP. Bearer tokens only; a session opens nothing here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from backend.accounts.authentication import NotAuthenticated
from backend.accounts.known_callers import KnownCaller, is_still_valid, known_caller
from backend.accounts.scope import scoped
from backend.core.trail.context import Channel
from graphql_schema.cases.documents import case_compiler, case_documents
from graphql_schema.cases.registered import text_of
from graphql_schema.cases.schema import case_schema
from graphql_schema.compiler.running import run, run_alone
from graphql_schema.engine.context import Context
from graphql_schema.engine.reads import log_reads
from graphql_schema.engine.stage import Stage
from graphql_schema.http.documents import Document
from graphql_schema.http.errors import ErrorCode, Refusal
from graphql_schema.http.negotiation import chosen_language
from graphql_schema.http.parameters import Parameters
from graphql_schema.http.view import GraphQLView, Turn
from graphql_schema.limits.profiles import Limits, limits_for


class CaseView(GraphQLView[KnownCaller]):
    """The case API: POST, JSON, bearer token."""

    engine = "resolved"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The schema is built when the first request comes, not at import."""
        self.store = case_documents()
        return super().dispatch(request, *args, **kwargs)

    def identify(self, request: HttpRequest) -> KnownCaller:
        """The caller of the bearer token; one statement, or none for one met a moment ago."""
        try:
            return known_caller(request.headers.get("Authorization", ""))
        except NotAuthenticated as problem:
            raise _unauthenticated(problem.error) from None

    def bucket_key(self, caller: KnownCaller, limits: Limits) -> str:
        """One bucket an app for ad-hoc queries, one for registered documents."""
        return f"app:{caller.caller.app.pk}:{limits.name}"

    def permit_ad_hoc(self, caller: KnownCaller, document: Document) -> None:
        """Ad-hoc documents need `adhoc`; the schema alone may be read with `introspect`."""
        scopes = caller.caller.token_scopes
        if "adhoc" in scopes or ("introspect" in scopes and document.only_introspects()):
            return
        raise Refusal(ErrorCode.FORBIDDEN, "The token lacks the scope adhoc: name a registered document.", status=403)

    def registered_document(self, caller: KnownCaller, document_id: str) -> str:
        """The text of a document that the app registered."""
        return text_of(app_id=caller.caller.app.pk, document_id=document_id)

    @contextmanager
    def surroundings(self, turn: Turn[KnownCaller]) -> Iterator[Context]:
        """One transaction with the caller's scope set for row security, and limits on time; for a mutation one a command."""
        assert turn.caller is not None  # noqa: S101  (the view identified it)
        if turn.writes:
            if not is_still_valid(turn.caller):
                raise _unauthenticated("invalid_token")
            with _spoken(turn), Stage(lambda: _transaction(turn)) as stage:
                context = _context(turn, stage=stage)
                stage.after_reading = lambda: _log(turn, context)
                yield context
            return
        with _spoken(turn), _transaction(turn):
            if not is_still_valid(turn.caller):
                raise _unauthenticated("invalid_token")
            context = _context(turn)
            yield context
            if not connection.needs_rollback:
                _log(turn, context)

    def compiled(self, turn: Turn[KnownCaller], parameters: Parameters, document: Document) -> bytes | None:
        """One statement for the whole document, where it can be compiled."""
        assert turn.caller is not None  # noqa: S101  (the view identified it)
        if turn.writes or not settings.GRAPHQL_COMPILE:
            return None
        ready = case_compiler().ready(
            document,
            operation_name=parameters.operation_name,
            variables=parameters.variables,
            scope=turn.caller.scope,
            purpose=turn.purpose,
        )
        if ready is None:
            return None
        if connection.in_atomic_block:  # somebody else's transaction: a test's
            with self.surroundings(turn):
                return run(ready)
        limits = turn.limits or limits_for("ad_hoc")
        with _spoken(turn):
            text = run_alone(ready, turn.caller, timeout_ms=limits.statement_timeout_ms)
        if text is None:
            raise _unauthenticated("invalid_token")
        return text


def _transaction(turn: Turn[KnownCaller]) -> AbstractContextManager[None]:
    """A transaction in which the database shows what the caller reaches."""
    assert turn.caller is not None  # noqa: S101  (the view identified it)
    limits = turn.limits or limits_for("ad_hoc")
    channel = Channel.CASE_API if turn.writes else ""
    return scoped(turn.caller.scope, statement_timeout_ms=limits.statement_timeout_ms, channel=channel)


def _spoken(turn: Turn[KnownCaller]) -> AbstractContextManager[None]:
    """The caller's language, for what is said in words."""
    return translation.override(_language(turn))


def _language(turn: Turn[KnownCaller]) -> str:
    return chosen_language(turn.request.headers.get("Accept-Language"))


def _context(turn: Turn[KnownCaller], *, stage: Stage | None = None) -> Context:
    assert turn.caller is not None  # noqa: S101  (the view identified it)
    limits = turn.limits or limits_for("ad_hoc")
    return Context(
        scope=turn.caller.scope,
        declarations=case_schema().declarations,
        caller=turn.caller.caller,
        memo=turn.document.memo if turn.document is not None else {},
        deadline=time.monotonic() + limits.request_timeout_ms / 1_000,
        stage=stage,
        language=_language(turn),
    )


def _log(turn: Turn[KnownCaller], context: Context) -> None:
    """Note in the read log whom the answer shows so far."""
    log_reads(context, purpose=turn.purpose)
    context.reads.clear()


def _unauthenticated(error: str) -> Refusal:
    challenge = 'Bearer realm="case-api"' + (f', error="{error}"' if error else "")
    message = "The token is unknown or expired." if error else "Send a bearer token."
    return Refusal(ErrorCode.UNAUTHENTICATED, message, status=401, headers={"WWW-Authenticate": challenge})

"""One view for both schemas: GraphQL over HTTP, in a fixed order of work.

    who calls -> size -> parameters -> document (tokens, parse) -> budget (one pass) -> bucket -> validation -> execution

Nothing of the body is read before the caller is known. Subclasses say who may call, which bucket they draw from and in
what surroundings an operation runs.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import orjson
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from graphql import ExecutionResult, GraphQLError, execute_sync

from backend.core.rate_lease import take_from_share
from backend.core.rate_limit import Taken
from graphql_schema.http.documents import Document, DocumentStore
from graphql_schema.http.errors import ErrorCode, Refusal, document_error, field_error, internal_error, stopped
from graphql_schema.http.negotiation import GRAPHQL, JSON, chosen_media_type
from graphql_schema.http.parameters import Parameters, bad_request, from_get, from_post
from graphql_schema.limits.profiles import Limits, limits_for

CallerT = TypeVar("CallerT")


@dataclass
class Answer:
    """What goes back: the members of a GraphQL response, its HTTP status and headers."""

    errors: list[dict[str, Any]] = field(default_factory=list)
    data: Any = None
    has_data: bool = False
    status: int | None = None
    """None: 200 with data, else by the media type."""
    headers: dict[str, str] = field(default_factory=dict)
    engine: str = ""
    """Which engine answered, where a schema has two."""

    @classmethod
    def refusing(cls, refusal: Refusal) -> Answer:
        """The answer to a refused request."""
        return cls(errors=[refusal.formatted()], status=refusal.status, headers=dict(refusal.headers))


@dataclass
class Turn(Generic[CallerT]):
    """One request on its way through the view."""

    request: HttpRequest
    started: float
    media_type: str = JSON
    caller: CallerT | None = None
    limits: Limits | None = None
    document: Document | None = None
    writes: bool = False
    """Whether the operation is a mutation."""
    purpose: str = ""
    """What the caller says the answer is for."""
    points: int = 0
    taken: Taken | None = None


class GraphQLView(View, Generic[CallerT]):
    """GraphQL over HTTP for one schema."""

    http_method_names = ["get", "post", "head", "options", "put", "patch", "delete", "trace"]
    allowed_methods: ClassVar[tuple[str, ...]] = ("POST",)
    cache_control: ClassVar[str] = "private, no-store"
    engine: ClassVar[str] = ""
    """What `extensions.engine` says of an answer that was not compiled; empty: nothing."""
    store: DocumentStore

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """No cookie is ever looked at here, so there is nothing to forge across sites."""
        return csrf_exempt(super().as_view(**initkwargs))

    # -- what a schema's own view decides ------------------------------------------------------------------------------
    def identify(self, request: HttpRequest) -> CallerT:
        """Who calls. Raises Refusal UNAUTHENTICATED."""
        raise NotImplementedError

    def bucket_key(self, caller: CallerT, limits: Limits) -> str:
        """Whose bucket the request draws from."""
        raise NotImplementedError

    def permit_ad_hoc(self, caller: CallerT, document: Document) -> None:
        """Refuse a document that was not registered, where this caller needs it registered."""

    def registered_document(self, caller: CallerT, document_id: str) -> str:
        """The text of a registered document. Raises Refusal BAD_REQUEST when the caller has none under this id."""
        raise bad_request("No document is registered under this id.")

    @contextmanager
    def surroundings(self, turn: Turn[CallerT]) -> Iterator[Any]:
        """The transaction an operation runs in; yields its GraphQL context."""
        raise NotImplementedError

    def compiled(self, turn: Turn[CallerT], parameters: Parameters, document: Document) -> bytes | None:
        """The answer's `data` as JSON, in a transaction of its own, where the schema compiles this document; None: execute it."""
        return None

    # -- the order of work -----------------------------------------------------------------------------------------------
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer any request, refusals and failures included."""
        turn: Turn[CallerT] = Turn(request=request, started=time.perf_counter())
        turn.media_type = chosen_media_type(request.headers.get("Accept")) or JSON
        try:
            answer = self._answer(turn)
        except Refusal as refusal:
            answer = Answer.refusing(refusal)
        except Exception as error:  # the mask: whatever escapes must not be shown
            answer = Answer.refusing(stopped(error))
        return self._respond(turn, answer)

    def _answer(self, turn: Turn[CallerT]) -> Answer:
        turn.caller = self.identify(turn.request)
        if turn.request.method not in self.allowed_methods:
            raise Refusal(
                ErrorCode.BAD_REQUEST,
                f"Use {' or '.join(self.allowed_methods)}.",
                status=405,
                headers={"Allow": ", ".join(self.allowed_methods)},
            )
        turn.limits = limits_for("ad_hoc")
        try:
            if chosen_media_type(turn.request.headers.get("Accept")) is None:
                raise Refusal(ErrorCode.BAD_REQUEST, f"The answer can be {GRAPHQL} or {JSON}.", status=406)
            parameters, document = self._prepare(turn)
        except Refusal:
            self._draw(turn, points=1)  # a refused request costs a point as well, or guessing would be free
            raise
        self._draw(turn, points=turn.points)
        turn.document = document
        turn.writes = not document.is_query(parameters.operation_name)
        errors = self.store.validated(document)
        if errors:
            return Answer(errors=[document_error(error, ErrorCode.VALIDATION_FAILED) for error in errors])
        return self._run(turn, parameters, document)

    def _prepare(self, turn: Turn[CallerT]) -> tuple[Parameters, Document]:
        """Parameters and document of the request, within size, tokens and budget."""
        limits = limits_for("registered")
        read = from_get if turn.request.method == "GET" else from_post
        parameters = read(turn.request, limit=limits.body_bytes)
        assert turn.caller is not None  # noqa: S101  (set before)
        if parameters.document_id:
            text = self.registered_document(turn.caller, parameters.document_id)
        else:
            text, limits = parameters.query or "", limits_for("ad_hoc")
        turn.limits = limits
        document = self.store.parsed(text, limits=limits)
        if not parameters.document_id:
            self.permit_ad_hoc(turn.caller, document)
        if parameters.read_only and not document.is_query(parameters.operation_name):
            raise Refusal(ErrorCode.BAD_REQUEST, "GET may only read: use POST.", status=405, headers={"Allow": "POST"})
        tally = self.store.weighed(
            document, operation_name=parameters.operation_name, variables=parameters.variables, limits=limits
        )
        turn.points, turn.purpose = tally.cost, parameters.purpose
        return parameters, document

    def _draw(self, turn: Turn[CallerT], *, points: int) -> None:
        assert turn.caller is not None and turn.limits is not None  # noqa: S101, PT018  (set before)
        turn.points = points
        turn.taken = take_from_share(key=self.bucket_key(turn.caller, turn.limits), points=points, bucket=turn.limits.bucket)
        if not turn.taken.granted:
            wait = turn.taken.retry_after
            message = f"The points of this minute are used up; {points} will be there in {wait} s."
            raise Refusal(ErrorCode.RATE_LIMITED, message, status=429, headers={"Retry-After": str(wait)})

    def _run(self, turn: Turn[CallerT], parameters: Parameters, document: Document) -> Answer:
        text = self.compiled(turn, parameters, document)
        if text is not None:
            return Answer(data=orjson.Fragment(text), has_data=True, engine="compiled")
        with self.surroundings(turn) as context:
            result = execute_sync(
                self.store.schema,
                document.node,
                context_value=context,
                variable_values=parameters.variables,
                operation_name=parameters.operation_name,
            )
            # What a mutation's commands did stands, each by itself: its answer is given although a read of it failed.
            broken = None if turn.writes else _broken_statement(result)
            if broken is not None and connection.in_atomic_block:
                transaction.set_rollback(True)
        if broken is not None:
            return Answer.refusing(stopped(broken))
        errors = result.errors or []
        if result.data is None and all(error.path is None for error in errors):  # it never began to run
            return Answer(errors=[_request_error(error) for error in errors])
        return Answer(errors=[field_error(error) for error in errors], data=result.data, has_data=True, engine=self.engine)

    # -- the response ----------------------------------------------------------------------------------------------------
    def _respond(self, turn: Turn[CallerT], answer: Answer) -> HttpResponse:
        status = answer.status or (200 if answer.has_data or turn.media_type == JSON else 400)
        response = HttpResponse(
            orjson.dumps(self._body(turn, answer)), status=status, content_type=f"{turn.media_type}; charset=utf-8"
        )
        response.headers["Cache-Control"] = self.cache_control
        for name, value in answer.headers.items():
            response.headers[name] = value
        patch_vary_headers(response, ["Accept"])
        if settings.GRAPHQL_SERVER_TIMING:
            response.headers["Server-Timing"] = f"total;dur={(time.perf_counter() - turn.started) * 1000:.1f}"
        return response

    def _body(self, turn: Turn[CallerT], answer: Answer) -> dict[str, Any]:
        body: dict[str, Any] = {}
        if answer.errors:
            body["errors"] = answer.errors
        if answer.has_data:
            body["data"] = answer.data
        extensions: dict[str, Any] = {}
        cost = self.cost_of(turn)
        if cost:
            extensions["cost"] = cost
        if answer.engine:
            extensions["engine"] = answer.engine
        if extensions:
            body["extensions"] = extensions
        return body

    def cost_of(self, turn: Turn[CallerT]) -> Mapping[str, Any] | None:
        """`extensions.cost`: points asked for, the bucket's size, what is left, when it is full again."""
        if turn.taken is None:
            return None
        return {
            "requested": turn.points,
            "limit": turn.taken.limit,
            "remaining": turn.taken.remaining,
            "resetAt": _next_second(turn.taken.reset_at).isoformat(timespec="seconds"),
        }


def _next_second(moment: dt.datetime) -> dt.datetime:
    """The moment, or the whole second after it: what is promised must not lie in the past."""
    return (moment + dt.timedelta(microseconds=999_999)).replace(microsecond=0)


def _request_error(error: GraphQLError) -> dict[str, Any]:
    """Execution refused to begin: a variable does not fit its type, or no operation has the name."""
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        return internal_error(error.original_error).formatted()
    return document_error(error, ErrorCode.BAD_REQUEST)


def _broken_statement(result: ExecutionResult) -> DatabaseError | None:
    """The database error that a resolver met, if any: after one, the transaction answers nothing more."""
    for error in result.errors or []:
        if isinstance(error.original_error, DatabaseError):
            return error.original_error
    return None

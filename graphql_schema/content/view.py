"""`/content/graphql/`: the content API over HTTP. Open to everybody, so answers to GET may be kept by caches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from backend.core.rate_limit import address_key
from cms.base.caching import MUST_ASK
from graphql_schema.content.context import ContentContext
from graphql_schema.content.schema import content_schema
from graphql_schema.http.documents import DocumentStore
from graphql_schema.http.view import Answer, GraphQLView, Turn
from graphql_schema.limits.profiles import Limits, limits_for


@lru_cache(maxsize=1)
def content_documents() -> DocumentStore:
    """Documents of the content API seen last, one store a process."""
    schema = content_schema()
    return DocumentStore(schema=schema.core, prices=schema.prices)


class ContentView(GraphQLView[str]):
    """The content API: GET and POST; a visitor is counted by a keyed hash of the address."""

    allowed_methods = ("GET", "POST")
    cache_control = "no-store"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The schema is built when the first request comes, not at import."""
        self.store = content_documents()
        return super().dispatch(request, *args, **kwargs)

    def identify(self, request: HttpRequest) -> str:
        """The address, hashed."""
        return address_key(request)

    def bucket_key(self, caller: str, limits: Limits) -> str:
        """One bucket an address."""
        return f"content:{caller}:{limits.name}"

    @contextmanager
    def surroundings(self, turn: Turn[str]) -> Iterator[ContentContext]:
        """One transaction, with a limit on each statement. No scope is set: no case row can be seen from here."""
        limits = turn.limits or limits_for("ad_hoc")
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("select set_config('statement_timeout', %s, true)", [str(limits.statement_timeout_ms)])
            yield ContentContext()

    def cost_of(self, turn: Turn[str]) -> Mapping[str, Any] | None:
        """A kept answer cannot tell what is left to its next reader: for GET only the price and the bucket's size."""
        cost = super().cost_of(turn)
        if cost is None or turn.request.method != "GET":
            return cost
        return {name: cost[name] for name in ("requested", "limit")}

    def _respond(self, turn: Turn[str], answer: Answer) -> HttpResponse:
        response = super()._respond(turn, answer)
        if turn.request.method != "GET" or response.status_code != 200 or answer.errors:
            return response
        content = orjson.dumps(answer.data) + turn.media_type.encode()
        response.headers["ETag"] = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
        response.headers["Cache-Control"] = MUST_ASK
        kept = get_conditional_response(turn.request, etag=response.headers["ETag"], response=response) or response
        kept.headers["Cache-Control"] = response.headers["Cache-Control"]
        kept.headers["Vary"] = response.headers["Vary"]
        return kept

"""From an HTTP request to the four parameters of GraphQL over HTTP. Nothing here has parsed the document yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
from django.http import HttpRequest

from graphql_schema.http.errors import ErrorCode, Refusal

LONGEST_PURPOSE = 200
_UTF8 = {"utf-8", "utf8"}


@dataclass(frozen=True)
class Parameters:
    """What is asked: a document, or the id of a registered one."""

    query: str | None = None
    document_id: str | None = None
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    purpose: str = ""
    """What the caller says the answer is for (`extensions.purpose`); goes into the read log."""
    read_only: bool = False
    """Came by GET: only a query may run."""


def from_post(request: HttpRequest, *, limit: int) -> Parameters:
    """Parameters of a JSON body of at most `limit` bytes.

    Raises Refusal TOO_LARGE before the body is read where its announced length says so, and BAD_REQUEST for anything
    that is no JSON object of the right shape.
    """
    _require_json(request)
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    body = request.read(limit + 1)
    if len(body) > limit:
        raise _too_large(limit)
    if b"\\u0000" in body:
        raise bad_request("A text may not contain the null character.")
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad_request("The body is not valid JSON.") from None
    if isinstance(content, list):
        raise bad_request("Batches are not accepted: send one operation in a request.")
    if not isinstance(content, dict):
        raise bad_request("The body must be a JSON object.")
    return _checked(content, read_only=False)


def from_get(request: HttpRequest, *, limit: int) -> Parameters:
    """Parameters of a query string; `variables` and `extensions` are JSON texts in it."""
    if len(request.META.get("QUERY_STRING", "")) > limit:
        raise Refusal(ErrorCode.TOO_LARGE, f"The address is longer than {limit} bytes.", status=414)
    content: dict[str, Any] = {name: request.GET.get(name) for name in ("query", "documentId", "operationName")}
    for name in ("variables", "extensions"):
        text = request.GET.get(name)
        if text:
            try:
                content[name] = orjson.loads(text)
            except orjson.JSONDecodeError:
                raise bad_request(f"The parameter {name} is not valid JSON.") from None
    if any("\x00" in value or "\\u0000" in value for value in request.GET.values()):
        raise bad_request("A text may not contain the null character.")
    return _checked(content, read_only=True)


def _require_json(request: HttpRequest) -> None:
    kind = (request.content_type or "").lower()
    charset = (request.content_params or {}).get("charset", "utf-8").strip('"').lower()
    if kind != "application/json" or charset not in _UTF8:
        raise Refusal(ErrorCode.BAD_REQUEST, "The body must be application/json in UTF-8.", status=415)
    if request.META.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
        raise Refusal(ErrorCode.BAD_REQUEST, "Compressed bodies are not accepted.", status=415)


def _checked(content: dict[str, Any], *, read_only: bool) -> Parameters:
    for name, kind in (("query", str), ("documentId", str), ("operationName", str), ("variables", dict), ("extensions", dict)):
        value = content.get(name)
        if value is not None and not isinstance(value, kind):
            raise bad_request(f"The parameter {name} must be {'a string' if kind is str else 'an object'}.")
    query, document_id = content.get("query"), content.get("documentId")
    if not query and not document_id:
        raise bad_request("The request names no document: send query, or documentId.")
    if query and document_id:
        raise bad_request("Send either query or documentId, not both.")
    return Parameters(
        query=query or None,
        document_id=document_id or None,
        operation_name=content.get("operationName") or None,
        variables=content.get("variables") or {},
        purpose=_purpose(content.get("extensions") or {}),
        read_only=read_only,
    )


def _purpose(extensions: dict[str, Any]) -> str:
    purpose = extensions.get("purpose", "")
    if not isinstance(purpose, str) or len(purpose) > LONGEST_PURPOSE:
        raise bad_request(f"extensions.purpose is a text of {LONGEST_PURPOSE} characters at most.")
    return purpose.strip()


def bad_request(message: str) -> Refusal:
    """The request is not well formed: 400 under either media type."""
    return Refusal(ErrorCode.BAD_REQUEST, message, status=400)


def _too_large(limit: int) -> Refusal:
    return Refusal(ErrorCode.TOO_LARGE, f"The body is longer than {limit} bytes.", status=413)

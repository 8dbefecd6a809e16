"""Refusals with a code, and the mask over everything else.

A caller reads a code of the contract and a sentence that we wrote. What Python or PostgreSQL had to say goes to the log
under a reference number that the answer repeats.
"""

from __future__ import annotations

import logging
import secrets
from enum import StrEnum
from typing import Any

from django.db import OperationalError
from graphql import GraphQLError
from psycopg.errors import QueryCanceled

logger = logging.getLogger("graphql_schema")


class ErrorCode(StrEnum):
    """Codes of request errors (contract, "Case API: how it speaks")."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    BAD_REQUEST = "BAD_REQUEST"
    PARSE_FAILED = "PARSE_FAILED"
    VALIDATION_FAILED = "VALIDATION_FAILED"
    TOO_COMPLEX = "TOO_COMPLEX"
    TOO_LARGE = "TOO_LARGE"
    RATE_LIMITED = "RATE_LIMITED"
    TIMEOUT = "TIMEOUT"
    INTERNAL = "INTERNAL"


class Refusal(Exception):
    """We decline, and say why. The only exception whose message a caller reads.

    Raised before execution it refuses the request; `status` is then the HTTP status, and None leaves it to the media
    type (a well-formed request that GraphQL refuses). Raised by a resolver it becomes that field's error.
    """

    def __init__(
        self, code: ErrorCode, message: str, *, status: int | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.headers = headers or {}

    def formatted(self) -> dict[str, Any]:
        """The error as the answer carries it."""
        return {"message": self.message, "extensions": {"code": str(self.code)}}


def is_timeout(error: BaseException | None) -> bool:
    """Whether PostgreSQL stopped a statement because its time was up."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled)


def internal_error(error: BaseException) -> Refusal:
    """Log what happened under a reference number and give the caller only the number."""
    reference = secrets.token_hex(6)
    logger.error("GraphQL request failed (reference %s)", reference, exc_info=error)
    return Refusal(ErrorCode.INTERNAL, f"Something went wrong on our side (reference {reference}).", status=500)


def stopped(error: BaseException) -> Refusal:
    """What to answer where an error ended the work: TIMEOUT when its time was up, else INTERNAL."""
    if is_timeout(error):
        return Refusal(ErrorCode.TIMEOUT, "The request took too long and was stopped. Ask for less at a time.", status=503)
    return internal_error(error)


def document_error(error: GraphQLError, code: ErrorCode) -> dict[str, Any]:
    """A parse, validation or variable error: the library's words, without its guesses at what was meant."""
    formatted: dict[str, Any] = {"message": error.message.split(" Did you mean ")[0], "extensions": {"code": str(code)}}
    if error.locations:
        formatted["locations"] = [location.formatted for location in error.locations]
    return formatted


def field_error(error: GraphQLError) -> dict[str, Any]:
    """A field's error: our own refusal in its words, anything else masked."""
    original = error.original_error
    refusal = original if isinstance(original, Refusal) else stopped(original or error)
    formatted = refusal.formatted()
    if error.path is not None:
        formatted["path"] = error.path
    if error.locations:
        formatted["locations"] = [location.formatted for location in error.locations]
    return formatted

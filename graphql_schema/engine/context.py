"""What a running operation knows: the caller, the scope, the time left."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError
from psycopg.errors import QueryCanceled

from backend.accounts.scope import Scope
from graphql_schema.engine.declarations import ANY_TOKEN, Declarations
from graphql_schema.engine.stage import Stage
from graphql_schema.http.errors import ErrorCode, Refusal


@dataclass
class Context:
    """GraphQL context of the case API."""

    scope: Scope
    declarations: Declarations
    caller: Any = None
    memo: dict[Any, Any] = field(default_factory=dict)
    """What is known of the document from requests before."""
    deadline: float = field(default_factory=lambda: time.monotonic() + 3_600)
    """On `time.monotonic()`. Each statement has a limit of its own; this one holds for all of them."""
    stage: Stage | None = None
    """Transactions of a mutation operation; None for a query, which runs in one."""
    language: str = "lv"
    """Language of messages for people."""

    def require(self, token_scope: str) -> None:
        """Raise Refusal FORBIDDEN unless the token carries `token_scope` (empty: nothing is needed)."""
        if not self.may(token_scope):
            raise Refusal(ErrorCode.FORBIDDEN, f"The token lacks the scope {token_scope}.", status=403)

    def may(self, token_scope: str) -> bool:
        """Whether the token carries `token_scope`."""
        return token_scope in {"", ANY_TOKEN} or token_scope in self.scope.token_scopes

    def check_time(self) -> None:
        """Raise, like a statement that PostgreSQL stopped, when the request's time is up."""
        if time.monotonic() > self.deadline:
            raise OperationalError("The request ran out of time.") from QueryCanceled()

"""What a running operation knows: the caller, the scope, the time left, what it has shown."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError
from django.db.models import Q
from graphql import GraphQLResolveInfo, get_named_type
from psycopg.errors import QueryCanceled

from backend.accounts.scope import Scope
from graphql_schema.engine.access import readable
from graphql_schema.engine.classes import Classes, Selections
from graphql_schema.engine.declarations import ANY_TOKEN, Declarations, FieldSource, ObjectType
from graphql_schema.engine.stage import Stage
from graphql_schema.http.errors import ErrorCode, Refusal


@dataclass(frozen=True)
class Shown:
    """A row that names a learner and was put into the answer."""

    declared: ObjectType
    row: Any
    classes: Classes


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
    reads: dict[Any, Shown] = field(default_factory=dict)
    """Rows shown that name a learner (`engine.reads` logs them)."""
    places: dict[Any, Any] = field(default_factory=dict)
    """Of such rows, where those belong whom no query finds any more when the log is written."""
    _root: GraphQLResolveInfo | None = None
    _classes: Classes | None = None
    _readable: dict[tuple[str, str], Q] = field(default_factory=dict)

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

    def readable(self, source: FieldSource, declared: ObjectType) -> Q:
        """Condition for the rows in which the caller reads a field."""
        key = (declared.name, source.name)
        if key not in self._readable:
            self._readable[key] = readable(source, declared, self.scope)
        return self._readable[key]

    # -- what is shown -----------------------------------------------------------------------------------------------------
    def begins(self, info: GraphQLResolveInfo) -> None:
        """A root field begins: what is shown from now on is shown under it."""
        self._root, self._classes = info, None

    def names_types(self, types: Iterable[str]) -> None:
        """The root field being answered gives objects of these types (`node`, `nodes`)."""
        self._classes = self._under_root(types)

    def shown(self, declared: ObjectType, rows: Iterable[Any], *, under: ObjectType | None = None) -> None:
        """Note rows of a type that are put into the answer; what stands under a row that names the learner is noted with it."""
        if declared.learner and not (under is not None and under.always_names_learner):
            if self._classes is None:
                kind = get_named_type(self._root.return_type) if self._root is not None else None
                self._classes = self._under_root([kind.name] if kind is not None else [])
            for row in rows:
                met = self.reads.get((declared.name, row.pk))
                classes = self._classes | met.classes if met is not None else self._classes
                self.reads[declared.name, row.pk] = Shown(declared, row, classes)

    def _under_root(self, types: Iterable[str]) -> Classes:
        info = self._root
        if info is None:
            return frozenset()
        selections = Selections(info.schema, self.declarations, info.fragments, info.variable_values, self.scope)
        return selections.classes(info.field_nodes, types)

"""Documents, parsed, weighed and validated; the last ones are kept.

The order matters: the lexer counts tokens, then the budget is taken in one linear pass, and only what is within it is
validated, since validation compares fields in pairs.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    recommended_rules,
    specified_rules,
    validate,
)

from graphql_schema.http.errors import ErrorCode, Refusal
from graphql_schema.limits.budget import Prices, Tally, weigh
from graphql_schema.limits.profiles import Limits

_KEPT_DOCUMENTS = 256
_KEPT_TALLIES = 32
_MOST_ERRORS = 8
_INTROSPECTION = frozenset({"__schema", "__type", "__typename"})
_RULES = (*specified_rules, *recommended_rules)


@dataclass
class Document:
    """A parsed document with what is known about it so far."""

    node: DocumentNode
    errors: list[GraphQLError] | None = None
    """Validation errors; None until validated."""
    depends_on: frozenset[str] | None = None
    tallies: dict[tuple[Any, ...], Tally] = field(default_factory=dict)
    memo: dict[Any, Any] = field(default_factory=dict)
    """For whoever executes it: what follows from the text alone."""

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation that `name` picks, or the only one."""
        found = [
            node
            for node in self.node.definitions
            if isinstance(node, OperationDefinitionNode) and (name is None or (node.name is not None and node.name.value == name))
        ]
        return found[0] if len(found) == 1 else None

    def only_introspects(self) -> bool:
        """Whether every operation asks for the schema alone."""
        for node in self.node.definitions:
            if isinstance(node, OperationDefinitionNode):
                for item in node.selection_set.selections:
                    if not isinstance(item, FieldNode) or item.name.value not in _INTROSPECTION:
                        return False
        return True

    def is_query(self, name: str | None) -> bool:
        """Whether the operation only reads."""
        node = self.operation(name)
        return node is None or node.operation == OperationType.QUERY


class DocumentStore:
    """The documents of one schema seen last, by the hash of their text."""

    def __init__(self, *, schema: GraphQLSchema, prices: Prices) -> None:
        self.schema = schema
        self.prices = prices
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._lock = threading.Lock()

    def parsed(self, text: str, *, limits: Limits) -> Document:
        """The document of a text. Raises Refusal PARSE_FAILED or TOO_COMPLEX."""
        key = f"{limits.name}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        document = Document(_parse(text, limits=limits))
        with self._lock:
            self._kept[key] = document
            while len(self._kept) > _KEPT_DOCUMENTS:
                self._kept.popitem(last=False)
        return document

    def weighed(self, document: Document, *, operation_name: str | None, variables: Mapping[str, Any], limits: Limits) -> Tally:
        """Weight of the document with these variables. Raises Refusal TOO_COMPLEX past a limit."""
        tally = self._known_tally(document, operation_name, variables) or self._weigh(document, operation_name, variables, limits)
        problem = tally.excess(limits)
        if problem:
            raise Refusal(ErrorCode.TOO_COMPLEX, problem)
        return tally

    def validated(self, document: Document) -> list[GraphQLError]:
        """Validation errors, at most a handful; empty for a good document."""
        if document.errors is None:
            document.errors = validate(self.schema, document.node, _RULES, max_errors=_MOST_ERRORS)
        return document.errors

    def _known_tally(self, document: Document, operation_name: str | None, variables: Mapping[str, Any]) -> Tally | None:
        if document.depends_on is None:
            return None
        return document.tallies.get(_tally_key(document.depends_on, operation_name, variables))

    def _weigh(self, document: Document, operation_name: str | None, variables: Mapping[str, Any], limits: Limits) -> Tally:
        try:
            result = weigh(
                schema=self.schema,
                document=document.node,
                operation_name=operation_name,
                variables=variables,
                prices=self.prices,
                page=limits.page,
            )
        except RecursionError:
            raise Refusal(ErrorCode.TOO_COMPLEX, "The document is nested too deeply.") from None
        document.depends_on = result.depends_on
        if len(document.tallies) < _KEPT_TALLIES:
            document.tallies[_tally_key(result.depends_on, operation_name, variables)] = result.tally
        return result.tally


def _tally_key(depends_on: frozenset[str], operation_name: str | None, variables: Mapping[str, Any]) -> tuple[Any, ...]:
    values = (variables.get(name) for name in sorted(depends_on))
    return (
        operation_name,
        *(value if isinstance(value, int) else len(value) if isinstance(value, list) else None for value in values),
    )


_TOKEN = re.compile(
    r'"""(?>\\"""|[^"]|"(?!""))*+"""|"(?:\\.|[^"\\\n\r])*+"|#[^\n\r]*+'  # texts and comments, which hide what stands in them
    r"|\.\.\.|[!$&()\[\]{}|:=@]|[_A-Za-z][_0-9A-Za-z]*+|-?[0-9][0-9.eE+-]*+"
)


def too_many_tokens(text: str, *, limit: int) -> bool:
    """Whether a text has more than `limit` lexical tokens: ten times quicker than the parser, which counts again."""
    found = (match for match in _TOKEN.finditer(text) if text[match.start()] != "#")
    return next(islice(found, limit, None), None) is not None


def _parse(text: str, *, limits: Limits) -> DocumentNode:
    if too_many_tokens(text, limit=limits.tokens):
        raise Refusal(ErrorCode.TOO_COMPLEX, f"The document has more than {limits.tokens} tokens.")
    try:
        return parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.tokens)
    except GraphQLSyntaxError as error:
        message = error.message.removeprefix("Syntax Error: ")
        if "Document contains more" in message or "nested too deeply" in message:
            raise Refusal(ErrorCode.TOO_COMPLEX, message) from None
        raise _Unparsable(error) from None


class _Unparsable(Refusal):
    """A syntax error, with the place where it was found."""

    def __init__(self, error: GraphQLSyntaxError) -> None:
        super().__init__(ErrorCode.PARSE_FAILED, error.message)
        self.locations = [location.formatted for location in error.locations or []]

    def formatted(self) -> dict[str, Any]:
        return {**super().formatted(), "locations": self.locations}

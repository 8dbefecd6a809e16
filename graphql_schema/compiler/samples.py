"""Variables that fit a document, made up: to compile it before anybody has sent one."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    is_list_type,
    type_from_ast,
)

_SCALARS: dict[str, Any] = {
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "String": "",
    "ID": "",
    "Date": "2023-01-01",
    "Time": "08:00:00",
    "DateTime": "2023-01-01T08:00:00+00:00",
}


def sample_variables(schema: GraphQLSchema, operation: OperationDefinitionNode) -> dict[str, Any]:
    """A value for each variable that must have one, and 1 for every number, so that pages have a size."""
    found = {}
    for definition in operation.variable_definitions:
        kind = type_from_ast(schema, definition.type)
        required = isinstance(kind, GraphQLNonNull) and definition.default_value is None
        if required or getattr(kind, "name", "") == "Int":
            found[definition.variable.name.value] = _value(kind)
    return found


def _value(kind: Any) -> Any:
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if is_list_type(kind):
        return [_value(kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {name: _value(item.type) for name, item in kind.fields.items() if isinstance(item.type, GraphQLNonNull)}
    return _SCALARS.get(kind.name, "") if isinstance(kind, GraphQLScalarType) else None

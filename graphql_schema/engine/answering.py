"""Resolvers, made of declarations: each takes (row, context, arguments)."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

import strawberry
from django.conf import settings
from django.utils import translation
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from backend.core.identifiers import parse_public_id
from graphql_schema.engine.connections import ConnectionRows, child_connection, root_connection
from graphql_schema.engine.context import Context
from graphql_schema.engine.declarations import (
    Children,
    FieldSource,
    Found,
    Gathered,
    ObjectType,
    Pointer,
    Reckoned,
    Relation,
    RootField,
    Sealed,
    Worded,
)
from graphql_schema.engine.kinds import two_places
from graphql_schema.engine.loading import found_row, gathered_rows, many, may_show, opened, pointed, reckoned, related
from graphql_schema.http.parameters import bad_request

COUNT_COST = 10
"""Points of `totalCount`: a count reads the whole list."""

Resolver = Callable[[Any, Context, dict[str, Any]], Any]


def relation(source: Relation, owner: ObjectType, target: ObjectType) -> Resolver:
    """Follows a foreign key."""
    return lambda row, context, arguments: related(source, owner, target, row, context)


def found(source: Found, owner: ObjectType, target: ObjectType) -> Resolver:
    """Looks up one row."""
    return lambda row, context, arguments: found_row(source, owner, target, row, context)


def guarded(source: FieldSource, declared: ObjectType, read: Callable[[Any], Any]) -> Resolver:
    """Reads a field that some roles do not read, or that needs a token scope of its own."""

    def resolve(row: Any, context: Context, arguments: dict[str, Any]) -> Any:
        context.require(source.needs)
        return read(row) if may_show(source, declared, row, context) else None

    return resolve


def worded(source: Worded) -> Resolver:
    """Puts words together in the language of the request."""

    def resolve(row: Any, context: Context, arguments: dict[str, Any]) -> str:
        with translation.override(context.language):
            return str(source.compute(row))

    return resolve


def pointer(source: Pointer, owner: ObjectType) -> Resolver:
    """Follows a type tag and a key."""
    return lambda row, context, arguments: pointed(source, owner, row, context)


def computed(source: Reckoned, declared: ObjectType) -> Resolver:
    """Asks the database for a count or a sum."""

    def resolve(row: Any, context: Context, arguments: dict[str, Any]) -> Any:
        context.require(source.needs)
        value = reckoned(source, declared, row, context)
        return two_places(value) if source.kind is Decimal and value is not None else value

    return resolve


def sealed(source: Sealed, declared: ObjectType) -> Resolver:
    """Opens a text that is kept encrypted."""

    def resolve(row: Any, context: Context, arguments: dict[str, Any]) -> Any:
        context.require(source.needs)
        return opened(source, declared, row, context)

    return resolve


def gathered(source: Gathered, declared: ObjectType) -> Resolver:
    """Lists what the domain works out for the row."""

    def resolve(row: Any, context: Context, arguments: dict[str, Any]) -> Any:
        context.require(source.needs)
        return gathered_rows(source, declared, row, context)

    return resolve


def children(source: Children, owner: ObjectType, target: ObjectType) -> Resolver:
    """Lists what points to the row."""

    def resolve(row: Any, context: Context, arguments: dict[str, Any]) -> ConnectionRows:
        return child_connection(source, target, row, context, _plain(arguments), owner=owner, largest=_largest())

    return resolve


def root_list(target: ObjectType) -> Resolver:
    """Lists what the caller reaches."""

    def resolve(row: Any, context: Context, arguments: dict[str, Any]) -> ConnectionRows:
        return root_connection(target, context, _plain(arguments), largest=_largest())

    return resolve


def root(declared: RootField) -> Resolver:
    """Runs a root field's own resolver, once the token's scope is there."""

    def resolve(row: Any, context: Context, arguments: dict[str, Any]) -> Any:
        context.require(declared.needs)
        return declared.resolve(context, **_plain(arguments))

    return resolve


def node_fields(make: Callable[..., Any]) -> dict[str, Any]:
    """`node(id)` and `nodes(ids)` of Relay."""
    one_id = StrawberryArgument("id", "id", StrawberryAnnotation(strawberry.ID), description="Id of the thing.")
    ids = StrawberryArgument("ids", "ids", StrawberryAnnotation(list[strawberry.ID]), description="Ids, 100 at most.")
    about = "null where it is absent, malformed or not within the caller's reach, which nobody can tell apart."
    return {
        "node": make("node", "Node", f"A thing by its id; {about}", resolve=_node, arguments=[one_id]),
        "nodes": make(
            "nodes",
            "list[Node | None]",
            f"Things by their ids, in their order; {about}",
            resolve=_nodes,
            nullable=False,
            arguments=[ids],
        ),
    }


def _node(row: Any, context: Context, arguments: dict[str, Any]) -> Any:
    return _found([arguments["id"]], context)[0]


def _nodes(row: Any, context: Context, arguments: dict[str, Any]) -> list[Any]:
    ids: list[str] = arguments["ids"]
    if len(ids) > _largest():
        raise bad_request(f"At most {_largest()} ids at a time.")
    return _found(ids, context)


def _found(ids: list[str], context: Context) -> list[Any]:
    """Rows of some ids, one statement a type; None in place of what is not there for this caller."""
    types = context.declarations.by_tag()
    parsed = [parse_public_id(value) for value in ids]
    rows: dict[tuple[str, Any], Any] = {}
    tags = sorted({part[0] for part in parsed if part is not None})
    context.names_types(types[tag].name for tag in tags if tag in types and context.may(types[tag].needs))
    for tag in tags:
        declared = types.get(tag)
        if declared is not None and context.may(declared.needs):
            keys = [part[1] for part in parsed if part is not None and part[0] == tag]
            rows |= {(tag, key): row for key, row in many(declared, context, keys=keys).items()}
    return [rows.get(part) if part is not None else None for part in parsed]


def _largest() -> int:
    largest: int = settings.GRAPHQL_LIMITS["both"]["page"]
    return largest


def _plain(value: Any) -> Any:
    """Strawberry's input objects and enum members as mappings and values."""
    if is_dataclass(value) and not isinstance(value, type):
        given = ((item.name, getattr(value, item.name)) for item in fields(value))
        return {name.removesuffix("_"): _plain(part) for name, part in given if part is not strawberry.UNSET}
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items() if item is not strawberry.UNSET}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, enum.Enum) else value

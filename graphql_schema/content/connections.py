"""Connections of the content API: graphene-django's, with our rules for pages and our refusals."""

from __future__ import annotations

from typing import Any

import graphene
from django.conf import settings
from graphene_django.filter import DjangoFilterConnectionField
from graphql_relay import cursor_to_offset

from graphql_schema.engine.loading import Batch
from graphql_schema.http.parameters import bad_request

_FURTHEST = 1_000_000
"""Offsets beyond this lie behind the end of any list here."""


class ContentConnection(graphene.Connection):
    """A page of a list."""

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(cls, node: Any = None, name: str | None = None, **options: Any) -> None:
        """Each list says what it lists; neither an edge nor its node is ever null."""
        described = f"A page of a list of {node._meta.name}." if node is not None else None
        super().__init_subclass_with_meta__(node=node, name=name, strict_types=True, description=described, **options)

    total_count = graphene.Int(required=True, description="How many items the list has in all.")

    @staticmethod
    def resolve_total_count(connection: Any, info: Any) -> int:
        return int(connection.length)


class ContentField(DjangoFilterConnectionField):
    """A filtered connection: `first` or `last`, at most a hundred; without either, the first hundred."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("first", graphene.Int(description="Items from the start of the list, 1 to 100."))
        kwargs.setdefault("after", graphene.String(description="Cursor to go on from (with `first`)."))
        kwargs.setdefault("last", graphene.Int(description="Items from the end of the list, 1 to 100."))
        kwargs.setdefault("before", graphene.String(description="Cursor to go back from (with `last`)."))
        kwargs.setdefault("offset", graphene.Int(description="Items to leave out from the start (with `first`)."))
        super().__init__(*args, max_limit=settings.GRAPHQL_LIMITS["both"]["page"], **kwargs)

    @classmethod
    def connection_resolver(cls, *parts: Any, **arguments: Any) -> Any:
        """Refuse what is out of the rules before the library asserts it."""
        _check(arguments)
        return super().connection_resolver(*parts, **arguments)

    @classmethod
    def resolve_connection(cls, connection: Any, args: dict[str, Any], iterable: Any, max_limit: int | None = None) -> Any:
        """As the library does; the rows know each other as siblings from then on."""
        page = super().resolve_connection(connection, args, iterable, max_limit=max_limit)
        Batch(edge.node for edge in page.edges)
        return page


def _check(arguments: dict[str, Any]) -> None:
    largest = settings.GRAPHQL_LIMITS["both"]["page"]
    sizes = [arguments[name] for name in ("first", "last") if arguments.get(name) is not None]
    if len(sizes) > 1:
        raise bad_request("Give either first or last.")
    if any(not 1 <= size <= largest for size in sizes):
        raise bad_request(f"A page has 1 to {largest} items.")
    if not 0 <= (arguments.get("offset") or 0) <= _FURTHEST:
        raise bad_request("The offset is out of range.")
    if arguments.get("offset") and (arguments.get("before") or arguments.get("last")):
        raise bad_request("Use offset with first.")
    for name in ("after", "before"):
        cursor = arguments.get(name)
        if cursor is not None:
            place = cursor_to_offset(cursor) if cursor.isascii() else None
            if place is None or not 0 <= place <= _FURTHEST:
                raise bad_request("The cursor is malformed.")

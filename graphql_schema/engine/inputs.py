"""Arguments and input types of lists, made of the declared filters, orders and search."""

from __future__ import annotations

import datetime as dt
import enum
import keyword
from functools import reduce
from operator import or_
from types import UnionType
from typing import Any, get_args, get_origin

import strawberry
from django.db.models import Choices
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from graphql_schema.engine.declarations import Declarations, Filter, FilterKind, InputObject, ObjectType, snake_case
from graphql_schema.engine.kinds import Enums

_TYPES: dict[FilterKind, Any] = {
    FilterKind.ID: strawberry.ID,
    FilterKind.TEXT: str,
    FilterKind.DATE: dt.date,
    FilterKind.MOMENT: dt.datetime,
    FilterKind.VALID_ON: dt.date,
    FilterKind.INTEGER: int,
    FilterKind.NUMBER: float,
    FilterKind.YES_NO: bool,
    FilterKind.FILLED: bool,
    FilterKind.WITH_ALSO: bool,
}


@strawberry.enum(description="Which way a list runs.")
class OrderDirection(enum.Enum):
    """Ascending or descending."""

    ASC = strawberry.enum_value("ASC", description="From the smallest to the largest.")
    DESC = strawberry.enum_value("DESC", description="From the largest to the smallest.")


class Inputs:
    """Input types of one schema, each made once."""

    def __init__(self, declarations: Declarations, enums: Enums) -> None:
        self.declarations = declarations
        self.enums = enums
        self._filters: dict[str, Any] = {}
        self._orders: dict[str, Any] = {}
        self._objects: dict[str, Any] = {}

    def argument(self, name: str, kind: Any, description: str) -> StrawberryArgument:
        """An argument that may be left out; a `str` kind names no type here, it is a Python type."""
        return StrawberryArgument(
            python_name=snake_case(name),
            graphql_name=name,
            type_annotation=StrawberryAnnotation(self._of(kind)),
            description=description,
            default=strawberry.UNSET,
        )

    def _of(self, kind: Any) -> Any:
        """The annotation of an argument's kind: choices become their enum, a declared object its input type."""
        if isinstance(kind, InputObject):
            if kind.name not in self._objects:
                members = {item.name: (self._of(item.kind), item.description) for item in kind.members}
                self._objects[kind.name] = _input(kind.name, members, kind.description)
            return self._objects[kind.name] | None
        if isinstance(kind, type) and issubclass(kind, Choices):
            return self.enums.of(kind)
        if isinstance(kind, UnionType):
            return reduce(or_, (self._of(part) for part in get_args(kind)))
        if get_origin(kind) is list:
            return list.__class_getitem__(self._of(get_args(kind)[0]))
        return kind

    def list_arguments(self, declared: ObjectType) -> list[StrawberryArgument]:
        """`first after last before` and, as far as declared, `filters orderBy search`."""
        arguments = [
            self.argument("first", int | None, "Items from the start of the list, 1 to 100. Give this or `last`."),
            self.argument("after", str | None, "Cursor to go on from (with `first`)."),
            self.argument("last", int | None, "Items from the end of the list, 1 to 100. Give this or `first`."),
            self.argument("before", str | None, "Cursor to go back from (with `last`)."),
        ]
        if declared.filters:
            arguments.append(self.argument("filters", self._filter_type(declared) | None, "Conditions, all of which must hold."))
        if declared.orders:
            terms: Any = list[self._order_type(declared)] | None  # type: ignore[misc]
            arguments.append(self.argument("orderBy", terms, "Order of the list; the id settles what is left open."))
        if declared.search is not None:
            arguments.append(self.argument("search", str | None, "Words that must all occur; case and diacritics are forgiven."))
        return arguments

    def _filter_type(self, declared: ObjectType) -> Any:
        if declared.name not in self._filters:
            members = {item.name: (self._filter_kind(item), item.description) for item in declared.filters}
            name = f"{declared.name}Filter"
            self._filters[declared.name] = _input(name, members, f"Conditions on a list of {declared.name}.")
        return self._filters[declared.name]

    def _filter_kind(self, item: Filter) -> Any:
        if item.kind is FilterKind.CHOICES:
            assert item.enum is not None  # noqa: S101  (checked when the type was)
            return list[self.enums.of(item.enum)]  # type: ignore[misc]
        if item.kind is FilterKind.SEMESTER:
            return strawberry.ID if item.tag else str
        return list[str] if item.kind is FilterKind.TEXTS else _TYPES[item.kind]

    def _order_type(self, declared: ObjectType) -> Any:
        if declared.name not in self._orders:
            members = {order.name: strawberry.enum_value(order.name, description=order.description) for order in declared.orders}
            field = strawberry.enum(
                enum.Enum(f"{declared.name}OrderField", members),  # type: ignore[call-overload]
                name=f"{declared.name}OrderField",
                description=f"What a list of {declared.name} can be ordered by.",
            )
            parts = {
                "field": (field, "What to order by."),
                "direction": (OrderDirection, "Which way."),
            }
            name = f"{declared.name}Order"
            self._orders[declared.name] = _input(
                name, parts, f"One term of the order of a list of {declared.name}.", required=True
            )
        return self._orders[declared.name]


def python_name(member: str) -> str:
    """Name of an input's member as an attribute: Python keeps words like `from` for itself."""
    return f"{member}_" if keyword.iskeyword(member) else member


def _input(name: str, members: dict[str, tuple[Any, str]], description: str, *, required: bool = False) -> Any:
    """An input type whose values reach resolvers as a plain mapping, under the schema's own names."""
    body: dict[str, Any] = {"__annotations__": {}}
    for member, (kind, text) in members.items():
        attribute = python_name(member)
        body["__annotations__"][attribute] = kind if required else kind | None
        options: dict[str, Any] = {} if required else {"default": strawberry.UNSET}
        body[attribute] = strawberry.field(name=member, description=text, **options)
    return strawberry.input(type(name, (), body), name=name, description=description)

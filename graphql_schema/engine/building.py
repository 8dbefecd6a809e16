"""From declarations to a Strawberry schema.

The build fails on a type or field without a description, a token scope or a data class: nothing reaches the outside
that nobody has thought about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import strawberry
from django.db.models import Choices
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from backend.core.classification import DataClass, classification_of
from graphql_schema.engine import answering
from graphql_schema.engine.access import class_of, is_guarded
from graphql_schema.engine.checking import check_type
from graphql_schema.engine.context import Context
from graphql_schema.engine.declarations import (
    ANY_TOKEN,
    Children,
    Column,
    Declarations,
    Derived,
    FieldSource,
    Found,
    Gathered,
    ObjectType,
    Pointer,
    Reckoned,
    Relation,
    RootField,
    Sealed,
    Value,
    Worded,
    snake_case,
)
from graphql_schema.engine.inputs import Inputs
from graphql_schema.engine.kinds import Enums, SchemaError, kind_of, two_places
from graphql_schema.engine.mutations import Mutations
from graphql_schema.engine.reach import needs_of
from graphql_schema.limits.budget import Prices

Resolver = Callable[[Any, Any, dict[str, Any]], Any]


class SourceField(StrawberryField):
    """A Strawberry field that is answered by its declaration."""

    resolve: Resolver
    is_root = False

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """Strawberry calls this with converted arguments."""
        context: Context = info.context
        if self.is_root:
            context.begins(info._raw_info)
            for token_scope in sorted(needs_of(info._raw_info, context.declarations, context.memo)):
                context.require(token_scope)
        return self.resolve(source, context, kwargs)

    @property
    def is_basic_field(self) -> bool:
        return False


class ColumnField(StrawberryField):
    """A field of the row itself: read without arguments, context or scope."""

    read: Callable[[Any], Any]

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """Strawberry's short way for basic fields."""
        return self.read(source)


@strawberry.interface(description="A thing with an id that stays the same and says nothing.")
class Node:
    """Relay's Node."""

    id: strawberry.ID = strawberry.field(description="Opaque id, good for `node(id:)`.")


@strawberry.type(description="Where a page lies in its list (Relay).")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(description="Whether more follow after this page.")
    has_previous_page: bool = strawberry.field(description="Whether some come before this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge; null for an empty page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge; null for an empty page.")


class Builder:
    """One build of a schema."""

    def __init__(self, declarations: Declarations, *, enum_descriptions: Mapping[str, str]) -> None:
        self.declarations = declarations
        self.enums = Enums(enum_descriptions)
        self.inputs = Inputs(declarations, self.enums)
        self.classes: dict[str, type] = {"Node": Node, "PageInfo": PageInfo}
        self.points: dict[str, int] = {}
        self.lengths: dict[str, int] = {}
        self.classified: dict[str, DataClass] = {}

    def schema(self) -> strawberry.Schema:
        """The schema. Raises SchemaError on a declaration that does not hold."""
        for declared in self.declarations.types.values():
            check_type(declared)
            self.classes[declared.name] = type(declared.name, (Node,) if declared.model else (), {"__annotations__": {}})
            if declared.model is not None:
                self._connection(declared)
        for declared in self.declarations.types.values():
            self._finish(declared)
        query = self._query()
        return strawberry.Schema(
            query=query,
            mutation=Mutations(self).root(self.declarations.mutations.values()),
            types=[self.classes[name] for name in self.declarations.types],
            config=StrawberryConfig(),
        )

    @property
    def prices(self) -> Prices:
        """What the declarations say of cost, for the budget."""
        return Prices(points=self.points, lengths=self.lengths)

    # -- types -----------------------------------------------------------------------------------------------------------
    def _finish(self, declared: ObjectType) -> None:
        fields: dict[str, Any] = {snake_case(source.name): self._field(source, declared) for source in declared.fields}
        if declared.model is not None:
            model = declared.model
            fields["is_type_of"] = classmethod(lambda cls, obj, info: isinstance(obj, model))
        self._strawberry_type(self.classes[declared.name], fields, name=declared.name, description=declared.description)

    def _strawberry_type(self, cls: type, members: dict[str, Any], *, name: str, description: str) -> None:
        for attribute, member in members.items():
            setattr(cls, attribute, member)
            if isinstance(member, StrawberryField):
                member.python_name = attribute
                cls.__annotations__[attribute] = member.type_annotation.annotation if member.type_annotation else Any
        strawberry.type(cls, name=name, description=description)

    def _connection(self, declared: ObjectType) -> None:
        name = declared.name
        edge = type(f"{name}Edge", (), {"__annotations__": {}})
        connection = type(f"{name}Connection", (), {"__annotations__": {}})
        self.classes |= {edge.__name__: edge, connection.__name__: connection}
        self._strawberry_type(
            edge,
            {
                "node": self._plain("node", f"{name}", "The item.", nullable=False),
                "cursor": self._plain("cursor", str, "Where the item stands in the list.", nullable=False),
            },
            name=edge.__name__,
            description=f"An item of a list of {name}, with its place.",
        )
        self._strawberry_type(
            connection,
            {
                "edges": self._plain("edges", f"list[{edge.__name__}]", "Items of this page.", nullable=False),
                "page_info": self._plain("pageInfo", PageInfo, "Where this page lies in the list.", nullable=False),
                "total_count": self._plain(
                    "totalCount", int, "How many items the list has in all; counted only when asked for.", nullable=False
                ),
            },
            name=connection.__name__,
            description=f"A page of a list of {name}.",
        )
        self.points[f"{connection.__name__}.totalCount"] = answering.COUNT_COST

    def _plain(self, name: str, annotation: Any, description: str, *, nullable: bool) -> StrawberryField:
        return StrawberryField(
            graphql_name=name, type_annotation=self._annotation(annotation, nullable=nullable), description=description
        )

    def _annotation(self, annotation: Any, *, nullable: bool) -> StrawberryAnnotation:
        if isinstance(annotation, str):
            return StrawberryAnnotation(f"{annotation} | None" if nullable else annotation, namespace=self.classes)
        return StrawberryAnnotation(annotation | None if nullable else annotation)

    # -- fields ----------------------------------------------------------------------------------------------------------
    def _field(self, source: FieldSource, declared: ObjectType) -> StrawberryField:
        where = f"{declared.name}.{source.name}"
        if not source.description:
            raise SchemaError(f"{where} has no description.")
        self.classified[where] = self._data_class(source, declared, where)
        if source.cost is not None:
            self.points[where] = source.cost
        own = self._of_row(source, declared, where)
        if own is not None:
            return own
        target = self._target(source, where)
        if isinstance(source, Relation):
            return self._relation(source, declared, target)
        if isinstance(source, Found):
            return self._source_field(
                source.name, target.name, source.description, resolve=answering.found(source, declared, target)
            )
        if isinstance(source, Children):
            return self._source_field(
                source.name,
                f"{target.name}Connection",
                source.description,
                resolve=answering.children(source, declared, target),
                arguments=self.inputs.list_arguments(target),
            )
        raise SchemaError(f"{where} has a source of an unknown kind.")

    def _of_row(self, source: FieldSource, declared: ObjectType, where: str) -> StrawberryField | None:
        """A field that leads to no other rows; None for one that does."""
        if isinstance(source, Column):
            return self._column(source, declared)
        if isinstance(source, Derived):
            return self._derived(source, declared)
        if isinstance(source, Sealed | Reckoned):
            return self._asked(source, declared)
        if isinstance(source, Gathered):
            return self._gathered(source, declared, where)
        return self._value(source, where) if isinstance(source, Value) else self._of_item(source, declared)

    def _of_item(self, source: FieldSource, declared: ObjectType) -> StrawberryField | None:
        """A field of what is about other things: its words, and what it is about."""
        if isinstance(source, Worded):
            resolve = answering.worded(source)
            return self._source_field(source.name, str, source.description, resolve=resolve, nullable=False)
        if isinstance(source, Pointer):
            return self._source_field(source.name, "Node", source.description, resolve=answering.pointer(source, declared))
        return None

    def _data_class(self, source: FieldSource, declared: ObjectType, where: str) -> DataClass:
        if source.data_class is not None:
            return source.data_class
        if isinstance(source, Sealed | Reckoned | Gathered | Found):
            return class_of(source, declared)
        if declared.model is not None and isinstance(source, Column | Relation):
            known = classification_of(declared.model._meta.get_field(source.attr))  # type: ignore[arg-type]
            if known is not None:
                return known.data_class
        if declared.model is not None and isinstance(source, Derived):
            classes = [classification_of(declared.model._meta.get_field(column)) for column in source.depends]  # type: ignore[arg-type]
            if classes and all(classes):
                order = list(DataClass)
                return max((known.data_class for known in classes if known), key=order.index)
        if isinstance(source, Children):
            return DataClass.INTERNAL  # the list itself; its items are classified by their own type
        raise SchemaError(f"{where} has no data class.")

    def _column(self, source: Column, declared: ObjectType) -> StrawberryField:
        kind = kind_of(source, declared, self.enums)
        if source.needs or is_guarded(source, declared):
            resolve = answering.guarded(source, declared, kind.read)
            return self._source_field(source.name, kind.annotation, source.description, resolve=resolve)
        return self._own(source.name, kind.annotation, source.description, kind.nullable, kind.read)

    def _derived(self, source: Derived, declared: ObjectType) -> StrawberryField:
        if not is_guarded(source, declared):
            return self._own(source.name, source.kind, source.description, source.nullable, source.compute)
        resolve = answering.guarded(source, declared, source.compute)
        return self._source_field(source.name, source.kind, source.description, resolve=resolve)

    def _asked(self, source: Sealed | Reckoned, declared: ObjectType) -> SourceField:
        if isinstance(source, Sealed):
            return self._source_field(source.name, str, source.description, resolve=answering.sealed(source, declared))
        return self._source_field(
            source.name,
            str if source.kind is Decimal else source.kind,
            source.description,
            resolve=answering.computed(source, declared),
            nullable=source.nullable or bool(source.needs) or is_guarded(source, declared),
        )

    def _own(self, name: str, annotation: Any, description: str, nullable: bool, read: Callable[[Any], Any]) -> ColumnField:
        field = ColumnField(
            graphql_name=name, type_annotation=self._annotation(annotation, nullable=nullable), description=description
        )
        field.read = read
        return field

    def _gathered(self, source: Gathered, declared: ObjectType, where: str) -> StrawberryField:
        target = self._target(source, where)
        if target.model is not None:
            raise SchemaError(f"{where} gathers {target.name}, which is a type of rows.")
        self.lengths[where] = source.length
        resolve = answering.gathered(source, declared)
        nullable = bool(source.needs) or is_guarded(source, declared)
        return self._source_field(source.name, f"list[{target.name}]", source.description, resolve=resolve, nullable=nullable)

    def _value(self, source: Value, where: str) -> StrawberryField:
        kind = source.kind
        if isinstance(kind, type) and issubclass(kind, Choices):
            kind = self.enums.of(kind)
        if isinstance(kind, str) and kind not in self.declarations.types:
            raise SchemaError(f"{where} is of the unknown type {kind}.")
        if source.list_of:
            kind = f"list[{kind}]" if isinstance(kind, str) else list.__class_getitem__(kind)
            self.lengths[where] = source.length
        attr = source.attr
        if kind is Decimal:
            return self._own(
                source.name, str, source.description, source.nullable, lambda value: two_places(getattr(value, attr))
            )
        return self._own(source.name, kind, source.description, source.nullable, lambda value: getattr(value, attr))

    def _relation(self, source: Relation, declared: ObjectType, target: ObjectType) -> SourceField:
        assert declared.model is not None  # noqa: S101
        nullable = bool(declared.model._meta.get_field(source.attr).null) or not target.open_to_all
        nullable = nullable or is_guarded(source, declared)
        nullable = nullable or target.needs not in {ANY_TOKEN, declared.needs}  # a token may lack the other type's scope
        return self._source_field(
            source.name, target.name, source.description, resolve=answering.relation(source, declared, target), nullable=nullable
        )

    def _target(self, source: Any, where: str) -> ObjectType:
        if source.to not in self.declarations.types:
            raise SchemaError(f"{where} leads to the unknown type {source.to}.")
        return self.declarations.types[source.to]

    def _source_field(
        self,
        name: str,
        annotation: Any,
        description: str,
        *,
        resolve: Resolver,
        nullable: bool = True,
        arguments: list[StrawberryArgument] | None = None,
    ) -> SourceField:
        field = SourceField(
            graphql_name=name, type_annotation=self._annotation(annotation, nullable=nullable), description=description
        )
        field.resolve = resolve
        field.arguments = arguments or []
        return field

    # -- the root --------------------------------------------------------------------------------------------------------
    def _query(self) -> type:
        members: dict[str, Any] = {}
        for declared in self.declarations.types.values():
            if declared.plural:
                members[snake_case(declared.plural)] = self._source_field(
                    declared.plural,
                    f"{declared.name}Connection",
                    f"List of {declared.name} that the caller reaches.",
                    resolve=answering.root_list(declared),
                    arguments=self.inputs.list_arguments(declared),
                )
        for root in self.declarations.roots.values():
            members[snake_case(root.name)] = self._root(root)
        members |= answering.node_fields(self._source_field)
        for member in members.values():
            member.is_root = True
        query = type("Query", (), {"__annotations__": {}})
        self._strawberry_type(query, members, name="Query", description="Everything that can be read.")
        return query

    def _root(self, root: RootField) -> SourceField:
        if not root.description:
            raise SchemaError(f"Query.{root.name} has no description.")
        if root.cost is not None:
            self.points[f"Query.{root.name}"] = root.cost
        arguments = [self.inputs.argument(item.name, item.kind, item.description) for item in root.arguments]
        to = root.to
        if root.lists:
            target = self.declarations.types[root.lists]
            arguments += self.inputs.list_arguments(target)
            to = f"{target.name}Connection"
        return self._source_field(
            root.name, to, root.description, resolve=answering.root(root), nullable=root.nullable, arguments=arguments
        )

"""Which classes of fields a selection shows a caller: what a read is logged with. Read from the document, before any row is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)
from graphql.execution.collect_fields import collect_sub_fields

from backend.accounts.policy import NOTHING
from backend.accounts.scope import Scope
from backend.core.classification import DataClass
from graphql_schema.engine.access import class_of, default_order, readable
from graphql_schema.engine.declarations import Column, Declarations, ObjectType

Classes = frozenset[DataClass]
_CURSORS = frozenset({"cursor", "startCursor", "endCursor"})
_TOLD = frozenset({DataClass.PERSONAL, DataClass.SPECIAL})


@dataclass(frozen=True)
class Selections:
    """What it takes to read a selection: the document's parts and whose eyes it is for."""

    schema: GraphQLSchema
    declarations: Declarations
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    scope: Scope

    def classes(self, nodes: Iterable[FieldNode], types: Iterable[str]) -> Classes:
        """Personal and special classes under some fields of an object of one of `types`, as far as the caller reads them."""
        found: set[DataClass] = set()
        for name in types:
            kind = self.schema.get_type(name)
            if isinstance(kind, GraphQLObjectType):
                self._under(list(nodes), kind, None, found)
        return frozenset(found & _TOLD)

    def _under(self, nodes: list[FieldNode], kind: GraphQLObjectType, listed: ObjectType | None, found: set[DataClass]) -> None:
        declared = self.declarations.types.get(kind.name)
        listed = self.declarations.types.get(kind.name.removesuffix("Connection").removesuffix("Edge")) or listed
        sources = {source.name: source for source in declared.fields} if declared is not None else {}
        for group in collect_sub_fields(self.schema, dict(self.fragments), dict(self.variables), kind, nodes).values():
            name = group[0].name.value
            if name not in kind.fields:
                continue
            if declared is not None and name in sources:
                if readable(sources[name], declared, self.scope) == NOTHING:
                    continue
                found.add(class_of(sources[name], declared))
            elif name in _CURSORS and listed is not None:
                found |= self._of_order(listed)
            inner = get_named_type(kind.fields[name].type)
            # What hides behind a Node is known by its rows alone: whatever the document could show there.
            kinds = self.schema.get_possible_types(inner) if isinstance(inner, GraphQLInterfaceType) else [inner]
            for each in kinds:
                if isinstance(each, GraphQLObjectType):
                    self._under(group, each, listed, found)

    def _of_order(self, listed: ObjectType) -> set[DataClass]:
        """A cursor carries the columns of the order."""
        columns = default_order(listed, self.scope)
        return {class_of(Column(name="", description="", attr=column.lstrip("-")), listed) for column in columns}

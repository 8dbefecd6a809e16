"""Which token scopes a root field's selection needs, read from the document before a row is.

A token that lacks one gets a single FORBIDDEN at the root field instead of one error for each row. What hides behind
`node` is only known by its rows, so there the check stays with the loading.
"""

from __future__ import annotations

from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
)

from graphql_schema.engine.declarations import Declarations

Needs = frozenset[str]
NOTHING: Needs = frozenset()


def needs_by_type(declarations: Declarations) -> dict[str, str]:
    """Token scope of every object type, connections and edges included."""
    return {
        f"{declared.name}{suffix}": declared.needs
        for declared in declarations.types.values()
        for suffix in ("", "Connection", "Edge")
    }


def needs_by_field(declarations: Declarations) -> dict[str, str]:
    """Token scope of fields that need one beyond their type's, by `Type.field`."""
    return {
        f"{declared.name}.{source.name}": source.needs
        for declared in declarations.types.values()
        for source in declared.fields
        if source.needs
    }


class _Walk:
    def __init__(self, declarations: Declarations, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self.types, self.fields = needs_by_type(declarations), needs_by_field(declarations)
        self.schema, self.fragments = schema, fragments
        self.known: dict[str, Needs] = {}

    def selection(self, node: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Needs:
        if node is None or not isinstance(parent, GraphQLObjectType):
            return NOTHING
        found = {self.types.get(parent.name, "")}
        for item in node.selections:
            if isinstance(item, FieldNode):
                found.add(self.fields.get(f"{parent.name}.{item.name.value}", ""))
                definition = parent.fields.get(item.name.value)
                if definition is not None:
                    found |= self.selection(item.selection_set, get_named_type(definition.type))
            elif isinstance(item, InlineFragmentNode):
                condition = item.type_condition
                found |= self.selection(item.selection_set, self.schema.get_type(condition.name.value) if condition else parent)
            elif isinstance(item, FragmentSpreadNode):
                found |= self.fragment(item.name.value)
        return frozenset(found - {""})

    def fragment(self, name: str) -> Needs:
        if name not in self.known:
            self.known[name] = NOTHING
            node = self.fragments[name]
            self.known[name] = self.selection(node.selection_set, self.schema.get_type(node.type_condition.name.value))
        return self.known[name]


def needs_of(info: GraphQLResolveInfo, declarations: Declarations, memo: dict[Any, Any]) -> Needs:
    """Token scopes that the selection of the field being resolved needs; kept in `memo` by the field's place."""
    key = ("needs", info.path.key, info.operation.name.value if info.operation.name else "")
    if key not in memo:
        walk = _Walk(declarations, info.schema, info.fragments)
        kind = get_named_type(info.return_type)
        memo[key] = frozenset().union(*(walk.selection(node.selection_set, kind) for node in info.field_nodes))
    needs: Needs = memo[key]
    return needs

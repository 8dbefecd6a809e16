"""What a document weighs: one pass over it, each fragment measured once.

Counts are those of the document with every fragment written out, so they can double with each level of spreads; the
pass keeps the result of each fragment and stays linear in the size of the text. A fragment's cost is kept per parent
object and multiplied where it is spread, so that a list hidden in a fragment costs what it would cost in place.

Cost: an object costs one point (or what its field declares), a scalar nothing; inside `edges` and `nodes` of a
connection everything is multiplied by the page size asked for, inside a plain list by the length declared for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_interface_type,
    is_list_type,
    is_object_type,
)

from graphql_schema.limits.profiles import Limits

_PAGED = frozenset({"edges", "nodes"})
_INTROSPECTION = frozenset({"__schema", "__type"})
INTROSPECTION_COST = 100
INTROSPECTION_DEPTH = 20
UNSTATED_LIST_LENGTH = 10


@dataclass(frozen=True)
class Prices:
    """What a schema declares beside its types: points of a field, length of a plain list, both by `Type.field`."""

    points: Mapping[str, int] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)
    statements: Mapping[str, int] = field(default_factory=dict)
    """Statements of the database that a field of the root takes by itself."""
    reads: Mapping[str, str] = field(default_factory=dict)
    """What a field reads for all objects of its list at once, by `Type.field`: a key of `readings`."""
    readings: Mapping[str, int] = field(default_factory=dict)
    """How many statements each of those takes, once below a field of the root."""


@dataclass(frozen=True)
class Tally:
    """Weight of a selection. `fixed` and `paged` are points for one parent object; `paged` once for each item."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    introspection_depth: int = 0
    fixed: int = 0
    paged: int = 0
    statements: int = 0
    reads: frozenset[str] = frozenset()

    def plus(self, other: Tally) -> Tally:
        """Both side by side."""
        return Tally(
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            max(self.depth, other.depth),
            max(self.introspection_depth, other.introspection_depth),
            self.fixed + other.fixed,
            self.paged + other.paged,
            self.statements + other.statements,
            self.reads | other.reads,
        )

    @property
    def cost(self) -> int:
        """Points of the whole operation; at least one."""
        return max(1, self.fixed + self.paged)

    def excess(self, limits: Limits) -> str | None:
        """Which limit is passed, in words; None when all are kept."""
        counts = (
            ("fields once its fragments are written out", self.fields, limits.fields),
            ("aliases", self.aliases, limits.aliases),
            ("directives", self.directives, limits.directives),
            ("levels of fields", self.depth, limits.depth),
            ("levels of introspection", self.introspection_depth, INTROSPECTION_DEPTH),
            ("points of cost", self.cost, limits.cost),
            ("statements of the database", self.statements, limits.statements),
        )
        for what, count, limit in counts:
            if count > limit:
                shown = str(count) if count < 10**9 else "far too many"
                return f"The document has {shown} {what}; the limit is {limit}."
        return None


class _Scale:
    """One weighing of a document with the variables of one request."""

    def __init__(
        self, *, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any], prices: Prices, page: int
    ) -> None:
        self.schema = schema
        self.variables = variables
        self.prices = prices
        self.page = page
        self.fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        self.known: dict[str, Tally] = {}
        self.variables_used: set[str] = set()

    def selection(self, node: SelectionSetNode, parent: GraphQLNamedType | None) -> Tally:
        total = Tally()
        for item in node.selections:
            if isinstance(item, FieldNode):
                part = self.field(item, parent)
            elif isinstance(item, InlineFragmentNode):
                condition = item.type_condition
                inner = self.schema.get_type(condition.name.value) if condition else parent
                part = self.selection(item.selection_set, inner)
            elif isinstance(item, FragmentSpreadNode):
                part = self.fragment(item.name.value)
            else:  # a kind of selection the specification does not have
                continue
            total = total.plus(part).plus(Tally(directives=len(item.directives)))
        return total

    def fragment(self, name: str) -> Tally:
        if name not in self.known:
            self.known[name] = Tally()  # a cycle weighs nothing more; validation refuses it
            node = self.fragments.get(name)
            if node is not None:
                inner = self.selection(node.selection_set, self.schema.get_type(node.type_condition.name.value))
                self.known[name] = inner.plus(Tally(directives=len(node.directives)))
        return self.known[name]

    def field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Tally:
        name = node.name.value
        alias = 1 if node.alias else 0
        if name in _INTROSPECTION:
            return self.introspection(node, alias)
        definition = self.definition(parent, name)
        kind = get_named_type(definition.type) if definition else None
        inner = self.selection(node.selection_set, kind) if node.selection_set else Tally()
        points = self.points(definition, kind, parent, name) + inner.fixed
        if definition is not None and "first" in definition.args:
            fixed, paged = points + inner.paged * self.page_size(node, definition), 0
        elif definition is not None and _is_list(definition):
            if _is_page(parent, name):
                fixed, paged = 0, points + inner.paged
            else:
                fixed, paged = (points + inner.paged) * self.length(node, parent, name), 0
        else:
            fixed, paged = points + inner.paged, 0
        statements, reads = self.statements(f"{parent.name if parent else ''}.{name}", inner)
        return Tally(
            inner.fields + 1, inner.aliases + alias, inner.directives, inner.depth + 1, inner.introspection_depth, fixed, paged,
            statements, reads,
        )  # fmt: skip

    def statements(self, place: str, inner: Tally) -> tuple[int, frozenset[str]]:
        """Statements below a field, and what is still to be read for the list that it stands in."""
        reads = inner.reads | ({self.prices.reads[place]} if place in self.prices.reads else frozenset())
        if place not in self.prices.statements:
            return inner.statements, reads
        own = self.prices.statements[place] + sum(self.prices.readings[name] for name in reads)
        return inner.statements + own, frozenset()

    def introspection(self, node: FieldNode, alias: int) -> Tally:
        """The schema's own fields: a depth of their own and one price, since the answer's size is the schema's."""
        inner = self.selection(node.selection_set, None) if node.selection_set else Tally()
        return Tally(inner.fields + 1, inner.aliases + alias, inner.directives, 1, inner.depth + 1, INTROSPECTION_COST, 0)

    def definition(self, parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        if is_object_type(parent) or is_interface_type(parent):
            fields: dict[str, GraphQLField] = parent.fields  # type: ignore[union-attr]
            return fields.get(name)
        return None

    def points(self, definition: GraphQLField | None, kind: GraphQLNamedType | None, parent: Any, name: str) -> int:
        if definition is None:
            return 0
        declared = self.prices.points.get(f"{parent.name}.{name}")
        if declared is not None:
            return declared
        return 1 if is_composite_type(kind) and name != "pageInfo" and not _is_page(parent, name) else 0

    def page_size(self, node: FieldNode, definition: GraphQLField) -> int:
        for argument in node.arguments:
            if argument.name.value in {"first", "last"}:
                value = self.value(argument.value)
                if isinstance(value, int) and not isinstance(value, bool):
                    return min(max(value, 0), self.page)
        default = definition.args["first"].default_value
        return default if isinstance(default, int) else self.page

    def length(self, node: FieldNode, parent: Any, name: str) -> int:
        for argument in node.arguments:
            if argument.name.value == "ids":
                value = self.value(argument.value)
                return len(value) if isinstance(value, list) else self.page
        return self.prices.lengths.get(f"{parent.name}.{name}", UNSTATED_LIST_LENGTH)

    def value(self, node: Any) -> Any:
        """The number or list that an argument will have, as far as the price needs it."""
        if isinstance(node, VariableNode):
            self.variables_used.add(node.name.value)
            return self.variables.get(node.name.value, self.defaults.get(node.name.value))
        if isinstance(node, IntValueNode):
            return int(node.value)
        if isinstance(node, ListValueNode):
            return [self.value(item) for item in node.values]
        return None

    defaults: Mapping[str, Any] = {}

    def operation(self, node: OperationDefinitionNode, root: GraphQLObjectType | None) -> Tally:
        self.known = {}
        self.defaults = {
            variable.variable.name.value: self.value(variable.default_value)
            for variable in node.variable_definitions
            if variable.default_value is not None
        }
        return self.selection(node.selection_set, root).plus(Tally(directives=len(node.directives)))


def _is_list(definition: GraphQLField) -> bool:
    kind: Any = definition.type
    return is_list_type(get_nullable_type(kind))


def _is_page(parent: GraphQLNamedType | None, name: str) -> bool:
    """Whether a field lists the items of a connection's page."""
    return name in _PAGED and parent is not None and parent.name.endswith("Connection")


@dataclass(frozen=True)
class Weighed:
    """Result of weighing, and the names of the variables that it depended on (so that it can be kept)."""

    tally: Tally
    depends_on: frozenset[str]


def weigh(
    *,
    schema: GraphQLSchema,
    document: DocumentNode,
    operation_name: str | None,
    variables: Mapping[str, Any],
    prices: Prices,
    page: int,
) -> Weighed:
    """Weigh every operation of a document; the cost is that of the one that will run.

    Raises RecursionError where the text is nested deeper than the interpreter can follow.
    """
    scale = _Scale(schema=schema, document=document, variables=variables, prices=prices, page=page)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    total = Tally()
    for node in operations:
        tally = scale.operation(node, schema.get_root_type(node.operation))
        runs = operation_name is None or (node.name is not None and node.name.value == operation_name)
        if not runs:
            tally = Tally(tally.fields, tally.aliases, tally.directives, tally.depth, tally.introspection_depth)
        total = total.plus(tally)
    return Weighed(total, frozenset(scale.variables_used))

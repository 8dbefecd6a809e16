"""Random documents over a schema: fields, aliases, fragments, directives, variables, filters, orders, cursors.

Most are good; some carry a page of 101, a cursor of another order or an id of nothing, since the engines must agree on
those as well.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
)

from backend.core.text import sort_key
from graphql_schema.cases.schema import CaseSchema
from graphql_schema.engine.cursors import Keyset
from graphql_schema.engine.declarations import Filter, FilterKind, ObjectType
from graphql_schema.http.errors import Refusal

WORDS = ("a", "Ka", "ķa", "an ze", "kalniņa il", "%", "_", "\\", "", "  ", "''", "nav tāda", "x" * 101)
DATES = ("2008-05-06", "2022-09-01", "2023-01-10", "2023-02-02", "2023-06-01")

RESOLVED = frozenset({"WorkItem", "AccessLogEntry", "HistoryEntry", "EffectivenessResult"})
"""Types that no table holds, or whose words Python writes: the compiler leaves them to the other engine."""


@dataclass
class Pool:
    """Values that mean something in the data: ids by tag, codes, and rows to make cursors of."""

    ids: dict[str, list[str]]
    codes: list[str]
    rows: dict[str, list[Any]]


@dataclass
class Written:
    """A document with its variables."""

    text: str
    variables: dict[str, Any]


@dataclass
class Writer:
    """Writes one document."""

    random: Random
    schema: CaseSchema
    pool: Pool
    variables: dict[str, Any] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    by_type: dict[str, list[str]] = field(default_factory=dict)
    names: int = 0
    budget: int = 14

    # -- small choices -----------------------------------------------------------------------------------------------
    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def one(self, options: Any) -> Any:
        return self.random.choice(list(options))

    def some(self, options: Any, least: int, most: int) -> list[Any]:
        known = list(options)
        return self.random.sample(known, min(len(known), self.random.randint(least, most)))

    def name(self, prefix: str) -> str:
        self.names += 1
        return f"{prefix}{self.names}"

    # -- the document ------------------------------------------------------------------------------------------------
    def document(self) -> Written:
        body = " ".join(self.root() for _ in range(self.random.randint(1, 3)))
        if self.chance(10):
            body += " __typename"
        head = f"query({', '.join(self.declared)})" if self.declared else "query"
        return Written(f"{head} {{ {body} }} {' '.join(self.fragments)}", self.variables)

    def root(self) -> str:
        types = self.schema.declarations.types
        kind = self.random.randint(0, 9)
        if kind <= 5:
            lists = [declared for declared in types.values() if declared.plural]
            target = self.random.choices(lists, weights=[4 if declared.learner else 1 for declared in lists])[0]
            return self.connection(target.plural, target, 3)
        if kind == 6:
            target, arguments = self.one(
                [("Learner", "id"), ("SupportPlan", "id"), ("Timesheet", "id"), ("Institution", "id"), ("Institution", "code")]
            )
            root = target[0].lower() + target[1:]
            value = self.any_id(types[target].tag) if arguments == "id" else self.one(self.pool.codes)
            text = self.value(value, "String" if arguments == "code" else "ID" if target == "Institution" else "ID!")
            return f"{self.name('r')}: {root}({arguments}: {text}) {{ {self.selection(types[target], 3)} }}"
        if kind in (7, 8):
            return f"{self.name('n')}: node(id: {self.value(self.any_id(None), 'ID!')}) {{ {self.node_selection()} }}"
        ids = [self.any_id(None) for _ in range(self.random.randint(0, 6))]
        return f"{self.name('n')}: nodes(ids: {self.value(ids, '[ID!]!')}) {{ {self.node_selection()} }}"

    def node_selection(self) -> str:
        types = self.schema.declarations.types.values()
        kinds = [declared for declared in types if declared.model is not None and declared.name not in RESOLVED]
        parts = [self.one(["id", "__typename", "own: id"])]
        for _ in range(self.random.randint(0, 3)):
            target = self.one(kinds)
            parts.append(f"... on {target.name} {{ {self.selection(target, 2)} }}")
        return " ".join(parts)

    # -- selections --------------------------------------------------------------------------------------------------
    def selection(self, declared: ObjectType, depth: int) -> str:
        kind = self.schema.core.type_map[declared.name]
        assert isinstance(kind, GraphQLObjectType)
        leaves = [name for name, item in kind.fields.items() if is_leaf_type(get_named_type(item.type))]
        # Lists that are not connections are worked out by code, and always left to the other engine: nothing to compare.
        inner = [
            name
            for name, item in kind.fields.items()
            if is_composite_type(get_named_type(item.type)) and not is_list_type(get_nullable_type(item.type))
        ]
        parts = [self.leaf(self.one(leaves)) for _ in range(self.random.randint(1, 4))]
        while depth > 0 and inner and self.budget > 0 and self.chance(60):
            self.budget -= 1
            parts.append(self.inside(declared, kind, self.one(inner), depth - 1))
        if self.chance(15):
            parts.append(f"... {self.condition()} {{ {self.leaf(self.one(leaves))} }}")
        if self.chance(10):
            parts.append(f"... on {declared.name} {{ {self.leaf(self.one(leaves))} }}")
        if self.chance(12):
            parts.append(self.spread(declared, leaves))
        return " ".join(parts)

    def leaf(self, name: str) -> str:
        if self.chance(8):
            return "__typename"
        alias = f"{self.name('f')}: " if self.chance(20) else ""
        return f"{alias}{name}{self.condition() if self.chance(8) else ''}"

    def condition(self) -> str:
        flag = self.chance(50)
        text = self.value(flag, "Boolean!") if self.chance(60) else str(flag).lower()
        return f" @{self.one(['skip', 'include'])}(if: {text})"

    def spread(self, declared: ObjectType, leaves: list[str]) -> str:
        known = self.by_type.setdefault(declared.name, [])
        if not known or self.chance(40):
            name = self.name("Part")
            self.fragments.append(f"fragment {name} on {declared.name} {{ {self.leaf(self.one(leaves))} {self.one(leaves)} }}")
            known.append(name)
            return f"...{name}"
        return f"...{self.one(known)}"

    def inside(self, declared: ObjectType, kind: GraphQLObjectType, name: str, depth: int) -> str:
        definition: GraphQLField = kind.fields[name]
        types = self.schema.declarations.types
        target = types[get_named_type(definition.type).name.removesuffix("Connection")]
        if "first" in definition.args:
            return self.connection(name, target, depth)
        return f"{name} {{ {self.selection(target, depth)} }}"

    # -- connections -------------------------------------------------------------------------------------------------
    def connection(self, name: str, target: ObjectType, depth: int) -> str:
        alias, arguments = self.name("c"), self.arguments(target)
        text = f"{alias}: {name}({arguments}) {{ {self.page(target, depth)} }}"
        if self.chance(8):  # the same field twice, to be merged
            text += f" {alias}: {name}({arguments}) {{ totalCount pageInfo {{ endCursor }} }}"
        return text

    def page(self, target: ObjectType, depth: int) -> str:
        parts = []
        if self.chance(85):
            node = f"node {{ {self.selection(target, depth)} }}"
            extra = self.one(["", "cursor", "place: cursor __typename", ""])
            parts.append(f"{self.name('e')}: edges {{ {node} {extra} }}" if self.chance(10) else f"edges {{ {extra} {node} }}")
        if self.chance(40):
            wanted = self.some(["hasNextPage", "hasPreviousPage", "startCursor", "endCursor"], 1, 3)
            parts.append(f"pageInfo {{ {' '.join(wanted)} }}")
        if self.chance(25):
            parts.append("totalCount")
        if not parts or self.chance(8):
            parts.append("__typename")
        return " ".join(self.random.sample(parts, len(parts)))

    def arguments(self, target: ObjectType) -> str:
        backwards = self.chance(30)
        size = self.one([0, 101]) if self.chance(2) else self.random.randint(1, 6)
        parts = [f"{'last' if backwards else 'first'}: {self.value(size, 'Int')}"]
        order = self.order(target)
        if order:
            parts.append(f"orderBy: {self.value(order, f'[{target.name}Order!]', enums=True)}")
        if self.chance(35):
            cursor = self.cursor(target, order)
            if cursor is not None:
                parts.append(f"{'before' if backwards else 'after'}: {self.value(cursor, 'String')}")
        filters = self.filters(target)
        if filters:
            parts.append(f"filters: {self.value(filters, f'{target.name}Filter', enums=True)}")
        if target.search is not None and self.chance(20):
            parts.append(f"search: {self.value(self.one(WORDS), 'String')}")
        return ", ".join(parts)

    def order(self, target: ObjectType) -> list[dict[str, Any]]:
        if not target.orders or not self.chance(45):
            return []
        fields = self.some([item.name for item in target.orders], 1, 2)
        if self.chance(3):
            fields = fields[:1] * 2
        return [{"field": Enum(name), "direction": Enum(self.one(["ASC", "DESC"]))} for name in fields]

    def cursor(self, target: ObjectType, order: list[dict[str, Any]]) -> str | None:
        if self.chance(4):
            return str(self.one(["", "AAAA", "WyJpZCIsMV0", "WyJpZCIsIjAwIl0"]))
        by_name = {item.name: item.columns for item in target.orders}
        terms = [f"{'-' if term['direction'] == 'DESC' else ''}{column}" for term in order for column in by_name[term["field"]]]
        rows = self.pool.rows[target.name]
        if not rows or target.model is None:
            return None
        try:
            keyset, row = Keyset(model=target.model, order=terms or target.order), self.one(rows)
            for name in keyset.annotations:  # of another row, which is not at hand: any place among the names will do
                setattr(row, name, sort_key(str(self.one(WORDS))))
            return keyset.cursor(row)
        except (ValueError, Refusal):
            return None

    def filters(self, target: ObjectType) -> dict[str, Any]:
        if not target.filters or not self.chance(40):
            return {}
        chosen = self.some(target.filters, 1, 2)
        return {item.name: self.filter_value(item) for item in chosen}

    def filter_value(self, item: Filter) -> Any:
        if self.chance(4):
            return None
        if item.kind is FilterKind.ID:
            return self.any_id(item.tag)
        if item.kind is FilterKind.CHOICES:
            assert item.enum is not None
            return [Enum(name) for name in self.some([member.name for member in item.enum], 0, 4)]
        if item.kind is FilterKind.TEXTS:
            return self.some(self.pool.codes, 0, 4)
        if item.kind in (FilterKind.DATE, FilterKind.VALID_ON):
            return self.one(DATES)
        if item.kind is FilterKind.NUMBER:
            return self.one([0, 0.7, 0.75, 0.7004, 1, 12.5])
        if item.kind is FilterKind.SEMESTER and item.tag:
            return self.any_id(item.tag)
        if item.kind is FilterKind.INTEGER:
            return self.random.randint(0, 12)
        if item.kind in (FilterKind.YES_NO, FilterKind.FILLED, FilterKind.WITH_ALSO):
            return self.chance(50)
        return self.one(self.pool.codes)

    def any_id(self, tag: str | None) -> str:
        if self.chance(8):
            return str(self.one(["", "lrn_", "lrn_" + "0" * 32, "nosuch_" + "a" * 32, "💡"]))
        known = self.pool.ids.get(tag or self.one(self.pool.ids)) or ["lrn_" + "1" * 32]
        return str(self.one(known))

    # -- values, as literals or variables ----------------------------------------------------------------------------
    def value(self, value: Any, kind: str, *, enums: bool = False) -> str:
        if not self.chance(45):
            return literal(value)
        name = self.name("v")
        default = f" = {literal(value)}" if self.chance(10) else ""
        self.declared.append(f"${name}: {kind}{default}")
        if not default:
            self.variables[name] = plain(value)
        return f"${name}"


class Enum(str):
    """An enum value: bare in a document, a text among variables."""


def literal(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(literal(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(item)}" for name, item in value.items()) + "}"
    return str(value)


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, str | dt.date) else value

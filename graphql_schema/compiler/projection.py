"""Objects, relations and connections: the JSON of the answer, built where the rows are.

Each function gives a piece of SQL whose value is JSON. A list is `string_agg` over a level that was cut to its page
before, so that nothing is computed for a row that is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, UUIDField
from graphql import FieldNode, GraphQLObjectType, IntValueNode

from backend.accounts.policy import NOTHING
from graphql_schema.compiler.columns import column_json, cursor
from graphql_schema.compiler.conditions import leaves_few, narrowed, reachable
from graphql_schema.compiler.inputs import Given, arguments
from graphql_schema.compiler.noting import notes, noting
from graphql_schema.compiler.posts import Opening, Step, mark, post_for, word_slot
from graphql_schema.compiler.rows import Level, SlotKeyset, selected
from graphql_schema.compiler.slots import NotCompilable, Outer, Slot, Values
from graphql_schema.compiler.texts import (
    NULL,
    Json,
    Sql,
    constant,
    joined,
    json_list,
    json_object,
    only_where,
    or_null,
    plain,
    yes_no,
)
from graphql_schema.compiler.work import Work
from graphql_schema.engine.access import readable
from graphql_schema.engine.connections import PageArguments
from graphql_schema.engine.cursors import Keyset
from graphql_schema.engine.declarations import (
    Children,
    Column,
    Derived,
    FieldSource,
    Found,
    ObjectType,
    Reckoned,
    Relation,
    Sealed,
)
from graphql_schema.engine.narrowing import keyset_for


def row_object(level: Level, nodes: list[FieldNode], kind: GraphQLObjectType, work: Work) -> Json:
    """The object of one row of a level."""
    sources = {source.name: source for source in level.declared.fields}
    pairs = []
    for key, group in work.fields(nodes, kind).items():
        name = group[0].name.value
        value = constant(kind.name) if name == "__typename" else _field(sources[name], level, group, kind, work)
        pairs.append((key, value))
    return json_object(pairs)


def _field(source: FieldSource, level: Level, group: list[FieldNode], kind: GraphQLObjectType, work: Work) -> Json:
    """A field, null in the rows where the caller does not read it."""
    if source.needs:
        work.needs.add(source.needs)
    value = _value(source, level, group, kind, work)  # written in any case: it says what the document needs
    condition = readable(source, level.declared, work.scope)
    if condition == NOTHING:
        return NULL
    return only_where(level.condition(condition), value) if condition else value


def _value(source: FieldSource, level: Level, group: list[FieldNode], kind: GraphQLObjectType, work: Work) -> Json:
    if isinstance(source, Column):
        return column_json(source, level)
    if isinstance(source, Relation):
        return _relation(source, level, group, work)
    if isinstance(source, Found):
        return _found(source, level, group, work)
    if isinstance(source, Children):
        return _children(source, level, group, kind, work)
    if isinstance(source, Derived):
        return _marked(post_for(source, level, kind.fields[source.name].type), level, work)
    if isinstance(source, Reckoned):
        return _reckoned(source, level, work)
    if isinstance(source, Sealed):
        return _marked(Opening(source), level, work)
    raise NotCompilable(f"{level.declared.name}.{source.name} has a source that is not compiled.")


def _reckoned(source: Reckoned, level: Level, work: Work) -> Json:
    """A count or a sum as a column of the page, computed for its rows alone."""
    euro = source.kind is Decimal
    column = level.computed(f"_{source.attr}", source.expression(work.scope), "numeric" if euro else "bigint")
    return plain(f"round({column}, 2)::text") if euro else or_null(f"{column}::text")


def _marked(post: Step, level: Level, work: Work) -> Json:
    work.posts.append(post)
    return plain(mark(post, level, number=len(work.posts) - 1, word=work.parameters.text(word_slot())))


def _relation(source: Relation, level: Level, group: list[FieldNode], work: Work) -> Json:
    target = work.declarations.types[source.to]
    rows = reachable(target, work).filter(pk=level.outer(source.attr))
    if source.elsewhere:
        with work.outside():
            return one_row(rows, target, group, work)
    return one_row(rows, target, group, work)


def _found(source: Found, level: Level, group: list[FieldNode], work: Work) -> Json:
    """The row whose key the level computes as one more column."""
    target = work.declarations.types[source.to]
    column = level.computed(f"_{source.attr}", source.expression(work.scope), "uuid")
    rows = reachable(target, work).filter(pk=Outer(column, UUIDField()))
    if source.elsewhere:
        with work.outside():
            return one_row(rows, target, group, work)
    return one_row(rows, target, group, work)


def one_row(rows: QuerySet[Any], target: ObjectType, group: list[FieldNode], work: Work) -> Json:
    """The object of the one row of a query set, or null."""
    level = Level(work.alias(), target)
    projected = shown_row(level, group, work)
    return or_null(f"(select {projected} from {level.item(rows.order_by(), work.parameters)})")


def shown_row(level: Level, group: list[FieldNode], work: Work) -> str:
    """The object of a level's one row, noted as read where it names a learner."""
    noted = notes(level.declared, work)
    with work.inside(level.declared):
        projected = joined(row_object(level, group, work.kind(level.declared.name), work))
    return noting(projected, level, work) if noted else projected


def _children(source: Children, level: Level, group: list[FieldNode], kind: GraphQLObjectType, work: Work) -> Json:
    target = work.declarations.types[source.to]
    return connection(target, group, kind, work, of=source.belonging(level.outer))


# -- connections ---------------------------------------------------------------------------------------------------------
@dataclass
class _Page:
    """What the arguments of a connection say."""

    keyset: Keyset
    arguments: PageArguments
    size: Given
    cursor: Given


@dataclass
class _Wanted:
    """What of a page is asked for beyond its rows, found while its fields are written."""

    beyond: bool = False
    """Whether more lie on: one row more is read."""
    ends: bool = False
    """The first or the last cursor."""
    rows: bool = False
    """The rows themselves."""

    @property
    def shows(self) -> bool:
        """Whether the answer tells anything of the rows besides how many there are."""
        return self.ends or self.rows

    @property
    def anything(self) -> bool:
        return self.beyond or self.ends or self.rows


def connection(target: ObjectType, group: list[FieldNode], parent: GraphQLObjectType, work: Work, *, of: Q | None = None) -> Json:
    """A connection over the rows of a type (`of` a row of the level outside): page, `pageInfo`, `totalCount` where asked for."""
    given = arguments(group[0], parent.fields[group[0].name.value].args)
    page = _page(target, given, work)
    rows = reachable(target, work, few=of is None and leaves_few(target, given, work)).filter(of or Q())
    rows = narrowed(rows, target, given, work)
    level, wanted, noted = Level(work.alias(), target), _Wanted(), notes(target, work)
    kind = work.kind(f"{target.name}Connection")
    pairs = []
    for key, nodes in work.fields(group, kind).items():
        name = nodes[0].name.value
        if name == "__typename":
            value = constant(kind.name)
        elif name == "totalCount":
            value = _count(rows, work)
        elif name == "edges":
            wanted.rows = True
            with work.inside(target):
                value = _edges(level, nodes, page, work)
        else:
            value = _page_info(level, nodes, page, wanted, work)
        pairs.append((key, value))
    if not wanted.anything:
        return json_object(pairs)
    numbered = wanted.beyond or wanted.ends or page.arguments.backwards
    text = joined(json_object(pairs))
    if noted and wanted.shows:
        text = noting(text, level, work, page=_FILTER)
    text = text.replace(_FILTER, _filter(level, page, work) if numbered else "")
    return (Sql(f"(select {text} from {_page_item(level, rows, page, wanted, work, numbered=numbered)})"),)


_FILTER = "/*of the page*/"


def _page(target: ObjectType, given: Mapping[str, Given], work: Work) -> _Page:
    values = {name: item.read(work.variables) for name, item in given.items()}
    keyset = keyset_for(declared=target, order_by=values.get("orderBy"), scope=work.scope)
    page = PageArguments.of(values, largest=work.largest_page)
    work.checks.append(_page_check(given, keyset, work.largest_page))
    size, place = ("last", "before") if page.backwards else ("first", "after")
    return _Page(keyset=keyset, arguments=page, size=given[size], cursor=given[place])


def _page_check(given: Mapping[str, Given], keyset: Keyset, largest: int) -> Callable[[Values], None]:
    names = ("first", "last", "before", "after")

    def check(values: Values) -> None:
        page = PageArguments.of({name: given[name].read(values.variables) for name in names}, largest=largest)
        if page.cursor is not None:
            keyset.values(page.cursor)

    return check


def _page_item(level: Level, rows: QuerySet[Any], page: _Page, wanted: _Wanted, work: Work, *, numbered: bool) -> str:
    """The rows of the page, in its order; numbered from where the page begins when a part of the answer needs it."""
    if page.arguments.cursor is not None:
        keyset = SlotKeyset(page.keyset, page.cursor)
        rows = rows.filter(keyset.beyond("", backwards=page.arguments.backwards))
    rows = rows.order_by(*page.keyset.ordering(backwards=page.arguments.backwards))
    item = _cut(level, rows, page, work, more=int(wanted.beyond))
    if not numbered:
        return item
    count = ", count(*) over () as _all" if wanted.ends else ""
    return f"(select *, row_number() over () as _place{count} from {item}) as {level.alias}"


def _cut(level: Level, rows: QuerySet[Any], page: _Page, work: Work, *, more: int) -> str:
    """The first rows, as many as the page holds and `more`.

    PostgreSQL keeps one plan for all requests only where it knows that few rows are wanted. So a size that comes with the
    request is taken from inside the largest page there is, which is a constant (docs/decisions/0094-one-plan-for-all.md).
    """
    size = _size(page, work)
    if size.isdecimal():
        return level.item(rows, work.parameters, limit=str(int(size) + more))
    most = level.item(rows, work.parameters, limit=str(work.largest_page + more))
    return f"(select * from {most} limit {size} + {more}) as {level.alias}"


def _size(page: _Page, work: Work) -> str:
    """Rows of the page: a number where the document names it, else a parameter."""
    given = page.size
    if isinstance(given.node, IntValueNode):
        return str(int(given.node.value))
    return work.parameters.text(Slot((given.key, "size"), "bigint", lambda values: str(given.read(values.variables))))


def _filter(level: Level, page: _Page, work: Work) -> str:
    return f" filter (where {level.alias}._place <= {_size(page, work)})"


def _count(rows: QuerySet[Any], work: Work) -> Json:
    text = selected(rows.order_by().values_list("pk"), work.parameters)
    return ("0",) if text is None else (Sql(f"(select count(*)::text from ({text}) as {work.alias()})"),)


def _edges(level: Level, nodes: list[FieldNode], page: _Page, work: Work) -> Json:
    kind = work.kind(f"{level.declared.name}Edge")
    pairs = []
    for key, group in work.fields(nodes, kind).items():
        name = group[0].name.value
        if name == "__typename":
            value = constant(kind.name)
        elif name == "cursor":
            value = plain(cursor(page.keyset, level))
        else:
            value = row_object(level, group, work.kind(level.declared.name), work)
        pairs.append((key, value))
    order = f" order by {level.alias}._place desc" if page.arguments.backwards else ""
    return json_list(joined(json_object(pairs)), order=order, among=_FILTER)


def _page_info(level: Level, nodes: list[FieldNode], page: _Page, wanted: _Wanted, work: Work) -> Json:
    behind = "true" if page.arguments.cursor is not None else "false"
    place, total, size = f"{level.alias}._place", f"{level.alias}._all", _size(page, work)
    first, last = f"{place} = 1", f"{place} = least({total}, {size})"
    if page.arguments.backwards:
        first, last = last, first
    pairs = []
    for key, group in work.fields(nodes, work.kind("PageInfo")).items():
        name = group[0].name.value
        if name == "__typename":
            value = constant("PageInfo")
        elif name in {"startCursor", "endCursor"}:
            wanted.ends = True
            end = first if name == "startCursor" else last
            value = plain(f"max({cursor(page.keyset, level)}) filter (where {end})")
        elif (name == "hasNextPage") == page.arguments.backwards:
            value = (behind,)
        else:
            wanted.beyond = True
            value = yes_no(f"count(*) > {size}")
        pairs.append((key, value))
    return json_object(pairs)

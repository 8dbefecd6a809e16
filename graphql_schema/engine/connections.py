"""Connections: pages of a list or of a row's children by keyset, loaded for all siblings at once and only where asked."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, UUIDField, Value, Window
from django.db.models.functions import RowNumber

from graphql_schema.engine.context import Context
from graphql_schema.engine.cursors import Keyset
from graphql_schema.engine.declarations import (
    Children,
    ObjectType,
    Own,
)
from graphql_schema.engine.loading import Batch, batch_of, reachable
from graphql_schema.engine.narrowing import keyset_for, narrowed
from graphql_schema.http.parameters import bad_request


@dataclass(frozen=True)
class PageArguments:
    """`first`/`after` or `last`/`before`, checked."""

    size: int
    cursor: str | None
    backwards: bool

    @classmethod
    def of(cls, arguments: Mapping[str, Any], *, largest: int) -> PageArguments:
        """Raises Refusal BAD_REQUEST unless exactly one of `first` and `last` is given, from 1 to `largest`."""
        first, last = arguments.get("first"), arguments.get("last")
        if (first is None) == (last is None):
            raise bad_request("Give either first or last.")
        if arguments.get("before" if last is None else "after") is not None:
            raise bad_request("Use after with first, and before with last.")
        size = int(first if first is not None else last or 0)
        if not 1 <= size <= largest:
            raise bad_request(f"A page has 1 to {largest} items.")
        return cls(size=size, cursor=arguments.get("after" if last is None else "before"), backwards=last is not None)

    @property
    def key(self) -> Hashable:
        return (self.size, self.cursor, self.backwards)


@dataclass
class PageOfRows:
    """The rows of one page in the list's order, and whether more lie beyond it."""

    rows: list[Any]
    more: bool


class ConnectionRows:
    """A connection that has loaded nothing yet: `edges`, `pageInfo` and `totalCount` load what they need."""

    def __init__(
        self,
        *,
        keyset: Keyset,
        page: PageArguments,
        load: Callable[[], PageOfRows],
        count: Callable[[], int],
        shown: Callable[[list[Any]], None],
    ) -> None:
        self.keyset = keyset
        self._shown = shown
        self.page = page
        self._load = load
        self._count = count
        self._loaded: PageOfRows | None = None

    @property
    def loaded(self) -> PageOfRows:
        """The page, loaded at the first look."""
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    @property
    def edges(self) -> list[Edge]:
        """Rows with their cursors."""
        self._shown(self.loaded.rows)
        return [Edge(node=row, cursor=self.keyset.cursor(row)) for row in self.loaded.rows]

    @property
    def page_info(self) -> PageInfo:
        """By the Relay specification; where a cursor was given, something lies on its far side."""
        beyond, behind = self.loaded.more, self.page.cursor is not None
        return PageInfo(
            has_next_page=behind if self.page.backwards else beyond,
            has_previous_page=beyond if self.page.backwards else behind,
            cursor_at=self._cursor_at,
        )

    def _cursor_at(self, place: int) -> str | None:
        """Cursor of a row of the page, which shows the page."""
        self._shown(self.loaded.rows)
        return self.keyset.cursor(self.loaded.rows[place]) if self.loaded.rows else None

    @property
    def total_count(self) -> int:
        """Counted only when asked for."""
        return self._count()


@dataclass(frozen=True)
class Edge:
    node: Any
    cursor: str


@dataclass(frozen=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    cursor_at: Callable[[int], str | None]

    @property
    def start_cursor(self) -> str | None:
        """Cursor of the first row."""
        return self.cursor_at(0)

    @property
    def end_cursor(self) -> str | None:
        """Cursor of the last row."""
        return self.cursor_at(-1)


def root_connection(
    declared: ObjectType,
    context: Context,
    arguments: Mapping[str, Any],
    *,
    largest: int,
    among: QuerySet[Any] | None = None,
) -> ConnectionRows:
    """A list of everything of a type that the caller reaches, or of those `among` it."""
    keyset = keyset_for(declared=declared, order_by=arguments.get("order_by"), scope=context.scope)
    page = PageArguments.of(arguments, largest=largest)
    rows = narrowed(
        reachable(declared, context) if among is None else among,
        declared=declared,
        context=context,
        filters=arguments.get("filters"),
        search=arguments.get("search"),
    )
    beyond = keyset.beyond(page.cursor, backwards=page.backwards) if page.cursor is not None else None

    def load() -> PageOfRows:
        wanted = rows.filter(beyond) if beyond is not None else rows
        wanted = wanted.annotate(**keyset.annotations)
        found = list(wanted.order_by(*keyset.ordering(backwards=page.backwards))[: page.size + 1])
        return _cut(found, page)

    shown = partial(context.shown, declared)
    return ConnectionRows(keyset=keyset, page=page, load=load, count=rows.order_by().count, shown=shown)


def child_connection(
    source: Children,
    declared: ObjectType,
    row: Any,
    context: Context,
    arguments: Mapping[str, Any],
    *,
    owner: ObjectType,
    largest: int,
) -> ConnectionRows:
    """The children of a row of `owner`, loaded page by page for all siblings at once."""
    keyset = keyset_for(declared=declared, order_by=arguments.get("order_by"), scope=context.scope)
    page = PageArguments.of(arguments, largest=largest)
    context.require(declared.needs)
    beyond = keyset.beyond(page.cursor, backwards=page.backwards) if page.cursor is not None else None
    batch = batch_of(row)
    narrow = (_hashable(arguments.get("filters")), arguments.get("search"))
    own = source.by or "pk"

    def rows() -> QuerySet[Any]:
        return narrowed(
            reachable(declared, context),
            declared=declared,
            context=context,
            filters=arguments.get("filters"),
            search=arguments.get("search"),
        )

    def load_all() -> dict[Any, PageOfRows]:
        wanted = rows().filter(beyond) if beyond is not None else rows()
        return _pages(wanted, source=source, parents=batch.rows, keyset=keyset, page=page)

    def count_all() -> dict[Any, int]:
        return _counts(rows(), source=source, parents=batch.rows)

    def load() -> PageOfRows:
        pages = batch.once(("children", source.name, narrow, keyset.name, page.key), load_all)
        found: PageOfRows = pages.get(getattr(row, own)) or PageOfRows([], more=False)
        return found

    def count() -> int:
        counts: dict[Any, int] = batch.once(("count", source.name, narrow), count_all)
        return counts.get(getattr(row, own), 0)

    return ConnectionRows(keyset=keyset, page=page, load=load, count=count, shown=partial(context.shown, declared, under=owner))


def _pages(
    rows: QuerySet[Any], *, source: Children, parents: Sequence[Any], keyset: Keyset, page: PageArguments
) -> dict[Any, PageOfRows]:
    """First rows of each parent, in one statement, as one batch of siblings."""
    ordering, own = keyset.ordering(backwards=page.backwards), source.by or "pk"
    rows = rows.annotate(**keyset.annotations)
    by_parent: dict[Any, list[Any]] = {}
    if len(parents) == 1:
        of_one = rows.filter(source.belonging(_columns_of(parents[0]))).order_by(*ordering)
        by_parent[getattr(parents[0], own)] = list(of_one[: page.size + 1])
    elif source.where is None:
        via = source.column
        place = Window(RowNumber(), partition_by=F(via), order_by=ordering)
        numbered = rows.filter(**{f"{via}__in": [getattr(parent, own) for parent in parents]}).annotate(_place=place)
        for row in numbered.filter(_place__lte=page.size + 1).order_by(via, "_place"):
            by_parent.setdefault(getattr(row, via), []).append(row)
    else:
        for row in _first_of_each(rows, source, parents, size=page.size + 1, ordering=ordering):
            by_parent.setdefault(row._parent, []).append(row)
    pages = {parent: _cut(children, page, batch=False) for parent, children in by_parent.items()}
    Batch(row for cut in pages.values() for row in cut.rows)
    return pages


def _first_of_each(
    rows: QuerySet[Any], source: Children, parents: Sequence[Any], *, size: int, ordering: list[Any]
) -> QuerySet[Any]:
    """First rows of each parent by a condition, which may find a row for several: a query each, joined into one statement."""
    place = Window(RowNumber(), order_by=ordering)
    each = [
        rows.filter(source.belonging(_columns_of(parent)))
        .annotate(_parent=Value(parent.pk, output_field=UUIDField()), _place=place)
        .order_by(*ordering)[:size]
        for parent in parents
    ]
    joined: QuerySet[Any] = each[0].union(*each[1:], all=True)
    return joined.order_by("_parent", "_place")


def _counts(rows: QuerySet[Any], *, source: Children, parents: Sequence[Any]) -> dict[Any, int]:
    """How many rows each parent has, in one statement."""
    if source.where is None:
        via, own = source.column, source.by or "pk"
        inside = rows.filter(**{f"{via}__in": [getattr(parent, own) for parent in parents]})
        return dict(inside.order_by().values_list(via).annotate(Count("pk")))
    found = rows.filter(source.where(OuterRef)).order_by().annotate(_one=Value(1)).values("_one").annotate(_all=Count("pk"))
    owners = type(parents[0])._default_manager.filter(pk__in=[parent.pk for parent in parents]).order_by()
    counted = owners.annotate(_count=Subquery(found.values("_all"), output_field=IntegerField()))
    return {key: count or 0 for key, count in counted.values_list("pk", "_count")}


def _columns_of(row: Any) -> Own:
    """The values of a row's columns, as expressions of their own types."""

    def own(name: str) -> Value:
        field = row._meta.get_field(name)
        return Value(getattr(row, field.attname), output_field=field.target_field if field.is_relation else field)

    return own


def _cut(found: list[Any], page: PageArguments, *, batch: bool = True) -> PageOfRows:
    """Without the row that only told whether there are more, in the list's own direction."""
    rows = found[: page.size]
    if page.backwards:
        rows.reverse()
    if batch:
        Batch(rows)
    return PageOfRows(rows, more=len(found) > page.size)


def _hashable(filters: Mapping[str, Any] | None) -> Hashable:
    return tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in (filters or {}).items())

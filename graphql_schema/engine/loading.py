"""Rows in batches: the first of the siblings that needs a relation loads it for all of them.

So the number of statements is the number of relations a document names, however many rows there are and under however
many aliases.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, UUIDField, Value, Window
from django.db.models.functions import RowNumber

from backend.accounts.policy import NOTHING
from graphql_schema.engine.context import Context
from graphql_schema.engine.cursors import Keyset
from graphql_schema.engine.declarations import (
    Children,
    FieldSource,
    Found,
    Gathered,
    ObjectType,
    Own,
    Pointer,
    Reckoned,
    Relation,
    Sealed,
)
from graphql_schema.engine.narrowing import keyset_for, narrowed
from graphql_schema.http.parameters import bad_request

_BATCH = "_graphql_batch"


class Batch:
    """Rows that were loaded together, and what has been loaded for all of them since."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows = list(rows)
        self.memo: dict[Hashable, Any] = {}
        for row in self.rows:
            row.__dict__[_BATCH] = self

    def once(self, key: Hashable, load: Callable[[], Any]) -> Any:
        """The value of `load()`, run at the first call with this key."""
        if key not in self.memo:
            self.memo[key] = load()
        return self.memo[key]


def batch_of(row: Any) -> Batch:
    """The batch of a row; a row that came alone is its own."""
    batch: Batch | None = row.__dict__.get(_BATCH)
    return batch or Batch([row])


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


def reachable(declared: ObjectType, context: Context) -> QuerySet[Any]:
    """The selector's rows of a type for the caller. Raises Refusal FORBIDDEN without the token scope."""
    context.require(declared.needs)
    context.check_time()
    assert declared.select is not None  # noqa: S101  (checked when the schema is built)
    return declared.select(context.scope)


def one(declared: ObjectType, context: Context, *, key: UUID | None) -> Any | None:
    """One row by its key; None when absent or not reached."""
    if key is None:
        context.require(declared.needs)
        return None
    return next(iter(many(declared, context, keys=[key]).values()), None)


def many(declared: ObjectType, context: Context, *, keys: Iterable[UUID], under: ObjectType | None = None) -> dict[UUID, Any]:
    """Rows by their keys, as one batch, in one statement. `under`: whose rows lead to them and name the same learners."""
    wanted = set(keys)
    if not wanted:
        return {}
    batch = Batch(reachable(declared, context).filter(pk__in=wanted).order_by())
    context.shown(declared, batch.rows, under=under)
    return {row.pk: row for row in batch.rows}


def related(source: Relation, owner: ObjectType, declared: ObjectType, row: Any, context: Context) -> Any | None:
    """The row that a foreign key of `owner` points to, loaded for all siblings at once."""
    attname = row._meta.get_field(source.attr).attname
    batch = batch_of(row)

    def load() -> dict[UUID, Any]:
        keys = {getattr(sibling, attname) for sibling in batch.rows if may_show(source, owner, sibling, context)} - {None}
        return many(declared, context, keys=keys, under=None if source.elsewhere else owner)

    found: dict[UUID, Any] = batch.once(("relation", source.attr), load)
    return found.get(getattr(row, attname)) if may_show(source, owner, row, context) else None


def pointed(source: Pointer, owner: ObjectType, row: Any, context: Context) -> Any | None:
    """The row that a tag and a key name, loaded for all siblings at once: one statement a type."""
    batch = batch_of(row)
    types = context.declarations.by_tag()

    def load() -> dict[tuple[str, UUID], Any]:
        keys: dict[str, set[UUID]] = {}
        for sibling in batch.rows:
            keys.setdefault(getattr(sibling, source.tag_attr), set()).add(getattr(sibling, source.key_attr))
        return {
            (tag, key): found
            for tag, wanted in sorted(keys.items())
            if tag in types and context.may(types[tag].needs)
            for key, found in many(types[tag], context, keys=wanted, under=owner).items()
        }

    found: dict[tuple[str, UUID], Any] = batch.once(("pointer", source.name), load)
    return found.get((getattr(row, source.tag_attr), getattr(row, source.key_attr)))


def found_row(source: Found, owner: ObjectType, declared: ObjectType, row: Any, context: Context) -> Any | None:
    """The row that the database finds for a row of `owner`, in two statements for all siblings."""
    context.require(source.needs)
    if not may_show(source, owner, row, context):
        return None
    batch = batch_of(row)

    def load() -> dict[UUID, Any]:
        showing = [sibling.pk for sibling in batch.rows if may_show(source, owner, sibling, context)]
        siblings = type(row)._default_manager.filter(pk__in=showing).order_by()
        keys = dict(siblings.annotate(_found=source.expression(context.scope)).values_list("pk", "_found"))
        rows = many(declared, context, keys=set(keys.values()) - {None}, under=None if source.elsewhere else owner)
        return {key: rows[other] for key, other in keys.items() if other in rows}

    found: dict[UUID, Any] = batch.once(("found", source.name), load)
    return found.get(row.pk)


def may_show(source: FieldSource, declared: ObjectType, row: Any, context: Context) -> bool:
    """Whether the caller reads a field in this row; asked once for all siblings where it differs from row to row."""
    condition = context.readable(source, declared)
    if condition == NOTHING or not condition:
        return condition != NOTHING
    batch = batch_of(row)

    def load() -> set[UUID]:
        keys = [sibling.pk for sibling in batch.rows]
        return set(type(row)._default_manager.filter(condition, pk__in=keys).values_list("pk", flat=True))

    readable: set[UUID] = batch.once(("readable", declared.name, source.name), load)
    return row.pk in readable


def opened(source: Sealed, declared: ObjectType, row: Any, context: Context) -> str | None:
    """A sealed text, opened for all siblings at once; None where there is none or the caller does not read it."""
    batch = batch_of(row)

    def load() -> dict[UUID, str | None]:
        keys = [sibling.pk for sibling in batch.rows if may_show(source, declared, sibling, context)]
        via = f"{source.via}_id"
        stored = list(source.beside._default_manager.filter(**{f"{via}__in": keys}).values_list(via, source.attr)) if keys else []
        return dict(zip((key for key, _ in stored), source.open(stored), strict=True))

    texts: dict[UUID, str | None] = batch.once(("sealed", source.name), load)
    return texts.get(row.pk)


def reckoned(source: Reckoned, declared: ObjectType, row: Any, context: Context) -> Any:
    """What the database computes of a row, in one statement for all siblings; None where the caller does not read it."""
    if not may_show(source, declared, row, context):
        return None
    batch = batch_of(row)

    def load() -> dict[UUID, Any]:
        rows = type(row)._default_manager.filter(pk__in=[sibling.pk for sibling in batch.rows]).order_by()
        return dict(rows.annotate(_reckoned=source.expression(context.scope)).values_list("pk", "_reckoned"))

    values: dict[UUID, Any] = batch.once(("reckoned", source.name), load)
    return values.get(row.pk)


def gathered_rows(source: Gathered, declared: ObjectType, row: Any, context: Context) -> list[Any] | None:
    """What the domain works out for a row, in one call for all siblings; None where the caller does not read it."""
    batch = batch_of(row)
    if not may_show(source, declared, row, context):
        return None

    def load() -> Mapping[UUID, Any]:
        context.check_time()
        return source.gather(context.scope, [sibling.pk for sibling in batch.rows])

    found: Mapping[UUID, Any] = batch.once(("gathered", source.name), load)
    return list(found.get(row.pk, ()))


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

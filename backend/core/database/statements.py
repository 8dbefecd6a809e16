"""Statements that Django compiles once a process (docs/decisions/0186).

Django compiles a queryset anew each time it is asked, about 5,000 Python calls for a list of pages: more than everything else
of most answers. The SQL tells nothing of the rows, so it may be kept as long as the process runs; rows are always read.

    topics = rows("topics of an article", lambda: Topic.objects.filter(articles=Given("page")), page=7)
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeVar, overload

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, Field, Func, QuerySet, Window
from django.db.models.aggregates import Count

Row = TypeVar("Row")
MOST = 500
"""Statements at a time: what visitors can choose is in some of the keys."""


class Given(Expression):
    """A value that is told each time the statement is asked: `filter(pk=Given("page"))`."""

    def __init__(self, name: str, output_field: Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """A place for the value; among the parameters this stands for it."""
        return "%s", (self,)


class Several(Func):
    """The same for a list of values: `filter(pk__in=Several("pages", of="bigint"))`."""

    def __init__(self, name: str, *, of: str) -> None:
        super().__init__(Given(name), template=f"(select unnest(%(expressions)s::{of}[]))")


@dataclass(frozen=True)
class _Compiled:
    """A queryset with its SQL. Read by several threads, changed by none."""

    queryset: Any
    compiler: Any
    sql: str
    params: tuple[Any, ...]


_compiled: dict[Hashable, _Compiled | None] = {}
"""None: Django sees without asking that there can be no row."""


def rows(key: Hashable, make: Callable[[], QuerySet[Any, Row]], /, **given: Any) -> list[Row]:
    """The rows of `make()`, as `list` gives them; compiled when `key` is new.

    The key says all that the statement depends on but `given`, the values of its `Given`. Nothing is prefetched: that would
    be further statements, compiled each time. Raises AssertionError for a queryset that asks for it.
    """
    try:
        found = _compiled[key]
    except KeyError:
        found = _compile(make())
        if len(_compiled) >= MOST:
            _compiled.clear()
        _compiled[key] = found
    return [] if found is None else _ask(found, given)


def forget() -> None:
    """Compile anew: between tests, whose keys of rows repeat."""
    _compiled.clear()


def _compile(queryset: Any) -> _Compiled | None:
    assert not queryset._prefetch_related_lookups, "a statement of this kind prefetches nothing"  # noqa: S101
    compiler = queryset.query.get_compiler(using=queryset.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    return _Compiled(queryset, compiler, sql, tuple(params))


def _ask(found: _Compiled, given: dict[str, Any]) -> list[Any]:
    params = tuple(given[each.name] if isinstance(each, Given) else each for each in found.params)
    compiler = copy.copy(found.compiler)
    compiler.connection = connections[found.queryset.db]  # each thread has its own
    compiler.as_sql = lambda *_args, **_options: (found.sql, params)
    query: Any = copy.copy(found.queryset.query)
    query.get_compiler = lambda *_args, **_options: compiler
    asked = SimpleNamespace(db=found.queryset.db, model=found.queryset.model, query=query, _known_related_objects={})
    return list(found.queryset._iterable_class(asked))


class Listed(Sequence[Row]):
    """A list that is read piece by piece, as Django's Paginator reads it. Two statements, each compiled once."""

    def __init__(self, key: Hashable, make: Callable[[], QuerySet[Any, Row]]) -> None:
        self._key, self._make = key, make

    def __len__(self) -> int:
        found = rows((self._key, "number"), lambda: _numbered(self._make()))
        return found[0] if found else 0

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        piece = place if isinstance(place, slice) else slice(place, place + 1)
        found = rows((self._key, piece.start, piece.stop), lambda: self._make()[piece])
        return found if isinstance(place, slice) else found[0]


def _numbered(queryset: Any) -> Any:
    return queryset.order_by().annotate(number_of_all=Window(Count("*"))).values_list("number_of_all", flat=True)[:1]

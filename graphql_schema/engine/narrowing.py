"""`filters`, `orderBy` and `search` of a list, turned into conditions on its selector."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery

from backend.accounts.scope import Scope
from backend.core.identifiers import key_of
from backend.core.text import fold, nfc
from backend.territory.models import Semester
from graphql_schema.engine.access import default_order, readable, refuse_comparison
from graphql_schema.engine.context import Context
from graphql_schema.engine.cursors import Keyset
from graphql_schema.engine.declarations import Children, Column, Filter, FilterKind, ObjectType
from graphql_schema.http.parameters import bad_request

_NOTHING = Q(pk__in=[])
NO_ROW = UUID(int=0)
"""A key that no row has."""
LONGEST_SEARCH = 100


def narrowed(
    rows: QuerySet[Any], *, declared: ObjectType, context: Context, filters: Mapping[str, Any] | None, search: str | None
) -> QuerySet[Any]:
    """`rows` under every filter given, and under every word searched for."""
    given = filters or {}
    for item in declared.filters:
        value = given.get(item.name)
        if item.kind is FilterKind.WITH_ALSO:
            value = bool(value)
        if value is not None:
            rows = rows.filter(condition(item, value, declared=declared, context=context))
    if search is not None:
        assert declared.search is not None  # noqa: S101  (the argument exists only where search is declared)
        refuse_comparison(declared, "search", declared.search.columns, context.scope)
        rows = rows.filter(_found(search, declared=declared))
    return rows


def condition(item: Filter, value: Any, *, declared: ObjectType, context: Context) -> Q:
    """One filter as a condition; an id that names nothing matches nothing."""
    own = _own_condition(item, item.lookup, value)
    if item.within is not None:
        own &= item.within(context.scope)
    if item.kind is not FilterKind.FILLED:
        for lookup in item.alternatives:
            own |= _own_condition(item, lookup, value)
    if not item.through:
        return own & comparable(item, declared, context.scope)
    refuse_comparison(declared, item.name, item.of, context.scope)
    children = context.declarations.child(declared, item)
    target = context.declarations.types[children.to]
    own &= comparable(item, target, context.scope)
    context.require(target.needs)
    assert target.select is not None  # noqa: S101  (checked when the schema is built)
    return led_to(item, target.select(context.scope).filter(own), children)


def led_to(item: Filter, rows: QuerySet[Any], children: Children) -> Q:
    """Condition of a filter with `through`: the rows that `rows` of the other type belong to."""
    keys = rows.order_by().values(children.column)
    found = Q()
    for path in item.of or ("pk",):
        found |= Q(**{f"{path}__in": keys})
    return found


def comparable(item: Filter, declared: ObjectType, scope: Scope) -> Q:
    """Condition for the rows of a type in which the caller may compare what a filter does; Q(): in all that are reached.

    Raises Refusal FORBIDDEN where that is not all of them, unless the filter is content with `where_read`.
    """
    if item.where_read:
        return readable(Column(name=item.name, description=item.description, attr=item.lookup), declared, scope)
    refuse_comparison(declared, item.name, lookups_of(item), scope)
    return Q()


def lookups_of(item: Filter) -> tuple[str, ...]:
    """What a filter compares."""
    return (
        (item.lookup, item.until)
        if item.kind in {FilterKind.VALID_ON, FilterKind.SEMESTER}
        else (item.lookup, *item.alternatives)
    )


def all_filled(item: Filter) -> Q:
    """Condition of `FILLED`: every column holds a value."""
    return Q(**{f"{lookup}__isnull": False for lookup in lookups_of(item)})


def _own_condition(item: Filter, lookup: str, value: Any) -> Q:
    if item.prepare is not None:
        value = item.prepare(value)
        return Q(**{lookup: value}) if value is not None else _NOTHING
    special = _CONDITIONS.get(item.kind)
    return special(item, lookup, value) if special is not None else Q(**{lookup: value})


def _by_key(item: Filter, lookup: str, value: Any) -> Q:
    key = key_of(value, tag=item.tag)
    return Q(**{lookup: key}) if key is not None else _NOTHING


_CONDITIONS: Mapping[FilterKind, Callable[[Filter, str, Any], Q]] = {
    FilterKind.ID: _by_key,
    FilterKind.CHOICES: lambda item, lookup, value: Q(
        **{f"{lookup}__in": [getattr(choice, "value", choice) for choice in value]}
    ),
    FilterKind.TEXTS: lambda item, lookup, value: Q(**{f"{lookup}__in": list(value)}),
    FilterKind.NUMBER: lambda item, lookup, value: Q(**{lookup: Decimal(str(value))}),
    FilterKind.FILLED: lambda item, lookup, value: all_filled(item) if value else ~all_filled(item),
    FilterKind.WITH_ALSO: lambda item, lookup, value: Q() if value else Q(**{f"{lookup}__isnull": True}),
    FilterKind.SEMESTER: lambda item, lookup, value: touches(item, key_of(value, tag=item.tag) or NO_ROW if item.tag else value),
    FilterKind.MOMENT: lambda item, lookup, value: Q(**{lookup: with_offset(value)}),
    FilterKind.VALID_ON: lambda item, lookup, value: valid_on(item, value),
}


def touches(item: Filter, value: Any) -> Q:
    """Condition of `SEMESTER`: one of its days lies in the period, which may be open.

    `value` is the semester's key where the filter has a tag, else its code.
    """
    semester = Semester.objects.filter(**{"pk" if item.tag else "code": value}).order_by()
    if item.where is not None:
        return item.where(semester)
    ends = Q(**{f"{item.until}__isnull": True}) | Q(**{f"{item.until}__gte": Subquery(semester.values("starts_on")[:1])})
    return Q(**{f"{item.lookup}__lte": Subquery(semester.values("ends_on")[:1])}) & ends


def with_offset(moment: dt.datetime | None) -> dt.datetime | None:
    """The moment given. Raises Refusal BAD_REQUEST for one that does not say its offset: nobody knows which it is."""
    if moment is not None and moment.tzinfo is None:
        raise bad_request("Give a moment with its offset from UTC, such as 2023-10-16T12:00:00+03:00.")
    return moment


def valid_on(item: Filter, day: Any) -> Q:
    """Condition of `VALID_ON`: the day lies in the period, which may be open."""
    ends = Q(**{f"{item.until}__isnull": True}) | Q(**{f"{item.until}__gte": day})
    return Q(**{f"{item.lookup}__lte": day}) & ends


def _found(search: str, *, declared: ObjectType) -> Q:
    """Every word must stand somewhere in the columns, case and diacritics forgiven."""
    assert declared.search is not None  # noqa: S101
    if len(search) > LONGEST_SEARCH:
        raise bad_request(f"A search text has at most {LONGEST_SEARCH} characters.")
    result = Q()
    for word in nfc(search).split():
        anywhere = Q()
        for column in declared.search.columns:
            lookup = f"{column}__contains" if declared.search.folded else f"{column}__unaccent__icontains"
            anywhere |= Q(**{lookup: fold(word)})
        result &= anywhere
    return result


def keyset_for(*, declared: ObjectType, order_by: Sequence[Mapping[str, Any]] | None, scope: Scope) -> Keyset:
    """The order asked for, or the type's own as far as the caller may compare by it.

    Raises Refusal BAD_REQUEST when a field is named twice, FORBIDDEN when the caller may not compare by it.
    """
    assert declared.model is not None  # noqa: S101
    if not order_by:
        return Keyset(model=declared.model, order=default_order(declared, scope))
    by_name = {item.name: item for item in declared.orders}
    columns: list[str] = []
    for term in order_by:
        prefix = "-" if term["direction"] == "DESC" else ""
        refuse_comparison(declared, term["field"], by_name[term["field"]].columns, scope)
        columns += [f"{prefix}{column}" for column in by_name[term["field"]].columns]
    names = [column.lstrip("-") for column in columns]
    if len(set(names)) != len(names):
        raise bad_request("orderBy names a field twice.")
    return Keyset(model=declared.model, order=columns)

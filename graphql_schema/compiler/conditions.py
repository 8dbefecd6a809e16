"""Filters and search, as `engine.narrowing` has them, with slots for the values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from backend.core.identifiers import key_of
from backend.core.text import fold, nfc
from graphql_schema.compiler.inputs import ABSENT, Given
from graphql_schema.compiler.slots import AnyOf, NotCompilable, Slot, SlotExpression, Values
from graphql_schema.compiler.work import Work
from graphql_schema.engine.access import refuse_comparison
from graphql_schema.engine.declarations import Filter, FilterKind, ObjectType, Search
from graphql_schema.engine.narrowing import LONGEST_SEARCH, all_filled, comparable, led_to, touches, valid_on
from graphql_schema.http.parameters import bad_request


def reachable(declared: ObjectType, work: Work, *, few: bool = False) -> QuerySet[Any]:
    """The selector's rows of a type; notes the token scope that the type needs. `few`: a filter leaves few of them."""
    select = (declared.select_few if few else None) or declared.select
    assert select is not None  # noqa: S101  (checked when the schema is built)
    work.needs.add(declared.needs)
    try:
        return select(work.scope)
    except (TypeError, AttributeError) as problem:
        raise NotCompilable(f"The selector of {declared.name} does not take a scope with parameters: {problem}") from problem


def leaves_few(declared: ObjectType, given: Mapping[str, Given], work: Work) -> bool:
    """Whether a filter finds few rows, by the rows of another type or by a value of its own: there the search begins then."""
    if "filters" not in given or given["filters"].read(work.variables) is None:
        return False
    through = [item for item in declared.filters if item.through or item.prepare is not None]
    return any(given["filters"].member(item.name).read(work.variables) is not None for item in through)


def narrowed(rows: QuerySet[Any], declared: ObjectType, given: Mapping[str, Given], work: Work) -> QuerySet[Any]:
    """`rows` under every filter and every word of a search."""
    filtered = "filters" in given and given["filters"].read(work.variables) is not None
    for item in declared.filters:
        value = given["filters"].member(item.name) if filtered else ABSENT
        if item.kind is FilterKind.WITH_ALSO or value.read(work.variables) is not None:
            rows = rows.filter(_condition(item, value, declared, work))
    if "search" in given and given["search"].read(work.variables) is not None:
        assert declared.search is not None  # noqa: S101  (the argument exists only where search is declared)
        refuse_comparison(declared, "search", declared.search.columns, work.scope)
        rows = rows.filter(_found(declared.search, given["search"], work))
    return rows


def _condition(item: Filter, value: Given, declared: ObjectType, work: Work) -> Q:
    own = _own_condition(item, item.lookup, value, work)
    if item.within is not None:
        own &= item.within(work.scope)
    if item.kind is not FilterKind.FILLED:
        for lookup in item.alternatives:
            own |= _own_condition(item, lookup, value, work)
    if not item.through:
        return own & comparable(item, declared, work.scope)
    refuse_comparison(declared, item.name, item.of, work.scope)
    children = work.declarations.child(declared, item)
    target = work.declarations.types[children.to]
    own &= comparable(item, target, work.scope)
    return led_to(item, reachable(target, work).filter(own), children)


def _found(search: Search, value: Given, work: Work) -> Q:
    work.checks.append(_length_check(value))
    result = Q()
    for position in range(len(nfc(value.read(work.variables)).split())):
        word = SlotExpression(Slot((value.key, "word", position), "text", _word(value, position)), models.TextField())
        anywhere = Q()
        for column in search.columns:
            lookup = f"{column}__contains" if search.folded else f"{column}__unaccent__icontains"
            anywhere |= Q(**{lookup: word})
        result &= anywhere
    return result


def _length_check(value: Given) -> Callable[[Values], None]:
    def check(values: Values) -> None:
        if len(value.read(values.variables)) > LONGEST_SEARCH:
            raise bad_request("The search text is too long.")

    return check


def _word(value: Given, position: int) -> Callable[[Values], str]:
    return lambda values: fold(nfc(value.read(values.variables)).split()[position])


_PLAIN: dict[FilterKind, tuple[str, models.Field[Any, Any]]] = {
    FilterKind.TEXT: ("text", models.TextField()),
    FilterKind.DATE: ("date", models.DateField()),
    FilterKind.VALID_ON: ("date", models.DateField()),
    FilterKind.INTEGER: ("integer", models.IntegerField()),
    FilterKind.NUMBER: ("numeric", models.DecimalField()),
    FilterKind.SEMESTER: ("text", models.TextField()),
    FilterKind.YES_NO: ("boolean", models.BooleanField()),
}


def _own_condition(item: Filter, lookup: str, value: Given, work: Work) -> Q:
    if item.prepare is not None:
        slot = Slot((value.key, "prepared", item.name), "text", _prepared(item.prepare, value))
        return Q(**{lookup: SlotExpression(slot, models.TextField())})
    if item.kind is FilterKind.FILLED:  # yes or no is signed, as every boolean: it may decide about the text
        return all_filled(item) if value.read(work.variables) else ~all_filled(item)
    if item.kind is FilterKind.WITH_ALSO:
        return Q() if value.read(work.variables) else Q(**{f"{lookup}__isnull": True})
    if item.kind is FilterKind.ID:
        return Q(**{lookup: _key(item, value)})
    if item.kind is FilterKind.SEMESTER and item.tag:
        return touches(item, _key(item, value))
    if item.kind in {FilterKind.CHOICES, FilterKind.TEXTS}:
        slot = Slot((value.key, "choices"), "text[]", lambda values: [str(choice) for choice in value.read(values.variables)])
        return Q(**{f"{lookup}__in": AnyOf(slot)})
    if item.kind not in _PLAIN:
        raise NotCompilable(f"Filters of the kind {item.kind} are not compiled.")
    cast_to, field = _PLAIN[item.kind]
    plain = SlotExpression(Slot((value.key, cast_to), cast_to, lambda values: _text(value.read(values.variables))), field)
    if item.kind is FilterKind.SEMESTER:
        return touches(item, plain)
    return valid_on(item, plain) if item.kind is FilterKind.VALID_ON else Q(**{lookup: plain})


def _key(item: Filter, value: Given) -> SlotExpression:
    slot = Slot((value.key, "key", item.tag), "uuid", lambda values: _text(key_of(value.read(values.variables), tag=item.tag)))
    return SlotExpression(slot, models.UUIDField())


def _prepared(prepare: Callable[[str], str | None], value: Given) -> Callable[[Values], str | None]:
    return lambda values: prepare(value.read(values.variables))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)

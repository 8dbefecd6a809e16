"""Field level: what of a row a caller is shown, and what lists may be filtered, ordered and searched by.

Both engines ask here. The table of roles and classes, and the condition for the rows, are `backend.accounts.fields`'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model, Q
from django.db.models.constants import LOOKUP_SEP

from backend.accounts.fields import FieldAccess
from backend.accounts.policy import NOTHING
from backend.accounts.scope import NOBODY, Scope
from backend.core.classification import DataClass, classification_of
from graphql_schema.engine.declarations import (
    Column,
    Derived,
    FieldSource,
    Found,
    Gathered,
    ObjectType,
    Reckoned,
    Relation,
    Sealed,
)
from graphql_schema.http.errors import ErrorCode, Refusal

Stored = tuple[type[Model], str]
"""A model and the name of one of its fields."""


def stored_fields(source: FieldSource, declared: ObjectType) -> tuple[Stored, ...]:
    """The stored fields that a field's value is made of; none where no policy keeps the type."""
    if declared.policy is None or declared.model is None:
        return ()
    if isinstance(source, Column | Relation):
        return ((declared.model, source.attr),)
    if isinstance(source, Derived):
        return tuple((declared.model, name) for name in source.depends)
    if isinstance(source, Reckoned | Found):
        return source.made_of
    if isinstance(source, Gathered):
        return source.depends
    return ((source.beside, source.attr),) if isinstance(source, Sealed) else ()


def is_guarded(source: FieldSource, declared: ObjectType) -> bool:
    """Whether some role reads the row and not the field: then the field can be null."""
    if source.shown_where is not None:
        return True
    return any(not item.for_everybody for item in _asked(stored_fields(source, declared), declared, NOBODY))


def readable(source: FieldSource, declared: ObjectType, scope: Scope) -> Q:
    """Condition for the rows of the type, within those reached, in which the field is shown: the strictest of what it is made of.

    Q() for all of them, `NOTHING` for none.
    """
    condition = source.shown_where(scope) if source.shown_where is not None else Q()
    if condition == NOTHING:
        return NOTHING
    for item in _asked(stored_fields(source, declared), declared, scope):
        more = item.readable()
        if more == NOTHING:
            return NOTHING
        if more and more != condition:
            condition &= more
    return condition


def refuse_comparison(declared: ObjectType, named: str, lookups: Sequence[str], scope: Scope) -> None:
    """Raise Refusal FORBIDDEN where a lookup compares what the caller does not read in every row of the type reached.

    `named` is how the caller asked for it: a filter, an order, or `search`.
    """
    for item in _asked(tuple(field for lookup in lookups for field in compared(declared, lookup)), declared, scope):
        if not item.may_compare():
            message = f"Your role does not read what {declared.name}.{named} compares in every row here: leave it out."
            raise Refusal(ErrorCode.FORBIDDEN, message, status=403)


def default_order(declared: ObjectType, scope: Scope) -> tuple[str, ...]:
    """The type's own order as far as the caller may compare by it: an order, and a cursor, tell a value as showing it does."""
    return tuple(
        column
        for column in declared.order
        if all(item.may_compare() for item in _asked(compared(declared, column.lstrip("-")), declared, scope))
    )


def class_of(source: FieldSource, declared: ObjectType) -> DataClass:
    """The highest class among the stored fields that a field is made of."""
    found = [item.data_class for item in _asked(stored_fields(source, declared), declared, NOBODY)]
    return max(found, key=list(DataClass).index, default=DataClass.INTERNAL)


@cache
def _compared(model: type[Model], lookup: str) -> tuple[Stored, ...]:
    return tuple(_walk(model, lookup))


def compared(declared: ObjectType, lookup: str) -> tuple[Stored, ...]:
    """The classified fields on the path of a lookup, those of other models included; none where no policy keeps the type."""
    if declared.policy is None or declared.model is None:
        return ()
    return _compared(declared.model, lookup)


def _walk(model: type[Model], lookup: str) -> Iterator[Stored]:
    here: type[Model] | None = model
    for part in lookup.split(LOOKUP_SEP):
        if here is None:
            return  # what follows a plain column is the kind of comparison
        try:
            field = here._meta.pk if part == "pk" else here._meta.get_field(part)
        except FieldDoesNotExist:
            return
        if isinstance(field, Field):
            yield here, field.name
        here = field.related_model if field is not None and field.is_relation else None


def _asked(fields: Sequence[Stored], declared: ObjectType, scope: Scope) -> Iterator[FieldAccess]:
    if declared.policy is None:
        return
    for model, name in fields:
        if classification_of(model._meta.get_field(name)) is not None:  # type: ignore[arg-type]
            yield FieldAccess(scope=scope, policy=declared.policy, model=model, name=name)

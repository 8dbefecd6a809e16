"""From a column to its GraphQL type and back out: which type, whether null, how the value is written."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import strawberry
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import translation

from backend.core.identifiers import public_id
from graphql_schema.engine.declarations import Column, ObjectType


class SchemaError(Exception):
    """A declaration that does not hold; the schema is not built."""


@dataclass(frozen=True)
class Kind:
    """GraphQL type of a column and how to read it from a row."""

    annotation: Any
    nullable: bool
    read: Callable[[Any], Any]


_SCALARS: list[tuple[type[models.Field[Any, Any]], Any]] = [
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.DateTimeField, dt.datetime),
    (models.DateField, dt.date),
    (models.TimeField, dt.time),
    (models.FloatField, float),
    (models.CharField, str),
    (models.TextField, str),
]


class Enums:
    """GraphQL enums made of the domain's choices, one of each name."""

    def __init__(self, descriptions: Mapping[str, str]) -> None:
        self._descriptions = descriptions
        self._made: dict[str, tuple[type[models.Choices], Any]] = {}

    def of(self, choices: type[models.Choices]) -> Any:
        """The enum of some choices. Its values' descriptions are their labels."""
        name = choices.__name__
        if name not in self._made:
            if name not in self._descriptions:
                raise SchemaError(f"The enum {name} has no description.")
            with translation.override("en"):
                members = {
                    item.name: strawberry.enum_value(item.value, description=_sentence(str(item.label))) for item in choices
                }
            made = strawberry.enum(enum.Enum(name, members), name=name, description=self._descriptions[name])  # type: ignore[call-overload]
            self._made[name] = (choices, made)
        if self._made[name][0] is not choices:
            raise SchemaError(f"Two sets of choices are named {name}.")
        return self._made[name][1]


def _sentence(label: str) -> str:
    return f"{label[:1].upper()}{label[1:]}." if label[-1:] not in ".!?" else label


def kind_of(source: Column, declared: ObjectType, enums: Enums) -> Kind:
    """The kind of a column. Raises SchemaError for a column we have no GraphQL type for."""
    assert declared.model is not None  # noqa: S101
    field: Any = declared.model._meta.get_field(source.attr)
    attname = field.attname
    plain = _reader(attname)
    if field.primary_key:
        tag = declared.tag
        return Kind(strawberry.ID, False, lambda row: public_id(tag=tag, key=row.pk))
    if source.enum is not None:
        return _of_enum(enums.of(source.enum), field, plain)
    if field.choices:
        raise SchemaError(f"{declared.name}.{source.name} has choices: name their enum.")
    if field.is_relation:
        field = field.target_field
    if isinstance(field, ArrayField):
        item = str if isinstance(field.base_field, models.CharField) else int
        return Kind(list[item], field.null, plain)  # type: ignore[valid-type]
    if isinstance(field, models.DecimalField):
        if source.as_float:
            return Kind(float, field.null, _converted(plain, float))
        places = max(2, field.decimal_places)
        return Kind(str, field.null, _converted(plain, lambda value: f"{value:.{places}f}"))
    for model_field, annotation in _SCALARS:
        if isinstance(field, model_field):
            text = annotation is str and field.blank
            return Kind(annotation, field.null or text, _none_for_empty(plain) if text else plain)
    raise SchemaError(f"{declared.name}.{source.name}: no GraphQL type for {type(field).__name__}.")


def _of_enum(made: Any, field: Any, plain: Callable[[Any], Any]) -> Kind:
    if isinstance(field, ArrayField):
        return Kind(list[made], field.null, plain)
    return Kind(made, field.null or field.blank, _none_for_empty(plain))


def _reader(attname: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row, attname)


def _none_for_empty(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def value(row: Any) -> Any:
        found = read(row)
        return None if found == "" else found

    return value


def _converted(read: Callable[[Any], Any], convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def value(row: Any) -> Any:
        found = read(row)
        return None if found is None else convert(found)

    return value


def two_places(value: Decimal) -> str:
    """Money as the schema writes it."""
    return f"{value:.2f}"

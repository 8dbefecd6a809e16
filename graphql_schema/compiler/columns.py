"""A field of a row as JSON: the same text forms as the other engine gives (`engine.kinds`), in SQL.

Also cursors (`engine.cursors`): the same values, in the same JSON, in the same base64.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from graphql_schema.compiler.rows import Level
from graphql_schema.compiler.slots import NotCompilable, quoted
from graphql_schema.compiler.texts import Json, Sql, any_text, or_null, plain, yes_no
from graphql_schema.engine.cursors import Keyset
from graphql_schema.engine.declarations import Column

_NUMBERS = (models.IntegerField,)
_BY_POSTGRESQL = (models.FloatField, models.DateField, ArrayField)
"""Whose JSON PostgreSQL writes as the other engine does."""
_FEW = 8
"""Names of an enum that are compared one by one sooner than a text is escaped."""


def column_json(source: Column, level: Level) -> Json:
    """A declared column. Raises NotCompilable for a kind that has no SQL form here."""
    field: Any = level.field(source.attr)
    column = level.column(source.attr)
    if field.primary_key:
        return public_id(level.declared.tag, column)
    if source.enum is not None:
        return _enums(source, column, level) if isinstance(field, ArrayField) else _enum(source, column)
    if field.is_relation:
        field = field.target_field
    value = _plain_value(source, field, column)
    if value is None:
        raise NotCompilable(f"{level.declared.name}.{source.name} has no form in SQL.")
    return value


def _plain_value(source: Column, field: Any, column: str) -> Json | None:
    """By the kind of the stored field; None for a kind that has no form."""
    if isinstance(field, models.DecimalField):
        if source.as_float:
            return or_null(f"to_json({column}::float8)::text")
        return plain(f"round({column}, {max(2, field.decimal_places)})::text")
    if isinstance(field, models.DateTimeField):
        return plain(moment(column))
    if isinstance(field, models.TimeField):
        return plain(time_of_day(column))
    if isinstance(field, models.CharField | models.TextField):
        return any_text(f"nullif({column}, '')" if field.blank else column)
    if isinstance(field, models.BooleanField):
        return yes_no(column)
    if isinstance(field, _NUMBERS):
        return or_null(f"{column}::text")
    if isinstance(field, _BY_POSTGRESQL):
        return or_null(f"to_json({column})::text")
    return None


def public_id(tag: str, column: str) -> Json:
    """A type-tagged id."""
    return (f'"{tag}_', Sql(_hex(column)), '"')


def moment(column: str) -> str:
    """As Python's isoformat() in UTC: without a fraction where it is zero, else with six digits."""
    utc = f"{column} at time zone 'UTC'"
    fraction = f"case when date_trunc('second', {column}) = {column} then '' else to_char({utc}, '.US') end"
    return f"to_char({utc}, 'YYYY-MM-DD\"T\"HH24:MI:SS') || {fraction} || '+00:00'"


def time_of_day(column: str) -> str:
    """As Python's isoformat() of a time."""
    whole = f"date_trunc('second', {column}::interval) = {column}::interval"
    return f"to_char({column}::interval, case when {whole} then 'HH24:MI:SS' else 'HH24:MI:SS.US' end)"


def cursor(keyset: Keyset, level: Level) -> str:
    """The cursor of a row: a text of letters, digits, `-` and `_`."""
    parts = [quoted(f'["{keyset.name}"')]
    for (column, _), field in zip(keyset.terms, keyset.fields, strict=True):
        parts += ["','", _cursor_value(field, level.ordering(column))]
    text = " || ".join([*parts, "']'"])
    encoded = f"encode(convert_to({text}, 'UTF8'), 'base64')"
    for sign, other in ("+-", "/_", ("=", ""), ("\n", "")):  # a search for one sign is quicker than translate() of each
        encoded = f"replace({encoded}, {quoted(sign)}, '{other}')"
    return encoded


def _cursor_value(field: Any, column: str) -> str:
    if isinstance(field, models.UUIDField):
        return f"'\"' || {_hex(column)} || '\"'"
    if isinstance(field, models.DateTimeField):
        return f"'\"' || {moment(column)} || '\"'"
    if isinstance(field, models.TimeField):
        return f"'\"' || {time_of_day(column)} || '\"'"
    if isinstance(field, models.DateField | models.DecimalField):
        return f"'\"' || {column}::text || '\"'"
    if isinstance(field, models.IntegerField | models.BooleanField):
        return f"{column}::text"
    if isinstance(field, models.CharField | models.TextField):
        return f"to_json({column})::text"
    raise NotCompilable(f"Cursors over {type(field).__name__} are not compiled.")


def _hex(column: str) -> str:
    return f"encode(uuid_send({column}), 'hex')"


def _enums(source: Column, column: str, level: Level) -> Json:
    """Names of several enum values, where they are stored by name."""
    if source.enum is None or any(item.name != item.value for item in source.enum):
        raise NotCompilable(f"{level.declared.name}.{source.name}: stored values are not the enum's names.")
    return or_null(f"to_json({column})::text")


def _enum(source: Column, column: str) -> Json:
    """Name of an enum value; an empty text is no value."""
    assert source.enum is not None  # noqa: S101  (asked before)
    members = list(source.enum)
    same = all(member.name == member.value for member in members)
    if same and len(members) > _FEW:
        return any_text(f"nullif({column}, '')")
    cases = " ".join(f"""when {quoted(member.value)} then {quoted(f'"{member.name}"')}""" for member in members)
    other = f"coalesce(to_json(nullif({column}, ''))::text, 'null')" if same else "'null'"
    return (Sql(f"case {column} {cases} else {other} end"),)

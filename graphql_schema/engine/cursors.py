"""Keyset cursors: where a row stands in an order, as an opaque text.

A cursor holds the row's values of the ordering columns and the name of the order, so that it cannot be used under
another one. A changed cursor moves to another place of the same list at most: it opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import orjson
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Model, Q
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import OrderBy
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from graphql_schema.http.errors import Refusal
from graphql_schema.http.parameters import bad_request

_LONGEST = 4_096


class Keyset:
    """A total order over a model: columns with directions, the key last."""

    def __init__(self, *, model: type[Model], order: Sequence[str]) -> None:
        terms = [(term.lstrip("-"), term.startswith("-")) for term in order]
        if all(column != "id" for column, _ in terms):
            terms.append(("id", terms[-1][1] if terms else False))
        cut = next(i for i, (column, _) in enumerate(terms) if column == "id")
        self.terms = terms[: cut + 1]  # nothing is left to order after the key
        self.fields = [_path(model, column)[-1] for column, _ in self.terms]
        self.name = ",".join(f"{'-' if down else ''}{column}" for column, down in self.terms)

    def ordering(self, *, backwards: bool = False) -> list[OrderBy]:
        """For `order_by()`; `backwards` turns every direction."""
        return [OrderBy(F(column), descending=down != backwards) for column, down in self.terms]

    @property
    def annotations(self) -> dict[str, F]:
        """What a row must bring for its cursor besides its own columns: those of rows it names, such as a specialist's name."""
        return {beside(column): F(column) for column, _ in self.terms if LOOKUP_SEP in column}

    def cursor(self, row: Model) -> str:
        """Cursor of a row, loaded with `annotations`."""
        values = [_plain(getattr(row, beside(column))) for column, _ in self.terms]
        text: bytes = orjson.dumps([self.name, *values])
        return base64.urlsafe_b64encode(text).decode().rstrip("=")

    def values(self, cursor: str) -> list[Any]:
        """Values in a cursor. Raises Refusal BAD_REQUEST for one that is not of this order."""
        try:
            if len(cursor) > _LONGEST:
                raise _malformed()
            content = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
            name, *values = content
            if name != self.name or len(values) != len(self.terms):
                raise _malformed()
            return [_checked(field, value) for field, value in zip(self.fields, values, strict=True)]
        except (binascii.Error, ValueError, TypeError, ValidationError):
            raise _malformed() from None

    def beyond(self, cursor: str, *, backwards: bool) -> Q:
        """Condition for the rows after the cursor, or before it."""
        values = self.values(cursor)
        directions = {down != backwards for _, down in self.terms}
        columns = [column for column, _ in self.terms]
        if len(directions) == 1:  # one direction: a row comparison, which one index serves
            comparison = TupleLessThan if directions.pop() else TupleGreaterThan
            return Q(comparison(Tuple(*(F(column) for column in columns)), tuple(values)))
        condition = Q()
        for position in reversed(range(len(self.terms))):
            column, down = self.terms[position]
            strictly = "lt" if down != backwards else "gt"
            step = Q(**{f"{column}__{strictly}": values[position]})
            condition = step | (Q(**{column: values[position]}) & condition) if condition else step
        column, down = self.terms[0]
        bound = "lte" if down != backwards else "gte"
        return Q(**{f"{column}__{bound}": values[0]}) & condition  # the bound lets an index start there


def beside(column: str) -> str:
    """Name under which a row brings an ordering column: its own, or one for the column of a row it names."""
    return f"_by_{column.replace(LOOKUP_SEP, '_')}" if LOOKUP_SEP in column else column


def check_orderable(*, model: type[Model], columns: Sequence[str]) -> None:
    """Raise ValueError unless every column, and every key on the way to it, is a concrete one that is never null."""
    for column in columns:
        try:
            fields = _path(model, column.lstrip("-"))
        except (FieldDoesNotExist, AttributeError):
            raise ValueError(f"{model.__name__} has no column {column} to order by.") from None
        if any(getattr(field, "null", True) or not getattr(field, "concrete", False) for field in fields):
            raise ValueError(f"{model.__name__}.{column} can be null: a keyset cannot stand on it.")


def _path(model: type[Model], column: str) -> list[Any]:
    """The fields on the way to a column, itself the last."""
    fields: list[Any] = []
    for part in column.split(LOOKUP_SEP):
        fields.append((fields[-1].related_model if fields else model)._meta.get_field(part))
    return fields


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def _checked(field: Any, value: Any) -> Any:
    if value is None or isinstance(value, list | dict) or (isinstance(value, str) and "\x00" in value):
        raise _malformed()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**31 - 1:
        raise _malformed()
    result = field.to_python(value)
    if result is None:
        raise _malformed()
    return result


def _malformed() -> Refusal:
    return bad_request("The cursor is malformed, or belongs to another order.")

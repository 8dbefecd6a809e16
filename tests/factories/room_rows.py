"""One row a table, kept by its model, and the constraint that refuses another."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from backend.accounts.models import User
from tests.factories.cast import Cast

HASH = "ab" * 32
NOON = dt.datetime(2023, 10, 2, 12, tzinfo=dt.UTC)
GRANT = Decimal("4600.00")


@dataclass
class Rooms:
    """The cast, and one row a table by the table's model."""

    cast: Cast
    rows: dict[type[Any], Any] = field(default_factory=dict)

    def make(self, model: type[Any], *, by: User | None = None, **values: Any) -> Any:
        """Write a row, as `by` where only its own person may; the first one of each model is kept by its model."""
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.principal', %s, true)", [str(by.pk) if by else ""])
        row = model.objects.create(**values)
        self.rows.setdefault(model, row)
        return row

    def copy(self, model: type[Any], **changes: Any) -> Any:
        """An unsaved row like the one that stands, under a key of its own."""
        own = self.rows[model]
        kept = {f.attname: getattr(own, f.attname) for f in model._meta.concrete_fields if not f.primary_key}
        row = model(**kept)
        for name, value in changes.items():
            setattr(row, name, value)
        return row

    def __getitem__(self, model: type[Any]) -> Any:
        return self.rows[model]


@contextmanager
def refused(name: str) -> Iterator[None]:
    """The database refuses the block, by a constraint (or a trigger that speaks for one) whose name matches."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    cause: Any = caught.value.__cause__
    assert re.fullmatch(name, cause.diag.constraint_name), cause

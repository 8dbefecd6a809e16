"""Reference lists as they change: by a new version, since a version says what it said."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from backend.core.identifiers import uuid7

R = TypeVar("R", bound=Model)


def supersede(versions: QuerySet[R], *, on: dt.date = dt.date(2020, 9, 1), **changes: Any) -> R:
    """A new version, from a day on, of the one row in `versions`, which ends the day before."""
    row: Any = versions.get()
    row.valid_to = on - dt.timedelta(days=1)
    row.save(update_fields=["valid_to"])
    row.pk, row.valid_from, row.valid_to = uuid7(), on, None
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    found: R = row
    return found

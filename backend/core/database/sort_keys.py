"""Sort keys of rows that were written without one: by SQL of the generator, or before the column was there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, models

from backend.core.text import LONGEST_KEY, sort_key


def fill_sort_keys(model: type[models.Model], *, name: Callable[[Any], str]) -> int:
    """Write the key of every row that has none, in one statement; how many. `name` says what it is the key of.

    A migration's model serves as well. Needs a caller who sees every row.
    """
    keys = {row.pk: sort_key(name(row))[:LONGEST_KEY] for row in model._default_manager.filter(sort_key="")}
    with connection.cursor() as cursor:
        cursor.execute(
            f'update "{model._meta.db_table}" r set sort_key = k.sort_key'  # noqa: S608 (our own table)
            " from unnest(%s::uuid[], %s::text[]) as k (id, sort_key) where k.id = r.id",
            [list(keys), list(keys.values())],
        )
    return len(keys)

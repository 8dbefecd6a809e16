"""Reference lists: CSV files in the repository, loaded set-wise under stable keys."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import models

from backend.core.text import nfc


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file with a heading line, every value in NFC. Raises ValueError on a row of another length."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise ValueError(f"{path.name}, line {number}: wrong number of values.")
    return [{key: nfc(value) for key, value in row.items()} for row in rows]


EDITED = ("valid_to", "version")
"""What people change of a version of a list, and loading it again leaves: they end it where another begins."""


def load_rows(model: type[models.Model], rows: Sequence[models.Model], *, keep: Sequence[str] = ()) -> int:
    """Insert `rows`, or bring the ones that stand under the same key up to date; returns how many rows were given.

    Fields in `keep` are left as they are in rows that exist already (what people decide, not what the list says).
    """
    fields = [f.name for f in model._meta.concrete_fields if not f.primary_key and f.name not in keep]
    manager: Any = model._default_manager
    manager.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=500)
    return len(rows)

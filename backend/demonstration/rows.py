"""Rows waiting to be written together, under keys that the seed decides."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.utils.text import camel_case_to_spaces

M = TypeVar("M", bound=models.Model)


class Rows:
    """Collects rows model by model and writes them in the order in which the models first came."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._rows: dict[type[models.Model], list[Any]] = defaultdict(list)

    def key(self) -> UUID:
        """A random key, the same for the same seed."""
        return UUID(int=self._rng.getrandbits(128), version=4)

    def add(self, model: type[M], **fields: Any) -> M:
        """A new row of `model`, written by `save()`. One that brings its own key draws none."""
        row = model(**(fields if "id" in fields else {"id": self.key()} | fields))
        self._rows[model].append(row)
        return row

    def of(self, model: type[M]) -> list[M]:
        """Rows of a model that wait."""
        return self._rows[model]

    def save(self) -> dict[str, int]:
        """Write everything; returns how many rows of each model. Needs a transaction of the caller's."""
        for model, rows in self._rows.items():
            model._default_manager.bulk_create(rows, batch_size=1000)
        return {_plural(model): len(rows) for model, rows in self._rows.items()}


def _plural(model: type[models.Model]) -> str:
    """`support plans` of SupportPlan: the plain English name, whatever language is active."""
    name = camel_case_to_spaces(model.__name__)
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"

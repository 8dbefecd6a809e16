"""What the demonstration remembers of itself: which rooms of the country stand."""

from __future__ import annotations

from django.db import models

from backend.core.classification import internal
from backend.core.clock import now
from backend.core.models import Entity


class CountryRoom(Entity):
    """A part of the demonstration country that was loaded whole, written in the transaction that loaded it."""

    tag = "room"

    name = internal(models.CharField(max_length=40, unique=True))
    scale = internal(models.DecimalField(max_digits=8, decimal_places=5))
    seed = internal(models.BigIntegerField())
    rows = internal(models.PositiveBigIntegerField())
    """Rows written, history not counted."""
    loaded_at = internal(models.DateTimeField(default=now))

    class Meta:
        ordering = ["loaded_at"]

    def __str__(self) -> str:
        return self.name

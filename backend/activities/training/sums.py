"""Counts over events as expressions."""

from __future__ import annotations

from django.db.models import Expression, F, Func, IntegerField


def places_left() -> Expression:
    """Over events: places that nobody has. The database counts registrations that the caller does not see, too."""
    return Func(F("pk"), function="training_free_places", output_field=IntegerField())

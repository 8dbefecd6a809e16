"""Counts over projects as expressions."""

from __future__ import annotations

from django.db.models import Expression, F, Func, IntegerField


def participants() -> Expression:
    """Over projects: learners who take part. Names belong to the institutions, the number to whoever sees the project."""
    return Func(F("pk"), function="initiatives_participants", output_field=IntegerField())

"""Ranges in constraints."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db.models import Func


class DateRange(Func):
    """Days from the first field to the second, both included; NULL means open."""

    function = "DATERANGE"
    output_field = DateRangeField()

    def __init__(self, first: str, last: str) -> None:
        super().__init__(first, last, RangeBoundary(inclusive_lower=True, inclusive_upper=True))

    def deconstruct(self) -> tuple[str, tuple[str, str], dict[str, object]]:
        """Migrations write this as `DateRange("first", "last")`."""
        first, last = (expression.name for expression in self.source_expressions[:2])  # type: ignore[attr-defined]
        return "backend.core.database.ranges.DateRange", (first, last), {}

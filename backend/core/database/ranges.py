"""Ranges in constraints."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeBoundary
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


class LessonSpan(Func):
    """The wall-clock minutes of a lesson that starts at `day` and `time`, its end not included.

    Wall clock (tsrange), not moments: turning a date and a time into a moment depends on the session's time zone, which no
    index may. Two lessons of one day overlap in Latvia exactly when their wall clocks do, but in the night of the change.
    """

    output_field = DateTimeRangeField()

    def __init__(self, day: str, time: str, minutes: int) -> None:
        self.minutes = minutes
        super().__init__(day, time)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """`tsrange(day + time, day + time + interval)`, of columns (in the constraint) or values (when it is validated)."""
        day, time = (compiler.compile(expression) for expression in self.source_expressions)
        start = f"({day[0]})::date + ({time[0]})::time"
        return f"tsrange({start}, {start} + interval '{self.minutes:d} minutes')", [*day[1], *time[1], *day[1], *time[1]]

    def deconstruct(self) -> tuple[str, tuple[str, str, int], dict[str, object]]:
        """Migrations write this as `LessonSpan("day", "time", minutes)`."""
        day, time = (expression.name for expression in self.source_expressions)  # type: ignore[attr-defined]
        return "backend.core.database.ranges.LessonSpan", (day, time, self.minutes), {}

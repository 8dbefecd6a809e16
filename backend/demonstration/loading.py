"""Loads the demonstration, once."""

from __future__ import annotations

import datetime as dt

from backend.cases.plans.models import SupportPlan
from backend.demonstration import books, example_schools, places, seed_school, timesheets
from backend.demonstration.calendar import at
from backend.demonstration.context import CLOSED_SEMESTER, Context
from backend.territory.models import Semester


def load() -> dict[str, int]:
    """Write the demonstration unless it stands already; returns the number of rows written by kind.

    Needs the reference data, a transaction of the caller's and the loader role (the rows lie in nobody's scope).
    Raises Semester.DoesNotExist when the reference data are missing.
    """
    closed = Semester.objects.get(code=CLOSED_SEMESTER)
    if SupportPlan.objects.filter(institution_id=places.institution_id(places.RTRIT), semester=closed).exists():
        return {}
    written = places.load()
    context = Context()
    seed_school.write(context)
    example_schools.write(context)
    books.write(context)
    timesheets.write(context)
    Semester.objects.filter(ends_on__lte=closed.ends_on, closed_at=None).update(closed_at=at(dt.date(2023, 7, 10), dt.time(12)))
    return written | context.rows.save()

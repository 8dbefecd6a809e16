"""When steps of case work fall due: days of the list `Deadline`, counted from the semester calendar or the step before."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, DateField, DateTimeField, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from backend.registry.models import Anchor, Deadline, Step


class DayOf(Func):
    """The day in Latvia on which a moment lies."""

    template = "(%(expressions)s at time zone 'Europe/Riga')::date"
    output_field = DateField()


class StartOf(Func):
    """The moment at which a day begins in Latvia."""

    template = "((%(expressions)s)::timestamp at time zone 'Europe/Riga')"
    output_field = DateTimeField()


class DaysAfter(Func):
    """A day so many days after another."""

    template = "((%(expressions)s))"
    arg_joiner = " + "
    output_field = DateField()


class LastOfMonth(Func):
    """The last day of the month whose first day is given."""

    template = "(((%(expressions)s)::timestamp + interval '1 month')::date - 1)"
    output_field = DateField()


def due(step: Step, *, since: str, semester: str = "", month: str = "") -> Combinable:
    """The day on which a step falls due, by the version of its deadline in force on the day it began to wait; null without one.

    `since` names the annotation with the moment at which it began to wait, `semester` the path to its semester, `month` the
    first day of its month. An anchor that the row does not have gives no day.
    """
    began = DayOf(OuterRef(since))
    anchors: dict[Anchor, Any] = {Anchor.PREVIOUS_STEP: began}
    if semester:
        anchors[Anchor.SEMESTER_START] = OuterRef(f"{semester}__starts_on")
        anchors[Anchor.SEMESTER_END] = OuterRef(f"{semester}__ends_on")
    if month:
        anchors[Anchor.MONTH_END] = LastOfMonth(OuterRef(month))
    base = Case(
        *(When(anchor=anchor, then=DaysAfter(Cast(day, DateField()), F("days"))) for anchor, day in anchors.items()),
        default=Value(None),
        output_field=DateField(),
    )
    held = Deadline.objects.filter(step=step).filter(Q(valid_to=None) | Q(valid_to__gte=began), valid_from__lte=began)
    return Subquery(held.order_by().annotate(_due=base).values("_due")[:1], output_field=DateField())

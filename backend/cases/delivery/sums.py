"""Counts of entries as expressions over the rows that they hang on: one column of a statement, never a loop.

Each stands on rows of one institution and counts rows of the same one, so whoever reads the room there sees them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    Expression,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from backend.accounts.scope import Scope
from backend.cases.delivery.models import Consultation
from backend.cases.delivery.selectors import consultations, timesheets

HOLDS = Q(voided_at__isnull=True)
"""Entries that were neither corrected nor struck."""
CONFIRMED = HOLDS & Q(provider_confirmed_at__isnull=False, learner_confirmed_at__isnull=False)
"""Entries that count: both sides confirmed them. They count until they are struck out."""
UNCONFIRMED = HOLDS & (Q(provider_confirmed_at__isnull=True) | Q(learner_confirmed_at__isnull=True))
"""Entries that lack a side's word; in these words since an index holds them alone."""


def hours_of_measure(scope: Scope, counted: Q = HOLDS) -> Expression:
    """Over measures: hours under it that `counted` admits; null for what is no consultation."""
    own = consultations(scope=scope).filter(counted, measure=OuterRef("pk")).order_by().values("measure")
    hours = Subquery(own.annotate(hours=Sum("hours")).values("hours"), output_field=IntegerField())
    return Case(When(category="CONSULTATION", then=Coalesce(hours, Value(0))), output_field=IntegerField())


def group_size(scope: Scope) -> Expression:
    """Over consultations: learners who share the hour, the row's own always among them; 1 is an individual one.

    The rows of a group have one provider, day and hour; the provider's index finds them.
    """
    shared = consultations(scope=scope).filter(
        HOLDS | Q(pk=OuterRef("pk")),
        provider=OuterRef("provider"),
        held_on=OuterRef("held_on"),
        group_key=OuterRef("group_key"),
    )
    return _counted(shared.order_by().values("group_key").annotate(rows=Count("pk")).values("rows"))


def of_timesheet(own: Callable[[str], Any]) -> Q:
    """Condition for the entries of a timesheet, struck ones too; `own` gives its columns (`provider`, `institution`, `month`)."""
    next_month = Func(own("month"), template="(%(expressions)s + interval '1 month')::date", output_field=DateField())
    whose = Q(provider=own("provider"), institution=own("institution"))
    return whose & Q(held_on__gte=own("month"), held_on__lt=next_month)


def timesheet_of(scope: Scope) -> Subquery:
    """Over consultations: the timesheet of their specialist's month there; struck entries stood on it too."""
    month = Func(OuterRef("held_on"), template="date_trunc('month', %(expressions)s::timestamp)::date", output_field=DateField())
    sheets = timesheets(scope=scope).filter(provider=OuterRef("provider"), institution=OuterRef("institution"), month=month)
    return Subquery(sheets.order_by().values("pk")[:1], output_field=UUIDField())


def correction_of(scope: Scope) -> Subquery:
    """Over consultations: the entry that corrects them."""
    return Subquery(
        consultations(scope=scope).filter(corrects=OuterRef("pk")).order_by().values("pk")[:1], output_field=UUIDField()
    )


def unconfirmed_entries(scope: Scope) -> Expression:
    """Over timesheets: entries of its specialist, institution and month that lack a side's word."""
    waiting = consultations(scope=scope).filter(UNCONFIRMED, of_timesheet(OuterRef))
    return _counted(waiting.order_by().values("provider").annotate(rows=Count("pk")).values("rows"))


def _counted(rows: QuerySet[Consultation, Any]) -> Expression:
    return Coalesce(Subquery(rows, output_field=IntegerField()), Value(0), output_field=IntegerField())

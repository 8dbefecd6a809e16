"""Counts of entries as expressions over the rows that they hang on: one column of a statement, never a loop.

Each stands on rows of one institution and counts rows of the same one, so whoever reads the room there sees them all.
"""

from __future__ import annotations

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
    Value,
    When,
)
from django.db.models.functions import Coalesce

from backend.accounts.scope import Scope
from backend.cases.delivery.models import Consultation
from backend.cases.delivery.selectors import consultations

HOLDS = Q(voided_at__isnull=True)
"""Entries that were neither corrected nor struck."""
CONFIRMED = HOLDS & Q(provider_confirmed_at__isnull=False, learner_confirmed_at__isnull=False)
"""Entries that count: both sides confirmed them."""


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


def unconfirmed_entries(scope: Scope) -> Expression:
    """Over timesheets: entries of its specialist, institution and month that lack a side's word."""
    next_month = Func(OuterRef("month"), template="(%(expressions)s + interval '1 month')::date", output_field=DateField())
    waiting = consultations(scope=scope).filter(
        HOLDS,
        ~CONFIRMED,
        provider=OuterRef("provider"),
        institution=OuterRef("institution"),
        held_on__gte=OuterRef("month"),
        held_on__lt=next_month,
    )
    return _counted(waiting.order_by().values("provider").annotate(rows=Count("pk")).values("rows"))


def _counted(rows: QuerySet[Consultation, Any]) -> Expression:
    return Coalesce(Subquery(rows, output_field=IntegerField()), Value(0), output_field=IntegerField())

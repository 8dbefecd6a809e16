"""Events that the public may read."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from backend.core.clock import business_today
from cms.base.selectors import CARD, asked, readable_in
from cms.events.models import EventPage

Row = tuple[str, str | None, bool]
"""Kind, code of the region, whether it is over."""


def events_for(*, language: str, kind: str = "", region: str = "", past: bool | None = False) -> QuerySet[EventPage]:
    """Events that a reader of `language` is offered: the coming ones by their day, the past ones backwards.

    `past=None` gives both. `region` is a region's code; events of the whole country belong to every region.
    """
    events = readable_in(EventPage.objects.all(), language=language).annotate(last=Coalesce("ends_on", "starts_on"))
    if kind:
        events = events.filter(kind=kind)
    if region:
        events = events.filter(Q(region__code=region) | Q(region=None))
    if past is not None:
        events = events.filter(last__lt=business_today()) if past else events.filter(last__gte=business_today())
    order = ("-starts_on", "-pk") if past else ("starts_on", "start_time", "pk")
    columns = (
        *CARD,
        "last_published_at",
        "kind",
        "starts_on",
        "ends_on",
        "start_time",
        "end_time",
        "place",
        "is_online",
        "is_cancelled",
        "is_example",
    )
    return events.only(*columns).order_by(*order)


def filter_rows(*, language: str) -> list[Row]:
    """What the filter counts, of every event: one statement."""
    today: dt.date = business_today()
    found = asked(("what the filter of events counts", language), lambda: _filtered(language))
    return [(kind, region, last < today) for kind, region, last in found]


def _filtered(language: str) -> QuerySet[EventPage, tuple[str, str | None, dt.date]]:
    events = readable_in(EventPage.objects.all(), language=language).annotate(last=Coalesce("ends_on", "starts_on"))
    return events.values_list("kind", "region__code", "last")


def coming_events(*, language: str, count: int) -> list[EventPage]:
    """The next `count` events that take place."""
    events = ("coming events", language, count)
    return asked(events, lambda: events_for(language=language).filter(is_cancelled=False)[:count])

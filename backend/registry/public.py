"""What the public site may see of the registry: which institutions take part, and since when. Never staff, never a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Min, Q, QuerySet

from backend.core.clock import business_today
from backend.core.text import fold
from backend.territory.models import Institution, Municipality
from backend.territory.selectors import in_force


def taking_part(*, on: dt.date | None = None) -> QuerySet[Institution]:
    """Institutions that take part on a day (default: the business day), in Latvian order.

    Each row carries `joined`, the day it first joined, with its municipality and region at hand. By an institution's own
    period under an agreement in force (domain.md 4.2), as `backend.registry.selectors.takes_part`.
    """
    day = on or business_today()
    now_in = (
        Q(participations__joined_on__lte=day)
        & (Q(participations__left_on=None) | Q(participations__left_on__gte=day))
        & Q(participations__agreement__signed_on__lte=day)
        & (Q(participations__agreement__ends_on=None) | Q(participations__agreement__ends_on__gte=day))
    )
    found = Institution.objects.filter(now_in).annotate(joined=Min("participations__joined_on"))
    return found.select_related("municipality__region", "municipality__successor__region").order_by("sort_key", "code")


def in_place(rows: QuerySet[Institution], *, municipality: str = "", region: str = "") -> QuerySet[Institution]:
    """Of `rows`, those in a municipality or region, by code; an institution of a former municipality lies in its successor.

    One step is enough: no municipality of the reference data was succeeded twice (`municipalities_now` has the same rule).
    """
    former = Q(municipality__valid_to__lt=business_today(), municipality__successor__isnull=False)
    if municipality:
        rows = rows.filter(
            (Q(municipality__code=municipality) & ~former) | (former & Q(municipality__successor__code=municipality))
        )
    if region:
        rows = rows.filter(
            (Q(municipality__region__code=region) & ~former) | (former & Q(municipality__successor__region__code=region))
        )
    return rows


def named(rows: QuerySet[Institution], *, words: str) -> QuerySet[Institution]:
    """Of `rows`, those whose name or municipality's name holds every word; case and diacritics are forgiven."""
    for word in fold(words).split():
        rows = rows.filter(Q(name_lv__unaccent__icontains=word) | Q(municipality__name_lv__unaccent__icontains=word))
    return rows


def municipality_now(institution: Institution) -> Municipality:
    """The municipality in which it lies on the business day."""
    return _now(institution.municipality)


def division_now() -> dict[str, Municipality]:
    """For the code of each municipality that ever was: the one in force on the business day that covers its land.

    One statement. A municipality without a successor that is not in force leads nowhere and is left out.
    """
    today = business_today()
    found = {}
    for place in Municipality.objects.select_related("region", "successor__region"):
        now = _now(place)
        if now.valid_from <= today and (now.valid_to is None or now.valid_to >= today):
            found[place.code] = now
    return found


def _now(place: Municipality) -> Municipality:
    if place.valid_to and place.valid_to < business_today() and place.successor:
        successor: Municipality = place.successor
        return successor
    return place


def municipalities_now() -> QuerySet[Municipality]:
    """Municipalities of the division in force on the business day, in Latvian order, with their regions."""
    return Municipality.objects.filter(in_force(business_today())).select_related("region").order_by("sort_key")


def count_by_municipality(rows: Iterable[Institution]) -> dict[str, int]:
    """How many of `rows` lie in each municipality of today, by its code."""
    counts: dict[str, int] = {}
    for institution in rows:
        code = municipality_now(institution).code
        counts[code] = counts.get(code, 0) + 1
    return counts

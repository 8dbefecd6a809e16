"""What the public site may see of the registry: which institutions take part, and since when. Never staff, never a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Min, Q, QuerySet, When

from backend.core.clock import business_today
from backend.core.database.statements import Several, rows
from backend.core.text import fold
from backend.territory.models import Institution, Municipality
from backend.territory.selectors import in_force


def taking_part(*, on: dt.date | None = None) -> QuerySet[Institution]:
    """Institutions that take part on a day (default: the business day), in Latvian order.

    Each row carries `joined`, the day it first joined, with its municipality and region at hand. By an institution's own
    period under an agreement in force (domain.md 4.2), as `backend.registry.selectors.takes_part`.
    """
    found = Institution.objects.filter(_takes_part(on or business_today())).annotate(joined=Min("participations__joined_on"))
    return found.select_related("municipality__region", "municipality__successor__region").order_by("sort_key", "code")


def _takes_part(day: dt.date) -> Q:
    return (
        Q(participations__joined_on__lte=day)
        & (Q(participations__left_on=None) | Q(participations__left_on__gte=day))
        & Q(participations__agreement__signed_on__lte=day)
        & (Q(participations__agreement__ends_on=None) | Q(participations__agreement__ends_on__gte=day))
    )


def _former() -> Q:
    """Institutions of a municipality that has ended and was succeeded: they lie in its successor.

    One step is enough: no municipality of the reference data was succeeded twice (`division_now` has the same rule).
    """
    return Q(municipality__valid_to__lt=business_today(), municipality__successor__isnull=False)


def in_place(rows: QuerySet[Institution], *, municipality: str = "", region: str = "") -> QuerySet[Institution]:
    """Of `rows`, those in a municipality or region of today, by code."""
    former = _former()
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
    return _at(institution.municipality, business_today())


def division_now(*, on: dt.date | None = None, codes: Iterable[str] | None = None) -> dict[str, Municipality]:
    """For the code of each municipality that ever was: the one in force on a day (default: the business day) on its land.

    One statement; with `codes` only for those. A municipality without a successor that is not in force leads nowhere and is
    left out.
    """
    day = on or business_today()
    found = {}
    for place in _all() if codes is None else rows("places of these codes", _of_codes, codes=sorted(set(codes))):
        now = _at(place, day)
        if now.valid_from <= day and (now.valid_to is None or now.valid_to >= day):
            found[place.code] = now
    return found


_ASIDE = ("source", "source_status", "source_note")


def _all() -> QuerySet[Municipality]:
    """With their successors, without where the rows come from: some ninety rows are made for each page with a map."""
    every = Municipality.objects.select_related("successor")
    return every.defer(*_ASIDE, *(f"successor__{name}" for name in _ASIDE))


def _of_codes() -> QuerySet[Municipality]:
    return _all().filter(code__in=Several("codes", of="text"))


def _at(place: Municipality, day: dt.date) -> Municipality:
    if place.valid_to and place.valid_to < day and place.successor:
        successor: Municipality = place.successor
        return successor
    return place


def municipalities_now() -> QuerySet[Municipality]:
    """Municipalities of the division in force on the business day, in Latvian order, with their regions."""
    return Municipality.objects.filter(in_force(business_today())).select_related("region").order_by("sort_key")


@dataclass(frozen=True)
class Taking:
    """How many institutions of a kind take part in a municipality of today. Codes."""

    municipality: str
    region: str
    kind: str
    institutions: int


def taking_part_by_place() -> list[Taking]:
    """Institutions that take part on the business day, counted. One statement, whose answer does not grow with them."""

    counted = rows(("taking part by place", business_today()), _counted_by_place)
    return [Taking(row["place"], row["within"], row["of"], row["n"]) for row in counted]


def _counted_by_place() -> QuerySet[Institution, Any]:
    def today(field: str) -> Case:
        return Case(When(_former(), then=F(f"municipality__successor__{field}")), default=F(f"municipality__{field}"))

    found = Institution.objects.filter(_takes_part(business_today())).order_by()
    return found.values(place=today("code"), within=today("region__code"), of=F("kind")).annotate(n=Count("pk", distinct=True))


def count_by_municipality() -> dict[str, int]:
    """How many institutions take part in each municipality of today, by its code. One statement."""
    counts: dict[str, int] = {}
    for each in taking_part_by_place():
        counts[each.municipality] = counts.get(each.municipality, 0) + each.institutions
    return counts

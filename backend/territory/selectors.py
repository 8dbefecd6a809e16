"""Reads of programmes, territory and calendar. All of it is public; case rows are another matter."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from backend.core.clock import business_today
from backend.territory.models import Institution, Municipality, Programme, ProgrammeTerm, Region, Semester


def programmes() -> QuerySet[Programme]:
    """Programmes, the newest first."""
    return Programme.objects.order_by("-starts_on", "code")


def programme_terms(*, programme: Programme, on: dt.date | None = None) -> QuerySet[ProgrammeTerm]:
    """What the sources say of the programme; with `on`, only what held on that day (a term without dates always does)."""
    terms = ProgrammeTerm.objects.filter(programme=programme).order_by("code", "valid_from", "revision")
    if on is not None:
        terms = terms.filter(Q(valid_from=None) | Q(valid_from__lte=on)).filter(Q(valid_to=None) | Q(valid_to__gte=on))
    return terms


def regions() -> QuerySet[Region]:
    """The five regions, in Latvian order."""
    return Region.objects.order_by("sort_key")


def municipalities(*, on: dt.date | None = None) -> QuerySet[Municipality]:
    """Municipalities in Latvian order; with `on`, those of the division in force on that day."""
    found = Municipality.objects.order_by("sort_key", "valid_from")
    return found.filter(in_force(on)) if on is not None else found


def in_force(on: dt.date) -> Q:
    """Condition for rows whose validity (both days included) covers a day."""
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))


def institutions() -> QuerySet[Institution]:
    """Institutions in Latvian order."""
    return Institution.objects.order_by("sort_key", "code")


def semesters() -> QuerySet[Semester]:
    """Semesters, the newest first."""
    return Semester.objects.order_by("-starts_on")


def current_semester(*, on: dt.date | None = None) -> Semester | None:
    """The semester whose plans may run on a day (default: the business day); None in the summer."""
    day = on or business_today()
    return Semester.objects.filter(starts_on__lte=day, plan_period_ends_on__gte=day).order_by("-starts_on").first()


def institutions_in_division(*, municipality: Municipality | None = None, region: Region | None = None, on: dt.date) -> set[UUID]:
    """Keys of the institutions that lie in a municipality or a region by the division of a day. One statement.

    Follows successors whose predecessor ended before that day (contract, `divisionOn`). A municipality that was formed later
    still stands for itself: the division before July 2021 is known only in part, so nothing is split back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _IN_DIVISION,
            {"day": on, "municipality": municipality.pk if municipality else None, "region": region.pk if region else None},
        )
        return {row[0] for row in cursor.fetchall()}


# `union` instead of `union all`: should two municipalities ever name each other, it ends all the same.
_STANDING = """
with recursive standing (id, place) as (
    select id, id from territory_municipality
    union
    select s.id, m.successor_id
    from standing s
    join territory_municipality m on m.id = s.place
    where m.successor_id is not null and m.valid_to < %(day)s
)
select {columns}
from territory_institution i
join standing s on s.id = i.municipality_id
join territory_municipality m on m.id = s.place
join territory_region r on r.id = m.region_id
where (m.successor_id is null or m.valid_to is null or m.valid_to >= %(day)s)"""
_IN_DIVISION = (
    _STANDING.format(columns="i.id")
    + """
  and (%(municipality)s::uuid is null or m.id = %(municipality)s::uuid)
  and (%(region)s::uuid is null or m.region_id = %(region)s::uuid)
"""
)
DIVISION = _STANDING.format(columns="i.id, i.code as institution, i.kind, m.code as municipality, r.code as region").replace(
    "%(day)s", "%s"
)
"""SQL: every institution with its codes by the division of a day, which is given twice. Part of larger statements."""

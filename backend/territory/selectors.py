"""Reads of programmes, territory and calendar. All of it is public; case rows are another matter."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

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


def current_municipality_ids(*, on: dt.date) -> dict[UUID, UUID]:
    """Key of every municipality -> key of the one that stands for it on a day.

    Follows successors whose predecessor ended before that day, so that figures are gathered by the division of the day
    (contract, `divisionOn`). A municipality that was formed later still stands for itself: the division before July 2021 is
    known only in part, so nothing is split back.
    """
    rows = Municipality.objects.values_list("id", "successor_id", "valid_to")
    next_of = {key: successor for key, successor, ended in rows if successor is not None and ended is not None and ended < on}
    standing: dict[UUID, UUID] = {}
    for key, _successor, _ended in rows:
        place = key
        while place in next_of:
            place = next_of[place]
        standing[key] = place
    return standing


def institution_ids_of_municipality(*, municipality_id: UUID, division_on: dt.date) -> set[UUID]:
    """Institutions whose municipality stands, in the division of a day, as `municipality_id`."""
    standing = current_municipality_ids(on=division_on)
    members = [key for key, place in standing.items() if place == municipality_id]
    return set(Institution.objects.filter(municipality_id__in=members).values_list("id", flat=True))


def institution_ids_of_region(*, region_id: UUID, division_on: dt.date) -> set[UUID]:
    """Institutions whose municipality, in the division of a day, lies in a region."""
    standing = current_municipality_ids(on=division_on)
    inside = set(Municipality.objects.filter(region_id=region_id).values_list("id", flat=True))
    members = [key for key, place in standing.items() if place in inside]
    return set(Institution.objects.filter(municipality_id__in=members).values_list("id", flat=True))

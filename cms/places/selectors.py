"""Institutions and offices as the public pages show them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import QuerySet

from backend.core.clock import business_today
from backend.core.database.statements import rows
from backend.registry.public import (
    count_by_municipality,
    in_place,
    municipalities_now,
    named,
    taking_part,
)
from backend.territory.models import Institution, Municipality
from cms.base import parts
from cms.places.models import ContactKind, ContactPoint


@dataclass(frozen=True)
class MunicipalityEntry:
    """A municipality with its office, where one is known, and the number of its institutions that take part."""

    municipality: Municipality
    institutions: int
    offices: list[ContactPoint]


@dataclass
class RegionEntry:
    """A region with its offices and municipalities."""

    code: str
    name: str
    sort_key: str
    offices: list[ContactPoint] = field(default_factory=list)
    municipalities: list[MunicipalityEntry] = field(default_factory=list)


def municipalities() -> list[Municipality]:
    """Municipalities of today with their regions, in Latvian order."""
    return parts.kept("municipalities", lambda: rows(("municipalities", business_today()), municipalities_now))


def institutions_for(*, q: str = "", region: str = "", municipality: str = "", kind: str = "") -> QuerySet[Institution]:
    """Institutions taking part that fit every given criterion, in Latvian order. Region and municipality by code."""
    found = in_place(taking_part(), municipality=municipality, region=region)
    found = named(found, words=q) if q else found
    return found.filter(kind=kind) if kind else found


def institutions_in_rows(**chosen: str) -> QuerySet[Institution]:
    """The same with what a row shows of them: the municipality of today, without its region."""
    return institutions_for(**chosen).select_related(None).select_related("municipality__successor")


def contacts() -> QuerySet[ContactPoint]:
    """All offices in the order of the list."""
    return ContactPoint.objects.select_related("region", "municipality").order_by("position", "sort_key", "pk")


def contact_groups(*, language: str) -> tuple[list[tuple[str, list[ContactPoint]]], list[RegionEntry]]:
    """Offices by what they answer for, and the regions in Latvian order. Three statements."""
    offices = rows("contacts", contacts)
    general = [
        (str(kind.label), [office for office in offices if office.kind == kind])
        for kind in (ContactKind.PROJECT, ContactKind.SUPPORT, ContactKind.PRESS)
    ]
    counts = parts.kept("counts", count_by_municipality)
    regions: dict[str, RegionEntry] = {}
    for place in municipalities():
        region = place.region
        entry = regions.setdefault(
            region.code, RegionEntry(code=region.code, name=region.name_in(language), sort_key=region.sort_key)
        )
        own = [office for office in offices if office.kind == ContactKind.MUNICIPALITY and office.municipality_id == place.pk]
        entry.municipalities.append(MunicipalityEntry(municipality=place, institutions=counts.get(place.code, 0), offices=own))
    for office in offices:
        if office.kind == ContactKind.REGION and office.region and office.region.code in regions:
            regions[office.region.code].offices.append(office)
    return [group for group in general if group[1]], sorted(regions.values(), key=lambda entry: entry.sort_key)

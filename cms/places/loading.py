"""The first offices of the contacts page."""

from __future__ import annotations

import csv
from pathlib import Path

from backend.core.identifiers import uuid_for
from backend.territory.models import Municipality, Region
from cms.places.models import ContactPoint

FILE = Path(__file__).resolve().parent / "fixtures" / "contacts.csv"


def load_contacts() -> int:
    """Write the offices of the file that are missing; returns how many. One whose region is not loaded yet waits."""
    regions = {region.code: region for region in Region.objects.all()}
    places = {place.code: place for place in Municipality.objects.all()}
    made = 0
    with FILE.open(encoding="utf-8", newline="") as handle:
        for position, row in enumerate(csv.DictReader(handle)):
            code, region, place = row.pop("code"), row.pop("region"), row.pop("municipality")
            if (region and region not in regions) or (place and place not in places):
                continue
            values = {**row, "is_example": row["is_example"] == "yes", "position": position}
            values |= {"region": regions.get(region), "municipality": places.get(place)}
            made += ContactPoint.objects.get_or_create(pk=uuid_for(kind=ContactPoint.tag, code=code), defaults=values)[1]
    return made

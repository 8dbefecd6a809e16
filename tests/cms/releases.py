"""Releases as tests of the site need them: small tables, protected by the rules for the public, stored as they are published."""

from __future__ import annotations

import datetime as dt

from backend.core.clock import now
from backend.insight.disclosure.protection import View, protect
from backend.insight.disclosure.shapes import Category, Dimension, Measure, Table, Unit
from backend.insight.statistics.models import Release, ReleaseTable
from backend.insight.statistics.releases.stored import hash_of, public_form
from backend.territory.models import Municipality
from tests.insight.disclosure.tables import PUBLIC, added_up, dimension

DAY = dt.date(2023, 10, 16)
PLACES = dimension("TERRITORY", "R-Kurzeme", "LV-101", "LV-102", **{"LV-101": "R-Kurzeme", "LV-102": "R-Kurzeme"})
RISKS = Dimension("RISK", "Risks", "Risk", dimension("RISK", "FAMILY", "ECONOMIC").categories, attribute=True)
COUNTS = {("LV-101", "FAMILY"): 40, ("LV-101", "ECONOMIC"): 3, ("LV-102", "FAMILY"): 30, ("LV-102", "ECONOMIC"): 27}
YEARS = ("2021/2022", "2022/2023")
LEARNERS = {
    (code, year): 2_411 + 37 * place + 1_013 * number
    for place, code in enumerate(
        ("LV-RIX", "LV-DGV", "LV-JUR", "LV-102", "LV-059", "LV-022", "LV-052", "LV-077", "LV-041", "LV-016")
    )
    for number, year in enumerate(YEARS)
} | {("LV-JEL", "2021/2022"): 41, ("LV-JEL", "2022/2023"): 3}
"""Three learners in Jelgava: hidden, and others with them."""


def release_risks(number: int, *, audience: str = "PUBLIC", released: bool = True) -> Release:
    """A release of one table: risks by place."""
    measure = Measure("RISKS", "Riski", "Risks", Unit.COUNT)
    cells = added_up(dimensions=(PLACES, RISKS), leaves=COUNTS)
    table = Table("risks", "Riski <novados>", "Risks by place", measure, (PLACES, RISKS), cells)
    return release_of(table, number=number, audience=audience, released=released)


def release_learners(number: int, *, counts: dict[tuple[str, str], int]) -> Release:
    """A release of learners by municipality of today and school year; (code, year) -> learners, nought where it is missing."""
    rows = Municipality.objects.exclude(kind="FORMER").select_related("region").order_by("sort_key")
    regions = {row.region.code: row.region for row in rows}
    places = [Category(f"R-{code}", row.name_lv, row.name_en or row.name_lv, "", "REGION") for code, row in regions.items()]
    places += [Category(row.code, row.name_lv, row.name_en or "", f"R-{row.region.code}", "MUNICIPALITY") for row in rows]
    territory = Dimension("TERRITORY", "Teritorija", "Territory", tuple(places))
    years = Dimension("PERIOD", "Mācību gads", "School year", tuple(Category(y, y, y, "", "SCHOOL_YEAR") for y in YEARS))
    measure = Measure("LEARNERS", "Izglītojamie ar plānu", "Learners with a plan", Unit.COUNT)
    cells = added_up(dimensions=(territory, years), leaves=counts)
    table = Table("learners-territory", "Izglītojamie pašvaldībās", "Learners by place", measure, (territory, years), cells)
    return release_of(table, number=number)


def release_of(table: Table, *, number: int, audience: str = "PUBLIC", released: bool = True) -> Release:
    """One table, protected and released."""
    release = Release.objects.create(
        code=f"{audience.lower()}-{number}",
        number=number,
        name_lv=f"Laidiens {number}",
        name_en=f"Release {number}",
        changes_lv="Pievienota tabula." if number > 1 else "",
        changes_en="A table was added." if number > 1 else "",
        audience=audience,
        known_on=now(),
        division_on=DAY,
    )
    protected = protect(tables=[table], view=View(PUBLIC))
    content = public_form(table, protected.shown[0], PUBLIC)
    ReleaseTable.objects.create(
        release=release, code=table.code, name_lv=table.name_lv, name_en=table.name_en, cells=content,
        content_hash=hash_of(content),
    )  # fmt: skip
    if released:
        release.content_hash, release.released_at = hash_of([]), now()
        release.protection = {"profile": PUBLIC.as_json(), "audit": {"cells": 12, "sensitive": 1, "complementary": 3}}
        release.save()
    return release

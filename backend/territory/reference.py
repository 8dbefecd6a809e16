"""Loads the programme, the territorial division and the semester calendar from `fixtures/` (origin: ORIGIN.md there)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from backend.core.identifiers import uuid_for
from backend.core.models import SourceStatus
from backend.core.reference import load_rows, read_csv
from backend.core.text import sort_key
from backend.territory.models import Municipality, MunicipalityKind, Programme, ProgrammeTerm, Region, Semester
from backend.territory.programme_rules import load_programme_rules

FIXTURES = Path(__file__).parent / "fixtures"
PROGRAMME = "PUMPURS"
_GENITIVES = {"Kurzeme": "Kurzemes", "Latgale": "Latgales", "Rīga": "Rīgas", "Vidzeme": "Vidzemes", "Zemgale": "Zemgales"}
_FIVE_REGIONS = "Five regions with Rīga and Pierīga joined: inferred from the five regional conferences and coordinators."


def load() -> dict[str, int]:
    """Load everything; rows loaded before are brought up to date. Returns the number of rows by list.

    Needs a transaction of the caller's, and a role that may write.
    """
    municipalities = read_csv(FIXTURES / "municipalities.csv")
    terms = read_csv(FIXTURES / "programme_terms.csv")
    return {
        "programmes": load_rows(Programme, [_programme()]),
        "programme terms": load_rows(ProgrammeTerm, [_term(row) for row in terms]),
        **load_programme_rules(programme=PROGRAMME, programme_id=programme_id(), terms=terms),
        "regions": load_rows(Region, [_region(code) for code in sorted({row["region"] for row in municipalities})]),
        # Successors first: a former municipality refers to one of the 43, and Varakļāni to Madona.
        "municipalities": load_rows(
            Municipality, [_municipality(row) for row in sorted(municipalities, key=lambda row: row["successor_code"])]
        ),
        "former municipalities": load_rows(Municipality, _former_municipalities(municipalities)),
        "semesters": load_rows(
            Semester, [semester_of(row) for row in read_csv(FIXTURES / "semesters.csv")], keep=["closed_at", "version"]
        ),
    }


def programme_id() -> UUID:
    """Key of the one programme."""
    return uuid_for(kind=Programme.tag, code=PROGRAMME)


def _programme() -> Programme:
    return Programme(
        id=programme_id(),
        code=PROGRAMME,
        name_lv="Atbalsts priekšlaicīgas mācību pārtraukšanas samazināšanai",
        name_en="Support for the Reduction of Early School Leaving",
        short_name="PuMPuRS",
        project_number="8.3.4.0/16/I/001",
        starts_on=dt.date(2017, 3, 16),
        ends_on=dt.date(2023, 12, 31),
        source="Rīgas Tūrisma un radošās industrijas tehnikums, page on the project; IKVD, page on the project",
        source_status=SourceStatus.FOUND,
        source_note="16.03.2017-31.12.2022, extended by 12 months",
    )


def _term(row: dict[str, str]) -> ProgrammeTerm:
    return ProgrammeTerm(
        id=uuid_for(kind=ProgrammeTerm.tag, code=f"{PROGRAMME}:{row['code']}:{row['revision']}"),
        programme_id=programme_id(),
        code=row["code"],
        revision=row["revision"],
        value_text=row["value_text"],
        value_number=Decimal(row["value_number"]) if row["value_number"] else None,
        unit=row["unit"],
        valid_from=_date(row["valid_from"]),
        valid_to=_date(row["valid_to"]),
        source=row["source"],
        source_status=row["status"],
        source_note=row["note"],
    )


def _region(code: str) -> Region:
    name = f"{_GENITIVES[code]} reģions"
    return Region(
        id=region_id(code),
        code=code,
        name_lv=name,
        name_en=f"{code} region",
        sort_key=sort_key(name),
        source="domain reference, section 9",
        source_status=SourceStatus.INFERRED,
        source_note=_FIVE_REGIONS,
    )


def region_id(code: str) -> UUID:
    """Key of a region by its code."""
    return uuid_for(kind=Region.tag, code=code)


def municipality_id(code: str) -> UUID:
    """Key of a municipality by its code."""
    return uuid_for(kind=Municipality.tag, code=code)


def _municipality(row: dict[str, str]) -> Municipality:
    return Municipality(
        id=municipality_id(row["code"]),
        code=row["code"],
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        kind=MunicipalityKind.STATE_CITY if row["kind"] == "valstspilseta" else MunicipalityKind.MUNICIPALITY,
        region_id=region_id(row["region"]),
        statistical_region=row["statistical_region_2021"],
        atvk_code=row["atvk_code"],
        valid_from=dt.date.fromisoformat(row["valid_from"]),
        valid_to=_date(row["valid_to"]),
        successor_id=municipality_id(row["successor_code"]) if row["successor_code"] else None,
        longitude=Decimal(row["centroid_lon"]),
        latitude=Decimal(row["centroid_lat"]),
        sort_key=sort_key(row["name_lv"]),
        source=row["source"],
        source_status=SourceStatus.UNVERIFIED,
        source_note=row["status"],
    )


def _former_municipalities(current: list[dict[str, str]]) -> list[Municipality]:
    region_of = {row["code"]: row["region"] for row in current}
    return [
        Municipality(
            id=municipality_id(row["code"]),
            code=row["code"],
            name_lv=row["name_lv"],
            name_en=row["name_en"],
            kind=MunicipalityKind.FORMER,
            region_id=region_id(region_of[row["successor_code"]]),
            valid_from=dt.date.fromisoformat(row["valid_from"]),
            valid_to=_date(row["valid_to"]),
            successor_id=municipality_id(row["successor_code"]),
            sort_key=sort_key(row["name_lv"]),
            source=row["named_in"],
            source_status=row["status"],
            source_note=row["note"],
        )
        for row in read_csv(FIXTURES / "former_municipalities.csv")
    ]


def semester_of(row: dict[str, str]) -> Semester:
    """A semester of the list, its empty dates filled by the habit of the years that are known and named as provisional."""
    year, number = int(row["school_year"][:4]), int(row["semester"])
    habits = _habits(year, number)
    provisional = [field for field, column in _DATES.items() if not row[column]]
    dates = {field: _date(row[column]) or habits[field] for field, column in _DATES.items()}
    return Semester(
        id=uuid_for(kind=Semester.tag, code=row["code"]),
        code=row["code"],
        school_year=row["school_year"],
        number=number,
        ends_on_grade_9=_date(row["ends_grade_9"]),
        ends_on_grade_12=_date(row["ends_grade_12"]),
        provisional_fields=provisional,
        source=row["source"],
        source_status=_semester_status(row["status"], provisional),
        source_note=row["status"],
        **dates,
    )


_DATES = {"starts_on": "starts", "ends_on": "ends", "plan_period_ends_on": "plan_period_ends"}


def _habits(year: int, number: int) -> dict[str, dt.date]:
    """Dates as all known years have them: 1 September or the Monday after, the Friday on or before 23 December, the Monday
    on or after 4 January, 31 May or the Friday before. The end of plan periods of a second semester was never found: 30 June
    mirrors the 31 December of the first.
    """
    if number == 1:
        return {
            "starts_on": _weekday(dt.date(year, 9, 1), forward=True),
            "ends_on": _friday_until(dt.date(year, 12, 23)),
            "plan_period_ends_on": dt.date(year, 12, 31),
        }
    january = dt.date(year + 1, 1, 4)
    return {
        "starts_on": january + dt.timedelta(days=-january.weekday() % 7),
        "ends_on": _weekday(dt.date(year + 1, 5, 31), forward=False),
        "plan_period_ends_on": dt.date(year + 1, 6, 30),
    }


def _weekday(day: dt.date, *, forward: bool) -> dt.date:
    while day.weekday() > 4:
        day += dt.timedelta(days=1 if forward else -1)
    return day


def _friday_until(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=(day.weekday() - 4) % 7)


def _semester_status(status: str, provisional: list[str]) -> SourceStatus:
    if {"starts_on", "ends_on"} & set(provisional):
        return SourceStatus.PROVISIONAL
    return SourceStatus.PARTLY_INFERRED if status == "partly inferred" else SourceStatus.FOUND


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None

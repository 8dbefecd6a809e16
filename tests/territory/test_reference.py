"""The territorial division and the calendar stand in the database as the lists say, with source and status."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from backend.core.models import SourceStatus
from backend.core.reference import read_csv
from backend.territory import reference
from backend.territory.models import Municipality, Programme, ProgrammeTerm, Region, Semester
from backend.territory.selectors import municipalities, programme_terms

pytestmark = pytest.mark.usefixtures("reference")


def test_every_municipality_equals_its_line() -> None:
    lines = read_csv(reference.FIXTURES / "municipalities.csv")
    stored = {row.code: row for row in Municipality.objects.exclude(kind="FORMER").select_related("region", "successor")}
    assert len(lines) == len(stored) == 43
    for line in lines:
        row = stored[line["code"]]
        assert (row.name_lv, row.name_en, row.region.code) == (line["name_lv"], line["name_en"], line["region"])
        assert (row.statistical_region, row.atvk_code) == (line["statistical_region_2021"], line["atvk_code"])
        assert (row.kind == "STATE_CITY") == (line["kind"] == "valstspilseta")
        assert row.valid_from.isoformat() == line["valid_from"]
        assert (row.valid_to.isoformat() if row.valid_to else "") == line["valid_to"]
        assert (row.successor.code if row.successor else "") == line["successor_code"]
        assert (row.longitude, row.latitude) == (Decimal(line["centroid_lon"]), Decimal(line["centroid_lat"]))
        assert (row.source, row.source_note) == (line["source"], line["status"])
        assert row.source_status == SourceStatus.UNVERIFIED


@pytest.mark.parametrize(
    ("day", "count", "has_varaklani"),
    [(dt.date(2021, 7, 1), 43, True), (dt.date(2025, 6, 30), 43, True), (dt.date(2025, 7, 1), 42, False)],
)
def test_division_of_a_day(day: dt.date, count: int, has_varaklani: bool) -> None:
    codes = [row.code for row in municipalities(on=day)]
    assert (len(codes), "LV-102" in codes) == (count, has_varaklani)


def test_former_municipalities_are_marked_partial_and_lead_to_one_of_today() -> None:
    former = Municipality.objects.filter(kind="FORMER").select_related("successor", "region")
    assert {row.name_lv for row in former} == {
        "Dagdas novads",
        "Kārsavas novads",
        "Ķeguma novads",
        "Priekules novads",
        "Rugāju novads",
        "Viesītes novads",
    }
    for row in former:
        assert row.valid_to == dt.date(2021, 6, 30)
        assert row.successor is not None
        assert row.successor.region == row.region
        assert row.source
        assert row.source_status == SourceStatus.PARTLY_INFERRED
        assert "partial list" in row.source_note


def test_five_regions_in_latvian() -> None:
    assert [row.name_lv for row in Region.objects.order_by("sort_key")] == [
        "Kurzemes reģions",
        "Latgales reģions",
        "Rīgas reģions",
        "Vidzemes reģions",
        "Zemgales reģions",
    ]


def test_municipalities_come_in_latvian_order() -> None:
    names = [row.name_lv for row in municipalities(on=dt.date(2023, 10, 16))]
    assert names.index("Ādažu novads") < names.index("Balvu novads")
    assert names.index("Kuldīgas novads") < names.index("Ķekavas novads") < names.index("Liepāja")


def test_every_semester_equals_its_line_and_names_what_it_fills_in() -> None:
    lines = read_csv(reference.FIXTURES / "semesters.csv")
    columns = {"starts_on": "starts", "ends_on": "ends", "plan_period_ends_on": "plan_period_ends"}
    assert Semester.objects.count() == len(lines) == 14
    for line in lines:
        row = Semester.objects.get(code=line["code"])
        assert (row.school_year, row.number) == (line["school_year"], int(line["semester"]))
        assert (row.source, row.source_note) == (line["source"], line["status"])
        assert row.provisional_fields == [name for name, column in columns.items() if not line[column]]
        for name, column in columns.items():
            assert not line[column] or getattr(row, name).isoformat() == line[column]
        for name, column in (("ends_on_grade_9", "ends_grade_9"), ("ends_on_grade_12", "ends_grade_12")):
            assert (getattr(row, name).isoformat() if getattr(row, name) else "") == line[column]
        main_dates_are_ours = bool({"starts_on", "ends_on"} & set(row.provisional_fields))
        assert (row.source_status == SourceStatus.PROVISIONAL) == main_dates_are_ours


def test_provisional_dates_follow_the_habit_of_the_known_years() -> None:
    """Whatever the list does know, the habit that fills the gaps would have given too."""
    known = 0
    for line in read_csv(reference.FIXTURES / "semesters.csv"):
        blank = line | {"starts": "", "ends": "", "plan_period_ends": ""}
        guess = reference.semester_of(blank)
        for name, column in (("starts_on", "starts"), ("ends_on", "ends"), ("plan_period_ends_on", "plan_period_ends")):
            if line[column]:
                known += 1
                assert getattr(guess, name).isoformat() == line[column], (line["code"], name)
    assert known >= 20


def test_first_semester_plans_run_to_31_december() -> None:
    for row in Semester.objects.filter(number=1):
        assert (row.plan_period_ends_on.month, row.plan_period_ends_on.day) == (12, 31)
        assert row.plan_period_ends_on > row.ends_on


def test_terms_of_the_programme_by_day_and_revision() -> None:
    programme = Programme.objects.get(code="PUMPURS")
    before = {
        term.value_text for term in programme_terms(programme=programme, on=dt.date(2021, 8, 31)).filter(code="grades_covered")
    }
    after = {
        term.value_text for term in programme_terms(programme=programme, on=dt.date(2021, 9, 1)).filter(code="grades_covered")
    }
    assert (before, after) == ({"5-12"}, {"1-12"})
    targets = ProgrammeTerm.objects.filter(code="institutions_target").order_by("valid_from")
    assert [int(term.value_number or 0) for term in targets] == [614, 611, 665]


@pytest.mark.parametrize("revision", ["plan", "esfondi.lv"])
def test_money_of_each_revision_adds_up(revision: str) -> None:
    amounts = dict(ProgrammeTerm.objects.filter(revision=revision).values_list("code", "value_number"))
    assert amounts["budget_esf"] + amounts["budget_state"] == amounts["budget_total"]


def test_loading_twice_changes_nothing() -> None:
    models = (Programme, ProgrammeTerm, Region, Municipality, Semester)
    before = [sorted(model.objects.values_list()) if model is not Semester else model.objects.count() for model in models]
    reference.load()
    after = [sorted(model.objects.values_list()) if model is not Semester else model.objects.count() for model in models]
    assert before == after


def test_loading_again_keeps_a_semester_closed() -> None:
    closed_at = dt.datetime(2023, 7, 10, tzinfo=dt.UTC)
    Semester.objects.filter(code="2022/2023-2").update(closed_at=closed_at)
    reference.load()
    assert Semester.objects.get(code="2022/2023-2").closed_at == closed_at

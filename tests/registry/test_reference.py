"""Risk factors and measure kinds stand in the database as the lists say."""

from __future__ import annotations

import pytest

from backend.core.models import SourceStatus
from backend.core.reference import read_csv
from backend.registry import reference
from backend.registry.models import MeasureKind, ReimbursementKind, RiskFactor, RiskGroup, RiskLevel, SpecialistRole

pytestmark = pytest.mark.usefixtures("reference")


def test_every_risk_factor_equals_its_line() -> None:
    lines = read_csv(reference.FIXTURES / "risk_factors.csv")
    assert RiskFactor.objects.count() == len(lines) == 26
    for line in lines:
        row = RiskFactor.objects.get(code=line["code"])
        assert (row.group, row.name_lv, row.name_en) == (line["group_code"].upper(), line["name_lv"], line["name_en"])
        assert (row.source, row.source_note) == (line["source"], line["status"])
        assert (row.source_status == SourceStatus.FOUND) == (line["status"] == "found")


def test_a_text_with_a_comma_stays_whole() -> None:
    row = RiskFactor.objects.get(code="household_duties")
    assert row.name_lv == "Pienākumi mājās, kas traucē mācībām"
    assert row.source_note == "found"


def test_the_fact_of_family_or_health_is_special() -> None:
    special = set(RiskFactor.objects.filter(fact_class="SPECIAL").values_list("group", flat=True))
    assert special == {RiskGroup.FAMILY, RiskGroup.SOCIAL_HEALTH}


def test_every_measure_kind_equals_its_line_and_trainings_are_none() -> None:
    lines = [
        line for line in read_csv(reference.FIXTURES / "support_measures.csv") if not line["category"].startswith("TRAINING")
    ]
    assert MeasureKind.objects.count() == len(lines) == 15
    for line in lines:
        row = MeasureKind.objects.get(code=line["code"].upper())
        assert (row.category, row.name_lv, row.name_en) == (line["category"], line["name_lv"], line["name_en"])
        assert (row.unit, row.note, row.source) == (line["unit"], line["note"], line["source"])
        assert row.limit_text == ("" if line["limit"] == "not found" else line["limit"])
        assert row.source_note == line["status"] == "found"


def test_the_kinds_are_the_contracts() -> None:
    assert set(MeasureKind.objects.filter(category="CONSULTATION").values_list("code", flat=True)) == set(SpecialistRole.values)
    assert set(MeasureKind.objects.filter(category="REIMBURSEMENT").values_list("code", flat=True)) == set(
        ReimbursementKind.values
    )


def test_the_scale_of_levels_says_that_it_is_ours() -> None:
    levels = list(RiskLevel.objects.order_by("value"))
    assert [level.value for level in levels] == [0, 1, 2, 3]
    assert all(level.source_status == SourceStatus.PROVISIONAL and "project default" in level.source_note for level in levels)


def test_loading_twice_changes_nothing() -> None:
    before = [sorted(model.objects.values_list("id", "source_note")) for model in (RiskFactor, RiskLevel, MeasureKind)]
    reference.load()
    assert before == [sorted(model.objects.values_list("id", "source_note")) for model in (RiskFactor, RiskLevel, MeasureKind)]

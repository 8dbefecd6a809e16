"""Published figures: every line of the list, with its source and status, apart from anything computed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from backend.core.models import SourceStatus
from backend.core.reference import read_csv
from backend.insight.statistics import reference
from backend.insight.statistics.models import Indicator, PublishedFigure
from backend.insight.statistics.public import published_figures, published_series, published_values

pytestmark = pytest.mark.usefixtures("reference")


def test_every_figure_equals_its_line_in_order() -> None:
    lines = read_csv(reference.FIXTURES / "reference_figures.csv")
    figures = published_figures()
    assert len(lines) == len(figures) == 82
    for line, figure in zip(lines, figures, strict=True):
        assert (figure.indicator, figure.period, figure.comparator.value) == (
            line["indicator"],
            line["period"],
            line["comparator"],
        )
        assert (figure.value, figure.unit, figure.note) == (Decimal(line["value"]), line["unit"], line["note"])
        assert figure.status == {"found": SourceStatus.FOUND, "inferred": SourceStatus.INFERRED}[line["status"]]
        assert line["source"] in figure.source


def test_a_seed_is_called_by_what_it_is() -> None:
    source = PublishedFigure.objects.get(indicator__code="case_rtrit_iap").source
    assert source == "Rīgas Tūrisma un radošās industrijas tehnikums, page on the project (seed 003)"


def test_every_indicator_has_a_name_in_both_languages() -> None:
    assert Indicator.objects.count() == 53
    for row in Indicator.objects.all():
        assert row.name_lv
        assert row.name_en
        assert row.name_in("lv") != row.name_in("en")


def test_a_series_and_single_values_take_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        series = published_series(indicators=["iap_count", "institutions", "nothing"])
    assert [figure.period for figure in series["iap_count"]][:2] == ["2017/2018", "2018/2019"]
    assert series["nothing"] == []
    with django_assert_num_queries(1):
        values = published_values(
            pairs=[("iap_count_cumulative", "to 12.2022"), ("institutions", "12.2022"), ("iap_count", "1999")]
        )
    assert {key: int(figure.value) for key, figure in values.items()} == {
        ("iap_count_cumulative", "to 12.2022"): 93497,
        ("institutions", "12.2022"): 599,
    }


def test_loading_twice_changes_nothing() -> None:
    before = sorted(PublishedFigure.objects.values_list())
    reference.load()
    assert sorted(PublishedFigure.objects.values_list()) == before

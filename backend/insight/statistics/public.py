"""What the public site may see of the figures: published series, never case rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from backend.core.models import SourceStatus
from backend.insight.statistics.models import Comparator, PublishedFigure


@dataclass(frozen=True)
class Figure:
    """One published figure, as its source gives it."""

    indicator: str
    name_lv: str
    name_en: str
    period: str
    comparator: Comparator
    value: Decimal
    unit: str
    status: SourceStatus
    note: str
    source: str

    def name_in(self, language: str) -> str:
        """The indicator's name in `language` (lv, en), Latvian where there is no other."""
        return (self.name_en or self.name_lv) if language == "en" else self.name_lv


def published_figures(*, indicator: str = "") -> list[Figure]:
    """Figures in the order of the reference list; with `indicator`, those of one indicator's code."""
    rows = _rows()
    return [_figure(row) for row in (rows.filter(indicator__code=indicator) if indicator else rows)]


def published_series(*, indicators: Iterable[str]) -> dict[str, list[Figure]]:
    """Figures of each code in `indicators`, in the order of the reference list; an unknown code has none. One statement."""
    series: dict[str, list[Figure]] = {code: [] for code in indicators}
    for row in _rows().filter(indicator__code__in=series):
        series[row.indicator.code].append(_figure(row))
    return series


def published_values(*, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Figure]:
    """The figure of each (indicator code, period) that was published. One statement."""
    wanted = set(pairs)
    rows = _rows().filter(indicator__code__in={code for code, _period in wanted}, period__in={period for _code, period in wanted})
    found = {(row.indicator.code, row.period): _figure(row) for row in rows}
    return {pair: figure for pair, figure in found.items() if pair in wanted}


def _rows() -> QuerySet[PublishedFigure]:
    return PublishedFigure.objects.select_related("indicator").order_by("position")


def _figure(row: PublishedFigure) -> Figure:
    return Figure(
        indicator=row.indicator.code,
        name_lv=row.indicator.name_lv,
        name_en=row.indicator.name_en,
        period=row.period,
        comparator=Comparator(row.comparator),
        value=row.value,
        unit=row.unit,
        status=SourceStatus(row.source_status),
        note=row.source_note,
        source=row.source,
    )

"""Bar charts drawn on the server: the geometry of a series, in percent, for a template that writes SVG."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from backend.core.models import SourceStatus
from backend.insight.statistics.public import Figure, published_series
from cms.figures import periods

_SCHOOL_YEAR = re.compile(r"^\d{4}/\d{4}$")
BAR_STEP = Decimal("3.4")
"""Height of one bar with its label, in rem."""


@dataclass(frozen=True)
class Bar:
    """One value of a chart. Lengths in percent of the drawing's width, heights in rem."""

    figure: Figure
    label: str
    value: Decimal
    width: str
    label_y: str
    bar_y: str
    is_certain: bool

    @property
    def source_host(self) -> str:
        """Name of the site that published the value; empty where the source is no address."""
        return urlsplit(self.figure.source).netloc.removeprefix("www.")


@dataclass(frozen=True)
class Chart:
    """One series, ready to be drawn and told."""

    code: str
    title: str
    text: Any
    unit: str
    bars: list[Bar]
    height: str
    top: Decimal
    sources: list[str]

    template = "components/series.html"

    @property
    def greatest(self) -> Bar:
        """The bar of the greatest value."""
        return max(self.bars, key=lambda bar: bar.value)

    @property
    def least(self) -> Bar:
        """The bar of the smallest value."""
        return min(self.bars, key=lambda bar: bar.value)


def charts_for(*, blocks: Sequence[Any]) -> list[Chart]:
    """Charts of the page's series, in its order, with one query. A series nobody published is left out."""
    series = published_series(indicators=[block["indicator"] for block in blocks]) if blocks else {}
    charts = []
    for block in blocks:
        figures = series[block["indicator"]]
        if block["years_only"]:
            figures = [figure for figure in figures if _SCHOOL_YEAR.match(figure.period)]
        if figures:
            charts.append(chart_of(figures=figures, code=block["indicator"], title=block["title"], text=block["text"]))
    return charts


def chart_of(*, figures: Sequence[Figure], code: str, title: str, text: Any) -> Chart:
    """Geometry of one series. Bars begin at zero; the full width is a round number not below the greatest value."""
    top = round_top(max(figure.value for figure in figures))
    bars = []
    for position, figure in enumerate(figures):
        y = position * BAR_STEP
        bars.append(
            Bar(
                figure=figure,
                label=periods.written(figure.period),
                value=figure.value,
                width=f"{figure.value * 100 / top:.2f}%" if top else "0%",
                label_y=f"{y + Decimal('1.1')}rem",
                bar_y=f"{y + Decimal('1.55')}rem",
                is_certain=figure.status == SourceStatus.FOUND,
            )
        )
    return Chart(
        code=code,
        title=title,
        text=text,
        unit=unit_written(figures[0].unit),
        bars=bars,
        height=f"{len(figures) * BAR_STEP}rem",
        top=top,
        sources=list(dict.fromkeys(figure.source for figure in figures if figure.source.startswith("http"))),
    )


def round_top(value: Decimal) -> Decimal:
    """The next of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 times a power of ten: 21 732 gives 25 000, 8.7 gives 10."""
    if value <= 0:
        return Decimal(1)
    power = Decimal(10) ** (value.adjusted())
    steps = [Decimal(step) * power for step in ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10")]
    return next(step for step in steps if step >= value)


def unit_written(unit: str) -> str:
    """What a unit of the reference list is called in the reader's language."""
    names = {
        "plans": _("plans"),
        "learners": _("learners"),
        "institutions": _("institutions"),
        "municipalities": _("municipalities"),
        "percent 18-24": _("percent of people aged 18 to 24"),
        "sessions": _("sessions"),
        "EUR": _("euro"),
    }
    return names.get(unit, unit)

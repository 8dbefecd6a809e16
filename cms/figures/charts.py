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
    """One value of a chart, None where it is not published. Lengths in percent of the drawing's width, heights in rem."""

    label: str
    value: Decimal | None
    position: int
    """Of the bar from above, from 0 on."""
    top: Decimal
    """The value that takes the full width."""
    is_certain: bool = True

    @property
    def width(self) -> str:
        """Length of the bar, which begins at zero."""
        return f"{(self.value or 0) * 100 / self.top:.2f}%"

    @property
    def label_y(self) -> str:
        """Where its label stands."""
        return f"{self.position * BAR_STEP + Decimal('1.1')}rem"

    @property
    def bar_y(self) -> str:
        """Where it begins, from above."""
        return f"{self.position * BAR_STEP + Decimal('1.55')}rem"


@dataclass(frozen=True, kw_only=True)
class FigureBar(Bar):
    """The bar of a published figure."""

    figure: Figure

    @property
    def source_host(self) -> str:
        """Name of the site that published the value; empty where the source is no address."""
        return urlsplit(self.figure.source).netloc.removeprefix("www.")


def greatest(bars: Sequence[Bar]) -> Bar | None:
    """The bar of the greatest value that is published."""
    return max((bar for bar in bars if bar.value is not None), key=lambda bar: bar.value or 0, default=None)


def least(bars: Sequence[Bar]) -> Bar | None:
    """The bar of the smallest value that is published."""
    return min((bar for bar in bars if bar.value is not None), key=lambda bar: bar.value or 0, default=None)


def height_of(bars: Sequence[Bar]) -> str:
    """Height of the drawing."""
    return f"{len(bars) * BAR_STEP}rem"


@dataclass(frozen=True)
class Chart:
    """One series, ready to be drawn and told."""

    code: str
    title: str
    text: Any
    unit: str
    bars: list[FigureBar]
    height: str
    sources: list[str]

    template = "components/series.html"
    release = None
    """It comes from the reference list of published figures."""

    @property
    def greatest(self) -> Bar | None:
        """The bar of the greatest value."""
        return greatest(self.bars)

    @property
    def least(self) -> Bar | None:
        """The bar of the smallest value."""
        return least(self.bars)


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
    bars = [
        FigureBar(
            figure=figure,
            label=periods.written(figure.period),
            value=figure.value,
            position=position,
            top=top,
            is_certain=figure.status == SourceStatus.FOUND,
        )
        for position, figure in enumerate(figures)
    ]
    return Chart(
        code=code,
        title=title,
        text=text,
        unit=unit_written(figures[0].unit),
        bars=bars,
        height=height_of(bars),
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

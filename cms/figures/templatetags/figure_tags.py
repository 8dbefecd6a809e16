"""Bars, rows and places of charts and maps, written in Python: one page shows some 180 shapes and as many lines.

Nothing but names, labels and sources comes from people; those are escaped. The rest is computed here or in `cms.figures`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from html import escape
from urllib.parse import quote

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from wagtail.rich_text import RichText, expand_db_html

from cms.base import numbers
from cms.base.languages import reader_language
from cms.figures.charts import Bar, Chart, FigureBar
from cms.figures.maps import Place, PlaceMap
from cms.figures.released import ReleasedChart

register = template.Library()


class _Words:
    """Values as the reader's language writes them; asked for once a drawing."""

    def __init__(self) -> None:
        self.language = reader_language()
        self._hidden = gettext("not published")
        self._comparators = {">": gettext("more than") + " ", "~": gettext("about") + " "}

    def value(self, value: Decimal | int | None) -> str:
        """A value; in words where it is not published."""
        return self._hidden if value is None else numbers.written(value, language=self.language)

    def compared(self, bar: Bar) -> str:
        """The value of a bar with "more than" or "about" before it, where its source says so."""
        if bar.value is None or not isinstance(bar, FigureBar):
            return self.value(bar.value)
        return self._comparators.get(bar.figure.comparator, "") + self.value(bar.value)

    def name(self, place: Place) -> str:
        """Name of a municipality."""
        return escape(place.municipality.name_in(self.language))


@register.filter
def as_html(text: RichText | str) -> SafeString:
    """Rich text as Wagtail's `richtext` gives it, without the template that it fetches for each."""
    return SafeString(expand_db_html(text.source if isinstance(text, RichText) else text))


@register.simple_tag
def bars_told(chart: Chart | ReleasedChart) -> str:
    """All bars as one sentence: `2021/2022: 310; 2022/2023: more than 400`."""
    words = _Words()
    return "; ".join(f"{bar.label}: {words.compared(bar)}" for bar in chart.bars)


@register.simple_tag
def bars_drawn(chart: Chart | ReleasedChart) -> SafeString:
    """The bars with their labels, as SVG."""
    words = _Words()
    return _joined(_bar(bar, words) for bar in chart.bars)


def _bar(bar: Bar, words: _Words) -> str:
    label = f'<text class="chart-label" x="0" y="{bar.label_y}">{escape(bar.label)}</text>'
    value = f'<text class="chart-value" x="100%" y="{bar.label_y}">{words.compared(bar)}</text>'
    place = f'x="0" y="{bar.bar_y}"'
    if bar.value is None:
        return f'<g>{label}{value}<rect class="chart-none" {place} width="100%" height="1.1rem"/></g>'
    inferred = "" if bar.is_certain else " chart-bar-inferred"
    track = f'<rect class="chart-track" {place} width="100%" height="1.1rem"/>'
    return f'<g>{label}{value}{track}<rect class="chart-bar{inferred}" {place} width="{bar.width}" height="1.1rem"/></g>'


@register.simple_tag
def series_rows(chart: Chart) -> SafeString:
    """Rows of a series: period, value, how sure it is, where it stands."""
    words = _Words()
    return _joined(
        f'<tr><th scope="row">{escape(bar.label)}</th><td class="num">{words.compared(bar)}</td>'
        f"<td>{escape(str(bar.figure.status.label))}</td><td>{_source(bar)}</td></tr>"
        for bar in chart.bars
    )


def _source(bar: FigureBar) -> str:
    source = escape(bar.figure.source)
    return f'<a href="{source}">{escape(bar.source_host)}</a>' if bar.source_host else source


@register.simple_tag
def released_rows(chart: ReleasedChart) -> SafeString:
    """Rows of a released table: its lines and their values."""
    words = _Words()
    return _joined(
        f'<tr><th scope="row">{escape(bar.label)}</th><td class="num">{words.value(bar.value)}</td></tr>' for bar in chart.bars
    )


@register.simple_tag
def places_drawn(map: PlaceMap) -> SafeString:
    """Municipalities as shapes that lead to their line in the list, as SVG."""
    words = _Words()
    return _joined(_shape(place, map.anchor, words) for place in map.places)


def _shape(place: Place, anchor: str, words: _Words) -> str:
    shape, code = place.shape, escape(place.municipality.code)
    letters = f'<text x="{shape.x}" y="{shape.y}">{escape(shape.short)}</text>' if shape.short else ""
    return (
        f'<a href="#{anchor}-{code}" tabindex="-1" class="place step-{place.step}" data-place="{code}">'
        f'<title>{words.name(place)}: {words.value(place.value)}</title><path d="{escape(shape.path)}"/>{letters}</a>'
    )


@register.simple_tag
def places_listed(map: PlaceMap, institutions_url: str) -> SafeString:
    """Municipalities with their values; in the register's own map each leads to its institutions."""
    words = _Words()
    leads = "" if map.release else escape(institutions_url)
    return _joined(_line(place, map.anchor, leads, words) for place in map.places)


def _line(place: Place, anchor: str, leads: str, words: _Words) -> str:
    code, name = escape(place.municipality.code), words.name(place)
    named = f"<span>{name}</span>"
    if place.value and leads:
        named = f'<a href="{leads}?municipality={quote(place.municipality.code, safe="/")}">{name}</a>'
    return (
        f'<li id="{anchor}-{code}" data-place="{code}" class="step-{place.step}">{named}'
        f' <span class="map-value">{words.value(place.value)}</span></li>'
    )


def _joined(lines: Iterable[str]) -> SafeString:
    return SafeString("\n".join(lines))

"""Figures of open data as charts and maps: the table that an editor chose, from the newest release that holds it.

Nothing is computed from cases here, and nothing from what a release suppresses: a figure that is not published is said to be
so, and no sum is made up around it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy

from backend.insight.statistics.public import PublicRelease, PublicTable, newest_tables, released_shapes
from cms.figures import periods
from cms.figures.charts import Bar, greatest, height_of, least, round_top, unit_written
from cms.figures.maps import Drawing, PlaceMap, painted
from cms.opendata.reading import TOTAL, axes_of, column_of, measure_of, unit_of

TERRITORY, MUNICIPALITY, INSTITUTION = "TERRITORY", "MUNICIPALITY", "INSTITUTION"
"""Codes of the releases' catalogue."""
LEVELS = {
    "REGION": gettext_lazy("regions"),
    "MUNICIPALITY": gettext_lazy("municipalities"),
    "SCHOOL_YEAR": gettext_lazy("school years"),
    "SEMESTER": gettext_lazy("semesters"),
    "RISK_GROUP": gettext_lazy("groups of risks"),
    "RISK_FACTOR": gettext_lazy("risk factors"),
    "PROGRAMME_KIND": gettext_lazy("kinds of programme"),
    "STAGE": gettext_lazy("grades and courses"),
    "MEASURE_CATEGORY": gettext_lazy("kinds of measures"),
    "MEASURE_KIND": gettext_lazy("measures"),
}
"""What the levels of a dimension are called in the editor; a dimension of one level goes by its own name."""
_UNITS = {"HOURS": gettext_lazy("hours"), "EURO": gettext_lazy("euro")}
Choices = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True)
class ReleasedChart:
    """A released table along one dimension, ready to be drawn and told."""

    code: str
    title: str
    text: Any
    unit: str
    heading: str
    """What the lines are: regions, school years."""
    only: str
    """The category of the other dimension that is shown, in words; empty: all together."""
    bars: list[Bar]
    height: str
    total: Decimal | None
    release: PublicRelease
    table: PublicTable

    template = "components/series.html"

    @property
    def hidden(self) -> int:
        """How many are not published."""
        return sum(bar.value is None for bar in self.bars)

    @property
    def greatest(self) -> Bar | None:
        """The bar of the greatest published figure."""
        return greatest(self.bars)

    @property
    def least(self) -> Bar | None:
        """The bar of the smallest published figure."""
        return least(self.bars)


Tables = Mapping[str, tuple[PublicRelease, PublicTable]]


def tables_for(*, blocks: Sequence[Any]) -> Tables:
    """The tables that blocks of the editor name, each from the newest release that holds it. At most one statement."""
    codes = {code_of(block["table"]) for block in blocks}
    return newest_tables(codes=codes) if codes else {}


def code_of(choice: str) -> str:
    """Code of the table in a choice: `plans-territory/PERIOD/SCHOOL_YEAR`, or the code alone for a map."""
    return choice.partition("/")[0]


def chart_of_block(*, block: Mapping[str, Any], tables: Tables, code: str) -> ReleasedChart | None:
    """The chart that a block asks for; None where no release holds it. `code` is its anchor."""
    name, dimension, level = (*block["table"].split("/"), "", "")[:3]
    if name not in tables:
        return None
    release, table = tables[name]
    try:
        column = column_of(table, dimension=dimension, only=block["only"])
    except KeyError:
        return None
    axis = next(axis for axis in axes_of(table) if axis.code == dimension)
    lines = [(heading, value) for heading, value in column if heading.code != TOTAL and heading.level == level]
    if not lines:
        return None
    top = round_top(max((value for _heading, value in lines if value is not None), default=Decimal(0)))
    bars = [
        Bar(label=periods.written(heading.name_in(_language())), value=value, position=place, top=top)
        for place, (heading, value) in enumerate(lines)
    ]
    return ReleasedChart(
        code=code,
        title=block["title"] or table.name_in(_language()),
        text=block["text"],
        unit=_unit(table),
        heading=str(LEVELS.get(level, axis.name_in(_language()))),
        only=_only(table, dimension, block["only"]),
        bars=bars,
        height=height_of(bars),
        total=column[0][1],
        release=release,
        table=table,
    )


def map_of_block(*, block: Mapping[str, Any], tables: Tables, code: str, drawing: Drawing) -> PlaceMap | None:
    """The map that a block asks for, by the division of the release; None where no release holds it."""
    name = code_of(block["table"])
    if name not in tables:
        return None
    release, table = tables[name]
    try:
        column = column_of(table, dimension=TERRITORY, only=block["only"])
    except KeyError:
        return None
    land = drawing.land(release.division_on)
    places, steps = painted(land, {heading.code: value for heading, value in column if heading.level == MUNICIPALITY})
    return PlaceMap(
        places, steps, land.height, land.day, land.source,
        total=column[0][1],
        anchor=code,
        title=block["title"] or table.name_in(_language()),
        text=block["text"],
        only=_only(table, TERRITORY, block["only"]),
        unit=_unit(table),
        release=release,
        table=table,
    )  # fmt: skip


def _only(table: PublicTable, dimension: str, code: str) -> str:
    """The chosen category of another dimension, in words."""
    others = [heading for axis in axes_of(table) if axis.code != dimension for heading in axis.headings]
    found = next((heading for heading in others if heading.code == code), None) if code else None
    return periods.written(found.name_in(_language())) if found else ""


def _unit(table: PublicTable) -> str:
    measure = measure_of(table)
    named = _UNITS.get(unit_of(table))
    return str(named) if named else unit_written(measure["name"][_language()])


def _language() -> str:
    return (get_language() or "lv")[:2]


def chart_choices() -> Choices:
    """What a chart can show, for the editor: each released table, along each level of its dimensions."""
    return [
        (table.name_in(_language()), [
            (f"{table.code}/{axis.code}/{level}",
             f"{table.name_in(_language())}: {LEVELS.get(level, axis.name_in(_language()).lower())}")
            for axis in axes_of(table)
            for level in dict.fromkeys(heading.level for heading in axis.headings if heading.code != TOTAL)
            if level != INSTITUTION
        ])
        for table in released_shapes()
    ]  # fmt: skip


def map_choices() -> list[tuple[str, str]]:
    """What a map can show, for the editor: each released table that tells the municipalities apart."""
    return [
        (table.code, table.name_in(_language()))
        for table in released_shapes()
        if any(heading.level == MUNICIPALITY for axis in axes_of(table) if axis.code == TERRITORY for heading in axis.headings)
    ]


def categories_beside(choice: str, *, dimension: str) -> set[str]:
    """Codes of the categories of a table's other dimensions, as its newest release has them."""
    table = next((table for table in released_shapes() if table.code == code_of(choice)), None)
    axes = axes_of(table) if table else ()
    return {heading.code for axis in axes if axis.code != dimension for heading in axis.headings}

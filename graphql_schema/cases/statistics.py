"""Published figures, and the semester report."""

from __future__ import annotations

from backend.insight.statistics.models import Comparator, Indicator, PublishedFigure
from graphql_schema.cases.shared import ID, NAMES, SOURCE
from graphql_schema.engine.declarations import ANY_TOKEN, Children, Column, Filter, FilterKind, ObjectType, Relation

INDICATOR = ObjectType(
    name="Indicator",
    description="What a published figure measures.",
    needs=ANY_TOKEN,
    model=Indicator,
    select=lambda scope: Indicator.objects.all(),
    open_to_all=True,
    order=("position", "id"),
    fields=(
        ID,
        Column(name="code", description="Code of the indicator."),
        *NAMES,
        Column(name="unit", description="Usual unit."),
        Children(name="figures", to="PublishedFigure", via="indicator", description="Figures of the indicator."),
    ),
)

PUBLISHED_FIGURE = ObjectType(
    name="PublishedFigure",
    plural="publishedFigures",
    description="One figure as a source gives it. Sources disagree; none is corrected, and none is computed here.",
    needs=ANY_TOKEN,
    model=PublishedFigure,
    select=lambda scope: PublishedFigure.objects.all(),
    open_to_all=True,
    order=("position", "id"),
    filters=(
        Filter(name="indicatorCode", lookup="indicator__code", description="By the indicator's code."),
        Filter(name="period", lookup="period", description="By the period as the source words it."),
        Filter(name="source", lookup="source", kind=FilterKind.TEXTS, description="Of one of these sources, by address."),
    ),
    fields=(
        ID,
        Column(name="period", description="Period as the source words it."),
        Column(name="comparator", enum=Comparator, description="Exactly, more than, or about."),
        Column(name="value", description="The figure, two decimals."),
        Column(name="unit", description="Unit of the figure."),
        Relation(name="indicator", to="Indicator", description="What it measures."),
        *SOURCE,
    ),
)

TYPES = (INDICATOR, PUBLISHED_FIGURE)

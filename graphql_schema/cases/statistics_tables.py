"""The table builder (contract, `statistics`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import translation

from backend.core.classification import DataClass
from backend.insight.statistics.conditions import Conditions
from backend.insight.statistics.cubes import StatisticsCube, StatisticsDimension, StatisticsUnit
from backend.insight.statistics.tables import (
    CannotBeBuiltError,
    Cell,
    StatisticsProtection,
    Table,
    figure_text,
    statistics_table,
)
from backend.registry.models import MeasureCategory, RiskGroup
from backend.territory.models import InstitutionKind, ProgrammeKind, Semester
from graphql_schema.cases.naming import AS_OF, NOT_GIVEN, moment_of, named, naming_arguments, unit_of
from graphql_schema.engine.context import Context
from graphql_schema.engine.declarations import Argument, InputObject, ObjectType, RootField, Value
from graphql_schema.http.parameters import bad_request

_NEEDS = "statistics.read"


def _member(name: str, kind: Any, description: str, **more: Any) -> Value:
    return Value(name=name, kind=kind, description=description, data_class=DataClass.INTERNAL, **more)


CELL = ObjectType(
    name="StatisticsCell",
    description="One figure of a table.",
    needs=_NEEDS,
    fields=(
        _member(
            "row", str | None, "Codes down the side, in the order of the rows' dimensions; null: total.", list_of=True, length=2
        ),
        _member(
            "column",
            str | None,
            "Codes across the top, in the order of the columns' dimensions; null: total.",
            list_of=True,
            length=2,
        ),
        _member("value", str, "The figure; null where it is suppressed.", nullable=True),
        _member("suppressed", bool, "Whether it is suppressed."),
    ),
)

TABLE = ObjectType(
    name="StatisticsTable",
    description="A table of figures.",
    needs=_NEEDS,
    fields=(
        _member("table", StatisticsCube, "What it counts."),
        _member("rows", StatisticsDimension, "Dimensions down the side.", list_of=True, length=2),
        _member("columns", StatisticsDimension, "Dimensions across the top.", list_of=True, length=2),
        _member("unit", StatisticsUnit, "Unit of the figures: a count, hours or euro."),
        _member("cells", "StatisticsCell", "Its cells, totals among them; what is not listed is 0.", list_of=True, length=50),
        _member("protection", StatisticsProtection, "How its figures are protected."),
        _member(
            "protectionNote",
            str,
            "What was done to protect them, in words, in the language of `Accept-Language`.",
            nullable=True,
        ),
        _member("asOf", dt.datetime, "At which moment's knowledge."),
        _member("generatedAt", dt.datetime, "When it was computed."),
        _member("contentHash", str, "Hash over its figures: the same figures have the same."),
    ),
)


@dataclass(frozen=True)
class CellShown:
    """A cell as the schema names it."""

    row: list[str | None]
    column: list[str | None]
    value: str | None
    suppressed: bool


class TableShown:
    """A table as the schema names it, with its note in the language of the request."""

    def __init__(self, table: Table, *, language: str) -> None:
        self._table = table
        self.table, self.unit = table.cube.code, table.cube.unit
        self.rows, self.columns = list(table.rows), list(table.columns)
        self.protection = table.protection
        with translation.override(language):
            self.protection_note = str(table.protection_note) or None
        self.as_of, self.generated_at, self.content_hash = table.as_of, table.generated_at, table.content_hash

    @cached_property
    def cells(self) -> list[CellShown]:
        return [self._shown(cell) for cell in self._table.cells]

    def _shown(self, cell: Cell) -> CellShown:
        value = figure_text(self.unit, cell.figure)
        return CellShown(list(cell.row), list(cell.column), value, suppressed=cell.figure is None)


def _statistics(
    context: Context,
    *,
    table: str,
    rows: list[str],
    columns: list[str] | None = None,
    filters: dict[str, Any] | None = None,
    as_of: dt.datetime | None = None,
) -> TableShown | None:
    """Raises Refusal BAD_REQUEST for what does not go together. None for what is not reached, or not there."""
    conditions = _conditions(filters or {})
    if conditions is None:
        return None
    try:
        made = statistics_table(
            scope=context.scope,
            cube=StatisticsCube(table),
            rows=[StatisticsDimension(dimension) for dimension in rows],
            columns=[StatisticsDimension(dimension) for dimension in columns or ()],
            conditions=conditions,
            as_of=moment_of(as_of),
        )
    except CannotBeBuiltError as problem:
        with translation.override("en"):
            raise bad_request(str(problem.message)) from None
    return TableShown(made, language=context.language) if made else None


def _conditions(filters: dict[str, Any]) -> Conditions | None:
    """None where a unit or a semester is named that is not there."""
    given = unit_of(filters)
    semester = named(Semester, "semester", filters)
    if semester is None or None in given.values():
        return None
    return Conditions(
        semester=None if semester is NOT_GIVEN else semester,
        school_years=tuple(filters.get("schoolYear") or ()),
        institution_kinds=tuple(filters.get("institutionKind") or ()),
        programme_kinds=tuple(filters.get("programmeKind") or ()),
        risk_groups=tuple(filters.get("riskGroup") or ()),
        measure_categories=tuple(filters.get("measureCategory") or ()),
        measure_kinds=tuple(filters.get("measureKindCode") or ()),
        division_on=filters.get("divisionOn"),
        **given,
    )


FILTER = InputObject(
    name="StatisticsFilter",
    description="Conditions on a table of statistics.",
    members=(
        *naming_arguments(
            institution=("By the institution's id.", "By the institution's code."),
            municipality=("By the municipality's id.", "By the municipality's code."),
            region=("By the region's id.", "By the region's code."),
            semester=("By the semester's id.", "By the semester's code, such as 2022/2023-2."),
        ),
        Argument(name="schoolYear", kind=list[str], description="In one of these school years, such as 2022/2023."),
        Argument(name="institutionKind", kind=list[InstitutionKind], description="At institutions of these kinds."),
        Argument(name="programmeKind", kind=list[ProgrammeKind], description="General or vocational education."),
        Argument(name="riskGroup", kind=list[RiskGroup], description="With a risk of one of these groups."),
        Argument(name="measureCategory", kind=list[MeasureCategory], description="Of these categories of measure."),
        Argument(name="measureKindCode", kind=list[str], description="Of these kinds of measure, by code."),
        Argument(name="divisionOn", kind=dt.date, description="By which day's territorial division; default: the business day."),
    ),
)

STATISTICS = RootField(
    name="statistics",
    to="StatisticsTable",
    needs=_NEEDS,
    resolve=_statistics,
    cost=100,
    arguments=(
        Argument(name="table", kind=StatisticsCube, description="Which figures are counted, over which a table can be built."),
        Argument(name="rows", kind=list[StatisticsDimension], description="Dimensions down the side, outermost first."),
        Argument(
            name="columns", kind=list[StatisticsDimension] | None, description="Dimensions across the top, outermost first."
        ),
        Argument(name="filters", kind=FILTER, description="Conditions, all of which must hold."),
        AS_OF,
    ),
    description="A table of figures, exact within the caller's reach and protected outside it.",
)

TYPES = (TABLE, CELL)
ROOTS = (STATISTICS,)

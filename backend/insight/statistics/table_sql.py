"""A table's query: from kept sums where they suffice, from facts otherwise, from the rows of the past."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.insight.statistics.conditions import Conditions, filtered_dimensions, sql_of
from backend.insight.statistics.cubes import OF_PLAN, PLANS, TERRITORIAL, Counting, Cube, Dimension, FactKind, Kept
from backend.insight.statistics.reach import Reach
from backend.insight.statistics.rollups.facts import facts_query
from backend.insight.statistics.rollups.schema import COUNTRY
from backend.insight.statistics.rollups.sums import name_of
from backend.territory.selectors import DIVISION

Query = tuple[str, list[Any]]
_LOOKED_UP = {
    Dimension.SCHOOL_YEAR: "s.school_year",
    Dimension.SEMESTER: "s.code",
    Dimension.REGION: "d.region",
    Dimension.MUNICIPALITY: "d.municipality",
    Dimension.INSTITUTION: "d.institution",
    Dimension.INSTITUTION_KIND: "d.kind",
}
FACTS_NOW = (
    "(select x.* from rollup.fact x where x.plan_id not in (select t.plan_id from rollup.touched t)"
    " union all select w.* from rollup.waiting_facts() w)"
)
"""Facts as they are this moment."""


@dataclass(frozen=True)
class Asked:
    """A table that goes together."""

    cube: Cube
    kind: FactKind
    rows: tuple[Dimension, ...]
    columns: tuple[Dimension, ...]
    conditions: Conditions
    division_on: dt.date
    with_learners: bool
    keyed: bool = False
    """A line for each record that is counted, in place of the learners behind a figure: for cell keys (`outside`)."""

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Down, then across."""
        return (*self.rows, *self.columns)


def table_query(asked: Asked, reach: Reach, *, past: bool) -> Query:
    """The one `select` of a table and its parameters.

    Columns: a code for each dimension, then for each whether it is a total, the figure, the learners behind it (0 unless asked).
    `past`: from the rows themselves, which whoever executes it has hidden behind what they were.
    """
    if not past:
        kept = _kept(asked)
        if kept is not None:
            return _of_sums(asked, reach, kept)
    return _of_facts(asked, reach, past=past)


def _kept(asked: Asked) -> Kept | None:
    """The smallest kept sum that answers the table."""
    adds_up = asked.cube.adds_up or (asked.cube.counting is Counting.PLAN and asked.kind is PLANS)
    if not adds_up or asked.with_learners or asked.keyed or asked.conditions.about_content:
        return None
    own = {dimension for dimension in asked.dimensions if dimension not in _LOOKED_UP} | asked.kind.otherwise.keys()
    fitting = [kept for kept in asked.kind.kept if own <= set(kept.dimensions)]
    return min(fitting, key=lambda kept: len(kept.dimensions), default=None)


def _of_sums(asked: Asked, reach: Reach, kept: Kept) -> Query:
    names = dict(zip(kept.dimensions, ("f.x", "f.y"), strict=False))
    conditions, values = _otherwise(asked, names)
    given = asked.conditions
    semesters = "array(select id from territory_semester)"
    parameters: list[Any] = []
    if given.semester is not None:
        semesters = "array[%s]::uuid[]"
        parameters.append(given.semester.pk)
    elif given.school_years:
        semesters = "array(select id from territory_semester where school_year = any (%s))"
        parameters.append(list(given.school_years))
    by_place = bool(given.institution_kinds) or any(dimension in TERRITORIAL for dimension in asked.dimensions)
    places = "%s::uuid[]"
    if reach.places is not None:
        parameters.append(reach.places)
    elif by_place:
        places = "array(select id from territory_institution)"
    else:
        parameters.append([UUID(COUNTRY)])
    if given.institution_kinds:
        conditions.append("f.place in (select id from territory_institution where kind = any (%s))")
        values.append(list(given.institution_kinds))
    source = f"rollup.current_cells({semesters}, {places}, array['{name_of(asked.kind, kept)}'])"
    figure = "sum(f.value)" if asked.cube.adds_up else "sum(f.plans)"
    return _grouped(asked, source, figure, names=names, conditions=conditions, values=[*parameters, *values], place="f.place")


def _of_facts(asked: Asked, reach: Reach, *, past: bool) -> Query:
    source = f"({facts_query('true')})" if past else FACTS_NOW
    names = {dimension: f"f.{column}" for dimension, column in {**OF_PLAN, **asked.kind.columns}.items()}
    conditions, values = sql_of(asked.conditions, asked.kind, source=source, places=reach.places)
    held, more = _otherwise(asked, names)
    conditions = ["f.kind = %s", *conditions, *held]
    counting = asked.cube.counting
    figure = "sum(f.value)" if counting is Counting.VALUE else f"count(distinct f.{counting.value})"
    people = "count(distinct f.learner_id)" if asked.with_learners else "0"
    if asked.keyed:
        people = "f.learner_id" if counting is Counting.VALUE else f"f.{counting.value}"
    if counting is not Counting.VALUE:
        conditions.append("f.value > 0")
    parameters = [asked.kind.code, *values, *more]
    return _grouped(
        asked, source, figure, names=names, conditions=conditions, values=parameters, place="f.institution_id", people=people
    )


def _otherwise(asked: Asked, names: dict[Dimension, str]) -> tuple[list[str], list[Any]]:
    """Conditions for dimensions that must be held fast where the table does not show them."""
    fixed = {
        dimension: code
        for dimension, code in asked.kind.otherwise.items()
        if dimension not in asked.dimensions and dimension not in filtered_dimensions(asked.conditions)
    }
    return [f"{names[dimension]} = %s" for dimension in fixed], list(fixed.values())


def _grouped(
    asked: Asked,
    source: str,
    figure: str,
    *,
    names: dict[Dimension, str],
    conditions: list[str],
    values: list[Any],
    place: str,
    people: str = "0",
) -> Query:
    columns = [_LOOKED_UP.get(dimension) or names[dimension] for dimension in asked.dimensions]
    joins, before = "", []
    if any(dimension in TERRITORIAL for dimension in asked.dimensions):
        joins += f" join ({DIVISION}) d on d.id = {place}"
        before.append(asked.division_on)
        before.append(asked.division_on)
    if any(_LOOKED_UP.get(dimension, "").startswith("s.") for dimension in asked.dimensions):
        joins += " join territory_semester s on s.id = f.semester_id"
    down, across = columns[: len(asked.rows)], columns[len(asked.rows) :]
    groups = ", ".join([*(f"rollup ({', '.join(part)})" for part in (down, across) if part), *([people] if asked.keyed else [])])
    named = ", ".join(f"{column} as c{number}" for number, column in enumerate(columns))
    marks = ", ".join(f"grouping({column}) = 1 as m{number}" for number, column in enumerate(columns))
    where = f" where {' and '.join(conditions)}" if conditions else ""
    text = f"select {named}, {marks}, {figure} as figure, {people} as people from {source} f{joins}{where} group by {groups}"
    # Parameters in the order of the text: those of the source come first in `values` where it has any.
    count = source.count("%s")
    return text, [*values[:count], *before, *values[count:]]

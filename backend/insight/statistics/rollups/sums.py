"""From facts to the sums that are kept ready: written out of the cubes' declarations."""

from __future__ import annotations

from backend.insight.statistics.cubes import FACT_KINDS, OF_PLAN, Dimension, FactKind, Kept

MOST = 2
"""Dimensions that a kept sum can have besides institution and semester."""


def name_of(kind: FactKind, kept: Kept) -> str:
    """Name of a roll-up, such as `HOURS:SPECIALIST_ROLE`."""
    return ":".join(
        (kind.code, *(dimension.value for dimension in kept.dimensions), *(["SPECIALIST"] if kept.specialists else []))
    )


def column_of(kind: FactKind, dimension: Dimension) -> str:
    """Column of a fact in which a dimension of the plan or of the kind stands."""
    return kind.columns.get(dimension) or OF_PLAN[dimension]


def by_plan(source: str, *, learners_only: bool = False) -> str:
    """Sums of each plan in the relation `source`: semester, institution, learner, plan, name, x, y, value, number of facts."""
    parts = []
    for kind in FACT_KINDS:
        for kept in kind.kept:
            if learners_only and not kept.learners:
                continue
            columns = [column_of(kind, dimension) for dimension in kept.dimensions]
            if kept.specialists:
                columns.append("subject::text")
            x, y = (*columns, "''", "''")[:MOST]
            by = "".join(f", {column}" for column in columns)
            parts.append(
                f"select semester_id, institution_id, learner_id, plan_id, '{name_of(kind, kept)}' as sums, {x} as x, {y} as y,"
                f" sum(value) as value, count(*) as facts from {source} where kind = '{kind.code}'"
                f" group by semester_id, institution_id, learner_id, plan_id{by}"
            )
    return "\nunion all\n".join(parts)

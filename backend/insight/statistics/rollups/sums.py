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


def by_plan(source: str, *, learners_only: bool = False, signed: bool = False) -> str:
    """Sums of each plan in the relation `source`: semester, institution, learner, plan, name, x, y, value, number of facts.

    In one pass: each fact goes to every sum that is kept of its kind. `signed`: rows of the source have a `sign`, and each sign
    has sums of its own.
    """
    kept = [(kind, each) for kind in FACT_KINDS for each in kind.kept if each.learners or not learners_only]
    lines = ", ".join("('{}', '{}', {}, {})".format(kind.code, name_of(kind, each), *_numbers(kind, each)) for kind, each in kept)
    who = f"{'s.sign, ' if signed else ''}s.semester_id, s.institution_id, s.learner_id, s.plan_id"
    return (
        f"select {who}, k.sums, {_picked('x')} as x, {_picked('y')} as y, sum(s.value) as value, count(*) as facts"
        f" from {source} s join (values {lines}) k (kind, sums, x, y) on k.kind = s.kind"
        # The plan first: sorted by it, rows need not be compared further.
        f" group by s.plan_id, k.sums, {_picked('x')}, {_picked('y')}, {who}"
    )


_COLUMNS = ("''", "s.a", "s.b", "s.c", "s.d", "s.subject::text", *(f"s.{column}" for column in OF_PLAN.values()))
"""What a sum can be kept by; the first is nothing."""


def _picked(place: str) -> str:
    """SQL: the column that a kept sum names by its number at `x` or `y`."""
    cases = " ".join(f"when {number} then {column}" for number, column in enumerate(_COLUMNS) if number)
    return f"case k.{place} {cases} else '' end"


def _numbers(kind: FactKind, kept: Kept) -> tuple[int, int]:
    """Numbers of the columns that a sum is kept by."""
    columns = [f"s.{column_of(kind, dimension)}" for dimension in kept.dimensions]
    if kept.specialists:
        columns.append("s.subject::text")
    first, second = (*columns, "''", "''")[:MOST]
    return _COLUMNS.index(first), _COLUMNS.index(second)

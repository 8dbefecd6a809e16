"""How the load lies on specialists: hours and learners of each, their spread, the heaviest; by role and over all roles.

No source gives a norm of hours to hold them against (domain.md), so the report shows how they are spread: quartiles, and the
most that one specialist has. Names of specialists stand in no statistics.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from backend.accounts.scope import Scope, counting
from backend.insight.statistics.cubes import HOURS, Dimension
from backend.insight.statistics.past import case_rows_at
from backend.insight.statistics.reach import Reach
from backend.insight.statistics.report import SemesterReport
from backend.insight.statistics.rollups.facts import facts_query
from backend.insight.statistics.rollups.sums import name_of
from backend.registry.models import SpecialistRole
from backend.territory.models import Semester


@dataclass(frozen=True)
class StaffLoad:
    """Confirmed hours of one role's specialists in a semester, over the institutions asked for.

    A quartile is a specialist's own number (nearest rank), so that it is whole; means have one place.
    """

    role: SpecialistRole | None
    """None: all roles together, whoever works in two once."""
    specialists: int
    hours: int
    learners: int
    """Each once."""
    hours_mean: Decimal
    hours_lower_quartile: int
    hours_median: int
    hours_upper_quartile: int
    hours_most: int
    """Of the specialist with most."""
    learners_mean: Decimal
    """Learners of a specialist: one who has two specialists counts with each."""
    learners_median: int
    learners_most: int


_ONE, _ALL = "filter (where subject is not null)", "filter (where subject is null)"
_MEASURED = {
    "specialists": "count(subject)",
    "hours": f"sum(hours) {_ALL}",
    "learners": f"sum(learners) {_ALL}",
    "hours_mean": f"round(avg(hours) {_ONE}, 1)",
    "hours_lower_quartile": f"percentile_disc(0.25) within group (order by hours) {_ONE}",
    "hours_median": f"percentile_disc(0.5) within group (order by hours) {_ONE}",
    "hours_upper_quartile": f"percentile_disc(0.75) within group (order by hours) {_ONE}",
    "hours_most": f"max(hours) {_ONE}",
    "learners_mean": f"round(avg(learners) {_ONE}, 1)",
    "learners_median": f"percentile_disc(0.5) within group (order by learners) {_ONE}",
    "learners_most": f"max(learners) {_ONE}",
}
MEASURES = tuple(_MEASURED)
"""What is told of each role, in the order of the report."""
_TENTHS = frozenset({"hours_mean", "learners_mean"})


def _measured(each: str) -> str:
    """SQL of lines (role, measure, value) over a relation of (role, subject, hours, learners).

    `role` null: over all roles; `subject` null: of everybody in the role, its learners each once.
    """
    found = ", ".join(f"({expression})::numeric" for expression in _MEASURED.values())
    named = ", ".join(f"'{name}'" for name in _MEASURED)
    return (
        f"select m.role, u.measure, u.value from (select role, array[{found}] as found from ({each}) e group by role) m"
        f" cross join lateral unnest(array[{named}], m.found) u (measure, value)"
    )


def _sums(*, by_role: bool, of_each: bool) -> str:
    """Name of the kept sum by role or over all, of each specialist or of all of them."""
    dimensions = (Dimension.SPECIALIST_ROLE,) if by_role else ()
    fitting = (kept for kept in HOURS.kept if (kept.dimensions, kept.specialists) == (dimensions, of_each) and kept.learners)
    return name_of(HOURS, next(fitting))


_OF_ROLE, _OF_ALL = _sums(by_role=True, of_each=False), _sums(by_role=False, of_each=False)
_EACH_OF_ROLE, _EACH_OF_ALL = _sums(by_role=True, of_each=True), _sums(by_role=False, of_each=True)
SOURCES = (_OF_ROLE, _OF_ALL, _EACH_OF_ROLE, _EACH_OF_ALL)
"""Names of the kept sums that the load is told from."""

FROM_SUMS = _measured(
    f"""
    select case when c.sums in ('{_OF_ROLE}', '{_EACH_OF_ROLE}') then c.x end as role,
           case c.sums when '{_EACH_OF_ROLE}' then c.y when '{_EACH_OF_ALL}' then c.x end as subject,
           sum(c.value) as hours, sum(c.plans) - coalesce(max(s.shared), 0) as learners
    from c left join s on (s.sums, s.x, s.y) = (c.sums, c.x, c.y)
    where c.sums in ({", ".join(f"'{name}'" for name in SOURCES)})
    group by c.sums, c.x, c.y having sum(c.value) > 0
    """
)
"""SQL over relations `c` (`rollup.current_cells`) and `s` (`rollup.current_shared`) of the same semester and places."""

_OF_THE_PAST = _measured(
    f"""
    select a as role, subject::text, sum(value) as hours, count(distinct learner_id) as learners
    from ({facts_query("true")}) f
    where kind = '{HOURS.code}' and semester_id = %s and (%s::uuid[] is null or institution_id = any (%s::uuid[]))
    group by grouping sets ((a, subject), (subject), (a), ())
    having sum(value) > 0
    """
)


def loads(lines: Iterable[tuple[str | None, str, Decimal]]) -> list[StaffLoad]:
    """The load of each role that has hours, in the order of roles, all of them together last. `lines`: as of `FROM_SUMS`."""
    found: dict[str | None, dict[str, Any]] = {}
    for role, name, value in lines:
        found.setdefault(role, {})[name] = Decimal(value).quantize(Decimal("0.1")) if name in _TENTHS else int(value)
    known = [*SpecialistRole, None]
    return [StaffLoad(role=role, **found[role]) for role in known if role in found]


def load_of_the_past(*, scope: Scope, semester: Semester, reach: Reach, report: SemesterReport) -> list[StaffLoad]:
    """The load as it was known at the report's moment, from the rows. One statement, and the settings that counting takes."""
    past = case_rows_at(report.as_of, reach=reach, semesters=[semester.pk], with_funding=True)
    with counting(scope, stages=True), past, connection.cursor() as cursor:
        cursor.execute(_OF_THE_PAST, [semester.pk, reach.places, reach.places])
        return loads(cursor.fetchall())

"""Figures of releases once more from raw rows: as they were known when the release was made, by the division of its day.

Named `release:<code>:<table>:<category of each dimension, with commas between>`, empty for a total:
`release:public-1:plans-territory:LV-059,2022/2023-2`. The SQL knows neither facts nor cubes nor the catalogue of tables. What is
suppressed is no figure. How releases are protected and audited is another question (docs/developer/disclosure.md).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from backend.accounts.roles import Area
from backend.accounts.scope import Scope, counting, scoped
from backend.insight.disclosure.shapes import TOTAL, Coordinates, Table
from backend.insight.statistics.kept import release_tables
from backend.insight.statistics.past import case_rows_at
from backend.insight.statistics.reach import Reach
from backend.insight.statistics.releases.stored import shape_of

_RISKS = (
    " join plans_riskassessment r on r.plan_id = p.id and r.moment = 'START'"
    " join registry_riskfactor f on f.id = r.risk_factor_id"
)
_MEASURES = " join plans_measure m on m.plan_id = p.id"
_HOURS = (
    f"{_MEASURES} join delivery_consultation c on c.measure_id = m.id and c.provider_confirmed_at is not null"
    " and c.learner_confirmed_at is not null and c.voided_at is null"
)
_CLAIMS = f"{_MEASURES} join reimbursements_reimbursementclaim k on k.measure_id = m.id and k.status in ('APPROVED', 'PAID')"
_EVERY_RECIPIENT = "p.institution_id, p.semester_id, p.learner_id, k.kind"
SQL: dict[str, tuple[str, str]] = {
    "PLANS": ("count(*)", ""),
    "LEARNERS": ("count(distinct p.learner_id)", ""),
    "RISK_IDENTIFICATIONS": ("count(*)", _RISKS),
    "LEARNERS_AT_RISK": ("count(distinct p.learner_id)", _RISKS),
    "MEASURES": ("count(*)", _MEASURES),
    "HOURS": ("coalesce(sum(c.hours), 0)", _HOURS),
    "LEARNERS_CONSULTED": ("count(distinct p.learner_id)", _HOURS),
    "AMOUNTS": ("coalesce(sum(k.amount), 0)::numeric(14, 2)", _CLAIMS),
    "RECIPIENTS": (
        f"distinct on ({_EVERY_RECIPIENT}) p.learner_id, sum(k.amount) over (partition by {_EVERY_RECIPIENT})",
        _CLAIMS,
    ),
}
"""By code of a measure: what is counted, and the rows that hang on a plan."""
_WHERE = {
    "TERRITORY:REGION": "'R-' || d.region",
    "TERRITORY:MUNICIPALITY": "d.municipality",
    "TERRITORY:INSTITUTION": "'I-' || i.code",
    "PERIOD:SCHOOL_YEAR": "s.school_year",
    "PERIOD:SEMESTER": "s.code",
    "INSTITUTION_KIND:": "i.kind",
    "PLAN_STATUS:": "p.status",
    "STAGE:PROGRAMME_KIND": "e.programme_kind",
    "STAGE:STAGE": "e.programme_kind || '-' || e.stage",
    "RISK:RISK_GROUP": 'f."group"',
    "RISK:RISK_FACTOR": "f.code",
    "MEASURE:MEASURE_CATEGORY": "m.category",
    "MEASURE:MEASURE_KIND": "m.kind_code",
    "SPECIALIST_ROLE:": "c.specialist_role",
    "REIMBURSEMENT_KIND:": "k.kind",
}
"""By dimension and level of a category: the column that must hold its code."""
_DIVISION = """(
    with recursive under as (
        select i.id, i.municipality_id as town from territory_institution i
        union all
        select u.id, t.successor_id from under u join territory_municipality t on t.id = u.town
        where t.successor_id is not null and t.valid_to < %(day)s
    )
    select u.id, t.code as municipality, g.code as region from under u join territory_municipality t on t.id = u.town
    join territory_region g on g.id = t.region_id where t.successor_id is null or t.valid_to is null or t.valid_to >= %(day)s
)"""
_FROM = (
    "from plans_supportplan p join territory_semester s on s.id = p.semester_id join territory_institution i on"
    f" i.id = p.institution_id join {_DIVISION} d on d.id = i.id left join learners_enrolment e on e.id = p.enrolment_id"
)


def told_and_again(*, scope: Scope, rest: str) -> tuple[str, str, str, dict[str, Any]] | None:
    """(figure as released, the same from raw rows, SQL, its parameters); None where there is none within reach.

    `rest`: the name without its kind. Needs statistics of the whole country, since it is counted over all rows.
    """
    code, table, *rests = rest.split(":")
    if len(rests) != 1 or not scope.reaches_whole_state(Area.STATISTICS):
        return None
    with scoped(scope):
        row = release_tables(scope=scope).filter(release__code=code, code=table).select_related("release").first()
        if row is None or row.release.released_at is None:
            return None
        shape = shape_of(code=row.code, stored=row.cells)
        at = tuple(rests[0].split(","))
        told = dict(zip(shape.coordinates(), row.cells["values"], strict=True)).get(at)
        if told is None or shape.measure.code not in SQL:
            return None
        statement, given = statement_of(shape, at, row.release.division_on)
        past = case_rows_at(row.release.known_on, reach=Reach(Q(), None), semesters=None, with_funding=True)
        with counting(scope, stages=True), past:
            again = counted(statement, given)
    return told, f"{again:.2f}" if "." in told else f"{again:.0f}", statement, given


def counted(statement: str, given: dict[str, Any]) -> Decimal:
    """The figure of a statement, over rows as the transaction shows them."""
    with connection.cursor() as cursor:
        cursor.execute(*_in_order(statement, given))
        (found,) = cursor.fetchone() or (0,)
    return Decimal(found)


def statement_of(shape: Table, at: Coordinates, day: dt.date | None) -> tuple[str, dict[str, Any]]:
    """SQL of one cell by the division of a day, and its parameters by name."""
    what, joined = SQL[shape.measure.code]
    conditions: list[str] = ["p.activated_at is not null"]
    given: dict[str, Any] = {"day": day}
    for number, (dimension, code) in enumerate(zip(shape.dimensions, at, strict=True)):
        if code != TOTAL:
            level = next(each.level for each in dimension.categories if each.code == code)
            conditions.append(f"{_WHERE[f'{dimension.code}:{level}']} = %(at{number})s")
            given[f"at{number}"] = code
    for number, (name, code) in enumerate(shape.fixed):
        conditions.append(f"{_WHERE[f'{name}:']} = %(fixed{number})s")
        given[f"fixed{number}"] = code
    inner = f"select {what} {_FROM}{joined} where {' and '.join(conditions)}"
    if shape.measure.code == "RECIPIENTS":
        return f"select count(distinct learner_id) from ({inner}) n (learner_id, amount) where amount <> 0", given
    return inner, given


def _in_order(statement: str, given: dict[str, Any]) -> tuple[str, list[Any]]:
    """The same with parameters by their place, as asking the past puts others before them."""
    names = re.findall(r"%\((\w+)\)s", statement)
    return re.sub(r"%\(\w+\)s", "%s", statement), [given[name] for name in names]


def release_names(*, scope: Scope) -> Iterator[str]:
    """Every figure of the newest release of each audience that the scope may have, noughts left out."""
    if not scope.reaches_whole_state(Area.STATISTICS):
        return
    with scoped(scope):
        rows = release_tables(scope=scope).filter(release__released_at__isnull=False).select_related("release")
        newest: dict[str, UUID] = {}
        for row in rows.order_by("-release__number"):
            newest.setdefault(row.release.audience, row.release_id)
        shown = [row for row in rows if row.release_id in newest.values()]
    for row in shown:
        for at, value in zip(shape_of(code=row.code, stored=row.cells).coordinates(), row.cells["values"], strict=True):
            if value is not None and Decimal(value):
                yield f"release:{row.release.code}:{row.code}:{','.join(at)}"

"""The rows that studies are computed from: read set-wise by SQL inside the caller's scope, with a hash over what was read.

Rows are of learners, named by keys that never leave this package; what leaves are aggregates. Row security shows them to
whoever has statistics of the whole country open, and for this reading alone (`counting(stages=True)`;
docs/decisions/0166-studies-read-learners-rows.md).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backend.accounts.roles import Area
from backend.accounts.scope import Scope, counting
from backend.core.refusals import Code, refuse

if TYPE_CHECKING:
    import pandas as pd

PANEL = """
with stay as (
    select distinct on (e.learner_id, s.id)
        e.learner_id, s.id as semester_id, s.code as semester, s.starts_on, s.ends_on, e.institution_id, e.programme_kind,
        e.stage,
        case when e.end_reason = 'LEFT' and e.ends_on between s.starts_on and s.ends_on
            then e.ends_on - s.starts_on end as left_day
    from territory_semester s
    join learners_enrolment e on e.starts_on <= s.starts_on + 21 and (e.ends_on is null or e.ends_on >= s.starts_on)
    where s.starts_on <= %(on)s
    order by e.learner_id, s.id, e.starts_on desc
), last as (
    select distinct on (learner_id) learner_id, ends_on, end_reason from learners_enrolment
    order by learner_id, starts_on desc
), plan as (
    select learner_id, semester_id, min(activated_at at time zone 'Europe/Riga')::date as active_on,
        min(id::text)::uuid as plan_id
    from plans_supportplan where activated_at is not null group by 1, 2
)
select stay.learner_id::text as learner, stay.institution_id::text as institution, stay.semester,
    (stay.programme_kind = 'VOCATIONAL')::int as vocational, stay.stage, stay.left_day, stay.ends_on - stay.starts_on as length,
    plan.active_on - stay.starts_on as plan_day, plan.plan_id::text as plan,
    figures.lessons_held as held, figures.lessons_unexcused as unexcused, figures.mean_mark::float8 as mark,
    last.ends_on - stay.starts_on as final_day, last.end_reason as final_reason,
    (stay.ends_on < %(on)s)::int as over
from stay
join last using (learner_id)
left join plan using (learner_id, semester_id)
left join evaluation_learnerindicator figures
    on (figures.learner_id, figures.institution_id, figures.semester_id)
     = (stay.learner_id, stay.institution_id, stay.semester_id)
order by stay.learner_id, stay.starts_on
"""
"""One row a learner and semester: where they were three weeks into it, when they left, their plan, their figures."""

MONTHS = """
with month as (
    select m::date as first, (m + interval '1 month' - interval '1 day')::date as last
    from generate_series(%(first)s::date, %(last)s::date, interval '1 month') m
), size as (
    select month.first, sum(least(coalesce(p.interrupted_at::date, p.period_to), p.period_to, month.last)
                            - greatest(p.activated_at::date, month.first) + 1) as days
    from month join plans_supportplan p on p.activated_at is not null and p.activated_at::date <= month.last
        and least(coalesce(p.interrupted_at::date, p.period_to), p.period_to) >= month.first
    group by 1
), hours as (
    select date_trunc('month', held_on)::date as first, sum(hours) as hours from delivery_consultation
    where provider_confirmed_at is not null and learner_confirmed_at is not null and voided_at is null group by 1
)
select month.first::text as month, coalesce(hours.hours, 0)::int as count, coalesce(size.days, 0)::int as size
from month left join hours using (first) left join size using (first) order by month.first
"""
"""Confirmed hours and days of running plans by calendar month."""

COSTS = """
with hours as (
    select m.plan_id, sum(c.hours)::int as hours, sum(c.hours * coalesce(own.rate, general.rate, 0)) as euro
    from delivery_consultation c
    join plans_measure m on m.id = c.measure_id
    left join registry_tariff own on own.institution_id = c.institution_id and own.kind_code = c.specialist_role
        and own.valid_from <= c.held_on and (own.valid_to is null or own.valid_to >= c.held_on)
    left join registry_tariff general on general.institution_id is null and general.kind_code = c.specialist_role
        and general.valid_from <= c.held_on and (general.valid_to is null or general.valid_to >= c.held_on)
    where c.provider_confirmed_at is not null and c.learner_confirmed_at is not null and c.voided_at is null
    group by 1
), claims as (
    select m.plan_id, sum(r.amount) as euro
    from reimbursements_reimbursementclaim r join plans_measure m on m.id = r.measure_id
    where r.status = any (%(settled)s) group by 1
)
select p.id::text as plan, coalesce(hours.hours, 0) as hours,
    (coalesce(hours.euro, 0) + coalesce(claims.euro, 0))::float8 as euro
from plans_supportplan p left join hours on hours.plan_id = p.id left join claims on claims.plan_id = p.id
where p.activated_at is not null order by p.id
"""
"""Hours and euro of each approved plan: hours at the tariff of their day, amounts approved or paid net of reversals."""

STATEMENTS = {
    "after_first_plan": ("panel",),
    "watched_first": ("panel",),
    "months_of_hours": ("months",),
}
"""Which tables a population is read from; a study of euro reads the costs besides."""


@dataclass(frozen=True)
class Material:
    """Tables as they were read, and SHA-256 over them in hexadecimal: the same rows have the same."""

    tables: dict[str, pd.DataFrame]
    data_hash: str
    statements: dict[str, tuple[str, dict[str, Any]]]
    """SQL and parameters of each table, for whoever reckons again."""


def read(*, scope: Scope, tables: tuple[str, ...], parameters: dict[str, Any]) -> Material:
    """Read tables, each in one statement. Needs a transaction that carries the scope.

    Raises Refusal NOT_ALLOWED unless statistics of the whole country are open.
    """
    if not scope.reaches_whole_state(Area.STATISTICS):
        refuse(Code.NOT_ALLOWED, _("Studies take statistics of the whole country. Ask for a role that has them open."), "study")
    from backend.cases.reimbursements.models import SETTLED

    given: dict[str, tuple[str, dict[str, Any]]] = {
        "panel": (PANEL, {"on": scope.on}),
        "months": (MONTHS, {"first": parameters.get("first_month"), "last": parameters.get("last_month")}),
        "costs": (COSTS, {"settled": [str(status) for status in SETTLED]}),
    }
    statements = {name: given[name] for name in tables}
    with counting(scope, stages=True):
        found = {name: _table(*statement) for name, statement in statements.items()}
    return Material(tables=found, data_hash=_hash(found), statements=statements)


def _table(statement: str, parameters: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        columns = [column.name for column in cursor.description or ()]
        return pd.DataFrame(cursor.fetchall(), columns=columns)


def _hash(tables: dict[str, pd.DataFrame]) -> str:
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(name.encode() + b"\n" + tables[name].to_csv(index=False, lineterminator="\n").encode())
    return digest.hexdigest()

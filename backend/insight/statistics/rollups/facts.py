"""What a support plan contributes to statistics, as one query: the only place that says what counts.

The roll-ups are filled by it, it is read live for plans whose roll-up is not folded yet, it recounts everything, and it answers
for the past where the tables are hidden by what they were (`backend.core.trail.history.known_at`). Columns are those of
`rollup.fact`; what a, b, c and d mean for each kind stands in `cubes.py`.
"""

from __future__ import annotations

COLUMNS = (
    "plan_id", "institution_id", "semester_id", "learner_id", "programme_kind", "stage", "plan_status",
    "kind", "a", "b", "c", "d", "subject", "value",
)  # fmt: skip
_OF_PLAN = "q.plan_id, q.institution_id, q.semester_id, q.learner_id, q.programme_kind, q.stage, q.plan_status"
# A deadline holds for a plan by the version in force on the day the plan was begun (`registry.deadlines.due`).
_TIMELINESS = """case
        when q.submitted_at is null then 'NOT_SUBMITTED'
        when q.due_on is null then 'NO_DEADLINE'
        when (q.submitted_at at time zone 'Europe/Riga')::date <= q.due_on then 'IN_TIME'
        else 'LATE' end"""


def facts_query(condition: str) -> str:
    """Facts of the plans `p` (plans_supportplan) that meet `condition`, a constant of ours; one `select`, without a semicolon."""
    return f"""
with chosen as materialized (
    select p.id as plan_id, p.institution_id, p.semester_id, p.learner_id, p.status::text as plan_status, p.activated_at,
           p.submitted_at, coalesce(e.programme_kind::text, '') as programme_kind, coalesce(e.stage::text, '') as stage,
           (select case d.anchor
                   when 'SEMESTER_START' then s.starts_on + d.days::integer
                   when 'SEMESTER_END' then s.ends_on + d.days::integer
                   when 'PREVIOUS_STEP' then (p.created_at at time zone 'Europe/Riga')::date + d.days::integer end
            from registry_deadline d
            where d.step = 'PLAN_SUBMIT' and d.valid_from <= (p.created_at at time zone 'Europe/Riga')::date
              and (d.valid_to is null or d.valid_to >= (p.created_at at time zone 'Europe/Riga')::date)
            limit 1) as due_on
    from plans_supportplan p
    join territory_semester s on s.id = p.semester_id
    left join learners_enrolment e on e.id = p.enrolment_id
    where {condition}
),
active as materialized (select * from chosen where activated_at is not null),
mine as materialized (
    select m.id, m.plan_id, m.kind_code::text as kind_code, m.category::text as category
    from plans_measure m where m.plan_id in (select plan_id from active)
),
given as materialized (
    select m.plan_id, c.measure_id, c.specialist_role::text as role, to_char(c.held_on, 'YYYY-MM') as month, c.provider_id,
           sum(c.hours) as hours
    from mine m
    join delivery_consultation c on c.measure_id = m.id
    where c.provider_confirmed_at is not null and c.learner_confirmed_at is not null and c.voided_at is null
    group by m.plan_id, c.measure_id, c.specialist_role, to_char(c.held_on, 'YYYY-MM'), c.provider_id
),
settled as materialized (
    select k.id, coalesce(k.reverses_id, k.id) as claimed, m.plan_id, k.measure_id, k.kind::text as kind,
           to_char(k.period, 'YYYY-MM') as month, k.amount, k.status
    from mine m
    join reimbursements_reimbursementclaim k on k.measure_id = m.id
    where k.status in ('APPROVED', 'PAID')
),
left_over as (
    select measure_id, sum(amount) filter (where status = 'PAID') as paid
    from settled group by measure_id, claimed having sum(amount) > 0
),
progress as (
    select m.plan_id, m.kind_code, m.category,
           case when l.paid > 0 then 'PAID'
                when l.measure_id is not null or g.measure_id is not null then 'DELIVERED'
                else 'PLANNED' end as progress
    from mine m
    left join (select measure_id, max(paid) as paid from left_over group by measure_id) l on l.measure_id = m.id
    left join (select distinct measure_id from given) g on g.measure_id = m.id
),
funded as materialized (
    select k.id, f.code::text as source, sum(o.credit - o.debit) as amount
    from settled k
    join reimbursements_paymentitem i on i.claim_id = k.id
    join reimbursements_ledgerentry l on l.payment_id = i.id
    join reimbursements_ledgerposting o on o.entry_id = l.id
    join territory_fundingsource f on f.id = o.funding_source_id
    group by k.id, f.code
),
parts as (
    select k.plan_id, k.kind, k.month, f.source, f.amount from settled k join funded f on f.id = k.id
    union all
    select k.plan_id, k.kind, k.month, '', k.amount - coalesce(w.amount, 0)
    from settled k
    left join (select id, sum(amount) as amount from funded group by id) w on w.id = k.id
    where w.id is null or w.amount <> k.amount
)
select {_OF_PLAN}, 'ENTERED' as kind, {_TIMELINESS} as a, '' as b, '' as c, '' as d, null::uuid as subject, 1::numeric as value
from chosen q
union all
select {_OF_PLAN}, 'PLANS', '', '', '', '', null, 1 from active q
union all
select {_OF_PLAN}, 'RISKS', f.code::text, f."group"::text, r.level::text, r.moment::text, null, count(*)
from active q
join plans_riskassessment r on r.plan_id = q.plan_id
join registry_riskfactor f on f.id = r.risk_factor_id
group by {_OF_PLAN}, f.code, f."group", r.level, r.moment
union all
select {_OF_PLAN}, 'MEASURES', m.kind_code, m.category, m.progress, '', null, count(*)
from active q join progress m on m.plan_id = q.plan_id
group by {_OF_PLAN}, m.kind_code, m.category, m.progress
union all
select {_OF_PLAN}, 'HOURS', g.role, g.month, '', '', g.provider_id, g.hours
from active q
join (select plan_id, role, month, provider_id, sum(hours) as hours from given group by 1, 2, 3, 4) g on g.plan_id = q.plan_id
union all
select {_OF_PLAN}, 'AMOUNTS', t.kind, t.month, t.source, '', null, sum(t.amount)
from active q join parts t on t.plan_id = q.plan_id
group by {_OF_PLAN}, t.kind, t.month, t.source
"""

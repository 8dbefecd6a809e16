"""Rules that must hold in every row, as plain SQL that counts what breaks them. Written apart from the generator.

Each statement answers one number, 0 where the rule holds. None of them asks the generator's code or the models.
"""

from __future__ import annotations

_COUNTRY = "i.code like 'DC-%'"

RULES: dict[str, str] = {
    "a second plan of a learner at an institution in a semester": """
        select count(*) from (select 1 from plans_supportplan group by learner_id, institution_id, semester_id
                              having count(*) > 1) twice""",
    "enrolments of a learner that overlap": """
        select count(*) from (
            select starts_on, lag(coalesce(ends_on, 'infinity')) over (partition by learner_id order by starts_on) as before
            from learners_enrolment) e
        where before >= starts_on""",
    "enrolments outside their learner's school age": """
        select count(*) from learners_enrolment e join learners_learner l on l.id = e.learner_id
        where l.erased_at is null and e.starts_on - l.birth_date not between 6 * 365 and 21 * 366""",
    "plans of a stage that was not covered then": """
        select count(*) from plans_supportplan p join learners_enrolment e on e.id = p.enrolment_id
        where e.programme_kind = 'GENERAL' and e.stage < 5 and p.period_from < date '2021-09-01'""",
    "plans outside their learner's enrolment": """
        select count(*) from plans_supportplan p join learners_enrolment e on e.id = p.enrolment_id
        where p.period_from < e.starts_on or p.period_from > coalesce(e.ends_on, 'infinity')""",
    "plans of an institution before it joined": """
        select count(*) from plans_supportplan p
        where not exists (select 1 from registry_institutionparticipation t where t.institution_id = p.institution_id
                          and p.period_to >= t.joined_on)""",
    "plans outside their semester": """
        select count(*) from plans_supportplan p join territory_semester s on s.id = p.semester_id
        where p.period_from < s.starts_on or p.period_to > s.plan_period_ends_on""",
    "plans without a risk or without a measure": """
        select count(*) from plans_supportplan p
        where not exists (select 1 from plans_riskassessment r where r.plan_id = p.id and r.moment = 'START')
           or not exists (select 1 from plans_measure m where m.plan_id = p.id)""",
    "plans whose last step is not their status": """
        select count(*) from plans_supportplan p
        join lateral (select to_status from plans_planstep s where s.plan_id = p.id order by at desc limit 1) s on true
        where s.to_status <> p.status""",
    "steps that do not follow the one before": """
        select count(*) from (
            select from_status, coalesce(lag(to_status) over (partition by plan_id order by at), '') as before
            from plans_planstep) s
        where from_status <> before""",
    "steps of a state institution by a municipality": """
        select count(*) from plans_planstep s join territory_institution i on i.id = s.institution_id
        where s.to_status = 'APPROVED_BY_MUNICIPALITY' and i.kind in ('STATE_VOCATIONAL', 'STATE_GENERAL', 'COLLEGE')""",
    "evaluated plans without a result, or a result without evaluation": """
        select count(*) from plans_supportplan p join learners_learner l on l.id = p.learner_id and l.erased_at is null
        where (evaluated_at is null) <> (result_text = '') or (evaluated_at is null) <> (continue_next is null)""",
    "specialists in two places at once": """
        select count(*) from (
            select held_on + starts_at as begins, group_key,
                   lag(held_on + starts_at) over w as before, lag(group_key) over w as before_key
            from delivery_consultation window w as (partition by provider_id order by held_on, starts_at)) c
        where before + interval '40 minutes' > begins and before_key <> group_key""",
    "learners in two places at once": """
        select count(*) from (
            select held_on + starts_at as begins,
                   lag(held_on + starts_at) over (partition by learner_id order by held_on, starts_at) as before
            from delivery_consultation) c
        where before + interval '40 minutes' > begins""",
    "consultations by somebody who does not work there in that role": """
        select count(*) from (select distinct provider_id, institution_id from delivery_consultation) c
        where not exists (select 1 from accounts_assignment a where a.user_id = c.provider_id
                          and a.institution_id = c.institution_id and a.role = 'support_provider')""",
    "consultations at a week-end or on a public holiday of a fixed day": """
        select count(*) from delivery_consultation
        where extract(isodow from held_on) > 5
           or to_char(held_on, 'MM-DD') = any ('{01-01,05-01,05-04,06-23,06-24,11-18,12-24,12-25,12-26,12-31}')""",
    "consultations outside their plan": """
        select count(*) from delivery_consultation c join plans_measure m on m.id = c.measure_id
        join plans_supportplan p on p.id = m.plan_id
        where c.held_on not between p.period_from and p.period_to or p.activated_at is null
           or c.held_on <= (p.activated_at at time zone 'Europe/Riga')::date""",
    "consultations after their learner left": """
        select count(*) from delivery_consultation c join plans_measure m on m.id = c.measure_id
        join plans_supportplan p on p.id = m.plan_id join learners_enrolment e on e.id = p.enrolment_id
        where c.held_on > e.ends_on""",
    "entries of other than one hour": "select count(*) - sum(hours) from delivery_consultation",
    "measures with more hours than planned": """
        select count(*) from (select measure_id, count(*) as held from delivery_consultation group by measure_id) c
        join plans_measure m on m.id = c.measure_id where c.held > m.planned_hours""",
    "claims of a plan that was never approved, or outside its months": """
        select count(*) from reimbursements_reimbursementclaim c join plans_measure m on m.id = c.measure_id
        join plans_supportplan p on p.id = m.plan_id
        where p.activated_at is null or c.period not between date_trunc('month', p.period_from) and p.period_to""",
    "claims of a measure beyond what was planned": """
        select count(*) from (select measure_id, sum(amount) as net from reimbursements_reimbursementclaim
                              where status <> 'REJECTED' group by measure_id) c
        join plans_measure m on m.id = c.measure_id where c.net > m.planned_amount""",
    "claims decided before they were made, or paid before decided": """
        select count(*) from reimbursements_reimbursementclaim where decided_at < created_at or paid_at < decided_at""",
    "claims taken back beyond their amount": """
        select count(*) from (select reverses_id, sum(amount) as back from reimbursements_reimbursementclaim
                              where reverses_id is not null group by reverses_id) r
        join reimbursements_reimbursementclaim c on c.id = r.reverses_id where c.amount + r.back < 0""",
    "rows from after the day of the demonstration": """
        select (select count(*) from delivery_consultation where held_on >= date '2023-10-16')
             + (select count(*) from plans_planstep where at >= timestamp '2023-10-17' at time zone 'Europe/Riga')
             + (select count(*) from reimbursements_reimbursementclaim
                where updated_at >= timestamp '2023-10-17' at time zone 'Europe/Riga')""",
    "municipalities of today's division without an institution": """
        select count(*) from territory_municipality m where m.kind <> 'FORMER'
        and not exists (select 1 from territory_institution i where i.municipality_id = m.id)""",
    "invented institutions that do not say so": f"""
        select count(*) from territory_institution i where {_COUNTRY} and not (i.is_example and i.source_status = 'ASSUMED')""",
    "plans with other than one version in history for each step": f"""
        select count(*) from plans_supportplan p join territory_institution i on i.id = p.institution_id
        join learners_learner l on l.id = p.learner_id
        where {_COUNTRY} and l.erased_at is null  -- an erasure is a version more
                          and (select count(*) from trail.plans_supportplan h where h.id = p.id)
                          <> (select count(*) from plans_planstep s where s.plan_id = p.id)""",
    "staff of the country who could sign in": """
        select count(*) from accounts_user where username like 'staff.dc%' and password not like '!%'""",
}

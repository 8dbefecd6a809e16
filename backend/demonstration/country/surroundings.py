"""Rules of what stands around the plans: youth initiatives, teams, voices, warnings, contracts, what waits. Plain SQL again.

Like `invariants.py`, written apart from the generator: 0 where the rule holds.
"""

from __future__ import annotations

_HERE = "(select id from territory_institution where code like 'DC-%')"
_DAY = "at time zone 'Europe/Riga')::date"
_PROJECTS = "initiatives_initiativeproject p join initiatives_initiativecall c on c.id = p.call_id"

INITIATIVES: dict[str, str] = {
    "projects with other than the grant": f"select count(*) from {_PROJECTS} where p.amount <> 4600 or c.grant_amount <> 4600",
    "projects submitted outside the days of their call": f"""
        select count(*) from {_PROJECTS} where (p.submitted_at {_DAY} not between c.opens_on and c.closes_on""",
    "projects of an organisation of another municipality": f"""
        select count(*) from {_PROJECTS} join initiatives_youthorganisation o on o.id = p.organisation_id
        where o.municipality_id <> c.municipality_id""",
    "projects whose steps are not their status, or do not follow": """
        select count(*) from initiatives_initiativeproject p
        left join lateral (select s.to_status, s.at from initiatives_projectstep s where s.project_id = p.id
                           order by s.at desc limit 1) s on true
        where s.to_status is distinct from p.status or exists (
            select from (select from_status, coalesce(lag(to_status) over (order by at), '') as before
                         from initiatives_projectstep where project_id = p.id) s where s.from_status <> s.before)""",
    "steps of projects that no transition allows": """
        select count(*) from initiatives_projectstep s where s.from_status <> '' and not exists (
            select from initiatives_initiativetransition t where t.owner = 'PROJECT' and t.from_status = s.from_status
            and t.to_status = s.to_status)""",
    "scored projects without points for each criterion, or points of who has a conflict": """
        select (select count(*) from initiatives_projectscorer s where (s.finished_at is not null) <> (
                    (select count(*) from initiatives_projectscore o where o.scoring_id = s.id) =
                    (select count(*) from initiatives_callcriterion k
                        join initiatives_initiativeproject p on p.call_id = k.call_id
                     where p.id = s.project_id)))
             + (select count(*) from initiatives_projectscore o join initiatives_projectscorer s on s.id = o.scoring_id
                where s.has_conflict)""",
    "projects that got the grant with fewer points than one of their call that did not": f"""
        with scored as (select p.call_id, p.status = 'REJECTED' as refused, avg(o.points) as points
                        from {_PROJECTS} join initiatives_projectscore o on o.project_id = p.id
                        where p.decided_at is not null group by p.id)
        select count(*) from scored a join scored b on b.call_id = a.call_id and b.refused and not a.refused
        where b.points > a.points""",
    "reports without a project that ended, or the other way": """
        select count(*) from initiatives_initiativeproject p left join initiatives_projectreport r on r.project_id = p.id
        where (p.status in ('REPORT_SUBMITTED', 'COMPLETED')) <> (r.id is not null)
           or (p.status = 'COMPLETED') <> (r.accepted_at is not null and r.id is not null)""",
    "places in projects outside the project, the plan or the municipality": """
        select count(*) from initiatives_projectparticipant t join initiatives_initiativeproject p on p.id = t.project_id
        join territory_institution i on i.id = t.institution_id join plans_measure m on m.id = t.measure_id
        join plans_supportplan l on l.id = m.plan_id
        where i.municipality_id <> p.municipality_id or t.starts_on < p.started_on or t.starts_on < l.period_from
           or coalesce(t.ends_on, t.starts_on) > least(l.period_to, p.planned_to)""",
}

COOPERATION: dict[str, str] = {
    "teams without their plan's author or without a share, or shares beyond the plan": f"""
        select count(*) from cooperation_cooperationteam t where t.institution_id in {_HERE} and not exists (
            select from cooperation_teamshare s join plans_supportplan p on p.id = s.plan_id
            join cooperation_teammember w on w.team_id = t.id and w.user_id = p.author_id
            where s.team_id = t.id and s.ends_on <= p.period_to and s.learner_id = t.learner_id)""",
    "meetings outside the days of their team, or at a week-end": f"""
        select count(*) from cooperation_meeting m join cooperation_cooperationteam t on t.id = m.team_id
        where m.institution_id in {_HERE} and ((m.starts_at {_DAY} not between t.starts_on and coalesce(t.ends_on, 'infinity')
            or extract(isodow from m.starts_at at time zone 'Europe/Riga') > 5)""",
    "held meetings without everybody's attendance or without a decision": f"""
        select count(*) from cooperation_meeting m where m.institution_id in {_HERE} and (m.status = 'HELD') <> (
            exists (select from cooperation_meetingdecision d where d.meeting_id = m.id)
            and (select count(*) from cooperation_meetingattendance a where a.meeting_id = m.id)
              = (select count(*) from cooperation_teammember w where w.team_id = m.team_id and w.accepted_at is not null))""",
    "meetings recorded by who did not come": """
        select count(*) from cooperation_meeting m join cooperation_teammember w on w.team_id = m.team_id
            and w.user_id = m.recorded_by_id
        join cooperation_meetingattendance a on a.meeting_id = m.id and a.member_id = w.id where not a.attended""",
}

VOICES: dict[str, str] = {
    "answered requests without an answer to each question, or answers nobody gave": f"""
        select count(*) from cooperation_feedbackrequest r where r.institution_id in {_HERE} and
            (select count(*) from cooperation_feedbackanswer a where a.request_id = r.id)
            <> case when r.answered_at is null then 0 else
               (select count(*) from cooperation_feedbackquestion q where q.audience = r.audience
                   and q.valid_to is null) end""",
    "requests about plans that were not approved yet": f"""
        select count(*) from cooperation_feedbackrequest r join plans_supportplan p on p.id = r.plan_id
        where r.institution_id in {_HERE} and (p.activated_at is null or r.requested_at < p.activated_at)""",
    "figures that meet a rule and gave no warning, or warnings that meet none": f"""
        select count(*) from (
            select i.id, r.id as rule_id, case r.measure when 'UNEXCUSED_LESSONS' then i.lessons_unexcused
                when 'MEAN_MARK' then i.mean_mark when 'INSUFFICIENT_SUBJECTS' then i.insufficient_subjects
                else round(100.0 * (i.lessons_excused + i.lessons_unexcused) / nullif(i.lessons_held, 0), 2) end as value,
                    r.comparison,
                r.threshold
            from evaluation_learnerindicator i join territory_semester s on s.id = i.semester_id
            cross join evaluation_earlywarningrule r
            where s.starts_on >= date '2022-09-01' and i.institution_id in {_HERE}) v
        full join (select * from evaluation_earlywarning where institution_id in {_HERE}) w
            on w.indicator_id = v.id and w.rule_id = v.rule_id
        where v.id is null or (w.id is not null) <> coalesce(case v.comparison when 'ABOVE' then v.value > v.threshold
            when 'AT_LEAST' then v.value >= v.threshold else v.value < v.threshold end, false) or w.observed <> v.value""",
}

WORK: dict[str, str] = {
    "hours of who has no contract in that position": f"""
        select count(*) from (select provider_id, institution_id, specialist_role, min(held_on) as first
                              from delivery_consultation where institution_id in {_HERE} group by 1, 2, 3) c
        where not exists (select from registry_staffcontract k join registry_position o on o.id = k.position_id
                          where k.user_id = c.provider_id and k.institution_id = c.institution_id
                            and o.specialist_role = c.specialist_role and k.starts_on <= c.first)""",
    "timesheets whose last step is not their status, or steps that do not follow": f"""
        select count(*) from (
            select t.status, s.to_status, s.from_status,
                coalesce(lag(s.to_status) over (partition by t.id order by s.at), '') as before,
                lead(s.id) over (partition by t.id order by s.at) as later
            from delivery_timesheet t left join delivery_timesheetstep s on s.timesheet_id = t.id
            where t.institution_id in {_HERE}) s
        where s.to_status is null or s.from_status <> s.before or (s.later is null and s.to_status <> s.status)""",
    "imports that wrote and refused other than their lines": f"""
        select count(*) from exchange_dataimport d where d.institution_id in {_HERE}
            and (d.rows_total <> d.rows_written + d.rows_refused
            or d.rows_refused <> (select count(*) from exchange_importproblem p where p.import_id = d.id))""",
    "people registered for more places than an event for everybody has": """
        select count(*) from training_trainingevent e where e.institution_id is null and e.capacity < (
            select count(*) from training_trainingregistration r where r.event_id = e.id and r.status = 'REGISTERED')""",
}

SURROUNDINGS = INITIATIVES | COOPERATION | VOICES | WORK

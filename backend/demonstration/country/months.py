"""What stands around the hours: agreements and sheets of specialists with learners, timesheets, months submitted.

All of it is counted from the consultations by the server, so the hours are the entries.
"""

from __future__ import annotations

from collections.abc import Iterator

from backend.demonstration.country.drawing import HERE, TZ, among, count, key_after, key_at, run, share
from backend.demonstration.country.targets import AS_OF

SHEETS = "delivery_consultationsheet"
TABLES = (SHEETS, "delivery_monthsubmission", "delivery_timesheet", "delivery_timesheetline", "delivery_timesheetstep")
LATE = 0.06
"""Share of months that are submitted two to six weeks late. Assumed."""
_TOLD = f"(timestamp '{AS_OF}' at time zone {TZ})"

_SHEETS = f"""
insert into {SHEETS} (id, version, created_at, updated_at, measure_id, learner_id, institution_id, specialist_role, provider_id,
    number, signed_on, closed_at)
select {key_after("c.measure_id", "c.provider_id::text")}, case when p.evaluated_at is null then 1 else 2 end,
    c.signed_on + time '08:00' at time zone {TZ},
    coalesce(p.evaluated_at, c.signed_on + time '08:00' at time zone {TZ}), c.measure_id, m.learner_id, m.institution_id,
    m.kind_code, c.provider_id,
    'KA-' || p.number || '-' || row_number() over (partition by p.id order by c.measure_id, c.provider_id),
    c.signed_on, p.evaluated_at
from (select measure_id, provider_id, min(held_on) as signed_on from delivery_consultation
      where institution_id in {HERE} group by 1, 2) c
join plans_measure m on m.id = c.measure_id join plans_supportplan p on p.id = m.plan_id
order by c.measure_id, c.provider_id"""

# Months that are over, each submitted under the agreement that the institution joined: on the fourth to tenth day of the next
# month, or late. Those that would be submitted after the day of the demonstration are not submitted yet.
_BY_DAY = ", ".join(f"count(*) filter (where c.day = {day})" for day in range(1, 32))
_HOURS = f"""
select c.provider_id, c.institution_id, c.month, c.specialist_role, count(*) as hours, array[{_BY_DAY}]::smallint[] as by_day,
    {key_at("c.month", "c.provider_id::text || c.institution_id::text")} as sheet
from (select provider_id, institution_id, specialist_role, date_trunc('month', held_on)::date as month,
             extract(day from held_on) as day
      from delivery_consultation
      where institution_id in {HERE} and provider_confirmed_at is not null and learner_confirmed_at is not null
        and voided_at is null) c
group by 1, 2, 3, 4"""
_MONTHS = f"""
insert into delivery_monthsubmission (id, version, created_at, updated_at, institution_id, agreement_id, month, revision, hours,
    content_hash, submitted_by_id, submitted_at, reopen_reason)
select s.id, 1, s.at, s.at, s.institution_id, t.agreement_id, s.month, 1, s.hours, '', s.by, s.at, ''
from (
    select h.id, h.institution_id, h.month, h.hours, h.by,
        ((h.month + interval '1 month')::date + 3 + {among("h.id", 41, "7")}
         + case when {share("h.id", 42)} < {LATE} then 14 + {among("h.id", 43, "28")} else 0 end
         + time '15:00') at time zone {TZ} as at
    from (
        select {key_at("month", "institution_id::text")} as id, institution_id, month, sum(hours) as hours,
            (select a.user_id from accounts_assignment a where a.institution_id = h.institution_id
             and a.role in ('institution_coordinator', 'vocational_coordinator') order by a.id limit 1) as by
        from country_hours h group by institution_id, month
    ) h
) s join registry_institutionparticipation t on t.institution_id = s.institution_id
where s.at < {_TOLD} order by s.id
returning id, institution_id, month, submitted_at"""
# The head's and the coordinator's approvals come on the day of the submission.
_TIMESHEETS = f"""
insert into delivery_timesheet (id, version, created_at, updated_at, provider_id, institution_id, month, status, hours,
    head_approved_at, coordinator_approved_at, submission_id)
select h.sheet, case when s.id is null then 1 else 2 end, h.entered, coalesce(s.submitted_at, h.entered), h.provider_id,
    h.institution_id, h.month, case when s.id is null then 'ENTERED' else 'LOCKED' end, h.hours,
    s.submitted_at - interval '5 hours', s.submitted_at - interval '2 hours', s.id
from (select sheet, provider_id, institution_id, month, sum(hours) as hours,
             least(((month + interval '1 month')::date + time '08:00') at time zone {TZ}, {_TOLD}) as entered
      from country_hours group by 1, 2, 3, 4) h
left join months s on s.institution_id = h.institution_id and s.month = h.month
order by h.sheet"""
_LINES = f"""
insert into delivery_timesheetline (id, timesheet_id, institution_id, specialist_role, position_id, hours, hours_by_day)
select {key_after("h.sheet", "h.specialist_role")}, h.sheet, h.institution_id, h.specialist_role, o.id, h.hours, h.by_day
from country_hours h join registry_position o on o.specialist_role = h.specialist_role and o.valid_to is null
order by h.sheet, h.specialist_role"""
# The specialist enters, the head and the coordinator approve, the month is submitted.
_STEPS = f"""
insert into delivery_timesheetstep (id, timesheet_id, institution_id, from_status, to_status, actor_id, at, comment)
select {key_after("t.id", "s.status")}, t.id, t.institution_id, s.before, s.status,
    case s.place when 1 then t.provider_id when 2 then h.user_id else m.submitted_by_id end,
    case s.place when 1 then t.created_at when 2 then t.head_approved_at when 3 then t.coordinator_approved_at
        else m.submitted_at end, ''
from delivery_timesheet t left join delivery_monthsubmission m on m.id = t.submission_id
join accounts_assignment h on h.institution_id = t.institution_id and h.role = 'institution_head'
join (values (1, '', 'ENTERED'), (2, 'ENTERED', 'APPROVED_BY_INSTITUTION'),
      (3, 'APPROVED_BY_INSTITUTION', 'APPROVED_BY_COORDINATOR'), (4, 'APPROVED_BY_COORDINATOR', 'LOCKED'))
    as s (place, before, status) on s.place = 1 or t.status = 'LOCKED'
where t.institution_id in {HERE} order by t.id, s.place"""
# One statement: what was counted is read by three inserts, and the loader makes no temporary tables.
_ALL = f"""
with country_hours as materialized ({_HOURS}), months as ({_MONTHS}), sheets as ({_TIMESHEETS} returning 1),
lines as ({_LINES} returning 1)
select (select count(*) from months) + (select count(*) from sheets) + (select count(*) from lines)"""


def load() -> Iterator[int]:
    """Write all of it; rows of each statement."""
    yield run(_SHEETS)
    yield count(_ALL)
    yield run(_STEPS)

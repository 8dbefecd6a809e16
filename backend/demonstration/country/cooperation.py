"""Cooperation teams around learners with risks in family or surroundings: members, what they see, meetings. By the server.

How many there are and what they decide is assumed: no source tells.
"""

from __future__ import annotations

from collections.abc import Iterator

from backend.activities.cooperation.models import CooperationTeam
from backend.core.database.sort_keys import fill_sort_keys
from backend.demonstration.country import targets
from backend.demonstration.country.drawing import HERE, TZ, among, key_after, run, share

TABLES = (
    "cooperation_cooperationteam", "cooperation_teammember", "cooperation_teamshare", "cooperation_meeting",
    "cooperation_meetingattendance", "cooperation_meetingdecision",
)  # fmt: skip
TEAMS, LEAST_TEAMS = 0.12, 5
"""Share of the approved plans with a risk in family, surroundings or health around which a team stood. Assumed."""
_TOLD = f"date '{targets.AS_OF}'"
_AT = f"(t.starts_on + time '09:30') at time zone {TZ}"
_TEAMS = f"""
insert into cooperation_cooperationteam (id, version, created_at, updated_at, institution_id, name, learner_id, starts_on,
    ends_on)
select {key_after("p.id", "'team'")}, case when p.ends_on is null then 1 else 2 end, p.activated_at,
    coalesce(p.evaluated_at, p.interrupted_at, p.activated_at), p.institution_id, 'Atbalsta komanda ' || p.number, p.learner_id,
    p.starts_on, p.ends_on
from (
    select p.*, (p.activated_at at time zone {TZ})::date as starts_on,
        (coalesce(p.evaluated_at, p.interrupted_at) at time zone {TZ})::date as ends_on,
        row_number() over (kind order by uuid_hash_extended(p.id, 111)) as place, count(*) over kind as whole
    from plans_supportplan p where p.activated_at is not null and p.institution_id in {HERE} and exists (
        select from plans_riskassessment r join registry_riskfactor f on f.id = r.risk_factor_id
        where r.plan_id = p.id and f.group in ('FAMILY', 'SOCIAL_HEALTH'))
    window kind as (partition by coalesce(p.evaluated_at, p.interrupted_at) is null)
) p where p.place <= greatest({LEAST_TEAMS}, p.whole * {TEAMS}) order by p.id"""
_OF_TEAMS = f"""(select t.*, row_number() over (order by t.id) as place, p.id as plan_id, p.author_id, p.period_to,
        i.municipality_id
    from cooperation_cooperationteam t join plans_supportplan p on {key_after("p.id", "'team'")} = t.id
    join territory_institution i on i.id = t.institution_id)"""
# Who wrote the plan, a specialist of the institution, somebody of the social service, in some the police; some wait for a doctor.
_MEMBERS = f"""
insert into cooperation_teammember (id, version, created_at, updated_at, team_id, institution_id, kind, user_id, invited_name,
    invited_email, organisation_name, invitation_hash, invited_at, invitation_expires_at, accepted_at, valid_from, valid_to)
select {key_after("t.id", "w.kind || coalesce(w.user_id::text, '')")}, case when t.ends_on is null then 1 else 2 end, {_AT},
    coalesce((t.ends_on + time '16:00') at time zone {TZ}, {_AT}), t.id, t.institution_id, w.kind, w.user_id,
    case when w.user_id is null then 'Ģimenes ārsts (paraugs)' else '' end,
    case when w.user_id is null then 'gimenes.arsts@example.org' else '' end, w.place,
    case when w.user_id is null then encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(t.id)), 'hex') else '' end,
    case when w.user_id is null then {_AT} end, case when w.user_id is null then {_AT} + interval '14 days' end,
    case when w.user_id is not null then {_AT} + interval '1 hour' end, t.starts_on, t.ends_on
from {_OF_TEAMS} t cross join lateral (
    select 'INSTITUTION' as kind, t.author_id as user_id, '' as place
    union all
    (select 'INSTITUTION', a.user_id, '' from accounts_assignment a where a.institution_id = t.institution_id
     and a.role = 'support_provider' order by uuid_hash_extended(a.user_id, hashtext(t.id::text)) limit 1)
    union all
    select 'SOCIAL_SERVICE', u.id, 'Sociālais dienests (paraugs)' from accounts_user u
    join territory_municipality m on u.username = 'staff.dc.social.' || lower(m.code) where m.id = t.municipality_id
    union all
    select 'POLICE', u.id, 'Pašvaldības policija (paraugs)' from accounts_user u
    join territory_municipality m on u.username = 'staff.dc.police.' || lower(m.code)
    where m.id = t.municipality_id and t.place % 3 = 1
    union all
    select 'HEALTH', null, 'Ārsta prakse (paraugs)' where t.place % 5 = 1
) w order by t.id"""


def _shares(part: str, condition: str) -> str:
    return f"""
insert into cooperation_teamshare (id, version, created_at, updated_at, team_id, institution_id, learner_id, plan_id, part,
    ground,
    shared_by_id, starts_on, ends_on, ended_at)
select {key_after("t.id", f"'{part}'")}, 1, {_AT}, {_AT}, t.id, t.institution_id, t.learner_id, t.plan_id, '{part}',
    'Vecāka vai pilngadīga skolēna rakstiska piekrišana', t.author_id, t.starts_on, t.period_to, null
from {_OF_TEAMS} t where {condition} order by t.id"""


# Every five weeks while the team stands; the next one is on its way where it stands today.
_MEETINGS = f"""
insert into cooperation_meeting (id, version, created_at, updated_at, team_id, institution_id, learner_id, starts_at,
    ends_at, place,
    is_remote, status, agenda, minutes_text, recorded_by_id, recorded_at)
select m.id, case m.status when 'SCHEDULED' then 1 else 2 end, {_AT.replace("t.", "m.")},
    case m.status when 'SCHEDULED' then {_AT.replace("t.", "m.")} else m.at + interval '2 hours' end, m.team_id,
        m.institution_id,
    m.learner_id, m.at, m.at + interval '50 minutes', case when m.is_remote then '' else 'Iestādes sanāksmju telpa' end,
        m.is_remote,
    m.status, 'Kas izdevies, kas traucē, ko darām tālāk.',
    case m.status when 'HELD' then 'Pārrunāti kavējumi un sekmes, ģimenes iespējas palīdzēt.' else '' end,
    case m.status when 'HELD' then m.author_id end, case m.status when 'HELD' then m.at + interval '2 hours' end
from (
    select m.*, (m.day + time '14:30') at time zone {TZ} as at, m.day between date '2020-03-13'
        and date '2021-05-31' as is_remote,
        case when m.day >= {_TOLD} then 'SCHEDULED' when {share("m.id", 115)} < 0.05
            or row_number() over (partition by m.day >= {_TOLD} order by uuid_hash_extended(m.id, 119)) = 1
            then 'CANCELLED' else 'HELD' end as status
    from (
        select t.id as team_id, t.institution_id, t.learner_id, t.starts_on, t.ends_on, t.period_to, t.author_id,
            {key_after("t.id", "'meeting' || n.nth::text")} as id,
            t.starts_on + 7 + 35 * n.nth
                + case extract(isodow from t.starts_on + 7 + 35 * n.nth) when 6 then 2 when 7 then 1 else 0 end as day
        from {_OF_TEAMS} t cross join generate_series(0, 3) as n (nth)
    ) m where m.day <= least(m.ends_on, m.period_to) and m.day < {_TOLD} + 30
) m order by m.id"""
_ATTENDANCE = f"""
insert into cooperation_meetingattendance (id, meeting_id, team_id, institution_id, member_id, attended)
select {key_after("m.id", "w.id::text")}, m.id, m.team_id, m.institution_id, w.id, {share("w.id", 116)} > 0.15
    or w.user_id = m.recorded_by_id
from cooperation_meeting m join cooperation_teammember w on w.team_id = m.team_id and w.accepted_at is not null
where m.status = 'HELD' order by m.id"""
_DECISIONS = f"""
insert into cooperation_meetingdecision (id, version, created_at, updated_at, meeting_id, team_id, institution_id,
    learner_id, text,
    responsible_id, due_on, done_on)
select {key_after("m.id", "'decision'")}, case when m.done_on is null then 1 else 2 end, m.recorded_at,
    coalesce((m.done_on + time '15:00') at time zone {TZ}, m.recorded_at), m.id, m.team_id, m.institution_id, m.learner_id,
    (array['Saruna ģimenē', 'Pārskatīt konsultāciju laikus', 'Vienoties ar klases audzinātāju par kavējumiem',
           'Palīdzēt sagatavot iesniegumu sociālajam dienestam'])[1 + {among("m.id", 117, "4")}], m.responsible_id, m.due_on,
               m.done_on
from (
    select m.*, w.id as responsible_id, (m.starts_at at time zone {TZ})::date + 21 as due_on,
        case when {share("m.id", 118)} < 0.85 and (m.starts_at at time zone {TZ})::date + 18 < {_TOLD}
            then (m.starts_at at time zone {TZ})::date + 18 end as done_on
    from cooperation_meeting m cross join lateral (
        select w.id from cooperation_teammember w where w.team_id = m.team_id and w.accepted_at is not null
        order by uuid_hash_extended(w.id, hashtext(m.id::text)) limit 1) w
    where m.status = 'HELD'
) m order by m.id"""


def load() -> Iterator[int]:
    """Write all of it; rows of each statement."""
    yield run(_TEAMS)
    fill_sort_keys(CooperationTeam, name=lambda team: team.name)
    for statement in (_MEMBERS, _shares("SUMMARY", "true"), _shares("ATTENDANCE", f"{share('t.id', 114)} < 0.4")):
        yield run(statement)
    for statement in (_MEETINGS, _ATTENDANCE, _DECISIONS):
        yield run(statement)

"""Youth initiative projects: organisations, calls of municipalities, projects with all that belongs to them. By the server.

Found are the grant, the 36 municipalities and 78 projects of the first round with more than 4,000 young people, and the days of
the rounds (domain.md 6). The other counts, the points and who took part are assumed. Everybody and everything is invented.
"""

from __future__ import annotations

from collections.abc import Iterator

from backend.activities.initiatives.models import OrganisationMember, YouthOrganisation
from backend.core.identifiers import uuid_for
from backend.core.text import sort_key
from backend.demonstration.country import targets
from backend.demonstration.country.drawing import HERE, TZ, among, key_after, key_at, run, share
from backend.demonstration.country.outsiders import outsider
from backend.territory.models import Municipality
from backend.territory.reference import programme_id

# Round, announced, opens, closes, projects run from and to, municipalities with a call, projects at the real size. The sixth is
# being decided on the day of the demonstration, the seventh is open, the eighth announced.
ROUNDS = (
    (1, "2018-09-17", "2018-10-01", "2018-11-12", "2019-02-01", "2019-10-31", 36, targets.FIRST_PROJECTS),
    (2, "2019-04-01", "2019-04-08", "2019-06-07", "2019-09-02", "2020-05-29", 30, 60),
    (3, "2020-02-03", "2020-02-10", "2020-03-20", "2020-09-01", "2021-05-31", 20, 30),
    (4, "2022-03-01", "2022-03-07", "2022-04-29", "2022-09-01", "2023-05-31", 24, 40),
    (5, "2023-05-02", "2023-05-08", "2023-06-16", "2023-09-04", "2024-05-31", 16, 24),
    (6, "2023-08-21", "2023-08-28", "2023-09-15", "2023-11-06", "2024-05-31", 10, 10),
    (7, "2023-10-02", "2023-10-09", "2023-11-10", "2024-01-08", "2024-05-31", 8, 0),
    (8, "2023-10-12", "2023-10-30", "2023-12-01", "2024-01-22", "2024-05-31", 5, 0),
)
REFUSED_ONE_IN = 3
"""One more project, refused, in every third call of a round that is decided. Assumed."""
_WORDS = ("Tilts", "Vējrāde", "Dzirkstele", "Kāpnes", "Solis", "Atvasara", "Ugunskurs", "Laivinieki")
_NAME = "Priekšlaicīgas mācību pārtraukšanas riska jauniešu iesaiste jaunatnes iniciatīvu projektos"
_NAME_EN = "Involving young people at risk of leaving school early in youth initiative projects"
_KINDS = ("ASSOCIATION", "YOUTH_ORGANISATION", "FOUNDATION")
_TITLES = "array['Soli pa solim', 'Mēs varam', 'Kopā stiprāki', 'Radi pats', 'Dari un mācies', 'Atklāj sevi']"
_EXAMPLE = "is_example"
_CALLED = f"initiatives_initiativecall c where c.{_EXAMPLE} and c.code like 'DC-%'"
_PROJECTS = """(select p.*, c.round_number from initiatives_initiativeproject p
    join initiatives_initiativecall c on c.id = p.call_id where p.number like 'DC-%')"""


def _organisations() -> int:
    """Two in each municipality that is a partner, and who acts for them."""
    people = outsider("youth")
    made, members = [], []
    for number, place in enumerate(Municipality.objects.filter(id__in=list(people)).order_by("code")):
        for nth in (1, 2):
            word = _WORDS[(number * 2 + nth) % len(_WORDS)]
            name = f"{'Nodibinājums' if nth == 2 and number % 3 == 2 else 'Biedrība'} “{word}”, {place.name_lv} (paraugs)"
            key = uuid_for(kind=YouthOrganisation.tag, code=f"country:{place.code}:{nth}")
            kind = _KINDS[2] if name.startswith("Nod") else _KINDS[(number + nth) % 2]
            made.append(
                YouthOrganisation(id=key, name=name, sort_key=sort_key(name), kind=kind, municipality=place, is_example=True)
            )
            members.append(
                OrganisationMember(
                    id=uuid_for(kind=OrganisationMember.tag, code=f"country:{place.code}:{nth}"),
                    organisation_id=key,
                    municipality=place,
                    user_id=people[place.id],
                    may_sign=True,
                    valid_from="2018-09-03",
                )
            )
    YouthOrganisation.objects.bulk_create(made)
    OrganisationMember.objects.bulk_create(members)
    return len(made) + len(members)


def _rounds(scale: float) -> str:
    rows = (
        f"({number}, "
        + ", ".join(f"date '{day}'" for day in days)
        + f", {places}, {max(places, round(count * scale)) if count else 0})"
        for number, *days, places, count in ROUNDS
    )
    return f"(values {', '.join(rows)}) as r (number, announced, opens, closes, run_from, run_to, places, projects)"


def _calls(scale: float) -> str:
    return f"""
insert into initiatives_initiativecall (id, version, created_at, updated_at, name_lv, name_en, programme_id, municipality_id,
    code, round_number, status, announced_on, opens_on, closes_on, grant_id, grant_amount, min_risk_share_percent, max_projects,
    regulation, is_example)
select {key_at("r.announced", "m.id::text || 'call' || r.number::text")}, case when r.announced > '{targets.AS_OF}' then 1
        when r.opens > '{targets.AS_OF}' then 1 when r.closes >= '{targets.AS_OF}' then 2 else 3 end,
    r.announced + time '09:00' at time zone {TZ},
    case when r.opens > '{targets.AS_OF}' then r.announced when r.closes >= '{targets.AS_OF}' then r.opens else r.closes + 1 end
        + time '09:00' at time zone {TZ},
    '{_NAME}', '{_NAME_EN}', '{programme_id()}', m.id, 'DC-' || substr(m.code, 4) || '-' || r.number, r.number,
    case when r.opens > '{targets.AS_OF}' then 'ANNOUNCED' when r.closes >= '{targets.AS_OF}' then 'OPEN' else 'CLOSED' end,
    r.announced, r.opens, r.closes, g.id, g.amount, null, null, 'Nolikums Nr. ' || r.number || ' (paraugs)', true
from {_rounds(scale)} cross join lateral (
    select m.id, m.code, row_number() over (order by uuid_hash_extended(m.id, r.number)) as place
    from territory_municipality m
    where m.id in (select municipality_id from initiatives_youthorganisation where {_EXAMPLE})
) m join initiatives_initiativegrant g on g.valid_from <= r.announced and (g.valid_to is null or g.valid_to >= r.announced)
where m.place <= r.places order by 1"""


_CRITERIA = f"""
insert into initiatives_callcriterion (id, call_id, criterion_id, max_points, position)
select {key_after("c.id", "k.id::text")}, c.id, k.id, k.max_points, k.position
from {_CALLED.replace("c where", "c join initiatives_scoringcriterion k on k.valid_to is null where")} order by c.id,
    k.position"""


def _projects(scale: float) -> str:
    """Those that got the grant, then a refused one in some calls; how far each has come follows from its round."""
    return f"""
insert into initiatives_initiativeproject (id, version, created_at, updated_at, number, call_id, municipality_id,
    organisation_id,
    applicant_kind, with_youth_group, title, summary, plan_fit, planned_from, planned_to, planned_participants, planned_at_risk,
    amount, status, submitted_by_id, submitted_at, decided_at, decision_reason, contract_number, contracted_on, started_on,
    completed_on)
select d.key, d.steps, d.submitted, d.updated, d.code || '-' || d.nth, d.id, d.municipality_id, o.id, o.kind,
    {share("d.key", 81)} < 0.6, ({_TITLES})[1 + {among("d.key", 82, "6")}] || ' (paraugs)',
    'Jauniešu pašu ierosinātas nodarbības ārpus formālās izglītības.', 'Atbilst pašvaldības pasākumu plānam.', d.run_from,
    d.run_to, d.people, d.people * (35 + {among("d.key", 84, "31")}) / 100, d.grant_amount, d.status, w.user_id, d.submitted,
    case when d.is_decided then (d.closes_on + 25 + time '15:00') at time zone {TZ} end,
    case d.status when 'REJECTED' then 'Pieejamais finansējums piešķirts projektiem ar vairāk punktiem.' else '' end,
    case when d.is_under_contract then 'L-' || d.code || '-' || d.nth else '' end,
    case when d.is_under_contract then d.closes_on + 28 end, case when d.has_begun then d.run_from end,
    case d.status when 'COMPLETED' then d.run_to + 30 end
from (
    select s.*, s.status in ('APPROVED', 'REJECTED', 'CONTRACTED', 'RUNNING', 'REPORT_SUBMITTED', 'COMPLETED') as is_decided,
        s.status in ('CONTRACTED', 'RUNNING', 'REPORT_SUBMITTED', 'COMPLETED') as is_under_contract,
        s.status in ('RUNNING', 'REPORT_SUBMITTED', 'COMPLETED') as has_begun,
        (select count(*) from {_STEPS} where {_TAKEN}) as steps,
        (select max({_STEP_AT}) from {_STEPS} where {_TAKEN}) as updated, 30 + {among("s.key", 83, "45")} as people
    from (
        select n.*, {key_at("n.closes_on", "n.id::text || n.nth::text")} as key,
            (n.closes_on - {among("n.id", 85, "6")} + time '12:00') at time zone {TZ} as submitted,
            case when n.nth > n.granted then 'REJECTED' when n.number <= 4 then
                    case when n.number = 4 and n.place % 12 = 0 then 'REPORT_SUBMITTED' else 'COMPLETED' end
                when n.number = 5 then 'RUNNING'
                else (array['SUBMITTED', 'ADMISSIBLE', 'SCORED', 'APPROVED', 'CONTRACTED'])[1 + n.place % 5] end as status
        from (
            select c.*, generate_series(1, c.granted + c.refused) as nth from (
                select c.*, r.number, r.run_from, r.run_to, c.nth_place as place,
                    r.projects / r.places + (c.nth_place <= r.projects % r.places)::integer as granted,
                    (c.nth_place % {REFUSED_ONE_IN} = 0 and r.number <= 5)::integer as refused
                from (select c.id, c.municipality_id, c.code, c.round_number, c.closes_on, c.grant_amount,
                          (row_number() over (partition by c.round_number order by c.id))::integer as nth_place
                      from {_CALLED}) c
                join {_rounds(scale)} on r.number = c.round_number where r.projects > 0
            ) c
        ) n
    ) s
) d
cross join lateral (select o.* from initiatives_youthorganisation o where o.municipality_id = d.municipality_id and o.{_EXAMPLE}
                    order by uuid_hash_extended(o.id, d.number * 100 + d.nth) limit 1) o
join initiatives_organisationmember w on w.organisation_id = o.id
order by d.key"""


# The place of a status in the order of steps (backend/activities/initiatives/fixtures/transitions.csv), days after the call
# closed, hour.
_STEPS = """(values (1, 'SUBMITTED', null, 12), (2, 'ADMISSIBLE', 7, 11), (3, 'SCORED', 18, 14), (4, 'APPROVED', 25, 15),
    (4, 'REJECTED', 25, 15), (5, 'CONTRACTED', 28, 10), (6, 'RUNNING', null, 9), (7, 'REPORT_SUBMITTED', null, 10),
    (8, 'COMPLETED', null, 16)) as t (place, status, wait, hour)"""
_OWN = f"(select min(u.place) from {_STEPS.replace(' as t ', ' as u ')} where u.status = s.status)"
_TAKEN = f"t.place <= {_OWN} and (t.status not in ('APPROVED', 'REJECTED') or (t.status = 'REJECTED') = (s.status = 'REJECTED'))"
_STEP_AT = f"""case t.status when 'SUBMITTED' then s.submitted
    else ((case t.status when 'RUNNING' then s.run_from when 'REPORT_SUBMITTED' then s.run_to + 15
           when 'COMPLETED' then s.run_to + 30 else s.closes_on + t.wait end) + make_interval(hours => t.hour))
         at time zone {TZ} end"""
_STEPS_TAKEN = f"""
insert into initiatives_projectstep (id, project_id, municipality_id, from_status, to_status, at, actor_id, comment)
select {key_after("s.id", "s.to_status")}, s.id, s.municipality_id, coalesce(lag(s.to_status) over w, ''), s.to_status, s.at,
    case when s.to_status in ('SUBMITTED', 'RUNNING', 'REPORT_SUBMITTED') then s.submitted_by_id else k.user_id end, ''
from (
    select s.id, s.municipality_id, s.submitted_by_id, t.place, t.status as to_status, {_STEP_AT} as at
    from (select p.*, p.submitted_at as submitted, p.planned_from as run_from, p.planned_to as run_to, c.closes_on
          from initiatives_initiativeproject p
              join initiatives_initiativecall c on c.id = p.call_id where p.number like 'DC-%') s
    join {_STEPS} on {_TAKEN}
) s
left join lateral (select user_id from accounts_assignment a where a.municipality_id = s.municipality_id
                   and a.role = 'municipality_coordinator' order by a.id limit 1) k on true
window w as (partition by s.id order by s.place) order by s.id, s.place"""
_PARTNERS = f"""
insert into initiatives_projectpartner (id, project_id, municipality_id, kind, name, institution_id)
select {key_after("p.id", "'centre'")}, p.id, p.municipality_id, 'YOUTH_CENTRE', 'Jauniešu centrs (paraugs)', null
from {_PROJECTS} p
union all
select {key_after("p.id", "'school'")}, p.id, p.municipality_id, 'SCHOOL', '', i.id
from {_PROJECTS} p cross join lateral (
    select i.id from territory_institution i where i.municipality_id = p.municipality_id and i.id in {HERE}
    order by uuid_hash_extended(i.id, 86) limit 1) i
order by 1"""
_REPORTS = f"""
insert into initiatives_projectreport (id, version, created_at, updated_at, project_id, municipality_id, submitted_by_id,
    submitted_at, participants, participants_at_risk, events_held, results, accepted_at)
select {key_after("p.id", "'report'")}, case p.status when 'COMPLETED' then 2 else 1 end, s.at, coalesce(e.at, s.at), p.id,
    p.municipality_id, p.submitted_by_id, s.at, p.planned_participants - {among("p.id", 87, "4")},
    least(p.planned_at_risk, p.planned_participants - 4), 4 + {among("p.id", 88, "9")},
    'Jaunieši plānoja un vadīja nodarbības paši; lielākā daļa nāca līdz beigām.', e.at
from {_PROJECTS} p join initiatives_projectstep s on s.project_id = p.id and s.to_status = 'REPORT_SUBMITTED'
left join initiatives_projectstep e on e.project_id = p.id and e.to_status = 'COMPLETED' order by p.id"""
# The coordinator and two experts of the state score; one in twenty declares a conflict and gives no points.
_SCORERS = f"""
insert into initiatives_projectscorer (id, version, created_at, updated_at, project_id, municipality_id, scorer_id,
    has_conflict,
    finished_at)
select {key_after("p.id", "u.id::text")}, 2, s.at - interval '5 days', s.at - interval '2 hours', p.id, p.municipality_id, u.id,
    u.nth > 1 and {share("p.id", 91)} < 0.05,
    case when u.nth = 1 or {share("p.id", 91)} >= 0.05 then s.at - interval '2 hours' end
from {_PROJECTS} p join initiatives_projectstep s on s.project_id = p.id and s.to_status = 'SCORED'
cross join lateral (
    select a.user_id as id, 1 as nth from accounts_assignment a where a.municipality_id = p.municipality_id
        and a.role = 'municipality_coordinator'
    union all
    select e.id, 2 from (select id from accounts_user where username like 'staff.dc.supervisor.%'
                         order by uuid_hash_extended(id, p.round_number) limit 2) e
) u order by 1"""
_SCORES = f"""
insert into initiatives_projectscore (id, version, created_at, updated_at, scoring_id, project_id, call_id, municipality_id,
    scorer_id, criterion_id, max_points, points, comment)
select {key_after("s.id", "k.id::text")}, 1, s.finished_at, s.finished_at, s.id, p.id, p.call_id, p.municipality_id,
    s.scorer_id,
    k.id, k.max_points, floor(k.max_points * (case p.status when 'REJECTED' then 0.3
        else 0.6 end + 0.4 * {share("s.id", 92)})), ''
from {_PROJECTS} p join initiatives_projectscorer s on s.project_id = p.id and s.finished_at is not null
join initiatives_callcriterion k on k.call_id = p.call_id order by s.id, k.position"""
# A learner whose plan gives a place takes it in a project of the school's municipality that ran then.
_PARTICIPANTS = f"""
insert into initiatives_projectparticipant (id, version, created_at, updated_at, project_id, institution_id, learner_id,
    measure_id,
    kind_code, starts_on, ends_on, finished)
select {key_after("t.measure_id", "'place'")}, case when t.ends_on is null then 1 else 2 end,
    t.starts_on + time '10:00' at time zone {TZ}, coalesce(t.ends_on, t.starts_on) + time '10:00' at time zone {TZ},
        t.project_id,
    t.institution_id, t.learner_id, t.measure_id, 'YOUTH_PROJECT', t.starts_on, t.ends_on,
    case when t.ends_on is not null then not t.stopped end
from (
    select distinct on (p.id, m.learner_id) p.id as project_id, m.institution_id, m.learner_id, m.id as measure_id,
        greatest(p.started_on, (l.activated_at at time zone {TZ})::date + 1) as starts_on,
        case when least(l.period_to, p.planned_to) < date '{targets.AS_OF}' then least(l.period_to, p.planned_to,
            (l.interrupted_at at time zone {TZ})::date) end as ends_on, l.interrupted_at is not null as stopped
    from plans_measure m join plans_supportplan l on l.id = m.plan_id join territory_institution i on i.id = m.institution_id
    cross join lateral (
        select p.* from {_PROJECTS} p where p.municipality_id = i.municipality_id and p.started_on is not null
            and greatest(p.started_on, (l.activated_at at time zone {TZ})::date + 1) + 7
                < least(l.period_to, p.planned_to, date '{targets.AS_OF}', (l.interrupted_at at time zone {TZ})::date)
        order by uuid_hash_extended(p.id, 93 + hashtext(m.id::text)) limit 1
    ) p
    where m.kind_code = 'YOUTH_PROJECT' and m.institution_id in {HERE} and l.activated_at is not null
    order by p.id, m.learner_id, l.period_from
) t order by t.measure_id"""


def load(*, scale: float) -> Iterator[int]:
    """Write all of it; rows of each statement."""
    yield _organisations()
    yield run(_calls(scale))
    yield run(_CRITERIA)
    yield run(_projects(scale))
    for statement in (_STEPS_TAKEN, _PARTNERS, _REPORTS, _SCORERS, _SCORES, _PARTICIPANTS):
        yield run(statement)

"""Group supervisions of institutions' staff: who led them, who came, their certificates. Written by the server.

1,330 supervisions in 595 institutions are published (domain.md 7), two in each at least; who came, and when, is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator

from backend.activities.training.models import TrainingEvent
from backend.core.database.sort_keys import fill_sort_keys
from backend.demonstration.country import targets
from backend.demonstration.country.drawing import HERE, TZ, among, key_after, key_at, run, share
from backend.territory.reference import programme_id

ASIDE = ("training_trainingleader",)
ATTENDED = 0.93
_FIRST, _LAST = "date '2019-09-02'", "date '2023-05-26'"
_TOPICS = (
    "Sadarbība ar vecākiem", "Motivācija", "Profesionālā izdegšana", "Resursu trūkums", "Atbalsts skolēnam projektā",
)  # fmt: skip
_TOPIC = f"(array[{', '.join(repr(topic) for topic in _TOPICS)}])[1 + {among('d.id', 74, str(len(_TOPICS)))}]"


def _events(scale: float) -> str:
    """Two for each institution, a third for the first few; not in summer or at a week-end, at a distance in the pandemic.

    An institution's first, second and third begin at different hours, so that nobody is at two at once.
    """
    return f"""
insert into training_trainingevent (id, version, created_at, updated_at, name_lv, name_en, programme_id, kind, topic, status,
    format,
    starts_at, ends_at, credited_minutes, capacity, register_until, place, institution_id, is_published)
select d.id, 1, (d.day - 21 + time '09:00') at time zone {TZ}, (d.day + time '20:00') at time zone {TZ}, 'Supervīzija',
    'Supervision', '{programme_id()}', 'SUPERVISION', {_TOPIC}, 'HELD',
    case when d.day between date '2020-03-13' and date '2021-06-11' then 'REMOTE' else 'IN_PERSON' end,
    (d.day + d.begins) at time zone {TZ}, (d.day + d.begins) at time zone {TZ} + interval '195 minutes', 180, 10,
    d.day - 3, '', d.institution_id, 'f'
from (
    select {key_at("r.term_day", "r.institution_id::text || r.nth::text")} as id, r.institution_id,
        r.term_day - greatest(0, extract(isodow from r.term_day)::integer - 5) as day,
        (array[time '13:00', time '09:30', time '16:30'])[r.nth] as begins
    from (
        select r.*, r.day + case when extract(month from r.day) in (6, 7, 8) then 92 else 0 end as term_day from (
        select s.institution_id, n.nth,
            s.since + (({_LAST} - s.since) / 2 + {among("s.institution_id", 71, f"(({_LAST} - s.since) / 2)")}) * n.nth / 3 as day
        from (
            select p.institution_id, greatest({_FIRST}, p.joined_on + 45) as since,
                row_number() over (order by p.joined_on, p.institution_id) as place,
                least({targets.supervised(scale)}, count(*) over ()) as whole
            from registry_institutionparticipation p where p.institution_id in {HERE}
        ) s cross join generate_series(1, 3) as n (nth)
        where s.place <= s.whole and s.place + (n.nth - 1) * s.whole <= {targets.supervisions(scale)}
        ) r
    ) r
) d order by d.id"""


_LEADERS = f"""
insert into training_trainingleader (id, event_id, leader_id)
select {key_after("e.id", "'leader'")}, e.id, s.users[1 + {among("e.id", 75, "cardinality(s.users)")}]
from training_trainingevent e
cross join (select array_agg(id order by username) as users from accounts_user where username like 'staff.dc.supervisor.%') s
where e.institution_id in {HERE} order by e.id"""
_REGISTRATIONS = f"""
insert into training_trainingregistration (id, version, created_at, updated_at, event_id, participant_id, institution_id, status,
    registered_at, attended_minutes, attendance_recorded_at, certificate_code, certified_at)
select {key_after("p.id", "p.user_id::text")}, case when p.came then 3 else 2 end, p.starts_at - interval '10 days',
    p.ends_at + case when p.came then interval '1 day' else interval '0' end, p.id, p.user_id, p.institution_id, 'REGISTERED',
    p.starts_at - interval '10 days', case when p.came then 180 else 0 end, p.ends_at,
    case when p.came then upper(substr(md5(p.id::text || p.user_id::text), 1, 16)) else '' end,
    case when p.came then p.ends_at + interval '1 day' end
from (
    select e.id, e.starts_at, e.ends_at, e.institution_id, a.user_id, {share("a.user_id", 77)} < {ATTENDED} as came
    from training_trainingevent e cross join lateral (
        select a.user_id from accounts_assignment a where a.institution_id = e.institution_id
        and a.role in ('support_provider', 'plan_author')
        order by uuid_hash_extended(a.user_id, extract(day from e.starts_at)::bigint)
        limit 5 + {among("e.id", 76, "6")}
    ) a where e.institution_id in {HERE}
) p order by p.id"""


def load(*, scale: float) -> Iterator[int]:
    """Write all of it; rows of each statement. Events come first: the database counts their places."""
    yield run(_events(scale))
    fill_sort_keys(TrainingEvent, name=lambda event: event.name_lv)
    yield run(_LEADERS)
    yield run(_REGISTRATIONS)

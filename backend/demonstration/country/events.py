"""Events besides supervisions: conferences, seminars, workshops, a programme, a consultation day. Written by the server.

The conferences of 2019 and their places, the week of August 2021, the titles, the counts of seminars
    and the consultation day are
found (domain.md 7); other days, places and who came are assumed.
"""

from __future__ import annotations

from collections.abc import Iterator

from backend.activities.training.models import TrainingEvent
from backend.core.database.sort_keys import fill_sort_keys
from backend.demonstration.country.drawing import HERE, TZ, among, key_after, key_at, run, share
from backend.demonstration.country.resetting import OPEN_EVENTS
from backend.territory.reference import programme_id

_CONFERENCE = "Reģionālā konference pedagogu atbalstam"
_ONLINE = "Skola. Bērni. Vecāki"
_PROGRAMME = "Darbs jaunatnes jomā ar priekšlaicīgas mācību pārtraukšanas riska grupas jauniešiem"
_AT_LARGE = (
    ("CONFERENCE", _CONFERENCE, "2019-03-01", "Jelgava", "Zemgale", False),
    ("CONFERENCE", _CONFERENCE, "2019-03-05", "Rēzekne", "Latgale", False),
    ("CONFERENCE", _CONFERENCE, "2019-03-07", "Rīga", "Rīga", False),
    ("CONFERENCE", _CONFERENCE, "2019-03-26", "Cēsis", "Vidzeme", False),
    ("CONFERENCE", _CONFERENCE, "2019-03-29", "Kuldīga", "Kurzeme", False),
    ("CONFERENCE", _ONLINE, "2021-08-02", "", "Rīga", True), ("CONFERENCE", _ONLINE, "2021-08-03", "", "Vidzeme", True),
    ("CONFERENCE", _ONLINE, "2021-08-04", "", "Kurzeme", True), ("CONFERENCE", _ONLINE, "2021-08-05", "", "Latgale", True),
    ("CONFERENCE", _ONLINE, "2021-08-06", "", "Zemgale", True),
    ("CONFERENCE", "Vakar. Šodien. Rīt.", "2023-09-21", "Rīga", "", False),
    ("PROGRAMME", _PROGRAMME, "2021-10-14", "Rīga", "", False),
    ("CONSULTATION_DAY", "Individuālas konsultācijas projekta birojā", "2020-03-16", "Rīga", "Rīga", False),
)  # fmt: skip
_SEMINARS = tuple(f"2017-05-{day:02d}" for day in (8, 9, 10, 11, 12, 15, 16, 17))
_AT_SCHOOLS = tuple(f"2017-{month}-{day:02d}" for month, weeks in ((10, (2, 16)), (11, (6, 20))) for first in weeks
                    for day in range(first, first + 5))  # fmt: skip
_WORKSHOPS = ("2018-04-12", "2018-11-13", "2019-04-10", "2019-11-12", "2020-11-12", "2021-03-18", "2021-11-11", "2022-04-12",
              "2022-11-10", "2023-03-16")  # fmt: skip
"""Eight introductory seminars for municipalities and twenty in schools by January 2018 are found; workshops are assumed."""
_MINUTES = {"CONFERENCE": 360, "PROGRAMME": 480, "CONSULTATION_DAY": 240, "SEMINAR": 240, "WORKSHOP": 360}
_PLACES = {"CONFERENCE": 120, "PROGRAMME": 24, "CONSULTATION_DAY": 12, "SEMINAR": 40, "WORKSHOP": 25}
_REGIONS = ("Rīga", "Vidzeme", "Kurzeme", "Latgale", "Zemgale")


def _planned() -> Iterator[tuple[str, str, str, str, str, bool]]:
    """Kind, topic, day, place, region, whether at a distance."""
    yield from _AT_LARGE
    series = (
        ("SEMINAR", "Ievadseminārs pašvaldībām", _SEMINARS),
        ("SEMINAR", "Seminārs izglītības iestādē", _AT_SCHOOLS),
        ("WORKSHOP", "Pašvaldību komandu darbnīca", _WORKSHOPS),
    )
    for kind, topic, days in series:
        for number, day in enumerate(days):
            yield kind, topic, day, "", _REGIONS[number % 5], "2020-09" < day < "2021-06"


def _events() -> str:
    rows = ", ".join(
        f"({number}, '{kind}', '{topic}', date '{day}', '{place}', '{region}', {str(remote).lower()}, {_MINUTES[kind]},"
        f" {_PLACES[kind]})"
        for number, (kind, topic, day, place, region, remote) in enumerate(_planned())
    )
    return f"""
insert into training_trainingevent (id, version, created_at, updated_at, name_lv, name_en, programme_id, kind, topic, status,
    format, starts_at, ends_at, credited_minutes, capacity, register_until, place, region_id, institution_id, is_published)
select {key_at("e.day", "'event' || e.number::text")}, 2, (e.day - 40 + time '09:00') at time zone {TZ},
    (e.day + time '18:00') at time zone {TZ}, e.topic, '', '{programme_id()}', e.kind, e.topic, 'HELD',
    case when e.remote then 'REMOTE' else 'IN_PERSON' end, (e.day + time '09:30') at time zone {TZ},
    (e.day + time '09:30') at time zone {TZ} + make_interval(mins => e.minutes + 60), e.minutes, e.places, e.day - 5, e.place,
    r.id, null, true
from (values {rows}) as e (number, kind, topic, day, place, region, remote, minutes, places)
left join territory_region r on r.code = e.region order by 1"""


_HELD = f"(select * from training_trainingevent where {OPEN_EVENTS})"
# People of the region's schools (of all where it is for all) who worked there by then; no more than there are places.
_REGISTRATIONS = f"""
insert into training_trainingregistration (id, version, created_at, updated_at, event_id, participant_id, institution_id,
    status,
    registered_at, attended_minutes, attendance_recorded_at, certificate_code, certified_at)
select {key_after("p.id", "p.user_id::text")}, case when p.came then 3 else 2 end, p.starts_at - interval '14 days',
    p.ends_at + case when p.came then interval '1 day' else interval '0' end, p.id, p.user_id, p.institution_id, 'REGISTERED',
    p.starts_at - interval '14 days', case when p.came then p.credited_minutes else 0 end, p.ends_at,
    case when p.came then upper(substr(md5(p.id::text || p.user_id::text), 1, 16)) else '' end,
    case when p.came then p.ends_at + interval '1 day' end
from (
    select e.id, e.starts_at, e.ends_at, e.credited_minutes, a.user_id, a.institution_id,
        {share("a.user_id", 161)} < 0.9 as came
    from {_HELD} e cross join lateral (
        select a.user_id, a.institution_id from accounts_assignment a
        join territory_institution i on i.id = a.institution_id join territory_municipality m on m.id = i.municipality_id
        where i.id in {HERE} and a.role in ('plan_author', 'institution_coordinator', 'vocational_coordinator',
            'support_provider')
            and a.valid_from <= (e.starts_at at time zone {TZ})::date + 120 and (e.region_id is null
                or m.region_id = e.region_id)
        order by uuid_hash_extended(a.user_id, hashtext(e.id::text)) limit e.capacity - {among("e.id", 162, "5")}
    ) a
) p order by p.id"""
_LEADERS = f"""
insert into training_trainingleader (id, event_id, leader_id)
select {key_after("e.id", "'leader'")}, e.id, (select id from accounts_user where username = 'staff.dc.supervisor.1')
from {_HELD} e order by e.id"""
EVENTS = len(list(_planned()))


def load() -> Iterator[int]:
    """Write all of it; rows of each statement. Events come first: the database counts their places."""
    yield run(_events())
    fill_sort_keys(TrainingEvent, name=lambda event: event.name_lv)
    yield run(_LEADERS)
    yield run(_REGISTRATIONS)

"""A random country as plain facts: units, people, roles by period, learners who move. Knows nothing of the platform."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

ROLES = [
    "plan_author",
    "support_provider",
    "institution_coordinator",
    "institution_head",
    "municipality_coordinator",
    "vocational_coordinator",
    "regional_coordinator",
    "ikvd",
    "expert",
    "ngo",
    "team_member",
    "auditor",
    "researcher",
    "data_protection_officer",
    "editor",
    "administrator",
]
# Weighted towards the roles that have something to see, and those that write.
_DRAWN = ROLES + ROLES[:8] * 3 + ["auditor"] * 4 + ["researcher"] + ["plan_author", "support_provider"] * 4
SCHOOLS, MUNICIPALITIES, REGIONS = 5, 4, 2
_FIRST = dt.date(2021, 9, 1)


@dataclass(frozen=True)
class Municipality:
    """`until` and `successor` of one that was merged."""

    region: int
    until: dt.date | None = None
    successor: int | None = None


@dataclass(frozen=True)
class Post:
    """A role at a unit for a period, both days included. `unit` numbers the schools, municipalities or regions."""

    role: str
    level: str
    unit: int
    first: dt.date
    last: dt.date | None


@dataclass(frozen=True)
class Stay:
    """A learner's time at a school; `planned` when there is a plan with all that hangs on it."""

    school: int
    first: dt.date
    last: dt.date | None
    planned: bool


@dataclass(frozen=True)
class Person:
    """A learner."""

    registered_by: int
    stays: tuple[Stay, ...]


@dataclass
class World:
    """Everything there is on `day`."""

    day: dt.date
    municipalities: list[Municipality] = field(default_factory=list)
    schools: list[int] = field(default_factory=list)
    """Municipality of each school."""
    users: list[tuple[Post, ...]] = field(default_factory=list)
    learners: list[Person] = field(default_factory=list)


def random_world(rng: Random, *, users: int, learners: int = 7, day: dt.date | None = None, working: int = 0) -> World:
    """A world in which periods begin and end around the day, and schools' municipalities merge. `day` None: a random one.

    `working`: so many of the users, the first, also work where there is something to do; random posts seldom meet it.
    """
    world = World(day=day or _FIRST + dt.timedelta(days=rng.randint(0, 900)))
    merged_on = world.day + dt.timedelta(days=rng.choice([-400, -1, 0, 1, 400]))
    world.municipalities = [
        Municipality(region=0),
        Municipality(region=rng.randrange(REGIONS)),
        Municipality(region=1, until=merged_on, successor=rng.choice([0, 1])),
        # a second merger in a row: its successor was merged as well
        Municipality(region=rng.randrange(REGIONS), until=merged_on, successor=2),
    ]
    world.schools = [rng.randrange(MUNICIPALITIES) for _ in range(SCHOOLS)]
    world.users = [tuple(_post(rng, world.day) for _ in range(rng.choice([0, 1, 1, 2, 3]))) for _ in range(users)]
    world.learners = [Person(rng.randrange(SCHOOLS), _stays(rng)) for _ in range(learners)]
    for number in range(working):
        world.users[number] += _work(rng, world, number)
    return world


def _work(rng: Random, world: World, number: int) -> tuple[Post, ...]:
    """A post at a school with a learner of the day: in turn one who gives hours, and authors of plans there are and are not."""
    role, planned = [("support_provider", True), ("plan_author", False), ("plan_author", True)][number % 3]
    stays = [stay for person in world.learners for stay in person.stays if stay.first <= world.day <= (stay.last or world.day)]
    schools = [stay.school for stay in stays if stay.planned is planned]
    return (Post(role, "INSTITUTION", rng.choice(schools), world.day - dt.timedelta(days=900), None),) if schools else ()


def _post(rng: Random, day: dt.date) -> Post:
    level, units = rng.choice(
        [("INSTITUTION", SCHOOLS)] * 4 + [("MUNICIPALITY", MUNICIPALITIES)] * 2 + [("REGION", REGIONS), ("STATE", 1)]
    )
    first = day + dt.timedelta(days=rng.choice([-900, -30, -1, 0, 1]))
    last = rng.choice([None, None, first, day - dt.timedelta(days=1), day, day + dt.timedelta(days=30)])
    return Post(rng.choice(_DRAWN), level, rng.randrange(units), first, None if last is not None and last < first else last)


def _stays(rng: Random) -> tuple[Stay, ...]:
    stays: list[Stay] = []
    first = _FIRST + dt.timedelta(days=rng.randint(0, 200))
    planned_at: set[int] = set()
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        school = rng.randrange(SCHOOLS)
        last = None if rng.random() < 0.3 else first + dt.timedelta(days=rng.randint(0, 400))
        planned = school not in planned_at and rng.random() < 0.75  # one plan per learner, school and semester
        planned_at |= {school} if planned else set()
        stays.append(Stay(school, first, last, planned))
        if last is None:
            break
        first = last + dt.timedelta(days=rng.randint(1, 60))
    return tuple(stays)

"""Staff of the country's institutions: plan authors, heads, coordinators, specialists. Nobody of them can sign in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from backend.accounts.models import Assignment, User
from backend.core.text import sort_key
from backend.demonstration.country.copying import NULL, Line, clean
from backend.demonstration.country.keys import Keys, random_key
from backend.demonstration.country.naming import CountryNames
from backend.demonstration.country.places import School
from backend.demonstration.people import UNUSABLE_PASSWORD
from backend.registry.models import SpecialistRole
from backend.territory.reference import municipality_id

_R = SpecialistRole
HOURS_OF_A_TEACHER = 56
"""Consultations that one teacher gives in a semester (r33vsk.lv, domain.md 3.1)."""
SUPERVISORS = 12
"""Certified supervisors who lead groups at the real size. Assumed."""
_RARE = (_R.TEACHER_ASSISTANT, _R.SPECIAL_EDUCATOR, _R.SIGN_LANGUAGE_INTERPRETER, _R.ASSISTANT, _R.OCCUPATIONAL_THERAPIST)


@dataclass(slots=True)
class Team:
    """Keys of who works on a school's plans."""

    author: str
    head: str
    coordinator: str | None
    agency: str
    providers: dict[SpecialistRole, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Post:
    user: str
    username: str
    role: str
    level: str
    municipality: str = NULL
    institution: str = NULL
    since: str = ""


class Staff:
    """Teams of all schools, and the rows that make them."""

    def __init__(self, *, schools: list[School], peak: list[int], rng: Random) -> None:
        self._rng = rng
        self._names = CountryNames(rng)
        self._posts: list[_Post] = []
        self._coordinators: dict[str, str] = {}
        self._agency = self._hire("dc.agency.team", "ikvd", "STATE", since="2017-03-16")
        self.teams = [self._team(school, peak[number], number) for number, school in enumerate(schools)]
        for number in range(1, max(2, round(SUPERVISORS * len(schools) / 600)) + 1):
            self._hire(f"dc.supervisor.{number}", "expert", "STATE", since="2019-09-02")

    def users(self) -> Iterator[str]:
        """Rows of `USERS`."""
        template = USERS.template("id", "username", "first_name", "last_name", "sort_key", "date_joined")
        for post in self._posts:
            _gender, given, family = self._names.draw()
            key = clean(sort_key(f"{family} {given}"))
            yield template % (post.user, clean(post.username), given, family, key, f"{post.since} 08:00:00+02:00")

    def assignments(self) -> Iterator[str]:
        """Rows of `ASSIGNMENTS`."""
        template = ASSIGNMENTS.template("id", "user_id", "role", "level", "municipality_id", "institution_id", "valid_from")
        keys = Keys(self._rng, since=1_504_500_000)
        for post in self._posts:
            yield template % (keys.next(), post.user, post.role, post.level, post.municipality, post.institution, post.since)

    def _team(self, school: School, peak: int, number: int) -> Team:
        code = school.code.lower()
        team = Team(
            author=self._hire(f"{code}.author", "plan_author", "INSTITUTION", school=school),
            head=self._hire(f"{code}.head", "institution_head", "INSTITUTION", school=school),
            coordinator=None if school.is_state else self._coordinator(school),
            agency=self._agency,
        )
        kind = "vocational_coordinator" if school.is_state else "institution_coordinator"
        self._hire(f"{code}.coordinator", kind, "INSTITUTION", school=school)
        counts = {
            _R.TEACHER: max(2, math.ceil(peak * 15 / HOURS_OF_A_TEACHER)),
            _R.PSYCHOLOGIST: max(1, round(peak / 60)),
            _R.SOCIAL_PEDAGOGUE: max(1, round(peak / 60)),
            _RARE[number % len(_RARE)]: 1,
        }
        if peak > 12:
            counts.setdefault(_R.SPECIAL_EDUCATOR, 1)
        for role, count in counts.items():
            team.providers[role] = [
                self._hire(f"{code}.{role.value.lower()}.{place}", "support_provider", "INSTITUTION", school=school)
                for place in range(1, count + 1)
            ]
        return team

    def _coordinator(self, school: School) -> str:
        code = school.municipality
        if code not in self._coordinators:
            name = f"dc.{code.lower()}.coordinator"
            self._coordinators[code] = self._hire(
                name, "municipality_coordinator", "MUNICIPALITY", municipality=code, since="2017-04-03"
            )
        return self._coordinators[code]

    def _hire(
        self, username: str, role: str, level: str, *, school: School | None = None, municipality: str = "", since: str = ""
    ) -> str:
        user = random_key(self._rng)
        self._posts.append(
            _Post(
                user=user,
                username=f"staff.{username}",
                role=role,
                level=level,
                municipality=municipality_id(municipality).hex if municipality else NULL,
                institution=school.id if school else NULL,
                since=since or f"{min(school.joined_on.isoformat(), '2023-09-01') if school else ''}",
            )
        )
        return user


USERS = Line(
    User,
    password=UNUSABLE_PASSWORD,
    last_login=NULL,
    is_superuser="f",
    email="",
    is_staff="f",
    is_active="t",
    is_service="f",
)
ASSIGNMENTS = Line(Assignment, version="1", region_id=NULL, valid_to=NULL)

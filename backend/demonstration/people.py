"""Staff and learners of the demonstration."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from uuid import UUID

from backend.accounts.models import Assignment, Level, Role, User
from backend.cases.learners.models import Enrolment, EnrolmentEnd, Learner, ProgrammeKind
from backend.cases.learners.names import name_keys
from backend.demonstration.calendar import at
from backend.demonstration.names import Names
from backend.demonstration.places import Place, unit_id
from backend.demonstration.rows import Rows
from backend.registry.models import SpecialistRole
from backend.territory.reference import municipality_id

SINCE = dt.date(2022, 9, 1)
UNUSABLE_PASSWORD = "!no-sign-in"  # noqa: S105 (marks an account that cannot sign in)


@dataclass(frozen=True)
class Team:
    """Who works on an institution's plans."""

    author: UUID
    head: UUID
    coordinator: UUID | None
    """The municipality's coordinator; a state institution has none in its chain."""
    agency: UUID
    providers: dict[SpecialistRole, list[UUID]]


@dataclass(frozen=True)
class Pupil:
    """A learner and the enrolment of one school year."""

    learner: Learner
    enrolment: Enrolment


class People:
    """Makes staff and learners."""

    def __init__(self, *, rows: Rows, names: Names, rng: Random) -> None:
        self._rows, self._names, self._rng = rows, names, rng
        self._shared: dict[str, UUID] = {}

    def team(self, *, place: Place, providers: dict[SpecialistRole, int]) -> Team:
        """The staff of an institution: nobody of them can sign in (those who can: `make_demo_access`)."""
        code = place.code.lower()
        return Team(
            author=self._hire(f"{code}.author", Role.PLAN_AUTHOR, place),
            head=self._hire(f"{code}.head", Role.INSTITUTION_HEAD, place),
            coordinator=None if place.is_state else self._coordinator(place),
            agency=self._agency(),
            providers={
                role: [
                    self._hire(f"{code}.{role.value.lower()}.{number}", Role.SUPPORT_PROVIDER, place)
                    for number in range(1, count + 1)
                ]
                for role, count in providers.items()
            },
        )

    def enrol(self, *, place: Place, stage: int, unit: str = "", left_on: dt.date | None = None) -> Pupil:
        """A new learner in `stage` of the school year 2022/2023; without `left_on` they stay to the year's end."""
        name = self._names.draw()
        sort_key, search_key = name_keys(given_name=name.given, family_name=name.family)
        made_at = at(SINCE, dt.time(8))
        learner = self._rows.add(
            Learner,
            given_name=name.given,
            family_name=name.family,
            sort_key=sort_key,
            search_key=search_key,
            birth_date=self._birth_date(stage + (9 if place.is_state else 0)),
            registering_institution_id=place.id,
            created_at=made_at,
            updated_at=made_at,
        )
        enrolment = self._enrolment(learner=learner, place=place, stage=stage, starts_on=SINCE, unit=unit)
        enrolment.ends_on = left_on or dt.date(2023, 8, 31)
        enrolment.end_reason = EnrolmentEnd.LEFT if left_on else EnrolmentEnd.PROMOTED
        return Pupil(learner, enrolment)

    def move_up(self, *, pupil: Pupil, place: Place, stage: int | None = None, unit: str = "") -> Pupil:
        """The learner's enrolment of 2023/2024: the next stage, or `stage` of another institution.

        Changes why the year before ended, where the learner moved or finished.
        """
        before = pupil.enrolment
        if before.institution_id != place.id:
            before.end_reason = EnrolmentEnd.COMPLETED if before.stage == 9 else EnrolmentEnd.MOVED
        enrolment = self._enrolment(
            learner=pupil.learner, place=place, stage=stage or before.stage + 1, starts_on=dt.date(2023, 9, 1), unit=unit
        )
        return Pupil(pupil.learner, enrolment)

    def _enrolment(self, *, learner: Learner, place: Place, stage: int, starts_on: dt.date, unit: str) -> Enrolment:
        made_at = at(starts_on, dt.time(8))
        return self._rows.add(
            Enrolment,
            learner_id=learner.id,
            institution_id=place.id,
            structural_unit_id=unit_id(unit) if unit else None,
            programme_kind=ProgrammeKind.VOCATIONAL if place.is_state else ProgrammeKind.GENERAL,
            stage=stage,
            education_programme="Profesionālā vidējā izglītība" if place.is_state else _general_programme(stage),
            starts_on=starts_on,
            created_at=made_at,
            updated_at=made_at,
        )

    def _birth_date(self, grade: int) -> dt.date:
        """A birthday that makes the learner seven in the calendar year of the first grade."""
        first = dt.date(2022 - grade - 6, 1, 1)
        return first + dt.timedelta(days=self._rng.randrange(365))

    def _hire(self, username: str, role: Role, place: Place) -> UUID:
        user = self._user(username)
        self._assign(user, role, Level.INSTITUTION, institution_id=place.id)
        return user.id

    def _coordinator(self, place: Place) -> UUID:
        username = f"{place.municipality.lower()}.coordinator"
        if username not in self._shared:
            user = self._user(username)
            self._assign(
                user, Role.MUNICIPALITY_COORDINATOR, Level.MUNICIPALITY, municipality_id=municipality_id(place.municipality)
            )
            self._shared[username] = user.id
        return self._shared[username]

    def _agency(self) -> UUID:
        if "agency" not in self._shared:
            user = self._user("agency.team")
            self._assign(user, Role.IKVD, Level.STATE)
            self._shared["agency"] = user.id
        return self._shared["agency"]

    def _user(self, username: str) -> User:
        name = self._names.draw()
        return self._rows.add(
            User,
            username=f"staff.{username}",
            first_name=name.given,
            last_name=name.family,
            password=UNUSABLE_PASSWORD,
            date_joined=at(SINCE, dt.time(8)),
        )

    def _assign(self, user: User, role: Role, level: Level, **unit: UUID) -> None:
        self._rows.add(Assignment, user_id=user.id, role=role, level=level, valid_from=SINCE, **unit)


def _general_programme(stage: int) -> str:
    return "Vispārējā vidējā izglītība" if stage > 9 else "Pamatizglītība"

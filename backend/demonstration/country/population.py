"""The country's course: who learns where, year by year, who gets a plan in which semester, who leaves early and why.

This is the model behind every row. Each learner has a need that no table shows. It raises absences, lowers marks and raises the
odds of leaving early. Learners of greater need get a first plan, and who looks worse in the figures of earlier semesters goes on
with one: the planted bias of selection. An approved plan, whatever is planned in it, lowers the odds of leaving in its semester:
the planted effect. The numbers stand here and in docs/demo-country.md.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from backend.core.text import nfc
from backend.demonstration.country import figures, targets
from backend.demonstration.country.codes import PersonalCodes
from backend.demonstration.country.keys import random_key
from backend.demonstration.country.naming import CountryNames, without_diacritics
from backend.demonstration.country.places import School
from backend.demonstration.country.sharing import fitted, shares
from backend.territory.models import Semester

NEED_WITH_PLAN, NEED_WITHOUT_PLAN = 0.35, -0.65
"""Means of the need (standard deviation 1): who gets a plan needs it more."""
AGAIN_GAP, AGAIN_WORRY, AGAIN_CHANCE = 0.8, 0.7, 4.0
"""Who gets a plan again, at each school: what a semester without one counts against it, a unit of worry for it, and chance at
most. Chance is wide enough that learners alike are found with a plan and without one."""
LEAVE_BASE, LEAVE_NEED, LEAVE_VOCATIONAL, LEAVE_EFFECT = -4.4, 0.9, 0.4, -0.7
"""Log-odds of leaving early in one semester: at need 0, for each unit of need, in vocational education, with a plan."""
MOVES, REPEATS, NEVER_APPROVED = 0.015, 0.012, 0.006
WITHOUT_CODE = 0.004
"""Share of the learners who have no personal code yet; nobody who stands twice is among them. Assumed."""
WATCHED_FIRST, WATCHED_LEAST, WATCHED_MOST = 0.12, 3, 5
"""Beside each learner who gets a plan at once, how many are watched first, and for how many semesters until theirs. Assumed."""
STARTS_LATE = 0.06
"""Share of the learners who are a year older than their class; they repeat none. Assumed."""
AFTER_NINE_VOCATIONAL, AFTER_NINE_STAYS = 0.3, 0.35
JOINS_IN_TIME = dt.timedelta(days=70)
"""An institution that joins this long after a semester began still writes plans in it."""
_FIRST_AGE = 6
_LEFT, _MOVED, _COMPLETED, _PROMOTED, _OTHER = "LEFT", "MOVED", "COMPLETED", "PROMOTED", "OTHER"


@dataclass(slots=True)
class Stay:
    """An enrolment: one school year, or a part of it, in one stage of one institution."""

    id: str
    school: int
    stage: int
    starts_on: dt.date
    known_on: dt.date
    ends_on: dt.date | None = None
    reason: str = ""


@dataclass(slots=True)
class Person:
    """A learner."""

    id: str
    gender: str
    given: str
    family: str
    born: dt.date
    code: str
    """Empty for a few who have none yet."""
    need: float
    registered_at: int
    stays: list[Stay] = field(default_factory=list)
    seen: figures.Seen = field(default_factory=figures.Seen)
    plans: int = 0
    last_plan: int = -9
    double_of: str = ""
    """Key of the same person's first row, where this one is a duplicate."""
    merged_on: dt.date | None = None
    """When somebody saw that it is one, and merged it into the first."""


@dataclass(slots=True)
class PlanStub:
    """That a learner has a plan in a semester; `stops_on` where they left education in it."""

    person: Person
    stay: Stay
    semester: int
    stops_on: dt.date | None = None
    goes_on: bool = False
    """Whether the learner has a plan in the next semester too."""
    approved: bool = True
    """False for a plan that was sent back and then left: it counts nowhere."""


@dataclass(slots=True)
class Chances:
    """Leaving early in one semester, as decided: learners, and how many of them would leave with a plan and without one.

    Sums of probabilities, so the true average effect among them is `(with_plan - without_plan) / learners`.
    """

    learners: int = 0
    with_plan: float = 0.0
    without_plan: float = 0.0

    def add(self, score: float, share: float) -> None:
        """One more learner of these log-odds without a plan, in a semester of which `share` is over."""
        self.learners += 1
        self.without_plan += share / (1 + math.exp(-score))
        self.with_plan += share / (1 + math.exp(-score - LEAVE_EFFECT))


Told = tuple[Person, Stay, figures.Figures]


@dataclass
class Population:
    """Everything that was decided."""

    schools: list[School]
    semesters: list[Semester]
    people: list[Person] = field(default_factory=list)
    plans: list[list[PlanStub]] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)
    """Most plans of a semester, by school."""
    planned: list[Chances] = field(default_factory=list)
    """The truth about leaving early of those who had a plan, semester by semester."""
    unplanned: list[Chances] = field(default_factory=list)
    """The same of those who had none."""
    figures: list[list[Told]] = field(default_factory=list)
    """What schools told at the end of each semester; nothing of one that is not over."""


class Course:
    """Runs the years."""

    def __init__(
        self, *, schools: list[School], semesters: list[Semester], scale: float, standing: list[int], rng: Random
    ) -> None:
        self._schools, self._semesters, self._scale, self._standing, self._rng = schools, semesters, scale, standing, rng
        self._names, self._codes = CountryNames(rng), PersonalCodes(rng)
        self._world = Population(schools=schools, semesters=semesters, peak=[0] * len(schools))
        self._active: list[Person] = []
        self._watched: dict[str, int] = {}
        """Learners without a plan yet, by the semester from which on they get theirs."""
        self._stub_of: dict[str, PlanStub] = {}
        self._by_municipality: dict[tuple[str, bool], list[int]] = defaultdict(list)
        for place, school in enumerate(schools):
            self._by_municipality[school.municipality, school.vocational].append(place)
        self._vocational = [place for place, school in enumerate(schools) if school.vocational]

    def run(self) -> Population:
        """Decide everything, semester by semester."""
        for place, semester in enumerate(self._semesters):
            if semester.number == 1 and place:
                self._turn_year(semester)
            self._world.figures.append([])
            self._give_plans(place, semester)
            self._leave_early(place, semester)
        self._add_doubles()
        self._take_codes_away()
        return self._world

    # -- plans --------------------------------------------------------------------------------------------------------
    def _give_plans(self, place: int, semester: Semester) -> None:
        target = targets.SEMESTERS[place]
        whole = targets.plans(target, scale=self._scale, standing=self._standing[place])
        fresh = round(whole * target.new_learners / target.plans)
        lowest = 5 if semester.starts_on < dt.date(2021, 9, 1) else 1
        candidates = self._candidates(place, semester, lowest)
        latest = semester.starts_on + JOINS_IN_TIME
        open_schools = [number for number, school in enumerate(self._schools) if school.joined_on <= latest]
        demand = shares(whole, {number: self._schools[number].weight for number in open_schools})
        going_on = fitted(whole - fresh, {number: (demand[number], len(candidates[number])) for number in open_schools})
        stubs, waiting = [], self._whose_turn_it_is(place)
        for number in open_schools:
            chosen = candidates[number][: going_on.get(number, 0)]
            missing = demand[number] - len(chosen)
            stubs += [self._plan(person, place) for person in chosen]
            awaited = waiting[number][:missing]
            stubs += [self._plan(person, place) for person in awaited]
            for person in awaited:
                del self._watched[person.id]
            for _ in range(round(missing * WATCHED_FIRST)):
                self._watched[self._enter(number, place, lowest, NEED_WITH_PLAN).id] = place + self._rng.randint(
                    WATCHED_LEAST, WATCHED_MOST
                )
            for _ in range(missing - len(awaited)):
                person = self._enter(number, place, lowest, NEED_WITH_PLAN)
                stubs.append(self._plan(person, place))
            self._world.peak[number] = max(self._world.peak[number], demand[number])
        untreated = round(targets.UNTREATED * self._scale * target.plans / 123_497)
        for _ in range(max(1, untreated)):
            self._enter(self._rng.choice(open_schools), place, lowest, NEED_WITHOUT_PLAN)
        self._rng.shuffle(stubs)
        stubs.sort(key=lambda stub: stub.stay.school)
        self._world.plans.append(stubs)
        for stub in stubs:
            before = self._stub_of.get(stub.person.id)
            if before and before.semester == place - 1:
                before.goes_on = True
            self._stub_of[stub.person.id] = stub
        unplanned = [person for person in self._active if not person.plans and person.stays[-1].stage >= lowest]
        left = min(len(unplanned), max(1, round(len(stubs) * NEVER_APPROVED)))
        stubs += [
            PlanStub(person=person, stay=person.stays[-1], semester=place, approved=False)
            for person in self._rng.sample(unplanned, left)
        ]

    def _whose_turn_it_is(self, place: int) -> dict[int, list[Person]]:
        """Learners who were watched long enough to get their first plan, by school."""
        found: dict[int, list[Person]] = defaultdict(list)
        for person in self._active:
            if self._watched.get(person.id, place + 1) <= place:
                found[person.stays[-1].school].append(person)
        return found

    def _candidates(self, place: int, semester: Semester, lowest: int) -> dict[int, list[Person]]:
        """Learners with a plan before, by school; those of the last semester and of whom figures tell most come first."""
        found: dict[int, list[tuple[float, Person]]] = defaultdict(list)
        for person in self._active:
            if person.plans:
                stay = person.stays[-1]
                if stay.stage >= lowest or self._schools[stay.school].vocational:
                    gap = place - person.last_plan
                    turn = gap * AGAIN_GAP - person.seen.worry() * AGAIN_WORRY + self._rng.random() * AGAIN_CHANCE
                    found[stay.school].append((turn, person))
        ordered: dict[int, list[Person]] = defaultdict(list)
        for number, scored in found.items():
            ordered[number] = [person for _score, person in sorted(scored, key=lambda pair: pair[0])]
        return ordered

    def _plan(self, person: Person, place: int) -> PlanStub:
        person.plans += 1
        person.last_plan = place
        return PlanStub(person=person, stay=person.stays[-1], semester=place)

    def _enter(self, number: int, place: int, lowest: int, need: float) -> Person:
        """A learner whom the programme meets now, at a school where they have been since September."""
        rng, school, semester = self._rng, self._schools[number], self._semesters[place]
        first = school.lowest if school.vocational else max(school.lowest, lowest)
        stages = list(range(first, school.highest + 1))
        weights = [1.0] * len(stages) if school.vocational else [1.6 if 6 <= stage <= 9 else 0.9 for stage in stages]
        stage = rng.choices(stages, weights)[0]
        gender, given, family = self._names.draw()
        year = int(semester.school_year[:4])
        before = _years_before(stage, vocational=school.vocational)
        born = dt.date(year - before - _FIRST_AGE - (rng.random() < STARTS_LATE), 1, 1) + dt.timedelta(days=rng.randrange(365))
        person = Person(
            id=random_key(rng),
            gender=gender,
            given=nfc(given),
            family=nfc(family),
            born=born,
            code=self._codes.draw(born),
            need=rng.gauss(need, 1.0),
            registered_at=number,
        )
        begins = self._semesters[place - semester.number + 1].starts_on
        person.stays.append(
            Stay(id=self._key(), school=number, stage=stage, starts_on=begins, known_on=max(begins, semester.starts_on))
        )
        self._world.people.append(person)
        self._active.append(person)
        if semester.number == 2:
            self._tell(place - 1, person, with_plan=False)
        return person

    # -- leaving and moving -------------------------------------------------------------------------------------------
    def _leave_early(self, place: int, semester: Semester) -> None:
        rng = self._rng
        with_plan = {stub.person.id: stub for stub in self._world.plans[place] if stub.approved}
        last = min(semester.ends_on, targets.AS_OF - dt.timedelta(days=1))
        length = (last - semester.starts_on).days
        # What is over of the semester: in the running one only some have left yet.
        share = length / (semester.ends_on - semester.starts_on).days
        staying, planned, unplanned = [], Chances(), Chances()
        self._world.planned.append(planned)
        self._world.unplanned.append(unplanned)
        for person in self._active:
            stub, stay = with_plan.get(person.id), person.stays[-1]
            score = LEAVE_BASE + LEAVE_NEED * person.need
            score += LEAVE_VOCATIONAL * self._schools[stay.school].vocational
            (planned if stub else unplanned).add(score, share)
            score += LEAVE_EFFECT if stub else 0.0
            if rng.random() < share / (1 + math.exp(-score)):
                stay.ends_on = semester.starts_on + dt.timedelta(days=rng.randint(min(30, length - 1), length))
                stay.reason = _LEFT
                if stub:
                    stub.stops_on = stay.ends_on
            else:
                staying.append(person)
            self._tell(place, person, with_plan=stub is not None)
        self._active = staying

    def _tell(self, place: int, person: Person, *, with_plan: bool) -> None:
        """The school tells a semester's figures of a learner, if it is over and they were there for long enough."""
        semester, stay = self._semesters[place], person.stays[-1]
        present = (min(stay.ends_on or semester.ends_on, semester.ends_on) - semester.starts_on).days
        if semester.ends_on >= targets.AS_OF or present < figures.LEAST_DAYS or self._rng.random() < figures.MISSING:
            return
        told = figures.draw(
            need=person.need,
            vocational=self._schools[stay.school].vocational,
            stage=stay.stage,
            part=present / (semester.ends_on - semester.starts_on).days,
            with_plan=with_plan,
            rng=self._rng,
        )
        person.seen.add(told)
        self._world.figures[place].append((person, stay, told))

    def _turn_year(self, semester: Semester) -> None:
        """Summer: everybody's year ends; most begin the next stage, some elsewhere."""
        begins = semester.starts_on
        ended = dt.date(begins.year, 8, 31)
        staying = []
        for person in self._active:
            stay = person.stays[-1]
            reason, school, stage = self._next(person, stay)
            stay.ends_on, stay.reason = ended, reason
            if school is None or self._schools[school].joined_on > begins + JOINS_IN_TIME:
                stay.reason = _COMPLETED if reason in (_COMPLETED, _MOVED) else reason
                continue
            person.stays.append(Stay(id=self._key(), school=school, stage=stage, starts_on=begins, known_on=begins))
            staying.append(person)
        self._active = staying

    def _next(self, person: Person, stay: Stay) -> tuple[str, int | None, int]:
        """(why the year ended, where the next is spent, in which stage); nowhere when the programme loses sight of them."""
        rng, school = self._rng, self._schools[stay.school]
        if stay.stage == 9 and not school.vocational:
            return self._after_nine(stay)
        if stay.stage >= school.highest:
            return _COMPLETED, None, 0
        if rng.random() < MOVES:
            others = [
                number
                for number in self._by_municipality[school.municipality, school.vocational]
                if number != stay.school and self._schools[number].highest > stay.stage >= self._schools[number].lowest
            ]
            if others:
                return _MOVED, rng.choice(others), stay.stage + 1
        late = stay.starts_on.year - person.born.year - _FIRST_AGE - _years_before(stay.stage, vocational=school.vocational)
        if rng.random() < REPEATS and not late:
            return _OTHER, stay.school, stay.stage
        return _PROMOTED, stay.school, stay.stage + 1

    def _after_nine(self, stay: Stay) -> tuple[str, int | None, int]:
        drawn = self._rng.random()
        if drawn < AFTER_NINE_VOCATIONAL and self._vocational:
            return _COMPLETED, self._rng.choice(self._vocational), 1
        if self._schools[stay.school].highest == 12 and drawn < AFTER_NINE_VOCATIONAL + AFTER_NINE_STAYS:
            return _PROMOTED, stay.school, 10
        return _COMPLETED, None, 0

    # -- duplicates ---------------------------------------------------------------------------------------------------
    def _add_doubles(self) -> None:
        """The same person registered twice, by another school that typed the name without its marks: the truth is known."""
        count = max(4, round(len(self._world.people) * 0.002))
        for place, original in enumerate(self._rng.sample(self._world.people, count)):
            stay = original.stays[0]
            elsewhere = [number for number in range(len(self._schools)) if number != stay.school]
            number = self._rng.choice(elsewhere)
            self._world.people.append(
                Person(
                    id=random_key(self._rng),
                    gender=original.gender,
                    given=without_diacritics(original.given),
                    family=without_diacritics(original.family),
                    born=original.born,
                    code=original.code,
                    need=original.need,
                    registered_at=number,
                    double_of=original.id,
                    merged_on=dt.date(2021, 3, 22) if place % 3 == 0 else None,
                )
            )

    def _take_codes_away(self) -> None:
        """Some have no personal code yet; a pair is known by its code, so both of a pair have one."""
        paired = {person.double_of for person in self._world.people if person.double_of}
        for person in self._world.people:
            if not person.double_of and person.id not in paired and self._rng.random() < WITHOUT_CODE:
                person.code = ""

    def _key(self) -> str:
        return random_key(self._rng)


def _years_before(stage: int, *, vocational: bool) -> int:
    """Years since a learner of the usual age turned six, in the calendar year in which they begin the stage."""
    return stage + (9 if vocational else 0)

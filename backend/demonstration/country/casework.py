"""Plans with their steps, risks and measures: what the case work of one semester leaves behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import TypeVar

from backend.cases.plans.models import Measure, PlanStatus, PlanStep, RiskAssessment, SupportPlan
from backend.cases.plans.services import plan_number
from backend.demonstration.casework import path_to
from backend.demonstration.country import targets
from backend.demonstration.country.copying import NULL, Line
from backend.demonstration.country.days import Days, moment
from backend.demonstration.country.keys import Chance, Keys, key_after
from backend.demonstration.country.places import School
from backend.demonstration.country.population import PlanStub
from backend.demonstration.country.staff import Team
from backend.demonstration.texts import RESULTS, RETURN_COMMENTS, SUBJECTS
from backend.registry.models import SpecialistRole
from backend.registry.reference import measure_kind_id
from backend.territory.models import Semester

T = TypeVar("T")
_S = PlanStatus
_L, _E, _F, _H = "LEARNING_INSTITUTION", "ECONOMIC", "FAMILY", "SOCIAL_HEALTH"
# Which groups of risk a plan names: (groups, share). General schools come to the published mix of 2019/2020, vocational ones
# to that of Ogre technical school (domain.md 2, 5); how the groups fall together is assumed.
MIX = {
    False: (
        ((_L,), 0.693),
        ((_L, _E), 0.143),
        ((_E,), 0.097),
        ((_L, _F), 0.0408),
        ((_L, _H), 0.0173),
        ((_F,), 0.005),
        ((_H,), 0.0039),
    ),
    True: (
        ((_E,), 0.390),
        ((_L,), 0.360),
        ((_L, _E), 0.130),
        ((_L, _F), 0.030),
        ((_L, _H), 0.020),
        ((_E, _F), 0.020),
        ((_H,), 0.028),
        ((_F,), 0.022),
    ),
}
COSTS = {
    False: (
        ("CATERING", 0.38),
        ("PUBLIC_TRANSPORT", 0.34),
        ("LEARNING_TOOLS", 0.11),
        ("PERSONAL_ITEMS", 0.11),
        ("ACCOMMODATION", 0.04),
        ("SPECIAL_TRANSPORT", 0.02),
    ),
    True: (("CATERING", 0.68), ("ACCOMMODATION", 0.18), ("PUBLIC_TRANSPORT", 0.10), ("PERSONAL_ITEMS", 0.04)),
}
SECOND_COST, YOUTH_PROJECT, RETURNED = 0.35, 0.03, 0.08
AMOUNTS = {
    "CATERING": (150, 260),
    "ACCOMMODATION": (110, 180),
    "PUBLIC_TRANSPORT": (60, 170),
    "SPECIAL_TRANSPORT": (150, 300),
    "LEARNING_TOOLS": (15, 60),
    "PERSONAL_ITEMS": (30, 110),
}
"""Planned euro for a semester. Catering is set by the seed school's 210 euro a learner; the rest is assumed."""
_HOURS = {
    _S.DRAFT: 9,
    _S.SUBMITTED: 10,
    _S.APPROVED_BY_INSTITUTION: 11,
    _S.APPROVED_BY_MUNICIPALITY: 13,
    _S.ACTIVE: 14,
    _S.RETURNED: 12,
    _S.INTERRUPTED: 15,
    _S.EVALUATED: 15,
    _S.CLOSED: 16,
}
# How plans of the running semester stand on the day on which the country is told.
RUNNING = (
    (_S.ACTIVE, 0.86),
    (_S.SUBMITTED, 0.04),
    (_S.APPROVED_BY_INSTITUTION, 0.04),
    (_S.DRAFT, 0.03),
    (_S.RETURNED, 0.02),
    (_S.APPROVED_BY_MUNICIPALITY, 0.01),
)

# Why a plan was interrupted no source tells.
PLANS = Line(SupportPlan, interrupted_on=NULL, interruption_ground_id=NULL)
STEPS = Line(PlanStep, role="")
RISKS = Line(RiskAssessment, version="1", note="", assessed_by_id=NULL)
MEASURES = Line(Measure, version="1", months="{}", note="")


@dataclass(slots=True)
class Support:
    """A measure, as delivery and settlement need it."""

    id: str
    learner: str
    school: int
    kind: str
    held: int
    """Consultations to hold, 0 for other measures."""
    amount: int
    """Planned euro, 0 for other measures."""
    first: dt.date
    last: dt.date


@dataclass
class Written:
    """Rows of one semester by table, and its measures."""

    plans: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    risks: list[str] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)
    supports: list[Support] = field(default_factory=list)


class Semesters:
    """Writes semesters one by one; the same again for the same seed."""

    def __init__(
        self, *, schools: list[School], teams: list[Team], factors: dict[str, list[str]], days: Days, chance: Chance
    ) -> None:
        self._schools, self._teams, self._factors, self._days, self._chance = schools, teams, factors, days, chance
        self._kinds = {code: measure_kind_id(code).hex for code in (*SpecialistRole.values, *AMOUNTS, "YOUTH_PROJECT")}
        self._moments: dict[tuple[int, int], str] = {}
        self._to_go_on: dict[str, tuple[int, int, str]] = {}
        self._plan_line = PLANS.template(*PLANS.without_defaults)
        self._step_line = STEPS.template(*STEPS.without_defaults)
        self._risk_line = RISKS.template(*RISKS.without_defaults)
        self._measure_line = MEASURES.template(*[c for c in MEASURES.columns if c not in ("version", "months", "note")])

    def write(self, semester: Semester, stubs: list[PlanStub], *, place: int) -> Written:
        """Every row of the semester's plans."""
        rng = self._chance(f"casework:{semester.code}")
        since = dt.datetime.combine(semester.starts_on, dt.time(), tzinfo=dt.UTC).timestamp()
        one = _OneSemester(self, semester, rng, Keys(rng, since=since), counted=targets.SEMESTERS[place].counted)
        for stub in stubs:
            one.plan(stub)
        return one.written

    def carried(self, stub: PlanStub, plan: str, *, goes_on: bool) -> str:
        """Key of the last semester's plan that `plan` goes on with: of the same institution, evaluated to be continued."""
        semester, school, before = self._to_go_on.pop(stub.person.id, (-1, -1, NULL))
        if goes_on:
            self._to_go_on[stub.person.id] = (stub.semester, stub.stay.school, plan)
        return before if (semester, school) == (stub.semester - 1, stub.stay.school) else NULL

    def at(self, position: int, hour: int) -> str:
        """The moment of a working day's position."""
        key = (position, hour)
        if key not in self._moments:
            self._moments[key] = moment(self._days.working[position], hour, 10 + (position * 7) % 40)
        return self._moments[key]


_Wish = tuple[str, str, int, int, str]
"""Kind, group of risk, hours to hold, euro, subject."""


@dataclass(slots=True)
class _Step:
    status: PlanStatus
    at: str
    day: int
    actor: str
    comment: str


@dataclass(slots=True)
class _Opened:
    """A plan whose measures are still to be written."""

    stub: PlanStub
    plan: str
    groups: tuple[str, ...]
    risks: dict[str, str]
    steps: list[_Step]
    interrupted: bool


class _OneSemester:
    def __init__(self, house: Semesters, semester: Semester, rng: Random, keys: Keys, *, counted: bool) -> None:
        self._house, self._semester, self._rng, self._keys, self._counted = house, semester, rng, keys, counted
        days = house._days
        self._begin, self._end = days.position(semester.starts_on), days.last_until(semester.ends_on)
        self._today = days.position(targets.AS_OF) - 1
        self._numbers: dict[int, int] = {}
        self._mix = {kind: _cumulative(mix) for kind, mix in MIX.items()}
        self._costs = {kind: _cumulative(costs) for kind, costs in COSTS.items()}
        self._running = _cumulative(RUNNING)
        self._semester_id = str(semester.id)
        self.written = Written()

    def plan(self, stub: PlanStub) -> None:
        """One plan with all that hangs on it, as far as it got."""
        school, status = self._house._schools[stub.stay.school], _S.CLOSED if self._rng.random() < 0.86 else _S.EVALUATED
        if not stub.approved:
            status = _S.RETURNED
        elif not self._counted:
            status = _pick(self._rng, self._running)
        if stub.stops_on and status in (_S.ACTIVE, _S.EVALUATED, _S.CLOSED):
            status = _S.INTERRUPTED
        if school.is_state and status == _S.APPROVED_BY_MUNICIPALITY:
            status = _S.APPROVED_BY_INSTITUTION
        self._write(stub, status)

    def _write(self, stub: PlanStub, status: PlanStatus) -> None:
        school = self._house._schools[stub.stay.school]
        steps = self._steps(stub, status, school)
        first = steps[0].day
        period_from = self._house._days.working[first]
        moments: dict[PlanStatus, str] = {step.status: step.at for step in steps}
        number = self._numbers[stub.stay.school] = self._numbers.get(stub.stay.school, 0) + 1
        plan = self._keys.next()
        evaluated = _S.EVALUATED in moments
        continued = stub.goes_on or self._rng.random() < 0.15
        # Half of the drafts wait for the paper; the half is told by the key, which shifts no draw.
        signed = _S.SUBMITTED in moments or plan[-1] < "8"
        values = {
            "id": plan,
            "version": len(steps),
            "created_at": steps[0].at,
            "updated_at": steps[-1].at,
            "number": plan_number(institution_code=school.code, semester=self._semester, sequence=number),
            "learner_id": stub.person.id,
            "institution_id": school.id,
            "enrolment_id": stub.stay.id,
            "semester_id": self._semester_id,
            "status": status.value,
            "period_from": period_from,
            "period_to": self._semester.plan_period_ends_on if self._semester.number == 1 else self._semester.ends_on,
            "author_id": self._house._teams[stub.stay.school].author,
            "application_id": key_after(plan, "application") if signed else NULL,
            "carried_from_id": self._house.carried(stub, plan, goes_on=evaluated and continued),
            "submitted_at": moments.get(_S.SUBMITTED, NULL),
            "activated_at": moments.get(_S.ACTIVE, NULL),
            "evaluated_at": moments.get(_S.EVALUATED, NULL),
            "closed_at": moments.get(_S.CLOSED, NULL),
            "interrupted_at": moments.get(_S.INTERRUPTED, NULL),
            "result_text": self._rng.choice(RESULTS) if evaluated else "",
            "continue_next": ("t" if continued else "f") if evaluated else NULL,
        }
        self.written.plans.append(self._house._plan_line % tuple(values[column] for column in PLANS.without_defaults))
        before = ""
        for step in steps:
            row = (self._keys.next(), plan, school.id, before, step.status.value, step.actor, step.at, step.comment)
            self.written.steps.append(self._house._step_line % row)
            before = step.status.value
        groups = _pick(self._rng, self._mix[school.vocational])
        risks = self._risks(plan, school, groups, steps[0].at, moments.get(_S.EVALUATED))
        self._measures(_Opened(stub, plan, groups, risks, steps, interrupted=_S.INTERRUPTED in moments))

    def _steps(self, stub: PlanStub, status: PlanStatus, school: School) -> list[_Step]:
        rng, team = self._rng, self._house._teams[stub.stay.school]
        path = path_to(status, is_state=school.is_state)
        if _S.ACTIVE in path and rng.random() < RETURNED:
            place = path.index(_S.SUBMITTED) + 1
            path = [*path[:place], _S.RETURNED, _S.SUBMITTED, *path[place:]]
        actors = {
            _S.APPROVED_BY_INSTITUTION: team.head,
            _S.APPROVED_BY_MUNICIPALITY: team.coordinator or team.agency,
            _S.ACTIVE: team.agency,
            _S.RETURNED: team.head,
            _S.CLOSED: team.head,
        }
        day = self._begin + int(rng.triangular(1, 9 if not self._counted else 5, 3))
        day = min(day, self._today - 12) if not self._counted else day
        latest = self._today if not self._counted else len(self._house._days.working) - 1
        steps: list[_Step] = []
        for step in path:
            if step == _S.EVALUATED:
                day = max(day, self._end - rng.randint(0, 8))
            elif step == _S.INTERRUPTED:
                stopped = self._house._days.position(stub.stops_on) if stub.stops_on else day + 5
                day = max(day, stopped)
            elif step == _S.CLOSED:
                day += rng.randint(1, 9)
            day = min(day, latest)
            comment = rng.choice(RETURN_COMMENTS) if step == _S.RETURNED else ""
            steps.append(_Step(step, self._house.at(day, _HOURS[step]), day, actors.get(step, team.author), comment))
            day += 1 if not self._counted else rng.choice((1, 1, 1, 2, 2, 3))
        return steps

    def _risks(self, plan: str, school: School, groups: tuple[str, ...], made: str, evaluated: str | None) -> dict[str, str]:
        rng, first = self._rng, {}
        for group in groups:
            factors = self._house._factors[group]
            factor, level = factors[int(rng.random() ** 1.6 * len(factors))], rng.choice((1, 2, 2, 3, 3))
            first[group] = self._keys.next()
            line = self._house._risk_line
            self.written.risks.append(line % (first[group], made, made, plan, school.id, factor, "START", level))
            if evaluated:
                left = max(0, level - rng.choice((0, 1, 1, 2)))
                row = (self._keys.next(), evaluated, evaluated, plan, school.id, factor, "END", left)
                self.written.risks.append(line % row)
        return first

    def _measures(self, opened: _Opened) -> None:
        rng, stub, steps = self._rng, opened.stub, opened.steps
        school = self._house._schools[stub.stay.school]
        active = next((step.day for step in steps if step.status == _S.ACTIVE), None)
        days = self._house._days.working
        first = days[min(active + 1, len(days) - 1)] if active is not None else targets.AS_OF
        last = min(self._semester.ends_on, targets.AS_OF - dt.timedelta(days=1))
        if opened.interrupted:
            last = min(last, stub.stops_on or days[steps[-1].day])
        made = steps[0].at
        for kind, group, hours, euro, subject in self._wishes(stub.stay.school, school, opened.groups):
            key = self._keys.next()
            category = "CONSULTATION" if hours else "REIMBURSEMENT" if euro else "YOUTH_PROJECT"
            planned = hours + rng.randint(0, 3) if hours else NULL
            who = (opened.plan, stub.person.id, school.id)
            what = (self._house._kinds[kind], category, kind, opened.risks.get(group, NULL), subject, planned)
            row = (key, made, made, *who, *what, f"{euro}.00" if euro else NULL)
            self.written.measures.append(self._house._measure_line % row)
            if active is not None and first <= last and (hours or euro):
                self.written.supports.append(Support(key, stub.person.id, stub.stay.school, kind, hours, euro, first, last))

    def _wishes(self, number: int, school: School, groups: tuple[str, ...]) -> list[_Wish]:
        """What is planned against the groups of risk."""
        rng = self._rng
        wishes = self._consultations(number, school, groups) if any(group != _E for group in groups) else []
        if _E in groups:
            kinds = [_pick(rng, self._costs[school.vocational])]
            if rng.random() < SECOND_COST:
                second = _pick(rng, self._costs[school.vocational])
                kinds += [second] if second not in kinds else []
            wishes += [(kind, _E, 0, rng.randint(*AMOUNTS[kind]), "") for kind in kinds]
        if rng.random() < YOUTH_PROJECT and not school.vocational:
            wishes.append(("YOUTH_PROJECT", groups[0], 0, 0, ""))
        return wishes

    def _consultations(self, number: int, school: School, groups: tuple[str, ...]) -> list[_Wish]:
        """17 to 24 hours, divided among a teacher's subjects and the specialists that the risks ask for."""
        rng, providers = self._rng, self._house._teams[number].providers
        hours = rng.randint(targets.HOURS_LEAST, targets.HOURS_MOST)
        wishes: list[_Wish] = []
        if _F in groups:
            wishes.append(("SOCIAL_PEDAGOGUE", _F, rng.randint(5, 8), 0, ""))
        if _H in groups:
            kind = "SPECIAL_EDUCATOR" if SpecialistRole.SPECIAL_EDUCATOR in providers and rng.random() < 0.4 else "PSYCHOLOGIST"
            wishes.append((kind, _H, rng.randint(5, 8), 0, ""))
        left = hours - sum(wish[2] for wish in wishes)
        against = _L if _L in groups else groups[-1]
        if rng.random() < (0.22 if school.vocational else 0.1):
            others = [role.value for role in providers if role != SpecialistRole.TEACHER]
            kind = rng.choice(others)
            if kind not in [wish[0] for wish in wishes]:
                taken = rng.randint(4, 7)
                wishes.append((kind, against, taken, 0, ""))
                left -= taken
        if left > 0:
            subjects = rng.sample(SUBJECTS, 2)
            if left >= 10:
                half = left // 2
                wishes += [("TEACHER", against, half, 0, subjects[0]), ("TEACHER", against, left - half, 0, subjects[1])]
            else:
                wishes.append(("TEACHER", against, left, 0, subjects[0]))
        return wishes


def _pick(rng: Random, options: tuple[list[T], list[float]]) -> T:
    values, weights = options
    return rng.choices(values, cum_weights=weights)[0]


def _cumulative(options: Sequence[tuple[T, float]]) -> tuple[list[T], list[float]]:
    return [value for value, _share in options], list(accumulate(share for _value, share in options))

"""The commands of the case API as a door: what each must do or answer, from the facts and the oracle alone."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from backend.cases.delivery.models import Consultation
from backend.cases.learners.models import Learner
from backend.cases.plans.models import Measure, RiskAssessment, SupportPlan
from tests.isolation import oracle
from tests.isolation.doors import Case

Json = dict[str, Any]
WORDED_ALIKE = {"NOT_FOUND", "NOT_ALLOWED", "CONFLICT", "DUPLICATE"}
"""Codes whose words must not depend on what lies behind them."""
TRIES = 12
"""Draws among which a command that can be done is looked for: few can, in a country of so few learners."""


@dataclass
class Command:
    """An input, the problems that it must be answered with (none: it is done), and inputs that must be answered alike."""

    name: str
    given: Json
    told: list[oracle.Told]
    twins: list[Json] = field(default_factory=list)
    """The same with ids that nobody has and with a malformed one; sent where something is not found."""

    @property
    def done(self) -> bool:
        """Whether it must be done."""
        return not self.told


def drawn(case: Case, rng: Random, count: int) -> list[Command]:
    """Some commands of this user, allowed and not: every other one is looked for among those that can be done."""
    found = []
    for make in rng.sample(_MAKERS, k=count):
        tries = [make(case, rng) for _ in range(TRIES if rng.random() < 0.5 else 1)]
        found.append(next((one for one in tries if one.done), tries[0]))
    return found


def _register(case: Case, rng: Random) -> Command:
    number = _mostly(rng, range(len(case.country.schools)), lambda school: case.acts("registerLearner", school))
    given = {"givenName": "Ilze", "familyName": "Jaunā", "birthDate": "2009-03-01"}
    here = given | {"institutionId": case.country.schools[number].public_id}
    return Command("registerLearner", here, oracle.registering(case.country.world, case.posts, number))


def _enrol(case: Case, rng: Random) -> Command:
    world = case.country.world
    sighted = case.seen(Learner)
    at = _mostly(rng, range(len(world.learners)), lambda one: case.country.learners[one].pk in sighted)
    number = _mostly(rng, range(len(case.country.schools)), lambda school: case.acts("enrolLearner", school))
    ends = [stay.last for stay in world.learners[at].stays if stay.last is not None]
    first = rng.choice([world.day, world.day + dt.timedelta(days=200), *ends, *(day + dt.timedelta(days=1) for day in ends)])
    first = min(first, world.day + dt.timedelta(days=366))
    given = {
        "learnerId": case.country.learners[at].public_id,
        "institutionId": case.country.schools[number].public_id,
        "programmeKind": "GENERAL",
        "stage": 9,
        "startsOn": first.isoformat(),
    }
    told = oracle.enrolling(world, case.posts, world.learners[at], number, first)
    return Command("enrolLearner", given, told, _twins(given, "learnerId", Learner))


def _draft(case: Case, rng: Random) -> Command:
    world, semester = case.country.world, case.country.semester
    number = _mostly(rng, range(len(case.country.schools)), lambda school: case.acts("draftSupportPlan", school))
    at = _mostly(rng, range(len(world.learners)), lambda one: any(stay.school == number for stay in world.learners[one].stays))
    given = {
        "learnerId": case.country.learners[at].public_id,
        "institutionId": case.country.schools[number].public_id,
        "semesterCode": semester.code,
    }
    told = oracle.drafting(
        world, case.posts, world.learners[at], number, first=semester.starts_on, last=semester.plan_period_ends_on
    )
    return Command("draftSupportPlan", given, told, _twins(given, "learnerId", Learner))


def _measure(case: Case, rng: Random) -> Command:
    country = case.country
    if not country.rows[SupportPlan]:
        return _register(case, rng)
    plan = _mostly(
        rng, country.rows[SupportPlan], lambda row: case.acts("planMeasure", _school(case, row)) and row.status == "DRAFT"
    )
    risk = _mostly(rng, country.rows[RiskAssessment], lambda row: row.plan_id == plan.pk)
    given = {
        "planId": plan.public_id,
        "kindCode": "PSYCHOLOGIST",
        "plannedHours": 3,
        "riskId": risk.public_id,
    }
    told = oracle.planning(
        country.world, case.posts, _school(case, plan), draft=plan.status == "DRAFT", own_risk=risk.plan_id == plan.pk
    )
    named = ("riskId", RiskAssessment) if told == [("riskId", "NOT_FOUND")] else ("planId", SupportPlan)
    return Command("planMeasure", given, told, _twins(given, *named))


def _record(case: Case, rng: Random) -> Command:
    country, world = case.country, case.country.world
    if not country.rows[Measure]:
        return _register(case, rng)
    measure = _mostly(
        rng,
        country.rows[Measure],
        lambda row: row.kind_code == "TEACHER" and row.plan.status == "ACTIVE" and case.attached(_school(case, row)),
    )
    plan, stay = measure.plan, measure.plan.enrolment
    hours = {row.held_on: row for row in country.rows[Consultation] if row.learner_id == measure.learner_id}
    days = [world.day, world.day - dt.timedelta(days=1), plan.period_from, dt.date(2023, 4, 4), *hours]
    held_on = rng.choice(days)
    at = rng.choice(["10:20:00", "15:00:00", "15:00:00"])
    other = hours.get(held_on) if at < "12" else None
    entry = {"measureId": measure.public_id, "heldOn": held_on.isoformat(), "startsAt": at, "topic": "Daļskaitļi"}
    own = next((row for row in country.rows[Consultation] if row.measure_id == measure.pk), None)
    told = oracle.recording(
        world,
        case.posts,
        _school(case, measure),
        held_on,
        running=plan.status == "ACTIVE",
        teaching=measure.kind_code == "TEACHER",
        inside=plan.period_from <= held_on <= plan.period_to and stay.starts_on <= held_on <= (stay.ends_on or held_on),
        last=own and own.held_on,
        other=None if other is None else _school(case, other),
    )
    twins = [{"entries": [one]} for one in _twins(entry, "measureId", Measure)]
    return Command("recordConsultations", {"entries": [entry]}, told, twins)


def _document(case: Case, rng: Random) -> Command:
    """Whoever has a token registers for the app: a document opens nothing by itself."""
    return Command("registerDocument", {"text": f"query Q{rng.randrange(10**9)} {{ viewer {{ appName }} }}"}, [])


_MAKERS: list[Callable[[Case, Random], Command]] = [_register, _enrol, _draft, _measure, _record, _document]


def _school(case: Case, row: Any) -> int:
    return case.country.owned[type(row).__name__][row.pk]


def _mostly(rng: Random, choices: Iterable[Any], wanted: Callable[[Any], bool]) -> Any:
    """One of the choices; two times of three one that is wanted, where there is one."""
    every = list(choices)
    good = [one for one in every if wanted(one)] if rng.random() < 2 / 3 else []
    return rng.choice(good or every)


def _twins(given: Json, name: str, model: type[Any]) -> list[Json]:
    return [given | {name: model(pk=uuid.uuid4()).public_id}, given | {name: "no-such-id"}]

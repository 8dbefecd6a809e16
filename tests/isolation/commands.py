"""The commands of the case API as a door: what each must do or answer, from the facts and the oracle alone."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice, product
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
OUT_OF_REACH = {"NOT_FOUND", "NOT_ALLOWED"}


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


@dataclass(frozen=True)
class Kind:
    """A command by name: everything that it can be aimed at, whom it may be aimed at by, and the command so aimed."""

    name: str
    targets: Callable[[Case], list[Any]]
    aimed: Callable[[Case, Any], Command]

    def open_to(self, case: Case) -> bool:
        """Whether this user may take the step at any school at all."""
        return any(case.acts(self.name, school) for school in range(len(case.country.schools)))


def drawn(case: Case, rng: Random, count: int) -> list[Command]:
    """Some commands of this user: a third is looked for among those that can be done, a third among those that are within
    reach and still refused, a third is whatever comes. What the user may not do anywhere is never but the last."""
    kinds = rng.sample([kind for kind in KINDS if kind.targets(case)], k=count)
    return [_aimed(case, rng, kind) for kind in kinds] + [_registering_document(rng)]


def doable(case: Case, rng: Random) -> list[Command]:
    """Two commands of different kinds that this user can do, or fewer; of the kinds that few can do first."""
    found = (_first(case, rng, kind, lambda one: one.done) for kind in reversed(KINDS))
    return list(islice((one for one in found if one is not None), 2))


def _aimed(case: Case, rng: Random, kind: Kind) -> Command:
    wanted: list[Callable[[Command], bool]] = [
        lambda one: one.done,
        lambda one: bool(one.told) and not OUT_OF_REACH & {code for _, code in one.told},
        lambda one: True,
    ]
    found = _first(case, rng, kind, rng.choice(wanted))
    return found or kind.aimed(case, rng.choice(kind.targets(case)))


def _first(case: Case, rng: Random, kind: Kind, wanted: Callable[[Command], bool]) -> Command | None:
    """The first among the targets, in random order, that the oracle judges as wanted."""
    if not kind.open_to(case):
        return None
    targets = kind.targets(case)
    rng.shuffle(targets)
    return next((one for one in (kind.aimed(case, target) for target in targets) if wanted(one)), None)


def _registering(case: Case, number: int) -> Command:
    given = {"givenName": "Ilze", "familyName": "Jaunā", "birthDate": "2009-03-01", "noCodeReason": "Nav piešķirts"}
    here = given | {"institutionId": case.country.schools[number].public_id}
    return Command("registerLearner", here, oracle.registering(case.country.world, case.posts, number))


def _enrolments(case: Case) -> list[tuple[int, int, dt.date]]:
    """Learner, school and first day: today, later, and around the end of each stay."""
    world = case.country.world
    found = []
    for at, person in enumerate(world.learners):
        ends = [stay.last for stay in person.stays if stay.last is not None]
        days = {world.day, world.day + dt.timedelta(days=200), *ends, *(day + dt.timedelta(days=1) for day in ends)}
        latest = world.day + dt.timedelta(days=366)
        found += [(at, school, day) for school in range(len(world.schools)) for day in sorted({min(day, latest) for day in days})]
    return found


def _enrolling(case: Case, target: tuple[int, int, dt.date]) -> Command:
    (at, number, first), world = target, case.country.world
    given = {
        "learnerId": case.country.learners[at].public_id,
        "institutionId": case.country.schools[number].public_id,
        "programmeKind": "GENERAL",
        "stage": 9,
        "startsOn": first.isoformat(),
    }
    told = oracle.enrolling(world, case.posts, world.learners[at], number, first)
    return Command("enrolLearner", given, told, _twins(given, "learnerId", Learner))


def _drafting(case: Case, target: tuple[int, int]) -> Command:
    (at, number), world, semester = target, case.country.world, case.country.semester
    given = {
        "learnerId": case.country.learners[at].public_id,
        "institutionId": case.country.schools[number].public_id,
        "semesterCode": semester.code,
    }
    told = oracle.drafting(
        world, case.posts, world.learners[at], number, first=semester.starts_on, last=semester.plan_period_ends_on
    )
    return Command("draftSupportPlan", given, told, _twins(given, "learnerId", Learner))


def _planning(case: Case, target: tuple[SupportPlan, RiskAssessment]) -> Command:
    plan, risk = target
    given = {"planId": plan.public_id, "kindCode": "PSYCHOLOGIST", "plannedHours": 3, "riskId": risk.public_id}
    own = risk.plan_id == plan.pk
    told = oracle.planning(case.country.world, case.posts, _school(case, plan), draft=plan.status == "DRAFT", own_risk=own)
    named = ("riskId", RiskAssessment) if told == [("riskId", "NOT_FOUND")] else ("planId", SupportPlan)
    return Command("planMeasure", given, told, _twins(given, *named))


def _hours(case: Case) -> list[tuple[Measure, dt.date, str]]:
    """Measure, day and time of day: around today, at the ends of the plan, and where the learner has an hour."""
    country, today = case.country, case.country.world.day
    found = []
    for measure in country.rows[Measure]:
        theirs = [row.held_on for row in country.rows[Consultation] if row.learner_id == measure.learner_id]
        days = {today, today - dt.timedelta(days=1), measure.plan.period_from, dt.date(2023, 4, 4), *theirs}
        found += [(measure, day, at) for day in sorted(days) for at in ("10:20:00", "15:00:00")]
    return found


def _recording(case: Case, target: tuple[Measure, dt.date, str]) -> Command:
    (measure, held_on, at), country = target, case.country
    plan, stay = measure.plan, measure.plan.enrolment
    hours = {row.held_on: row for row in country.rows[Consultation] if row.learner_id == measure.learner_id}
    other = hours.get(held_on) if at < "12" else None
    entry = {"measureId": measure.public_id, "heldOn": held_on.isoformat(), "startsAt": at, "topic": "Daļskaitļi"}
    own = next((row for row in country.rows[Consultation] if row.measure_id == measure.pk), None)
    told = oracle.recording(
        country.world,
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


def _registering_document(rng: Random) -> Command:
    """Whoever has a token registers for the app: a document opens nothing by itself."""
    return Command("registerDocument", {"text": f"query Q{rng.randrange(10**9)} {{ viewer {{ appName }} }}"}, [])


def _schools(case: Case) -> list[int]:
    return list(range(len(case.country.schools)))


# Those that few can do last.
KINDS = [
    Kind("registerLearner", _schools, _registering),
    Kind("enrolLearner", _enrolments, _enrolling),
    Kind("draftSupportPlan", lambda case: list(product(range(len(case.country.learners)), _schools(case))), _drafting),
    Kind(
        "planMeasure",
        lambda case: list(product(case.country.rows[SupportPlan], case.country.rows[RiskAssessment])),
        _planning,
    ),
    Kind("recordConsultations", _hours, _recording),
]


def _school(case: Case, row: Any) -> int:
    return case.country.owned[type(row).__name__][row.pk]


def _twins(given: Json, name: str, model: type[Any]) -> list[Json]:
    return [given | {name: model(pk=uuid.uuid4()).public_id}, given | {name: "no-such-id"}]

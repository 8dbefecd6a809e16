"""Invented general schools for contrast: two in one municipality, one in another, one in Varakļāni, which merges in 2025."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from backend.cases.learners.models import EnrolmentEnd
from backend.cases.plans.models import PlanStatus
from backend.cases.reimbursements.models import ClaimStatus
from backend.demonstration.casework import CaseWriter, MeasureWish, PlanWish, Written
from backend.demonstration.context import CLOSED_SEMESTER, MONTHS, RUNNING_SEMESTER, Context
from backend.demonstration.people import Pupil, Team
from backend.demonstration.places import PLACES, RTRIT, Place
from backend.demonstration.texts import SUBJECTS
from backend.registry.models import ReimbursementKind, RiskFactor, RiskGroup, SpecialistRole

_NOTE = "assumed for the demonstration"
_PROVIDERS = {
    SpecialistRole.TEACHER: 5,
    SpecialistRole.PSYCHOLOGIST: 1,
    SpecialistRole.SOCIAL_PEDAGOGUE: 1,
    SpecialistRole.SPECIAL_EDUCATOR: 1,
    SpecialistRole.TEACHER_ASSISTANT: 1,
}


@dataclass(frozen=True)
class Size:
    """How many learners a school has, and how many of them plans in the closed and the running semester."""

    learners: int
    closed: int
    running: int
    grades: tuple[int, int]


SIZES = {
    "EX-MADONA-1": Size(learners=62, closed=41, running=26, grades=(5, 12)),
    "EX-MADONA-2": Size(learners=34, closed=18, running=12, grades=(1, 9)),
    "EX-JEKABPILS-1": Size(learners=45, closed=27, running=14, grades=(5, 12)),
    "EX-VARAKLANI-1": Size(learners=14, closed=7, running=4, grades=(1, 9)),
}


def write(context: Context) -> None:
    """Write the schools, and the two learners who moved between institutions in the summer."""
    places = {place.code: place for place in PLACES}
    teams = {code: context.people.team(place=places[code], providers=_PROVIDERS) for code in SIZES}
    pupils = {code: _enrol(context, places[code], size) for code, size in SIZES.items()}
    for code, size in SIZES.items():
        _write_closed(context, places[code], teams[code], pupils[code][: size.closed])
    arrivals = _moves(context, places, pupils)
    for code, size in SIZES.items():
        top = size.grades[1]
        staying = []
        for pupil in pupils[code]:
            if pupil in [moved for moved, _to in arrivals.values()] or pupil.enrolment.end_reason == EnrolmentEnd.LEFT:
                continue
            if pupil.enrolment.stage == top:
                pupil.enrolment.ends_on, pupil.enrolment.end_reason = dt.date(2023, 6, 21), EnrolmentEnd.COMPLETED
            else:
                staying.append(context.people.move_up(pupil=pupil, place=places[code]))
        arrived = [now for to, (_moved, now) in arrivals.items() if to == code]
        _write_running(context, places[code], teams[code], [*arrived, *staying][: size.running])


def _enrol(context: Context, place: Place, size: Size) -> list[Pupil]:
    first, last = size.grades
    pupils = [context.people.enrol(place=place, stage=first + number % (last - first + 1)) for number in range(size.learners - 1)]
    return [*pupils, context.people.enrol(place=place, stage=last - 1, left_on=dt.date(2023, 3, 24))]


def _moves(context: Context, places: dict[str, Place], pupils: dict[str, list[Pupil]]) -> dict[str, tuple[Pupil, Pupil]]:
    """Where to -> (who, their new enrolment). Both had plans at the old place; both schools keep seeing the learner."""
    moves = (("EX-MADONA-2", "EX-JEKABPILS-1", 10), ("EX-MADONA-1", RTRIT, 1))
    arrivals = {}
    for origin, destination, stage in moves:
        pupil = next(pupil for pupil in pupils[origin] if pupil.enrolment.stage == 9)
        pupil.enrolment.ends_on = dt.date(2023, 6, 14)
        arrivals[destination] = (pupil, context.people.move_up(pupil=pupil, place=places[destination], stage=stage))
    return arrivals


def _write_closed(context: Context, place: Place, team: Team, pupils: list[Pupil]) -> None:
    writer = context.writer(place=place, team=team, semester=CLOSED_SEMESTER, period_to=dt.date(2023, 5, 31))
    for position, pupil in enumerate(pupils):
        status = (PlanStatus.CLOSED, PlanStatus.EVALUATED, PlanStatus.CLOSED, PlanStatus.CLOSED)[position % 4]
        if position == 5:
            status = PlanStatus.INTERRUPTED
        elif position == 6:
            status = PlanStatus.RETURNED  # never approved: it does not count
        written = writer.write(_wish(context, pupil, status, position))
        if written.plan.activated_at:
            _claim_closed(context, writer, written, position)


def _wish(context: Context, pupil: Pupil, status: PlanStatus, position: int) -> PlanWish:
    """General schools: four of five risks are of learning; 17 to 24 hours where there are consultations (domain.md 3.1)."""
    rng = context.rng
    factors: dict[RiskGroup, RiskFactor] = {RiskGroup.LEARNING_INSTITUTION: context.factor(RiskGroup.LEARNING_INSTITUTION)}
    first, second = rng.sample(SUBJECTS, 2)
    hours = rng.randint(17, 24)
    measures = [
        MeasureWish(SpecialistRole.TEACHER, hours=hours // 2, subject=first, against=RiskGroup.LEARNING_INSTITUTION),
        MeasureWish(SpecialistRole.TEACHER, hours=hours - hours // 2, subject=second, against=RiskGroup.LEARNING_INSTITUTION),
    ]
    if position % 4 == 1:
        factors[RiskGroup.ECONOMIC] = context.factor(RiskGroup.ECONOMIC)
        kind = (ReimbursementKind.CATERING, ReimbursementKind.PUBLIC_TRANSPORT, ReimbursementKind.LEARNING_TOOLS)[
            position // 4 % 3
        ]
        measures.append(MeasureWish(kind, amount=Decimal(rng.randrange(60, 200, 10)), against=RiskGroup.ECONOMIC))
    if position % 7 == 3:
        factors[RiskGroup.FAMILY] = context.factor(RiskGroup.FAMILY)
        measures[1] = MeasureWish(SpecialistRole.SOCIAL_PEDAGOGUE, hours=6, against=RiskGroup.FAMILY)
    if position % 9 == 2:
        factors[RiskGroup.SOCIAL_HEALTH] = context.factor(RiskGroup.SOCIAL_HEALTH)
        measures[1] = MeasureWish(SpecialistRole.PSYCHOLOGIST, hours=8, against=RiskGroup.SOCIAL_HEALTH)
    if position % 13 == 4:
        measures.append(MeasureWish("YOUTH_PROJECT"))
    return PlanWish(pupil=pupil, status=status, factors=list(factors.values()), measures=measures)


def _claim_closed(context: Context, writer: CaseWriter, written: Written, position: int) -> None:
    for measure in written.measures:
        if not measure.planned_amount:
            continue
        monthly = (measure.planned_amount * Decimal("0.18")).quantize(Decimal("0.01"))
        for month in MONTHS:
            status = ClaimStatus.REJECTED if position % 10 == 9 and month == MONTHS[0] else ClaimStatus.PAID
            writer.claim(measure, month=month, amount=monthly, status=status, note=_NOTE)


def _write_running(context: Context, place: Place, team: Team, pupils: list[Pupil]) -> None:
    writer = context.writer(place=place, team=team, semester=RUNNING_SEMESTER, period_to=dt.date(2023, 12, 31))
    for position, pupil in enumerate(pupils):
        status = context.running_status(position, is_state=False)
        written = writer.write(_wish(context, pupil, status, position + 1))
        for measure in written.measures:
            if written.plan.activated_at and measure.planned_amount:
                amount = (measure.planned_amount * Decimal("0.2")).quantize(Decimal("0.01"))
                writer.claim(measure, month=dt.date(2023, 9, 1), amount=amount, status=ClaimStatus.CLAIMED, note=_NOTE)

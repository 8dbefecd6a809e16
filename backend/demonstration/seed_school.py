"""The seed school in 2022/2023, semester 2: 157 plans, 151 learners fed for 31,732.17 euro, 47 in dormitories, 20 with transport.

These numbers are the school's own (its page on the project); who the learners are, how the sum divides among them, the
amounts of the other two, the risks and the consultations are assumed, and the rows say so where they carry money.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from backend.cases.learners.models import EnrolmentEnd
from backend.cases.plans.models import Measure, PlanStatus
from backend.cases.reimbursements.models import AmountBasis, ClaimStatus
from backend.demonstration.amounts import split_cents
from backend.demonstration.calendar import school_days
from backend.demonstration.casework import CaseWriter, MeasureWish, PlanWish
from backend.demonstration.context import CLOSED_SEMESTER, MONTHS, RUNNING_SEMESTER, Context
from backend.demonstration.people import Pupil, Team
from backend.demonstration.places import PLACES, RTRIT, RTRIT_UNIT
from backend.registry.models import ReimbursementKind, RiskFactor, RiskGroup, SpecialistRole

PLANS = 157
CATERING_LEARNERS, CATERING_TOTAL = 151, Decimal("31732.17")
ACCOMMODATION_LEARNERS = 47
TRANSPORT_LEARNERS = 20
_IN_PREILI = 34
_WITHOUT_PLAN = 23
_RUNNING_PLANS = 36
_CATERING_NOTE = "31 732.17 euro for 151 learners reported; their division by learner and month assumed"
ASSUMED_NOTE = "the number of learners is reported; the amount is assumed"
# Assumed numbers of learners with consultations, and the hours planned for each.
_CONSULTATIONS: tuple[tuple[SpecialistRole, int, tuple[int, int]], ...] = (
    (SpecialistRole.PSYCHOLOGIST, 62, (3, 6)),
    (SpecialistRole.TEACHER, 38, (8, 14)),
    (SpecialistRole.SOCIAL_PEDAGOGUE, 21, (3, 8)),
    (SpecialistRole.TEACHER_ASSISTANT, 5, (8, 10)),
)
_SUBJECTS = ("Matemātika", "Latviešu valoda", "Angļu valoda", "Profesionālie mācību priekšmeti")


@dataclass
class Share:
    """What one learner of the school gets in the semester."""

    pupil: Pupil
    catering: list[Decimal]
    accommodation: Decimal | None
    transport: Decimal | None
    consultations: list[MeasureWish]


def write(context: Context) -> tuple[Team, list[Pupil]]:
    """Write the seed school's people and both semesters; returns its team and the learners who have plans."""
    place = next(place for place in PLACES if place.code == RTRIT)
    team = context.people.team(
        place=place,
        providers={
            SpecialistRole.PSYCHOLOGIST: 1,
            SpecialistRole.TEACHER: 6,
            SpecialistRole.SOCIAL_PEDAGOGUE: 1,
            SpecialistRole.TEACHER_ASSISTANT: 1,
        },
    )
    pupils = [
        context.people.enrol(place=place, stage=1 + number % 4, unit=RTRIT_UNIT if number < _IN_PREILI else "")
        for number in range(PLANS + _WITHOUT_PLAN)
    ]
    writer = context.writer(place=place, team=team, semester=CLOSED_SEMESTER, period_to=dt.date(2023, 5, 31))
    for position, share in enumerate(_shares(context, pupils[:PLANS])):
        _write_closed(context, writer, share, position)
    going_on = []
    for pupil in pupils:
        if pupil.enrolment.stage < 4:
            unit = RTRIT_UNIT if pupil.enrolment.structural_unit_id else ""
            going_on.append(context.people.move_up(pupil=pupil, place=place, unit=unit))
        else:
            pupil.enrolment.ends_on, pupil.enrolment.end_reason = dt.date(2023, 6, 30), EnrolmentEnd.COMPLETED
    _write_running(context, team, going_on[:_RUNNING_PLANS])
    return team, pupils[:PLANS]


def _shares(context: Context, pupils: list[Pupil]) -> list[Share]:
    rng = context.rng
    fed = rng.sample(range(PLANS), CATERING_LEARNERS)
    housed = set(rng.sample(range(PLANS), ACCOMMODATION_LEARNERS))
    carried = set(rng.sample([number for number in range(PLANS) if number not in housed], TRANSPORT_LEARNERS))
    catering = _catering(context, fed)
    unfed = [number for number in range(PLANS) if number not in catering]
    shares = [
        Share(
            pupil=pupil,
            catering=catering.get(number, []),
            accommodation=Decimal(rng.randrange(2200, 3100, 50)) / 100 if number in housed else None,
            transport=Decimal(rng.randrange(1800, 4600, 20)) / 100 if number in carried else None,
            consultations=[],
        )
        for number, pupil in enumerate(pupils)
    ]
    for role, count, (least, most) in _CONSULTATIONS:
        # Those without meals come first: a plan has at least one measure.
        chosen = (
            [*unfed, *rng.sample(sorted(catering), count - len(unfed))]
            if role == SpecialistRole.PSYCHOLOGIST
            else rng.sample(range(PLANS), count)
        )
        for number in chosen:
            subject = rng.choice(_SUBJECTS) if role == SpecialistRole.TEACHER else ""
            wish = MeasureWish(role, hours=rng.randint(least, most), subject=subject, against=RiskGroup.LEARNING_INSTITUTION)
            shares[number].consultations.append(wish)
    return shares


def _catering(context: Context, fed: list[int]) -> dict[int, list[Decimal]]:
    """Euro by learner and month, summing to the reported total: school days in the month times the learner's presence."""
    days = [len(school_days(month, (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1))) for month in MONTHS]
    weights = []
    for _learner in fed:
        presence = context.rng.uniform(0.7, 1.0)
        weights += [count * presence * context.rng.uniform(0.9, 1.0) for count in days]
    amounts = split_cents(CATERING_TOTAL, weights)
    step = len(MONTHS)
    return {number: amounts[position * step : (position + 1) * step] for position, number in enumerate(fed)}


def _write_closed(context: Context, writer: CaseWriter, share: Share, position: int) -> None:
    wishes = list(share.consultations)
    for kind, months in _costs(share).items():
        wishes.append(MeasureWish(kind, amount=_rounded_up(sum(months, Decimal(0))), against=RiskGroup.ECONOMIC))
    status = PlanStatus.EVALUATED if position % 6 == 5 else PlanStatus.CLOSED
    factors = _factors(context, position, has_costs=bool(_costs(share)))
    written = writer.write(PlanWish(pupil=share.pupil, status=status, factors=factors, measures=wishes))
    by_kind = {measure.kind_code: measure for measure in written.measures}
    for kind, months in _costs(share).items():
        for month, amount in zip(MONTHS, months, strict=True):
            _claim(writer, by_kind[kind], month, amount)
    if share.catering and position in {40, 90}:
        _write_corrections(writer, by_kind[ReimbursementKind.CATERING])


def _costs(share: Share) -> dict[ReimbursementKind, list[Decimal]]:
    costs = {}
    if share.catering:
        costs[ReimbursementKind.CATERING] = share.catering
    if share.accommodation is not None:
        costs[ReimbursementKind.ACCOMMODATION] = [share.accommodation] * len(MONTHS)
    if share.transport is not None:
        costs[ReimbursementKind.PUBLIC_TRANSPORT] = [share.transport] * len(MONTHS)
    return costs


def _claim(writer: CaseWriter, measure: Measure, month: dt.date, amount: Decimal) -> None:
    reported = measure.kind_code == ReimbursementKind.CATERING
    writer.claim(
        measure,
        month=month,
        amount=amount,
        status=ClaimStatus.APPROVED if month == MONTHS[-1] else ClaimStatus.PAID,
        basis=AmountBasis.REPORTED if reported else AmountBasis.ASSUMED,
        note=_CATERING_NOTE if reported else ASSUMED_NOTE,
    )


def _write_corrections(writer: CaseWriter, measure: Measure) -> None:
    """A cost entered twice and taken back, and one refused: neither counts in the total."""
    twice = writer.claim(
        measure, month=MONTHS[2], amount=Decimal("12.30"), status=ClaimStatus.PAID, note="entered twice, taken back (assumed)"
    )
    writer.claim(
        measure,
        month=MONTHS[2],
        amount=-twice.amount,
        status=ClaimStatus.PAID,
        note="takes back a cost entered twice (assumed)",
        reverses=twice,
    )
    writer.claim(
        measure, month=MONTHS[3], amount=Decimal("18.50"), status=ClaimStatus.REJECTED, note="no proof of the cost (assumed)"
    )


def _factors(context: Context, position: int, *, has_costs: bool) -> list[RiskFactor]:
    """About 45 % economic, 45 % learning, 10 % the rest, as Ogre technical school reported (domain.md 2)."""
    groups = [RiskGroup.ECONOMIC] if has_costs else []
    if position % 26:
        groups.append(RiskGroup.LEARNING_INSTITUTION)
    if position % 9 == 3:
        groups.append(RiskGroup.FAMILY)
    if position % 9 == 7:
        groups.append(RiskGroup.SOCIAL_HEALTH)
    return [context.factor(group) for group in groups or [RiskGroup.LEARNING_INSTITUTION]]


def _write_running(context: Context, team: Team, pupils: list[Pupil]) -> None:
    place = next(place for place in PLACES if place.code == RTRIT)
    writer = context.writer(place=place, team=team, semester=RUNNING_SEMESTER, period_to=dt.date(2023, 12, 31))
    for position, pupil in enumerate(pupils):
        measures = [
            MeasureWish(ReimbursementKind.CATERING, amount=Decimal(200), against=RiskGroup.ECONOMIC),
            MeasureWish(SpecialistRole.PSYCHOLOGIST, hours=5, against=RiskGroup.LEARNING_INSTITUTION),
        ]
        factors = [context.factor(RiskGroup.ECONOMIC), context.factor(RiskGroup.LEARNING_INSTITUTION)]
        status = context.running_status(position, is_state=True)
        written = writer.write(PlanWish(pupil=pupil, status=status, factors=factors, measures=measures[: 1 + position % 2]))
        if written.plan.activated_at:
            writer.claim(
                written.measures[0],
                month=dt.date(2023, 9, 1),
                amount=Decimal(context.rng.randrange(3000, 4600)) / 100,
                status=ClaimStatus.CLAIMED if position % 3 else ClaimStatus.APPROVED,
                note="assumed for the demonstration",
            )


def _rounded_up(amount: Decimal) -> Decimal:
    return (amount / 10).to_integral_value(rounding="ROUND_CEILING") * 10

"""Writes plans as the case work would have left them: steps, risks, measures, consultations, claims."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from uuid import UUID

from backend.cases.delivery.models import Channel, Consultation
from backend.cases.plans.models import (
    Application,
    AssessmentMoment,
    Measure,
    PlanStatus,
    PlanStep,
    RiskAssessment,
    SignerKind,
    SupportPlan,
)
from backend.cases.reimbursements.models import AmountBasis, ClaimStatus, ReimbursementClaim
from backend.core.identifiers import uuid_for
from backend.demonstration.calendar import AS_OF, Timetable, at, next_school_day, school_days
from backend.demonstration.people import Pupil, Team
from backend.demonstration.places import Place
from backend.demonstration.rows import Rows
from backend.demonstration.texts import RESULTS, RETURN_COMMENTS, TOPICS
from backend.registry.models import MeasureCategory, RiskFactor, RiskGroup, SpecialistRole
from backend.registry.reference import measure_kind_id
from backend.territory.models import Semester

_S = PlanStatus
_TIMES = {
    _S.DRAFT: dt.time(9, 10),
    _S.SUBMITTED: dt.time(10, 20),
    _S.APPROVED_BY_INSTITUTION: dt.time(11, 30),
    _S.APPROVED_BY_MUNICIPALITY: dt.time(13, 40),
    _S.ACTIVE: dt.time(14, 50),
    _S.RETURNED: dt.time(12, 15),
    _S.INTERRUPTED: dt.time(12, 45),
    _S.EVALUATED: dt.time(15, 10),
    _S.CLOSED: dt.time(16, 20),
}


@dataclass(frozen=True)
class MeasureWish:
    """A measure to plan: hours for a specialist's consultations, an amount for a cost, neither for a youth project."""

    code: str
    hours: int | None = None
    amount: Decimal | None = None
    subject: str = ""
    against: RiskGroup | None = None

    @property
    def category(self) -> MeasureCategory:
        """Category of the kind."""
        if self.hours is not None:
            return MeasureCategory.CONSULTATION
        return MeasureCategory.REIMBURSEMENT if self.amount is not None else MeasureCategory.YOUTH_PROJECT


@dataclass(frozen=True)
class PlanWish:
    """A plan to write."""

    pupil: Pupil
    status: PlanStatus
    factors: Sequence[RiskFactor]
    measures: Sequence[MeasureWish]


@dataclass(frozen=True)
class Written:
    """A plan that was written, with its measures."""

    plan: SupportPlan
    measures: list[Measure] = field(default_factory=list)


class CaseWriter:
    """Writes the plans of one institution in one semester."""

    def __init__(
        self, *, rows: Rows, rng: Random, timetable: Timetable, place: Place, team: Team, semester: Semester, period_to: dt.date
    ) -> None:
        self._rows, self._rng, self._timetable = rows, rng, timetable
        self._place, self._team, self._semester, self._period_to = place, team, semester, period_to
        self._count = 0

    def write(self, wish: PlanWish) -> Written:
        """Write the plan with everything on it but claims. Consultations are held once the plan is active."""
        plan = self._plan(wish)
        risks = self._risks(plan, wish)
        written = Written(plan, [self._measure(plan, measure, risks) for measure in wish.measures])
        if plan.activated_at:
            for measure in written.measures:
                if measure.planned_hours:
                    self._hold_consultations(plan, measure)
        return written

    def claim(
        self,
        measure: Measure,
        *,
        month: dt.date,
        amount: Decimal,
        status: ClaimStatus,
        note: str,
        basis: AmountBasis = AmountBasis.ASSUMED,
        reverses: ReimbursementClaim | None = None,
    ) -> ReimbursementClaim:
        """Write a claim of a month, decided early in the next one where it is decided, a week later where it takes back."""
        decided = at(next_school_day(_next_month(month), after=4), dt.time(11))
        taken_back = dt.timedelta(days=7 if reverses else 0)
        made = at(_next_month(month), dt.time(9))
        return self._rows.add(
            ReimbursementClaim,
            measure_id=measure.id,
            learner_id=measure.learner_id,
            institution_id=measure.institution_id,
            kind=measure.kind_code,
            period=month,
            amount=amount,
            amount_basis=basis,
            basis_note=note,
            status=status,
            reverses=reverses,
            claimed_by_id=self._team.author,
            decided_at=None if status == ClaimStatus.CLAIMED else decided + taken_back,
            paid_at=decided + dt.timedelta(days=10) if status == ClaimStatus.PAID else None,
            created_at=made,
            updated_at=made,
        )

    def _plan(self, wish: PlanWish) -> SupportPlan:
        self._count += 1
        year = self._semester.school_year
        begins = next_school_day(self._semester.starts_on, after=self._rng.randint(3, 9))
        steps = self._steps(wish.status, begins)
        moments = {status: moment for status, moment, _actor in steps}
        evaluated = _S.EVALUATED in moments
        number = f"IAP-{self._place.code}-{year[2:4]}{year[7:9]}-{self._semester.number}-{self._count:04d}"
        # Half of the drafts wait for the paper.
        signed = _S.SUBMITTED in moments or self._count % 2 == 0
        application = self._application(wish, number, begins, steps[0][1]) if signed else None
        plan = self._rows.add(
            SupportPlan,
            number=number,
            application_id=application.id if application else None,
            learner_id=wish.pupil.learner.id,
            institution_id=self._place.id,
            enrolment_id=wish.pupil.enrolment.id,
            semester_id=self._semester.id,
            status=wish.status,
            period_from=begins,
            period_to=self._period_to,
            author_id=self._team.author,
            submitted_at=moments.get(_S.SUBMITTED),
            activated_at=moments.get(_S.ACTIVE),
            evaluated_at=moments.get(_S.EVALUATED),
            closed_at=moments.get(_S.CLOSED),
            interrupted_at=moments.get(_S.INTERRUPTED),
            result_text=self._rng.choice(RESULTS) if evaluated else "",
            continue_next=self._rng.random() < 0.6 if evaluated else None,
            version=len(steps),
            created_at=steps[0][1],
            updated_at=steps[-1][1],
        )
        before = ""
        for status, moment, actor in steps:
            self._rows.add(
                PlanStep,
                plan_id=plan.id,
                institution_id=plan.institution_id,
                from_status=before,
                to_status=status,
                actor_id=actor,
                at=moment,
                comment=self._rng.choice(RETURN_COMMENTS) if status == _S.RETURNED else "",
            )
            before = status
        return plan

    def _application(self, wish: PlanWish, number: str, begins: dt.date, at_once: dt.datetime) -> Application:
        """The signed paper that the plan stands on: of the learner who is adult by then, else of a parent, or now and then of a
        guardian. Its key follows from the plan's number, so that it shifts no draw.
        """
        learner = wish.pupil.learner
        signed_on = begins - dt.timedelta(days=self._count % 6)
        born = learner.birth_date
        adult = (signed_on.year - born.year, signed_on.month, signed_on.day) >= (18, born.month, born.day)
        minor = SignerKind.GUARDIAN if self._count % 12 == 7 else SignerKind.PARENT
        return self._rows.add(
            Application,
            id=uuid_for(kind=Application.tag, code=number),
            learner_id=learner.id,
            institution_id=self._place.id,
            semester_id=self._semester.id,
            signer_kind=SignerKind.ADULT_LEARNER if adult else minor,
            signed_on=signed_on,
            received_on=begins,
            created_at=at_once,
            updated_at=at_once,
        )

    def _steps(self, status: PlanStatus, begins: dt.date) -> list[tuple[PlanStatus, dt.datetime, UUID]]:
        """(status, moment, actor) of each step. The chain of a state institution has no municipality (domain.md 1.1)."""
        actors = {
            _S.DRAFT: self._team.author,
            _S.SUBMITTED: self._team.author,
            _S.APPROVED_BY_INSTITUTION: self._team.head,
            _S.APPROVED_BY_MUNICIPALITY: self._team.coordinator or self._team.agency,
            _S.ACTIVE: self._team.agency,
            _S.RETURNED: self._team.head,
            _S.INTERRUPTED: self._team.author,
            _S.EVALUATED: self._team.author,
            _S.CLOSED: self._team.head,
        }
        steps, day = [], begins
        for step in path_to(status, is_state=self._place.is_state):
            if step == _S.EVALUATED:
                day = max(day, self._period_to - dt.timedelta(days=6))
            elif step == _S.INTERRUPTED:
                day = next_school_day(day, after=6)
            steps.append((step, at(day, _TIMES[step]), actors[step]))
            day = next_school_day(day, after=1)
        return steps

    def _risks(self, plan: SupportPlan, wish: PlanWish) -> dict[RiskGroup, RiskAssessment]:
        """Risks judged at the start, and again at the end where the plan was evaluated. One of each group is returned."""
        risks: dict[RiskGroup, RiskAssessment] = {}
        for factor in wish.factors:
            level = self._rng.choice([1, 2, 2, 3, 3])
            start = self._risk(plan, factor, AssessmentMoment.START, level)
            risks.setdefault(RiskGroup(factor.group), start)
            if plan.evaluated_at:
                self._risk(plan, factor, AssessmentMoment.END, max(0, level - self._rng.choice([0, 1, 1, 2])))
        return risks

    def _risk(self, plan: SupportPlan, factor: RiskFactor, moment: AssessmentMoment, level: int) -> RiskAssessment:
        made = plan.created_at if moment == AssessmentMoment.START else plan.evaluated_at
        return self._rows.add(
            RiskAssessment,
            plan_id=plan.id,
            institution_id=plan.institution_id,
            risk_factor_id=factor.id,
            moment=moment,
            level_id=level,
            created_at=made,
            updated_at=made,
        )

    def _measure(self, plan: SupportPlan, wish: MeasureWish, risks: dict[RiskGroup, RiskAssessment]) -> Measure:
        risk = risks.get(wish.against) if wish.against else None
        return self._rows.add(
            Measure,
            plan_id=plan.id,
            learner_id=plan.learner_id,
            institution_id=plan.institution_id,
            kind_id=measure_kind_id(wish.code),
            category=wish.category,
            kind_code=wish.code,
            risk_id=risk.id if risk else None,
            subject=wish.subject,
            planned_hours=wish.hours,
            planned_amount=wish.amount,
            created_at=plan.created_at,
            updated_at=plan.created_at,
        )

    def _hold_consultations(self, plan: SupportPlan, measure: Measure) -> None:
        """Some nine of ten planned hours, as far as the day of the demonstration; a few wait for the learner's word."""
        assert plan.activated_at is not None  # noqa: S101 (callers ask first)
        first = next_school_day(plan.activated_at.date(), after=1)
        last = min(plan.period_to, AS_OF - dt.timedelta(days=1))
        if plan.interrupted_at:
            last = min(last, plan.interrupted_at.date())
        whole, days = school_days(first, plan.period_to), school_days(first, last)
        wanted = round((measure.planned_hours or 0) * self._rng.uniform(0.75, 1.0) * len(days) / max(1, len(whole)))
        role = SpecialistRole(measure.kind_code)
        provider = self._rng.choice(self._team.providers[role])
        for day, hour in self._timetable.book(people=(provider, measure.learner_id), days=days, count=wanted):
            ended = at(day, hour) + dt.timedelta(hours=1)
            waits = self._rng.random() < 0.04
            self._rows.add(
                Consultation,
                measure_id=measure.id,
                learner_id=measure.learner_id,
                institution_id=measure.institution_id,
                specialist_role=role,
                provider_id=provider,
                held_on=day,
                starts_at=hour,
                topic=self._rng.choice(TOPICS[role]),
                channel=Channel.REMOTE if self._rng.random() < 0.1 else Channel.IN_PERSON,
                provider_confirmed_at=ended,
                learner_confirmed_at=None if waits else ended + dt.timedelta(hours=self._rng.randint(1, 20)),
                created_at=ended,
                updated_at=ended,
            )


def path_to(status: PlanStatus, *, is_state: bool) -> list[PlanStatus]:
    """The steps that lead to a status (domain.md 1.1; returning and interrupting are inferred there)."""
    chain = [_S.DRAFT, _S.SUBMITTED, _S.APPROVED_BY_INSTITUTION, _S.APPROVED_BY_MUNICIPALITY, _S.ACTIVE, _S.EVALUATED, _S.CLOSED]
    if is_state:
        chain.remove(_S.APPROVED_BY_MUNICIPALITY)
    if status == _S.RETURNED:
        return [_S.DRAFT, _S.SUBMITTED, _S.RETURNED]
    if status == _S.INTERRUPTED:
        return [*chain[: chain.index(_S.ACTIVE) + 1], _S.INTERRUPTED]
    return chain[: chain.index(status) + 1]


def _next_month(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)

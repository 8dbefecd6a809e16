"""What a change of a reference value touches, counted before (or after) it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum

from backend.accounts.models import Assignment
from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.cases.plans.models import Measure, PlanStatus, SupportPlan
from backend.cases.reimbursements.models import ClaimStatus, ReimbursementClaim
from backend.cases.reimbursements.previews import ENDED, NOT_PAID, ChangePreview
from backend.registry.models import ApprovalSubject, InstitutionParticipation, ReferenceList, StaffContract, Step
from backend.territory.models import TargetGroup
from backend.territory.selectors import in_force


@dataclass(frozen=True)
class Change:
    """A version of a value as it is to be: its code, its properties as text, its days."""

    code: str
    properties: Mapping[str, str]
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True)
class _Touched:
    """Rows that a change touches; `institutions` where it touches them by themselves."""

    plans: QuerySet[SupportPlan]
    measures: QuerySet[Measure]
    claims: QuerySet[ReimbursementClaim]
    institutions: QuerySet[Any] | None = None


def reference_preview(*, scope: Scope, which: ReferenceList, change: Change) -> ChangePreview | None:
    """What another version of a value touches, in four statements; None unless `scope` counts the whole country.

    Plans are those that run in the version's days and are neither closed nor interrupted. The same before and after it is
    written: what differs is told from the version of the day before.
    """
    if not (scope.reaches_whole_state(Area.PLANS) and scope.reaches_whole_state(Area.MONEY)):
        return None
    touched = _TOUCHED[which](change)
    places = touched.institutions if touched.institutions is not None else touched.plans.values("institution")
    return ChangePreview(
        institutions=places.order_by().distinct().count(),
        plans=touched.plans.order_by().distinct().count(),
        measures=touched.measures.order_by().distinct().count(),
        claims=touched.claims.order_by().distinct().count(),
        amount_difference=None,
        effective_from=change.valid_from,
    )


def _running(change: Change) -> QuerySet[SupportPlan]:
    plans = SupportPlan.objects.filter(period_to__gte=change.valid_from).exclude(status__in=ENDED)
    return plans.filter(period_from__lte=change.valid_to) if change.valid_to is not None else plans


def _of_measures(change: Change, measures: QuerySet[Measure]) -> _Touched:
    """Running plans with some measures, those measures, and claims under them from the change on."""
    found = measures.filter(plan__in=_running(change))
    return _Touched(SupportPlan.objects.filter(pk__in=found.values("plan")), found, _claims(change, measure__in=found))


def _of_plans(change: Change, plans: QuerySet[SupportPlan]) -> _Touched:
    found = plans & _running(change)
    measures = Measure.objects.filter(plan__in=found)
    return _Touched(found, measures, _claims(change, measure__in=measures))


def _claims(change: Change, **which: Any) -> QuerySet[ReimbursementClaim]:
    month = change.valid_from.replace(day=1)
    return ReimbursementClaim.objects.filter(period__gte=month, status__in=NOT_PAID, **which)


def _of_places(institutions: QuerySet[Any]) -> _Touched:
    nothing = SupportPlan.objects.none()
    return _Touched(nothing, Measure.objects.none(), ReimbursementClaim.objects.none(), institutions.values("institution"))


def _risk_factor(change: Change) -> _Touched:
    """Plans on which the factor was judged, and the measures that answer it."""
    plans = _running(change).filter(risks__risk_factor__code=change.code)
    measures = Measure.objects.filter(plan__in=plans, risk__risk_factor__code=change.code)
    return _Touched(plans, measures, _claims(change, measure__in=measures))


def _measure_kind(change: Change) -> _Touched:
    return _of_measures(change, Measure.objects.filter(kind_code=change.code))


def _position(change: Change) -> _Touched:
    """Institutions that employ people in it."""
    contracts = StaffContract.objects.filter(Q(ends_on=None) | Q(ends_on__gte=change.valid_from), position__code=change.code)
    return _of_places(contracts)


def _theme(change: Change) -> _Touched:
    return _of_plans(change, SupportPlan.objects.filter(outcomes__theme__code=change.code))


def _ground(change: Change) -> _Touched:
    """None: a ground is named when a plan ends, and then nothing of it runs any more."""
    return _of_plans(change, SupportPlan.objects.none())


def _target_group(change: Change) -> _Touched:
    """Plans of the grades or courses that are covered before or from then on, and not both."""
    before = TargetGroup.objects.filter(in_force(change.valid_from - dt.timedelta(days=1)), programme_kind=change.code).first()
    covered = set(range(before.first_stage, before.last_stage + 1)) if before is not None else set()
    ends = [change.properties.get(name) for name in ("firstStage", "lastStage")]
    if before is not None:
        ends = [end or str(kept) for end, kept in zip(ends, (before.first_stage, before.last_stage), strict=True)]
    coming = set(range(int(ends[0]), int(ends[1]) + 1)) if ends[0] and ends[1] else set()
    plans = SupportPlan.objects.filter(enrolment__programme_kind=change.code, enrolment__stage__in=covered ^ coming)
    return _of_plans(change, plans)


def _roles(change: Change) -> _Touched:
    """Institutions at which somebody holds both roles."""
    first, second = change.code.split(":")
    held = Assignment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=change.valid_from), role=first, institution__isnull=False)
    others = Assignment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=change.valid_from), role=second)
    return _of_places(held.filter(user__in=others.values("user")))


def _tier(change: Change) -> _Touched:
    """What waits for a decision and reaches the amount: plans at their institution, claims, or claims that wait for payment."""
    subject, amount = change.code.split(":")
    if subject == ApprovalSubject.PLAN:
        waiting = (PlanStatus.DRAFT, PlanStatus.RETURNED, PlanStatus.SUBMITTED)
        dear = SupportPlan.objects.annotate(total=Sum("measures__planned_amount")).filter(total__gte=amount, status__in=waiting)
        return _of_plans(change, SupportPlan.objects.filter(pk__in=dear.values("pk")))
    status = ClaimStatus.CLAIMED if subject == ApprovalSubject.CLAIM else ClaimStatus.APPROVED
    claims = _claims(change).filter(status=status, amount__gte=amount)
    measures = Measure.objects.filter(pk__in=claims.values("measure"))
    return _Touched(SupportPlan.objects.filter(pk__in=measures.values("plan")), measures, claims)


_WAITING: dict[str, tuple[PlanStatus, ...]] = {
    Step.PLAN_SUBMIT: (PlanStatus.DRAFT, PlanStatus.RETURNED),
    Step.PLAN_APPROVE_INSTITUTION: (PlanStatus.SUBMITTED,),
    Step.PLAN_APPROVE_MUNICIPALITY: (PlanStatus.APPROVED_BY_INSTITUTION,),
    Step.PLAN_APPROVE_IKVD: (PlanStatus.APPROVED_BY_INSTITUTION, PlanStatus.APPROVED_BY_MUNICIPALITY),
    Step.PLAN_EVALUATE: (PlanStatus.ACTIVE,),
}


def _deadline(change: Change) -> _Touched:
    """Plans or claims that wait for the step; for steps of hours and months the institutions that take part."""
    if change.code in _WAITING:
        return _of_plans(change, SupportPlan.objects.filter(status__in=_WAITING[change.code]))
    if change.code == Step.CLAIM_APPROVE:
        claims = _claims(change).filter(status=ClaimStatus.CLAIMED)
        measures = Measure.objects.filter(pk__in=claims.values("measure"))
        return _Touched(SupportPlan.objects.filter(pk__in=measures.values("plan")), measures, claims)
    return _of_places(InstitutionParticipation.objects.filter(Q(left_on=None) | Q(left_on__gte=change.valid_from)))


_TOUCHED: dict[ReferenceList, Callable[[Change], _Touched]] = {
    ReferenceList.RISK_FACTORS: _risk_factor,
    ReferenceList.MEASURE_KINDS: _measure_kind,
    ReferenceList.POSITIONS: _position,
    ReferenceList.OUTCOME_THEMES: _theme,
    ReferenceList.INTERRUPTION_GROUNDS: _ground,
    ReferenceList.TARGET_GROUPS: _target_group,
    ReferenceList.INCOMPATIBLE_ROLES: _roles,
    ReferenceList.APPROVAL_TIERS: _tier,
    ReferenceList.DEADLINES: _deadline,
}

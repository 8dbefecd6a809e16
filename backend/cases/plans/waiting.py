"""Plans that wait, and for whom: the steps of `machine`, with the conditions of `approvals`, over many plans at once.

What a plan says (`conditions`) does not decide whose turn it is: who has the next step is told what is unmet when taking it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, DateTimeField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from backend.accounts.models import Role
from backend.accounts.roles import ACTS, Act, Area, areas_written_by
from backend.cases.plans.approval_columns import (
    acted_in,
    approvals_column,
    chain_column,
    further_column,
    own_of,
    standing_applications,
)
from backend.cases.plans.machine import OPEN_TO_CHANGES, TRANSITIONS, PlanStepKind, Transition
from backend.cases.plans.models import PlanStatus, PlanStep, SupportPlan
from backend.cases.plans.policies import PLANS
from backend.registry.deadlines import StartOf, due
from backend.registry.desk import Desk, Waiting
from backend.registry.models import Step

SINCE = "_since"
_DUE = {
    PlanStatus.SUBMITTED: Step.PLAN_APPROVE_INSTITUTION,
    PlanStatus.APPROVED_BY_INSTITUTION: Step.PLAN_APPROVE_MUNICIPALITY,
    PlanStatus.APPROVED_BY_MUNICIPALITY: Step.PLAN_APPROVE_IKVD,
}


def waiting(desk: Desk) -> Iterator[Waiting]:
    """Plans to write and submit, to correct, to approve, to evaluate and to close; applications to record."""
    yield from _writing(desk)
    yield from _approvals(desk)
    yield from _ends(desk)


def _writing(desk: Desk) -> Iterator[Waiting]:
    writers = sorted(ACTS[Act.SUBMIT_PLAN][1])
    for status, kind in ((PlanStatus.DRAFT, "SUBMIT_PLAN"), (PlanStatus.RETURNED, "CORRECT_PLAN")):
        rows = desk.turns(_plans(status), policy=PLANS, roles=writers, separate=False)
        if rows is not None:
            yield _item(kind, rows, Step.PLAN_SUBMIT, assignee="author_id")
    without = _plans(*OPEN_TO_CHANGES).filter(~Exists(standing_applications()))
    recorders = sorted(ACTS[Act.RECORD_APPLICATION][1])
    rows = desk.turns(without, policy=PLANS, roles=recorders, separate=False)
    if rows is not None:
        yield _item("RECORD_APPLICATION", rows, Step.PLAN_SUBMIT)


def _approvals(desk: Desk) -> Iterator[Waiting]:
    for step in TRANSITIONS:
        if step.kind != PlanStepKind.APPROVE:
            continue
        plans = _plans(step.source)
        if len(step.chains) == 1:
            plans = plans.annotate(_chain=chain_column()).filter(_chain__in=[str(chain) for chain in step.chains])
        roles, when = sorted(step.roles), None
        if step.source == PlanStatus.SUBMITTED:
            plans, roles = _at_the_institution(plans, step, desk), [*roles, *_OTHERS]
            when = _wanted(step)
        if desk.person is not None:
            plans = plans.exclude(own_of(desk.person))
        more: dict[str, Any] = {} if when is None else {"when": when}
        rows = desk.turns(plans, policy=PLANS, roles=roles, acted=lambda role: acted_in(desk.person, role), **more)
        if rows is not None:
            # Of two steps from one status the agency's has the agency's days.
            days = Step.PLAN_APPROVE_IKVD if Role.IKVD in step.roles else _DUE[step.source]
            yield _item("APPROVE_PLAN", rows, days)


_OTHERS = sorted(role for role in Role.values if Area.PLANS in areas_written_by(role) and role != Role.INSTITUTION_HEAD)
"""A tier may name any role for the further approvals; only who writes plans can give one."""


def _at_the_institution(plans: QuerySet[SupportPlan], step: Transition, desk: Desk) -> QuerySet[SupportPlan]:
    """With what the tier asks for and how many approvals were given since the plan was last submitted (`approvals._given`)."""
    given = PlanStep.objects.filter(
        plan=OuterRef("pk"), from_status=step.source, to_status=step.source, at__gte=OuterRef("submitted_at")
    ).order_by()
    number = given.values("plan").annotate(number=Count("pk")).values("number")
    plans = plans.annotate(
        _approvals=Coalesce(approvals_column(desk.scope.on), Value(1)),
        _further=further_column(desk.scope.on),
        _given=Coalesce(Subquery(number, output_field=IntegerField()), Value(0)),
        _headed=Exists(given.filter(role__in=step.roles)),
    )
    if desk.person is not None:
        plans = plans.filter(~Exists(given.filter(actor_id=desk.person)))
    return plans


def _wanted(step: Transition) -> Any:
    """In which plans a role is asked for: `approvals.approving`, as a condition."""
    last = Q(_given__gte=F("_approvals") - 1)

    def when(role: str) -> Q:
        among = Q(_further__contains=[role])
        if role == Role.INSTITUTION_HEAD:
            among |= Q(_further=[])
        among &= Q(_approvals__gt=1)
        if role in step.roles:
            return Q(_headed=False) | among
        return among & (Q(_headed=True) | ~last)

    return when


def _ends(desk: Desk) -> Iterator[Waiting]:
    # Evaluated at the semester's end (domain.md 1): possible before, but waited for from the plan's last day on.
    over = _plans(PlanStatus.ACTIVE).filter(period_to__lte=desk.scope.on)
    since = Greatest("activated_at", StartOf("period_to"), output_field=DateTimeField())
    rows = desk.turns(over, policy=PLANS, roles=sorted(ACTS[Act.EVALUATE_PLAN][1]), separate=False)
    if rows is not None:
        yield _item("EVALUATE_PLAN", rows.annotate(**{SINCE: since}), Step.PLAN_EVALUATE, assignee="author_id")
    rows = desk.turns(_plans(PlanStatus.EVALUATED), policy=PLANS, roles=sorted(ACTS[Act.CLOSE_PLAN][1]), separate=False)
    if rows is not None:
        yield _item("CLOSE_PLAN", rows, None)


def _plans(*statuses: str) -> QuerySet[SupportPlan]:
    """Plans of open semesters in some statuses, with the moment of their last step."""
    last = PlanStep.objects.filter(plan=OuterRef("pk")).order_by("-at", "-id").values("at")[:1]
    rows = SupportPlan.objects.filter(status__in=statuses, semester__closed_at=None).order_by()
    return rows.annotate(**{SINCE: Coalesce(Subquery(last), "created_at", output_field=DateTimeField())})


def _item(kind: str, rows: QuerySet[SupportPlan], step: Step | None, *, assignee: str = "") -> Waiting:
    return Waiting(
        kind=kind,
        room=Area.PLANS,
        tag=SupportPlan.tag,
        rows=rows,
        since=SINCE,
        due=due(step, since=SINCE, semester="semester") if step else None,
        learner="learner_id",
        semester="semester_id",
        assignee=assignee,
        detail="number",
    )

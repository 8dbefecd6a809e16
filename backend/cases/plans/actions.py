"""What can be done with a plan next, and what stands against it: asked by each step's command, and shown before it is taken.

Both ask `verdict()`. What depends on the command's own input (words, a ground, levels at the end, a last day) is judged there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from backend.accounts.permissions import may
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.plans.approvals import acting_role, approving, check_compatible, check_not_own
from backend.cases.plans.around import Around, around_each, with_rules
from backend.cases.plans.conditions import PLAN, check_contents, check_semester, check_still_holds, open_under
from backend.cases.plans.machine import PlanStepKind, Transition, not_from_here, transition
from backend.cases.plans.models import SupportPlan
from backend.cases.plans.policies import PLANS
from backend.core.refusals import Problem, Problems

_ACTS = {
    PlanStepKind.SUBMIT: Act.SUBMIT_PLAN,
    PlanStepKind.EVALUATE: Act.EVALUATE_PLAN,
    PlanStepKind.CLOSE: Act.CLOSE_PLAN,
    PlanStepKind.INTERRUPT: Act.INTERRUPT_PLAN,
}
"""Steps that certain roles take, whatever the plan; who approves and returns follows from where it stands."""


@dataclass(frozen=True)
class Verdict:
    """What a step of a plan would be for a caller."""

    problems: Problems = field(default_factory=Problems)
    step: Transition | None = None
    """The step; None where the caller may not take it at all, or there is none from here: nothing else is told then."""
    role: str = ""
    """Role in which the caller would take it; empty where that is none."""
    completes: bool = True
    """Whether it takes the plan to the step's target, and does not wait for another person's approval."""


@dataclass(frozen=True)
class PlanAction:
    """A step that leads on from where a plan stands, for one caller."""

    step: PlanStepKind
    problems: Sequence[Problem]

    @property
    def allowed(self) -> bool:
        """Whether nothing stands against it but what its own input may say."""
        return not self.problems


def verdict(*, scope: Scope, plan: SupportPlan, kind: PlanStepKind, found: Around, unfinished: Iterable[Problem] = ()) -> Verdict:
    """Whether the caller may take a step of a plan, as what, and everything that stands against it.

    The plan comes with its semester, enrolment, institution and application. `unfinished`: what `open_under` tells of it, where
    the step is its closing.
    """
    act = _ACTS.get(kind)
    if act is not None:
        decision = may(scope=scope, act=act, institution_id=plan.institution_id)
        if not decision.allowed:
            return Verdict(Problems([decision.problem(PLAN)]))
    chain = found.chain
    step = transition(kind=kind, status=plan.status, chain=chain)
    if step is None:
        return Verdict(Problems([not_from_here(status=plan.status, chain=chain)]))
    problems, completes = Problems(), True
    check_semester(problems, plan)
    if kind == PlanStepKind.APPROVE:
        check_not_own(problems, found=found)
        approval = approving(problems, scope=scope, plan=plan, step=step, found=found)
        role, completes = approval.role, approval.completes
        check_compatible(problems, scope=scope, plan=plan, role=role, found=found)
        check_still_holds(problems, plan, found)
    elif kind == PlanStepKind.RETURN:
        check_not_own(problems, found=found)
        role = acting_role(problems, scope=scope, plan=plan, roles=step.roles)
        check_compatible(problems, scope=scope, plan=plan, role=role, found=found)
    else:
        role = acting_role(problems, scope=scope, plan=plan, roles=step.roles)
        if kind == PlanStepKind.SUBMIT:
            check_contents(problems, plan, found)
        problems.extend(unfinished)
    return Verdict(problems, step, role, completes)


def possible_actions(*, scope: Scope, plan_ids: Iterable[UUID]) -> Mapping[UUID, list[PlanAction]]:
    """Steps that lead on from where each plan within reach stands, with what stands against the caller's taking them.

    In six statements at most, however many plans.
    """
    rows = SupportPlan.objects.filter(PLANS.visible(scope), pk__in=list(plan_ids)).order_by()
    plans = list(with_rules(rows, scope=scope).select_related("semester", "enrolment", "institution", "application"))
    standing = around_each(plans, scope=scope)
    unfinished = open_under([plan for plan in plans if _leads_on(plan, PlanStepKind.CLOSE, standing[plan.pk])])
    return {
        plan.pk: [
            PlanAction(
                kind,
                list(
                    verdict(
                        scope=scope,
                        plan=plan,
                        kind=kind,
                        found=standing[plan.pk],
                        unfinished=unfinished.get(plan.pk, ()) if kind == PlanStepKind.CLOSE else (),
                    ).problems
                ),
            )
            for kind in PlanStepKind
            if _leads_on(plan, kind, standing[plan.pk])
        ]
        for plan in plans
    }


def _leads_on(plan: SupportPlan, kind: PlanStepKind, found: Around) -> bool:
    return transition(kind=kind, status=plan.status, chain=found.chain) is not None

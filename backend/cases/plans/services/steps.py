"""The steps of a plan from the head's desk to its end: submit, approve, return, evaluate, close, interrupt.

Each step names at once everything that stands against it, with what to do about it, and then changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.plans.approvals import acting_role, approving, chain_of, check_compatible, check_not_own
from backend.cases.plans.conditions import (
    check_closing,
    check_contents,
    check_end_risks,
    check_interrupting,
    check_semester,
    check_still_holds,
    standing_application,
)
from backend.cases.plans.evaluation import EndRisk, Outcome, checked_outcomes, checked_risks
from backend.cases.plans.machine import PlanStepKind, Transition, not_from_here, transition
from backend.cases.plans.models import AssessmentMoment, PlanOutcome, PlanStatus, SupportPlan
from backend.cases.plans.services.common import FIELD, history_of, step_on, taken_up
from backend.cases.plans.services.risks import judged
from backend.core import inputs
from backend.core.refusals import Code, Problems
from backend.core.text import nfc
from backend.registry.models import InterruptionGround
from backend.territory.selectors import in_force

LONGEST_COMMENT = 5_000


@command("submitSupportPlan", answer=by_key(SupportPlan))
def submit_support_plan(
    *, scope: Scope, plan_id: UUID, comment: str = "", expected_version: int | None = None, client_mutation_id: str = ""
) -> SupportPlan:
    """Submit a draft, or a plan that was returned, to the head (iesniegt direktoram; domain.md 1.1, step 3).

    It needs a signed application of the semester, a risk judged at the start, a measure, and a risk that each measure answers;
    an enrolment and a part in the programme for its whole period. Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT, INVALID,
    LOCKED, and UNMET_CONDITION once for each condition that is not met.
    """
    plan, problems = _begun(scope, plan_id, expected_version, Act.SUBMIT_PLAN)
    step = _step(problems, plan, PlanStepKind.SUBMIT)
    check_semester(problems, plan)
    check_contents(problems, plan)
    words = _comment(problems, comment)
    problems.refuse()
    application = standing_application(plan)
    return step_on(plan, scope=scope, to=step.target, role=_one(step), comment=words, application=application)


@command("approveSupportPlan", answer=by_key(SupportPlan))
def approve_support_plan(
    *, scope: Scope, plan_id: UUID, comment: str = "", expected_version: int | None = None, client_mutation_id: str = ""
) -> SupportPlan:
    """Approve a plan (saskaņot) at the step it waits at: head, then municipality coordinator, then agency; at a state
    institution head, then agency (domain.md 1.1, steps 4-6).

    Never the own plan, never in a role that may not join another which the caller holds or acted in (IncompatibleRoles).
    From an amount on the institution's step takes several people (ApprovalTier): until the last of them the plan stays
    submitted, with a step for each. What it stands on must still hold. Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT,
    INVALID, LOCKED, UNMET_CONDITION.
    """
    plan = taken_up(scope=scope, plan_id=plan_id, expected_version=expected_version)
    problems = Problems()
    step = _step(problems, plan, PlanStepKind.APPROVE)
    history = history_of(plan)
    check_semester(problems, plan)
    check_not_own(problems, scope=scope, plan=plan, history=history)
    approval = approving(problems, scope=scope, plan=plan, step=step, history=history)
    check_compatible(problems, scope=scope, plan=plan, role=approval.role, history=history)
    check_still_holds(problems, plan)
    words = _comment(problems, comment)
    problems.refuse()
    target = step.target if approval.completes else plan.status
    return step_on(plan, scope=scope, to=target, role=approval.role, comment=words)


@command("returnSupportPlan", answer=by_key(SupportPlan))
def return_support_plan(
    *, scope: Scope, plan_id: UUID, comment: str, expected_version: int | None = None, client_mutation_id: str = ""
) -> SupportPlan:
    """Return a plan for changes (atgriezt precizēšanai), with what to change, by whoever it waits for.

    It goes back to its authors, whoever returns it, and takes the whole way again (inferred). Raises Refusal: NOT_FOUND,
    NOT_ALLOWED, CONFLICT, REQUIRED (the comment), INVALID, LOCKED, UNMET_CONDITION.
    """
    plan = taken_up(scope=scope, plan_id=plan_id, expected_version=expected_version)
    problems = Problems()
    step = _step(problems, plan, PlanStepKind.RETURN)
    history = history_of(plan)
    check_semester(problems, plan)
    check_not_own(problems, scope=scope, plan=plan, history=history)
    role = acting_role(problems, scope=scope, plan=plan, roles=step.roles)
    check_compatible(problems, scope=scope, plan=plan, role=role, history=history)
    words = _comment(problems, comment, required=True)
    problems.refuse()
    return step_on(plan, scope=scope, to=step.target, role=role, comment=words)


@command("evaluateSupportPlan", answer=by_key(SupportPlan))
def evaluate_support_plan(
    *,
    scope: Scope,
    plan_id: UUID,
    result_text: str,
    continue_next: bool,
    outcomes: Sequence[Outcome] = (),
    end_risks: Sequence[EndRisk] = (),
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> SupportPlan:
    """Evaluate the result of an active plan's measures (izvērtējums; domain.md 1: by who prepared it, at semester's end).

    Each risk judged at the start is judged at the end, before (`assessRisk`) or here. Themes are those in force on the day.
    Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT, REQUIRED, INVALID, DUPLICATE, LOCKED, UNMET_CONDITION.
    """
    plan, problems = _begun(scope, plan_id, expected_version, Act.EVALUATE_PLAN)
    step = _step(problems, plan, PlanStepKind.EVALUATE)
    check_semester(problems, plan)
    words = inputs.paragraphs(problems, result_text, "result_text", required=True)
    themes = checked_outcomes(problems, outcomes, on=scope.on)
    risks = checked_risks(problems, plan, end_risks)
    check_end_risks(problems, plan, [risk.factor for risk in risks])
    problems.refuse()
    for risk in risks:
        judged(plan, factor=risk.factor, moment=AssessmentMoment.END, level=risk.level, note=risk.note, scope=scope)
    PlanOutcome.objects.bulk_create(
        PlanOutcome(plan=plan, institution_id=plan.institution_id, theme=theme, note=note) for theme, note in themes
    )
    return step_on(plan, scope=scope, to=step.target, role=_one(step), result_text=words, continue_next=continue_next)


@command("closeSupportPlan", answer=by_key(SupportPlan))
def close_support_plan(
    *, scope: Scope, plan_id: UUID, comment: str = "", expected_version: int | None = None, client_mutation_id: str = ""
) -> SupportPlan:
    """Close an evaluated plan: nothing is recorded or claimed under it any more. What is open stands against it.

    Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT, INVALID, LOCKED, and UNMET_CONDITION for each kind of thing that is open.
    """
    plan, problems = _begun(scope, plan_id, expected_version, Act.CLOSE_PLAN)
    step = _step(problems, plan, PlanStepKind.CLOSE)
    check_semester(problems, plan)
    check_closing(problems, plan)
    words = _comment(problems, comment)
    role = acting_role(problems, scope=scope, plan=plan, roles=step.roles)
    problems.refuse()
    return step_on(plan, scope=scope, to=step.target, role=role, comment=words)


@command("interruptSupportPlan", answer=by_key(SupportPlan))
def interrupt_support_plan(
    *,
    scope: Scope,
    plan_id: UUID,
    ground_code: str,
    last_day: dt.date,
    comment: str,
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> SupportPlan:
    """Interrupt a plan (pārtraukt) with a ground of the list, the last day on which it held, and why in words.

    The day is not in the future, nor after the plan's period, nor, for a plan that is active, before it; what was given until
    then counts, and nothing was given after. Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT, REQUIRED, INVALID, LOCKED,
    OUT_OF_PERIOD, UNMET_CONDITION.
    """
    plan, problems = _begun(scope, plan_id, expected_version, Act.INTERRUPT_PLAN)
    step = _step(problems, plan, PlanStepKind.INTERRUPT)
    check_semester(problems, plan)
    ground = InterruptionGround.objects.filter(in_force(scope.on), code=nfc(ground_code)[:60]).first()
    if ground is None:
        problems.add(Code.NOT_FOUND, _("There is no such ground. Choose one of the list."), "ground_code")
    if last_day > min(scope.on, plan.period_to):
        message = _("The last day lies in the future or after the plan's period. Interrupt the plan on the day itself.")
        problems.add(Code.OUT_OF_PERIOD, message, "last_day")
    elif plan.status == PlanStatus.ACTIVE and last_day < plan.period_from:
        message = _("The last day lies before the plan's first. Name a day of the plan's period.")
        problems.add(Code.OUT_OF_PERIOD, message, "last_day")
    else:
        check_interrupting(problems, plan, last_day)
    words = _comment(problems, comment, required=True)
    role = acting_role(problems, scope=scope, plan=plan, roles=step.roles)
    problems.refuse()
    return step_on(
        plan, scope=scope, to=step.target, role=role, comment=words, interrupted_on=last_day, interruption_ground=ground
    )


# -- what they share -------------------------------------------------------------------------------------------------------
def _begun(scope: Scope, plan_id: UUID, expected_version: int | None, act: Act) -> tuple[SupportPlan, Problems]:
    """The plan, locked, for a caller who may take the step at its institution."""
    plan = taken_up(scope=scope, plan_id=plan_id, expected_version=expected_version)
    require(scope=scope, act=act, institution_id=plan.institution_id, field=FIELD)
    return plan, Problems()


def _step(problems: Problems, plan: SupportPlan, kind: PlanStepKind) -> Transition:
    """The step from the plan's status. Raises Refusal where there is none: whatever else is wrong says nothing then."""
    chain = chain_of(plan)
    found = transition(kind=kind, status=plan.status, chain=chain)
    if found is None:
        problems.extend([not_from_here(status=plan.status, chain=chain)])
        problems.refuse()
    assert found is not None  # noqa: S101  (refused above)
    return found


def _one(step: Transition) -> str:
    (role,) = step.roles
    return role


def _comment(problems: Problems, text: str, *, required: bool = False) -> str:
    return inputs.paragraphs(problems, text, "comment", longest=LONGEST_COMMENT, required=required)

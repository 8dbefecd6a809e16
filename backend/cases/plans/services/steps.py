"""The steps of a plan from the head's desk to its end: submit, approve, return, evaluate, close, interrupt.

Each step names at once everything that stands against it, with what to do about it, and then changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command
from backend.accounts.scope import Scope
from backend.cases.plans.actions import verdict
from backend.cases.plans.around import Around, around
from backend.cases.plans.conditions import check_end_risks, check_interrupting, open_under
from backend.cases.plans.evaluation import EndRisk, Outcome, checked_outcomes, checked_risks
from backend.cases.plans.machine import PlanStepKind
from backend.cases.plans.models import AssessmentMoment, PlanOutcome, PlanStatus, SupportPlan
from backend.cases.plans.remarks import Remark, checked_remarks
from backend.cases.plans.services.common import step_on, taken_up
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
    taken = _taken(scope, plan_id, expected_version, PlanStepKind.SUBMIT)
    words = _comment(taken.problems, comment)
    taken.problems.refuse()
    standing = taken.found.application_id
    return step_on(taken.plan, scope=scope, to=taken.target, role=taken.role, comment=words, application_id=standing)


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
    taken = _taken(scope, plan_id, expected_version, PlanStepKind.APPROVE)
    words = _comment(taken.problems, comment)
    taken.problems.refuse()
    return step_on(taken.plan, scope=scope, to=taken.target, role=taken.role, comment=words)


@command("returnSupportPlan", answer=by_key(SupportPlan))
def return_support_plan(
    *,
    scope: Scope,
    plan_id: UUID,
    comment: str,
    remarks: Sequence[Remark] = (),
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> SupportPlan:
    """Return a plan for changes (atgriezt precizēšanai), with what to change, by whoever it waits for.

    `remarks` say it of single parts: risks and measures of the plan, its application.

    It goes back to its authors, whoever returns it, and takes the whole way again (inferred). Raises Refusal: NOT_FOUND,
    NOT_ALLOWED, CONFLICT, REQUIRED (the comment), INVALID, LIMIT_EXCEEDED, LOCKED, UNMET_CONDITION.
    """
    taken = _taken(scope, plan_id, expected_version, PlanStepKind.RETURN)
    words = _comment(taken.problems, comment, required=True)
    said = checked_remarks(taken.problems, taken.plan, remarks)
    taken.problems.refuse()
    return step_on(taken.plan, scope=scope, to=taken.target, role=taken.role, comment=words, remarks=said)


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
    taken = _taken(scope, plan_id, expected_version, PlanStepKind.EVALUATE)
    plan, problems = taken.plan, taken.problems
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
    return step_on(plan, scope=scope, to=taken.target, role=taken.role, result_text=words, continue_next=continue_next)


@command("closeSupportPlan", answer=by_key(SupportPlan))
def close_support_plan(
    *, scope: Scope, plan_id: UUID, comment: str = "", expected_version: int | None = None, client_mutation_id: str = ""
) -> SupportPlan:
    """Close an evaluated plan: nothing is recorded or claimed under it any more. What is open stands against it.

    Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT, INVALID, LOCKED, and UNMET_CONDITION for each kind of thing that is open.
    """
    taken = _taken(scope, plan_id, expected_version, PlanStepKind.CLOSE)
    words = _comment(taken.problems, comment)
    taken.problems.refuse()
    return step_on(taken.plan, scope=scope, to=taken.target, role=taken.role, comment=words)


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
    taken = _taken(scope, plan_id, expected_version, PlanStepKind.INTERRUPT)
    plan, problems = taken.plan, taken.problems
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
    problems.refuse()
    return step_on(
        plan,
        scope=scope,
        to=taken.target,
        role=taken.role,
        comment=words,
        interrupted_on=last_day,
        interruption_ground=ground,
    )


# -- what they share -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Taken:
    """A plan taken up for a step, locked, with what stands around it and against the step."""

    plan: SupportPlan
    found: Around
    problems: Problems
    target: str
    role: str


def _taken(scope: Scope, plan_id: UUID, expected_version: int | None, kind: PlanStepKind) -> _Taken:
    """The plan with the verdict on a step. Raises Refusal where the caller may not take it, or there is none from its status:
    whatever else is wrong says nothing then.
    """
    plan = taken_up(scope=scope, plan_id=plan_id, expected_version=expected_version)
    found = around(plan, scope=scope)
    unfinished = open_under([plan])[plan.pk] if kind == PlanStepKind.CLOSE else ()
    answer = verdict(scope=scope, plan=plan, kind=kind, found=found, unfinished=unfinished)
    if answer.step is None:
        answer.problems.refuse()
    assert answer.step is not None  # noqa: S101  (refused above)
    target = answer.step.target if answer.completes else plan.status
    return _Taken(plan, found, answer.problems, target, answer.role)


def _comment(problems: Problems, text: str, *, required: bool = False) -> str:
    return inputs.paragraphs(problems, text, "comment", longest=LONGEST_COMMENT, required=required)

"""Who may approve or return a plan: the role that its step waits for, never its own author, no two incompatible roles, and
as many people as its amount asks for (domain.md 1.1; `registry.IncompatibleRoles` and `registry.ApprovalTier` are data).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.accounts.roles import Area
from backend.accounts.scope import Scope, nearest_first
from backend.cases.plans.approval_columns import chain_column
from backend.cases.plans.around import Around
from backend.cases.plans.machine import Chain, Transition, role_of
from backend.cases.plans.models import PlanStatus, PlanStep, SupportPlan
from backend.core.refusals import Code, Problems, listed
from backend.registry.models import IncompatibilityReach

FIELD = "plan_id"


def chain_of(plan: SupportPlan) -> Chain:
    """By the agreement that the institution takes part under on the plan's first day; by its kind where there is none."""
    return Chain(SupportPlan.objects.filter(pk=plan.pk).values_list(chain_column(), flat=True).get())


@dataclass(frozen=True)
class Approval:
    """What an approval is: the role it is given in, and whether it is the last that the step waits for."""

    role: str
    completes: bool


@dataclass(frozen=True)
class _Rule:
    """How many people approve at the institution, and from which roles those after the head come."""

    approvals: int
    further: frozenset[str]


def approving(problems: Problems, *, scope: Scope, plan: SupportPlan, step: Transition, found: Around) -> Approval:
    """The approval that the caller would give; everything that stands against it is noted.

    Where the amount asks for several people (a tier), they approve at the institution's step: the head, and others of the
    tier's roles, in either order.
    """
    rule = _rule(found) if step.source == PlanStatus.SUBMITTED else _Rule(1, frozenset())
    given = _given(found.history)
    headed = any(role_of(earlier) in step.roles for earlier in given)
    last = len(given) + 1 >= rule.approvals
    wanted = step.roles if last and not headed else (rule.further if headed else step.roles | rule.further)
    role = acting_role(problems, scope=scope, plan=plan, roles=wanted)
    if role and any(earlier.actor_id == scope.principal_id for earlier in given):
        message = _("You have approved it already. Another person must approve it now: {roles}.")
        problems.add(Code.NOT_ALLOWED, format_lazy(message, roles=_labels(wanted)), FIELD)
    return Approval(role, completes=last)


def acting_role(problems: Problems, *, scope: Scope, plan: SupportPlan, roles: Iterable[str]) -> str:
    """The caller's role among `roles` at the plan's institution, the nearest first; empty, and a problem, where there is none."""
    wanted = frozenset(roles)
    for held in nearest_first(scope.writing(Area.PLANS)):
        if held.role in wanted and held.covers(plan.institution_id):
            return held.role
    message = _("The plan waits for these roles: {roles}. Leave the step to them.")
    problems.add(Code.NOT_ALLOWED, format_lazy(message, roles=_labels(wanted)), FIELD)
    return ""


def check_not_own(problems: Problems, *, found: Around) -> None:
    """The author never approves the own plan: nor who drew it up with the author, drafted it or submitted it."""
    if found.own:
        message = _("You drew up or submitted this plan. Somebody else must decide on it.")
        problems.add(Code.NOT_ALLOWED, message, FIELD)


def check_compatible(problems: Problems, *, scope: Scope, plan: SupportPlan, role: str, found: Around) -> None:
    """Acting in `role` here joins it with no role that one person may not join with it."""
    if not role:
        return
    on_case = {role_of(step) for step in found.history if step.actor_id == scope.principal_id}
    if found.own:
        on_case.add(Role.PLAN_AUTHOR)
    here = {held.role for held in scope.holdings if held.covers(plan.institution_id)}
    joined = {
        IncompatibilityReach.SAME_CASE: on_case,
        IncompatibilityReach.SAME_UNIT: here,
        IncompatibilityReach.ANYWHERE: set(scope.roles),
    }
    for pair in (pair for pair in found.incompatible if role in {pair.first_role, pair.second_role}):
        other = pair.second_role if pair.first_role == role else pair.first_role
        if other in joined[IncompatibilityReach(pair.reach)]:
            wording = _("Nobody joins the roles {roles} {reach}. Leave the step to somebody else.")
            problems.add(
                Code.NOT_ALLOWED,
                format_lazy(wording, roles=_labels((role, other)), reach=IncompatibilityReach(pair.reach).label),
                FIELD,
            )


def _rule(found: Around) -> _Rule:
    """By the highest tier in force on the day that the plan's amount reaches; one person where no tier says it."""
    if found.approvals <= 1:
        return _Rule(1, frozenset())
    return _Rule(found.approvals, found.further or frozenset({Role.INSTITUTION_HEAD}))


def _given(history: Sequence[PlanStep]) -> list[PlanStep]:
    """Approvals since the plan was last submitted that wait for a further one."""
    given: list[PlanStep] = []
    for step in history:
        if step.to_status != PlanStatus.SUBMITTED or step.from_status != PlanStatus.SUBMITTED:
            given = []
        else:
            given.append(step)
    return given


def _labels(roles: Iterable[str]) -> object:
    return listed(*(Role(role).label for role in sorted(roles)))

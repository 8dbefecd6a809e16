"""Who may approve or return a plan: the role that its step waits for, never its own author, no two incompatible roles, and
as many people as its amount asks for (domain.md 1.1; `registry.IncompatibleRoles` and `registry.ApprovalTier` are data).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    Expression,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.accounts.roles import Area
from backend.accounts.scope import Scope, nearest_first
from backend.cases.plans.machine import Chain, Transition, role_of, taken_in
from backend.cases.plans.models import Measure, PlanAuthor, PlanStatus, PlanStep, SupportPlan
from backend.core.refusals import Code, Problems, listed
from backend.registry.models import (
    ApprovalSubject,
    ApprovalTier,
    IncompatibilityReach,
    IncompatibleRoles,
    InstitutionParticipation,
)
from backend.territory.models import STATE_KINDS
from backend.territory.selectors import in_force

FIELD = "plan_id"


def chain_of(plan: SupportPlan) -> Chain:
    """By the agreement that the institution takes part under on the plan's first day; by its kind where there is none."""
    return Chain(SupportPlan.objects.filter(pk=plan.pk).values_list(chain_column(), flat=True).get())


def chain_column() -> Expression:
    """Over plans: the chain, as `chain_of`. An institution with an agreement of its own is the state's (domain.md 4.2)."""
    own = Case(When(agreement__institution=None, then=Value(Chain.MUNICIPAL)), default=Value(Chain.STATE))
    joined = InstitutionParticipation.objects.filter(
        Q(left_on=None) | Q(left_on__gte=OuterRef("period_from")),
        institution_id=OuterRef("institution_id"),
        joined_on__lte=OuterRef("period_from"),
    )
    by_kind = Case(When(institution__kind__in=STATE_KINDS, then=Value(Chain.STATE)), default=Value(Chain.MUNICIPAL))
    by_agreement = Subquery(joined.order_by("joined_on", "id").values_list(own, flat=True)[:1], output_field=CharField())
    return Coalesce(by_agreement, by_kind, output_field=CharField())


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


def approving(problems: Problems, *, scope: Scope, plan: SupportPlan, step: Transition, history: list[PlanStep]) -> Approval:
    """The approval that the caller would give; everything that stands against it is noted.

    Where the amount asks for several people (a tier), they approve at the institution's step: the head, and others of the
    tier's roles, in either order. `history`: the plan's steps, the oldest first.
    """
    rule = _rule(scope, plan) if step.source == PlanStatus.SUBMITTED else _Rule(1, frozenset())
    given = _given(history)
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


def check_not_own(problems: Problems, *, scope: Scope, plan: SupportPlan, history: list[PlanStep]) -> None:
    """The author never approves the own plan: nor who drew it up with the author, drafted it or submitted it."""
    if scope.principal_id in own_people(plan, history):
        message = _("You drew up or submitted this plan. Somebody else must decide on it.")
        problems.add(Code.NOT_ALLOWED, message, FIELD)


def own_people(plan: SupportPlan, history: list[PlanStep]) -> set[UUID]:
    """Everybody whose own plan it is."""
    people = {plan.author_id, *plan.co_authors.values_list("user_id", flat=True)}
    people |= {step.actor_id for step in history if role_of(step) == Role.PLAN_AUTHOR}
    return {person for person in people if person is not None}


def own_of(person: UUID) -> Q:
    """Over plans: those whose `own_people` a person is one of."""
    together = PlanAuthor.objects.filter(plan=OuterRef("pk"), user_id=person)
    return Q(author_id=person) | Q(Exists(together)) | acted_in(person, Role.PLAN_AUTHOR)


def acted_in(person: UUID | None, role: str) -> Q:
    """Over plans: those in which a person took a step in a role (`machine.role_of`)."""
    return Q(Exists(PlanStep.objects.filter(taken_in(role), plan=OuterRef("pk"), actor_id=person)))


def check_compatible(problems: Problems, *, scope: Scope, plan: SupportPlan, role: str, history: list[PlanStep]) -> None:
    """Acting in `role` here joins it with no role that one person may not join with it."""
    if not role:
        return
    on_case = {role_of(step) for step in history if step.actor_id == scope.principal_id}
    if scope.principal_id in own_people(plan, history):
        on_case.add(Role.PLAN_AUTHOR)
    here = {held.role for held in scope.holdings if held.covers(plan.institution_id)}
    joined = {
        IncompatibilityReach.SAME_CASE: on_case,
        IncompatibilityReach.SAME_UNIT: here,
        IncompatibilityReach.ANYWHERE: set(scope.roles),
    }
    pairs = IncompatibleRoles.objects.filter(in_force(scope.on)).filter(Q(first_role=role) | Q(second_role=role))
    for pair in pairs.order_by("first_role", "second_role"):
        other = pair.second_role if pair.first_role == role else pair.first_role
        if other in joined[IncompatibilityReach(pair.reach)]:
            wording = _("Nobody joins the roles {roles} {reach}. Leave the step to somebody else.")
            problems.add(
                Code.NOT_ALLOWED,
                format_lazy(wording, roles=_labels((role, other)), reach=IncompatibilityReach(pair.reach).label),
                FIELD,
            )


def approvals_column(on: dt.date) -> Combinable:
    """Over plans: how many people approve at the institution by the tier in force on a day; null where no tier says it."""
    return Subquery(_tiers(on).values("approvals")[:1], output_field=IntegerField())


def further_column(on: dt.date) -> Combinable:
    """Over plans: the roles out of which those after the head come, as the tier names them; null where no tier does."""
    return Subquery(_tiers(on).values("second_roles")[:1], output_field=ArrayField(CharField()))


def _tiers(on: dt.date) -> Any:
    """The tiers that a plan's planned euro reach, the highest first."""
    planned = Measure.objects.filter(plan=OuterRef(OuterRef("pk"))).order_by().values("plan")
    total = Subquery(planned.annotate(total=Sum("planned_amount")).values("total"), output_field=DecimalField())
    return ApprovalTier.objects.filter(
        in_force(on),
        subject=ApprovalSubject.PLAN,
        programme__starts_on__lte=OuterRef("period_from"),
        programme__ends_on__gte=OuterRef("period_from"),
        amount_from__lte=Coalesce(total, Value(0), output_field=DecimalField()),
    ).order_by("-amount_from", "id")


def _rule(scope: Scope, plan: SupportPlan) -> _Rule:
    """By the highest tier in force on the day that the plan's amount reaches; one person where no tier says it."""
    columns = approvals_column(scope.on), further_column(scope.on)
    approvals, further = SupportPlan.objects.filter(pk=plan.pk).values_list(*columns).get()
    if (approvals or 1) <= 1:
        return _Rule(1, frozenset())
    return _Rule(approvals, frozenset(further) or frozenset({Role.INSTITUTION_HEAD}))


def _given(history: list[PlanStep]) -> list[PlanStep]:
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

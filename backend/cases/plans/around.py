"""What the rules of a plan's steps look at besides the plan itself, read for one plan or a page of them in as many statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, QuerySet, Subquery, Value

from backend.accounts.scope import Scope
from backend.cases.plans.approval_columns import (
    approvals_column,
    chain_column,
    further_column,
    judged_at_start,
    own_of,
    standing_applications,
    takes_part_column,
)
from backend.cases.plans.machine import Chain
from backend.cases.plans.models import Measure, PlanStep, SupportPlan
from backend.registry.models import IncompatibleRoles
from backend.territory.selectors import in_force

T = TypeVar("T", PlanStep, Measure)


@dataclass(frozen=True)
class Around:
    """Of one plan, for one caller."""

    history: Sequence[PlanStep]
    """Its steps, the oldest first."""
    measures: Sequence[Measure]
    """With their kinds."""
    incompatible: Sequence[IncompatibleRoles]
    """In force on the day."""
    chain: Chain
    approvals: int
    """How many people approve at the institution, by the tier in force on the day."""
    further: frozenset[str]
    """The roles out of which those after the head come, as the tier names them."""
    own: bool
    """Whether it is the caller's own."""
    judged: bool
    """Whether a risk is judged at its start."""
    application_id: UUID | None
    """The application that stands for its learner, institution and semester."""
    takes_part: bool
    """Whether the institution takes part in the programme in its whole period."""


def around(plan: SupportPlan, *, scope: Scope) -> Around:
    """What stands around one plan. Raises DoesNotExist for a plan that the caller does not reach."""
    return around_each([with_rules(SupportPlan.objects.all(), scope=scope).get(pk=plan.pk)], scope=scope)[plan.pk]


def with_rules(plans: QuerySet[SupportPlan], *, scope: Scope) -> QuerySet[SupportPlan]:
    """Plans with what `around_each` needs of the database: the same words as for lists of what waits."""
    person = scope.principal_id
    own = own_of(person) if person is not None else Value(False)
    return plans.annotate(
        _chain=chain_column(),
        _approvals=approvals_column(scope.on),
        _further=further_column(scope.on),
        _own=ExpressionWrapper(own, output_field=BooleanField()),
        _judged=judged_at_start(),
        _application=Subquery(standing_applications().values("pk")[:1]),
        _takes_part=takes_part_column(),
    )


def around_each(plans: Sequence[SupportPlan], *, scope: Scope) -> Mapping[UUID, Around]:
    """What stands around each of some plans that came `with_rules`, in three statements."""
    keys = [plan.pk for plan in plans]
    steps = _by_plan(PlanStep.objects.filter(plan__in=keys).order_by("at", "id"))
    measures = _by_plan(Measure.objects.filter(plan__in=keys).select_related("kind").order_by("id"))
    incompatible = list(IncompatibleRoles.objects.filter(in_force(scope.on)).order_by("first_role", "second_role"))
    return {plan.pk: _around(vars(plan), steps[plan.pk], measures[plan.pk], incompatible) for plan in plans}


def _around(
    rules: Mapping[str, object], steps: Sequence[PlanStep], measures: Sequence[Measure], incompatible: Sequence[IncompatibleRoles]
) -> Around:
    """`rules`: the columns of `with_rules`."""
    return Around(
        history=steps,
        measures=measures,
        incompatible=incompatible,
        chain=Chain(rules["_chain"]),
        approvals=rules["_approvals"] or 1,  # type: ignore[arg-type]
        further=frozenset(rules["_further"] or ()),  # type: ignore[call-overload]
        own=bool(rules["_own"]),
        judged=bool(rules["_judged"]),
        application_id=rules["_application"],  # type: ignore[arg-type]
        takes_part=bool(rules["_takes_part"]),
    )


def _by_plan(rows: Iterable[T]) -> defaultdict[UUID, list[T]]:
    found: defaultdict[UUID, list[T]] = defaultdict(list)
    for row in rows:
        found[row.plan_id].append(row)
    return found

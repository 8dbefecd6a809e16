"""What a caller could do with a plan next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import strawberry

from backend.accounts.scope import Scope
from backend.cases.plans.actions import PlanAction, possible_actions
from backend.cases.plans.machine import PlanStepKind
from backend.core.classification import DataClass
from backend.core.refusals import Problem
from graphql_schema.engine.declarations import ANY_TOKEN, ObjectType, Value
from graphql_schema.engine.mutations import MutationErrorCode

PLAN_ACTION = ObjectType(
    name="PlanAction",
    description="Something the caller could do with a plan next.",
    needs="plans.read",
    fields=(
        Value(name="step", kind=PlanStepKind, data_class=DataClass.INTERNAL, description="Which step."),
        Value(
            name="allowed",
            kind=bool,
            data_class=DataClass.INTERNAL,
            description="Whether nothing stands against it but what its own input may say.",
        ),
        Value(
            name="unmetConditions",
            kind="UnmetCondition",
            list_of=True,
            length=5,
            data_class=DataClass.SPECIAL,
            description="Each condition that is not met, with its remedy.",
        ),
    ),
)

UNMET_CONDITION = ObjectType(
    name="UnmetCondition",
    description="A condition that is not met.",
    needs=ANY_TOKEN,
    fields=(
        Value(
            name="code",
            kind=MutationErrorCode,
            data_class=DataClass.INTERNAL,
            description="Code, the same as the mutation's refusal would have.",
        ),
        Value(
            name="message",
            kind=str,
            data_class=DataClass.SPECIAL,  # it can name a risk
            description="What is missing and what to do, in the language of `Accept-Language`.",
        ),
        Value(
            name="subjectId",
            kind=strawberry.ID,
            nullable=True,
            data_class=DataClass.INTERNAL,
            description="Id of the measure or risk that alone does not meet it, good for `node(id:)`; null: the whole.",
        ),
    ),
)

TYPES = (PLAN_ACTION, UNMET_CONDITION)


@dataclass(frozen=True)
class ShownCondition:
    """A problem in the caller's language."""

    code: str
    message: str
    subject_id: str | None

    @classmethod
    def of(cls, problem: Problem) -> ShownCondition:
        return cls(problem.code.value, str(problem.message), problem.about or None)


@dataclass(frozen=True)
class ShownAction:
    """An action as the schema shows it."""

    step: PlanStepKind
    allowed: bool
    unmet_conditions: list[ShownCondition]

    @classmethod
    def of(cls, action: PlanAction) -> ShownAction:
        return cls(action.step, action.allowed, [ShownCondition.of(problem) for problem in action.problems])


def shown_actions(scope: Scope, keys: Sequence[UUID]) -> Mapping[UUID, list[ShownAction]]:
    """Actions of some plans, in the language in force."""
    found = possible_actions(scope=scope, plan_ids=keys)
    return {key: [ShownAction.of(action) for action in actions] for key, actions in found.items()}

"""Studies of what measures do (contract, `effectiveness`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from backend.accounts.scope import Scope
from backend.core.classification import DataClass
from backend.insight.evaluation import wording
from backend.insight.evaluation.models import StudyGuardKind, StudyMethod, StudyResult
from backend.insight.evaluation.selectors import latest_result, study_results
from graphql_schema.cases.shared import ID
from graphql_schema.engine.context import Context
from graphql_schema.engine.declarations import Argument, Column, Derived, Gathered, ObjectType, RootField, Value, Worded
from graphql_schema.engine.loading import Batch

_NEEDS = "statistics.read"


def _value(name: str, kind: Any, description: str, **more: Any) -> Value:
    return Value(name=name, kind=kind, description=description, data_class=DataClass.INTERNAL, **more)


ESTIMATE = ObjectType(
    name="EffectEstimate",
    description="One estimate of a study.",
    needs=_NEEDS,
    fields=(
        _value("method", StudyMethod, "Method."),
        _value("outcome", str, "The outcome."),
        _value("measure", str, "What is estimated, such as a difference in percentage points."),
        _value("value", float, "The estimate."),
        _value("low", float, "Lower end of its 95 % interval."),
        _value("high", float, "Upper end of its 95 % interval."),
        _value("exposed", int, "Learners with the measure."),
        _value("compared", int, "Learners beside whom they are seen."),
        _value("effectiveSize", float, "Effective size of the sample, where weights are used.", nullable=True),
        _value("pValue", float, "p-value, where the method is a test.", nullable=True),
    ),
)

GUARD = ObjectType(
    name="StudyGuard",
    description="A condition that an estimate must meet, and whether it did.",
    needs=_NEEDS,
    fields=(
        _value("kind", StudyGuardKind, "Which."),
        _value("passed", bool, "Whether it was met; a study that does not meet one gives no estimate by that method."),
        _value("value", float, "What was found.", nullable=True),
        _value("threshold", float, "What is allowed.", nullable=True),
        _value("message", str, "What it means, in the language of `Accept-Language`."),
    ),
)


def _estimates(scope: Scope, keys: Sequence[UUID]) -> Mapping[UUID, Sequence[Any]]:
    return {key: [_estimate(each) for each in result["estimates"]] for key, result in _results(scope, keys).items()}


def _estimate(each: dict[str, Any]) -> SimpleNamespace:
    worded = {
        "method": StudyMethod(each["method"]),
        "outcome": str(wording.OUTCOMES[each["outcome"]]),
        "measure": wording.measure_name(each["measure"]),
        "p_value": each.get("p"),
    }
    return SimpleNamespace(**{**each, **worded})


def _guards(scope: Scope, keys: Sequence[UUID]) -> Mapping[UUID, Sequence[Any]]:
    return {
        key: [
            SimpleNamespace(**{**each, "kind": StudyGuardKind(each["kind"]), "message": wording.guard_message(each)})
            for each in result["guards"]
        ]
        for key, result in _results(scope, keys).items()
    }


def _results(scope: Scope, keys: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    return dict(study_results(scope=scope).filter(pk__in=keys).order_by().values_list("pk", "result"))


def _specification(row: StudyResult) -> dict[str, Any]:
    found: dict[str, Any] = row.result["specification"]
    return found


RESULT = ObjectType(
    name="EffectivenessResult",
    description="The result of a study, with all that is needed to compute it again.",
    needs=_NEEDS,
    model=StudyResult,
    select=lambda scope: study_results(scope=scope),
    order=("-computed_at", "id"),
    fields=(
        ID,
        Derived(
            name="study",
            kind=str,
            depends=("result",),
            compute=lambda row: _specification(row)["code"],
            description="Code of the study.",
        ),
        Worded(
            name="title",
            compute=lambda row: wording.text_of(_specification(row)["title"]),
            data_class=DataClass.INTERNAL,
            description="Title, in the language of `Accept-Language`.",
        ),
        Worded(
            name="summary",
            compute=lambda row: wording.summary(row.result),
            data_class=DataClass.INTERNAL,
            description="What it found and what it did not, in plain language, in the language of `Accept-Language`.",
        ),
        Worded(
            name="question",
            compute=lambda row: wording.text_of(_specification(row)["question"]),
            data_class=DataClass.INTERNAL,
            description="What was asked: whom, which measure, which outcome, beside whom.",
        ),
        Gathered(
            name="estimates",
            to="EffectEstimate",
            gather=_estimates,
            depends=((StudyResult, "result"),),
            length=10,
            description="Its estimates; empty where a guard refused.",
        ),
        Gathered(
            name="guards",
            to="StudyGuard",
            gather=_guards,
            depends=((StudyResult, "result"),),
            length=15,
            description="What was checked before an estimate was given.",
        ),
        Derived(
            name="specifiedAt",
            kind=dt.datetime,
            depends=("result",),
            compute=lambda row: dt.datetime.fromisoformat(row.result["specified_at"]),
            description="When the specification was frozen.",
        ),
        Column(name="specificationHash", description="Hash of the specification."),
        Column(name="dataHash", description="Hash of the data."),
        Derived(
            name="seed", kind=str, depends=("seed",), compute=lambda row: str(row.seed), description="Seed of its random numbers."
        ),
        Column(name="codeVersion", description="Version of the code."),
        Column(name="computedAt", description="When it was computed."),
    ),
)


def _effectiveness(context: Context, *, study: str) -> Any:
    context.require(RESULT.needs)
    found = latest_result(scope=context.scope, code=study) if "\x00" not in study else None
    return next(iter(Batch([found] if found is not None else []).rows), None)


EFFECTIVENESS = RootField(
    name="effectiveness",
    to="EffectivenessResult",
    needs=_NEEDS,
    resolve=_effectiveness,
    arguments=(Argument(name="study", kind=str, description="Code of the study."),),
    description="The result of a study of what measures do; null where there is no such study, or no result yet.",
)

TYPES = (RESULT, ESTIMATE, GUARD)
ROOTS = (EFFECTIVENESS,)

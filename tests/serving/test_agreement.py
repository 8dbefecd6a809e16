"""Both engines answer the same: random documents, callers and data, under row security."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import orjson
import pytest
from django.db import transaction
from django.db.models import Max
from graphql import ExecutionResult, execute_sync

from backend.accounts.scope import Scope, enter_scope
from backend.core.trail.models import ReadEntry
from graphql_schema.cases.documents import case_compiler, case_documents
from graphql_schema.cases.schema import case_schema
from graphql_schema.compiler.running import run
from graphql_schema.engine.context import Context
from graphql_schema.engine.reads import log_reads
from graphql_schema.http.documents import Document
from graphql_schema.http.errors import Refusal
from graphql_schema.limits.profiles import limits_for
from tests.graphql.cast import Cast
from tests.serving.documents import Pool, Writer
from tests.serving.world import make_world, pool_of, random_scope

WIDE = replace(limits_for("registered"), name="wide", tokens=60_000)


def compiled_answer(document: Document, variables: dict[str, Any], scope: Scope) -> Any:
    """The compiled engine's data; None where it leaves the document to the other."""
    ready = case_compiler().ready(document, operation_name=None, variables=variables, scope=scope)
    return None if ready is None else orjson.loads(run(ready))


def planned(document: Document, variables: dict[str, Any], scope: Scope) -> bool:
    """Whether there is a plan: what was left to the other engine then only lacks a token scope or a good argument."""
    try:
        return not case_compiler().why_not(document, operation_name=None, variables=variables, scope=scope)
    except Refusal:
        return True


def resolved_answer(document: Document, variables: dict[str, Any], scope: Scope) -> ExecutionResult:
    """The reference engine's result, its reads logged."""
    context = Context(scope=scope, declarations=case_schema().declarations)
    result = execute_sync(case_schema().core, document.node, context_value=context, variable_values=variables)
    log_reads(context)
    return result


def logged(*, after: int) -> list[tuple[Any, ...]]:
    """Entries of the read log after one, in the order of the learners."""
    told = ("role", "level", "unit_code", "institution_id", "object_type", "object_id", "classes", "channel", "purpose", "kind")
    return list(ReadEntry.objects.filter(pk__gt=after).order_by("learner_id", "id").values_list("learner_id", *told))


def last_entry() -> int:
    """Where the read log ends."""
    return ReadEntry.objects.aggregate(last=Max("id"))["last"] or 0


def keys_of(value: Any) -> Any:
    """The order of the keys everywhere, which equality of dictionaries does not see."""
    if isinstance(value, dict):
        return [(key, keys_of(item)) for key, item in value.items()]
    return [keys_of(item) for item in value] if isinstance(value, list) else None


def agree(number: int, cast: Cast, pool: Pool, seen: Counter[str]) -> None:
    """One case; `number` makes it again."""
    random = Random(number)
    scope = random_scope(random, cast)
    written = Writer(random, case_schema(), pool).document()
    case = f"case {number}: {written.text} {written.variables} {scope}"
    document = case_documents().parsed(written.text, limits=WIDE)
    errors = case_documents().validated(document)
    if errors:  # fields of two types under one name
        assert all(" conflict because " in error.message for error in errors), (errors, case)
        seen["invalid"] += 1
        return
    with transaction.atomic():
        enter_scope(scope)
        start = last_entry()
        compiled = compiled_answer(document, written.variables, scope)
        first = logged(after=start)
        start = last_entry()
        resolved = resolved_answer(document, written.variables, scope)
        second = logged(after=start)
    if compiled is None:
        seen["left"] += 1
        seen["not planned"] += not planned(document, written.variables, scope)
        return
    assert not resolved.errors, (resolved.errors, case)
    expected = orjson.loads(orjson.dumps(resolved.data))
    assert compiled == expected, case
    assert keys_of(compiled) == keys_of(expected), case
    assert first == second, case
    assert len({entry[0] for entry in first}) == len(first), case
    seen["compiled"] += 1
    seen["logged"] += bool(first)


def run_cases(world: int, numbers: range, *, least: int) -> None:
    """`least`: how many must have been answered by the compiled engine and compared."""
    cast = make_world(world)
    pool = pool_of(case_schema(), cast)
    seen: Counter[str] = Counter()
    for number in numbers:
        agree(number, cast, pool, seen)
    assert seen["invalid"] <= 0.1 * len(numbers), seen
    assert seen["compiled"] >= least, seen
    assert seen["not planned"] == 0, seen
    assert seen["logged"] >= 0.05 * len(numbers), seen  # most types name no learner


@pytest.mark.parametrize("world", [1, 2])
def test_both_engines_answer_alike(db: None, world: int) -> None:
    """At least 100 comparisons in all."""
    run_cases(world, range(world * 1_000, world * 1_000 + 75), least=50)


@pytest.mark.full
@pytest.mark.parametrize("world", range(10, 25))
def test_both_engines_answer_alike_at_length(db: None, world: int) -> None:
    """At least 3,000 comparisons in all."""
    run_cases(world, range(world * 1_000, world * 1_000 + 300), least=200)

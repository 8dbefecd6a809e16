"""A mutation that does not fit its service never reaches the schema."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from graphql_schema.cases.delivery import RECORD_CONSULTATIONS
from graphql_schema.cases.enums import DESCRIPTIONS
from graphql_schema.cases.learners import REGISTER_LEARNER
from graphql_schema.cases.schema import declared
from graphql_schema.engine.building import Builder
from graphql_schema.engine.commands import Input, Items, Mutation, Plain
from graphql_schema.engine.kinds import SchemaError


def _build(mutation: Mutation) -> None:
    declarations = declared()
    declarations.mutations = {mutation.name: mutation}
    Builder(declarations, enum_descriptions=DESCRIPTIONS).schema()


def _no_command(*, scope: Any, institution_id: Any, given_name: str, family_name: str, birth_date: Any) -> None:
    """Takes no key."""


def _entry_without(name: str) -> Items:
    (entries,) = RECORD_CONSULTATIONS.inputs
    assert isinstance(entries, Items)
    inputs = tuple(item for item in entries.item.inputs if item.name != name)
    return replace(entries, item=replace(entries.item, inputs=inputs))


def _with_birth_date(written: Plain) -> tuple[Input, ...]:
    return tuple(written if item.name == "birthDate" else item for item in REGISTER_LEARNER.inputs)


@pytest.mark.parametrize(
    ("mutation", "complaint"),
    [
        (replace(REGISTER_LEARNER, needs=""), "token scope"),
        (replace(REGISTER_LEARNER, description=""), "description"),
        (replace(REGISTER_LEARNER, to="Nothing"), "no type of rows"),
        (replace(REGISTER_LEARNER, to="Viewer"), "no type of rows"),
        (replace(REGISTER_LEARNER, service=_no_command), "no command"),
        (replace(REGISTER_LEARNER, inputs=REGISTER_LEARNER.inputs[1:]), "differ in institution_id"),
        (replace(REGISTER_LEARNER, inputs=(*REGISTER_LEARNER.inputs, Plain(name="nick", description="X."))), "differ in nick"),
        (replace(REGISTER_LEARNER, inputs=(*REGISTER_LEARNER.inputs, REGISTER_LEARNER.inputs[1])), "Two inputs"),
        (
            replace(REGISTER_LEARNER, inputs=_with_birth_date(Plain(name="birthDate", description="Day."))),
            "birthDate must be required",
        ),
        (
            replace(REGISTER_LEARNER, inputs=_with_birth_date(Plain(name="birthDate", required=True, description=""))),
            "no description",
        ),
        (replace(RECORD_CONSULTATIONS, inputs=(_entry_without("topic"),)), "differ in topic"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_the_schema_is_not_built(mutation: Mutation, complaint: str) -> None:
    with pytest.raises(SchemaError, match=complaint):
        _build(mutation)


def test_a_mutation_is_declared_once() -> None:
    declarations = declared()
    with pytest.raises(ValueError, match="declared twice"):
        declarations.add(REGISTER_LEARNER)

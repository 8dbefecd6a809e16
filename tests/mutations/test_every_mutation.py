"""What holds for each mutation, tried on every one that the schema has: key, version, scopes, ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType

from backend.accounts.scope import Scope, scoped
from backend.cases.delivery.models import Consultation
from backend.cases.plans.models import Measure, RiskAssessment
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.core.models import CommandReceipt
from graphql_schema.cases.schema import case_schema
from graphql_schema.engine.commands import Input, Items, Key, Named
from tests.factories.case_rows import CaseFileFactory, DuplicateFactory
from tests.factories.rows import whole_state
from tests.mutations.office import Office, Sender, codes, document
from tests.mutations.samples import SAMPLES

NAMES = sorted(case_schema().declarations.mutations)


def _rows(mutation: str) -> int:
    """How many rows there are of what a mutation makes."""
    target = case_schema().declarations.types[case_schema().declarations.mutations[mutation].to]
    assert target.model is not None
    with whole_state():
        return target.model._default_manager.count()


def _made(mutation: str, payload: dict[str, Any]) -> list[str]:
    found = payload[case_schema().declarations.mutations[mutation].result]
    return [row["id"] for row in (found if isinstance(found, list) else [found])]


def test_each_has_a_sample_and_the_contracts_shape() -> None:
    root = case_schema().core.mutation_type
    assert root is not None
    assert set(SAMPLES) == set(root.fields) == set(NAMES)
    assert len(NAMES) >= 6
    for name, declared in root.fields.items():
        stem = name[0].upper() + name[1:]
        assert {argument: str(item.type) for argument, item in declared.args.items()} == {"input": f"{stem}Input!"}
        payload = declared.type
        assert isinstance(payload, GraphQLObjectType)
        assert payload.name == f"{stem}Payload"
        mutation = case_schema().declarations.mutations[name]
        kind = f"[{mutation.to}!]" if mutation.list_of else mutation.to
        assert {field: str(item.type) for field, item in payload.fields.items()} == {
            mutation.result: kind,
            "errors": "[MutationError!]!",
            "clientMutationId": "String",
            **{extra.name: str(payload.fields[extra.name].type) for extra in mutation.extras},
            **{item.name: f"[{item.kind.__name__}!]!" if item.list_of else item.kind.__name__ for item in mutation.beside},
        }
        assert not [extra.name for extra in mutation.extras if str(payload.fields[extra.name].type).endswith("!")]
        given = case_schema().core.type_map[f"{stem}Input"]
        assert isinstance(given, GraphQLInputObjectType)
        assert str(given.fields["clientMutationId"].type) == "String"


@pytest.mark.parametrize("name", NAMES)
def test_the_same_key_gives_the_same_answer_and_one_effect(send: Sender, office: Office, name: str) -> None:
    sample = SAMPLES[name]
    given = sample.make(office) | {"clientMutationId": "key-1"}
    before = _rows(name)
    first, second = send(sample.app, name, given), send(sample.app, name, given)
    assert first["errors"] == []
    assert first["clientMutationId"] == "key-1"
    assert first == second
    assert _rows(name) == before + (len(_made(name, first)) if sample.makes else 0)
    assert len(_made(name, first)) >= 1


@pytest.mark.parametrize("name", NAMES)
def test_another_input_under_the_same_key_is_a_conflict(send: Sender, office: Office, name: str) -> None:
    sample = SAMPLES[name]
    given = sample.make(office) | {"clientMutationId": "key-1"}
    assert send(sample.app, name, given)["errors"] == []
    after = _rows(name)
    answer = send(sample.app, name, given | sample.other)
    assert codes(answer) == {"clientMutationId": "CONFLICT"}
    assert answer["clientMutationId"] == "key-1"
    assert _rows(name) == after


@pytest.mark.parametrize("name", NAMES)
def test_a_key_that_cannot_be_kept_is_refused(send: Sender, office: Office, name: str) -> None:
    sample = SAMPLES[name]
    given = sample.make(office)
    for key in ("k" * 201, "with \u0007 a bell"):
        assert codes(send(sample.app, name, given | {"clientMutationId": key})) == {"clientMutationId": "INVALID"}


@pytest.mark.parametrize("name", NAMES)
def test_a_receipt_keeps_keys_and_no_text(send: Sender, office: Office, name: str) -> None:
    sample = SAMPLES[name]
    payload = send(sample.app, name, sample.make(office) | {"clientMutationId": "key-1"})
    with scoped(Scope(principal_id=office.apps[sample.app].service_account_id)):
        receipt = CommandReceipt.objects.get(operation=name)
    kept = receipt.answer if isinstance(receipt.answer, list) else [receipt.answer]
    assert kept == [made.split("_")[1] for made in _made(name, payload)]
    assert len(receipt.input_digest) == 64


VERSIONED = [
    name
    for name in NAMES
    if "expectedVersion" in case_schema().core.type_map[f"{case_schema().declarations.mutations[name].stem}Input"].fields  # type: ignore[attr-defined]
]


@pytest.mark.parametrize("name", VERSIONED)
def test_a_stale_version_is_a_conflict_and_changes_nothing(send: Sender, office: Office, name: str) -> None:
    sample = SAMPLES[name]
    given = sample.make(office)
    before = _rows(name)
    assert codes(send(sample.app, name, given | {"expectedVersion": 7})) == {"expectedVersion": "CONFLICT"}
    assert _rows(name) == before
    assert send(sample.app, name, given | {"expectedVersion": sample.version})["errors"] == []
    again = {sample.leaves: "NOT_FOUND"} if sample.leaves else {"expectedVersion": "CONFLICT"}
    assert codes(send(sample.app, name, given | {"expectedVersion": sample.version})) == again, "the version rose"


def test_some_mutation_checks_versions() -> None:
    assert "planMeasure" in VERSIONED


@pytest.mark.parametrize("name", NAMES)
def test_a_token_without_the_scope_writes_nothing(send: Sender, office: Office, name: str) -> None:
    sample, mutation = SAMPLES[name], case_schema().declarations.mutations[name]
    target = case_schema().declarations.types[mutation.to]
    given = sample.make(office)
    before = _rows(name)
    lacking = {mutation.needs, target.needs} - {"any valid token"}
    for scope in lacking:
        reply = send.post(office.token(sample.app, without=scope), {"query": document(name), "variables": {"input": given}})
        assert reply.codes == ["FORBIDDEN"], scope
        assert (reply.body.get("data") or {}).get(name) is None
    assert _rows(name) == before


# -- ids -----------------------------------------------------------------------------------------------------------------
def _ids(inputs: Iterable[Input], prefix: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """(path in the input, type tag) of every id."""
    for item in inputs:
        if isinstance(item, Key):
            yield (*prefix, item.name, *([0] if item.list_of else [])), item.tag
        elif isinstance(item, Named):
            yield (*prefix, f"{item.name}Id"), item.model.tag  # type: ignore[attr-defined]
        elif isinstance(item, Items):
            yield from _ids(item.item.inputs, (*prefix, item.name, 0))


IDS = [(name, path, tag) for name in NAMES for path, tag in _ids(case_schema().declarations.mutations[name].inputs)]


def _with(given: dict[str, Any], path: tuple[Any, ...], value: str) -> dict[str, Any]:
    """The input with another id at a place, its code left out."""
    if len(path) == 1:
        code = path[0].removesuffix("Id") + "Code"
        return {key: part for key, part in given.items() if key != code} | {path[0]: value}
    inner = list(given.get(path[0]) or [None])
    inner[path[1]] = _with(inner[path[1]], path[2:], value) if path[2:] else value
    return given | {path[0]: inner}


def _in_order(office: Office) -> list[Any]:
    """Two records of another municipality's school."""
    return sorted((office.cast.learners[name] for name in ("Cecīlija", "Francis")), key=lambda row: row.pk)


def _foreign(office: Office, tag: str) -> str | None:
    """The id of a row of another municipality's school, for rows that are somebody's."""
    learner, plan = office.cast.learners["Cecīlija"], office.cast.plans["Cecīlija"]
    with whole_state():
        rows = {
            "lrn": learner,
            "plan": plan,
            "msr": Measure.objects.filter(plan=plan).first(),
            "risk": RiskAssessment.objects.filter(plan=plan).first(),
            "cons": Consultation.objects.filter(measure__plan=plan).first(),
            "clm": ReimbursementClaim.objects.filter(measure__plan=plan).first(),
            "file": CaseFileFactory(institution=plan.institution, purpose="COST_PROOF", room="money"),
            "enr": learner.enrolments.first(),
            "dup": DuplicateFactory(pair=None, **dict(zip(("first", "second"), _in_order(office), strict=True))),
        }
    return rows[tag].public_id if tag in rows else None  # type: ignore[union-attr]


@pytest.mark.parametrize(("name", "path", "tag"), IDS, ids=str)
def test_absent_malformed_and_foreign_ids_answer_alike(
    send: Sender, office: Office, name: str, path: tuple[Any, ...], tag: str
) -> None:
    sample = SAMPLES[name]
    given = sample.make(office)
    given = {key: part for key, part in given.items() if key not in sample.instead.get(str(path[0]), ())}
    values = [f"{tag}_{'f' * 32}", f"{tag}_zz", "", "1", "lrn_" + "0" * 31, f"xyz_{'0' * 32}", "é" * 40, "\u202e" + tag]
    foreign = None if sample.app == "agency" else _foreign(office, tag)  # whose reach is the whole state
    before = _rows(name)
    answers = [send(sample.app, name, _with(given, path, value)) for value in [*values, *([foreign] if foreign else [])]]
    assert all(answer["errors"] == answers[0]["errors"] for answer in answers)
    field = ".".join(str(part) for part in path)
    not_attached = tag == "usr" and name != "assignStaff"  # whoever it is
    expected = "UNMET_CONDITION" if not_attached else "NOT_FOUND"
    assert codes(answers[0])[field] == expected
    assert _rows(name) == before


def test_ids_of_persons_rows_were_among_them() -> None:
    assert {"lrn", "plan", "msr", "risk", "inst", "sem", "mk", "unit", "usr", "clm", "file", "pbat", "pitem"} <= {
        tag for _, _, tag in IDS
    }

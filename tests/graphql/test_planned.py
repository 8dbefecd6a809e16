"""The planned schema (docs/api/planned.graphql): complete, described, of one shape, and containing what runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_required_input_field,
)

from deploy.checks.planned.__main__ import PLAN, ROOMS, RUNNING, joined, lint
from deploy.checks.planned.comparing import differences
from deploy.checks.planned.notation import NotationError, definitions, written_out
from graphql_schema.cases.schema import declared
from tests.graphql import contract
from tests.graphql.test_schema import CONTRACT_ENUMS, undescribed

MAKES_A_NEW_ROW = re.compile(
    "register|enrol[A-Z]|draft|sign|join|assign|record|propose|break|carry|claim|create|publish|submit(Init|Feed|Month)|start|request"
    "|invite|schedule|share|issue|write|open|replay"
)


READ_FROM_OTHER_TABLES = {"ReferenceValue", "WorkItem", "AccessLogEntry", "HistoryEntry"}
"""What waits follows from the state of things; the trail's own tables hold the other two."""


@pytest.fixture(scope="module")
def plan() -> GraphQLSchema:
    return build_schema(PLAN.read_text())


@pytest.fixture(scope="module")
def running() -> GraphQLSchema:
    return build_schema(RUNNING.read_text())


# -- complete ------------------------------------------------------------------------------------------------------------
def test_the_one_file_is_what_the_rooms_say() -> None:
    assert PLAN.read_text() == joined().text


def test_types_and_enums_of_the_contract_are_planned(plan: GraphQLSchema) -> None:
    for name in contract.TYPES.split():
        assert isinstance(plan.type_map.get(name), GraphQLObjectType), name
    for name, values in (CONTRACT_ENUMS | contract.ENUMS).items():
        kind = plan.type_map[name]
        assert isinstance(kind, GraphQLEnumType)
        assert set(kind.values) == set(values.split()), name
    assert set(contract.REPORT.split()) <= set(plan.type_map["SemesterReport"].fields)  # type: ignore[attr-defined]


def test_queries_of_the_contract_are_planned(plan: GraphQLSchema) -> None:
    fields = plan.query_type.fields  # type: ignore[union-attr]
    for name in contract.LISTS.split():
        assert str(fields[name].type).endswith("Connection"), name
    for name, arguments in contract.QUERIES.items():
        assert set(arguments.split()) <= set(fields[name].args), name


def test_mutations_and_the_subscription_of_the_contract_are_planned(plan: GraphQLSchema) -> None:
    names = contract.MUTATIONS.split()
    assert set(names) <= set(plan.mutation_type.fields)  # type: ignore[union-attr]
    assert len(names) == len(set(names)) == 71
    assert set(plan.subscription_type.fields["caseEvents"].args) == {"types"}  # type: ignore[union-attr]


def test_everything_planned_has_a_description(plan: GraphQLSchema) -> None:
    missing, count = undescribed(plan)
    assert missing == []
    assert count > 3500


# -- of one shape --------------------------------------------------------------------------------------------------------
def test_every_mutation_takes_one_input_and_answers_alike(plan: GraphQLSchema) -> None:
    for name, field in plan.mutation_type.fields.items():  # type: ignore[union-attr]
        stem = name[0].upper() + name[1:]
        assert {key: str(item.type) for key, item in field.args.items()} == {"input": f"{stem}Input!"}
        assert str(field.type) == f"{stem}Payload"
        payload: Any = plan.type_map[f"{stem}Payload"]
        taken: Any = plan.type_map[f"{stem}Input"]
        assert str(payload.fields["errors"].type) == "[MutationError!]!"
        assert str(payload.fields["clientMutationId"].type) == str(taken.fields["clientMutationId"].type) == "String"
        named = {key: get_named_type(item.type).name for key, item in payload.fields.items()}
        assert [key for key, kind in named.items() if key.removesuffix("s") == (kind[0].lower() + kind[1:]).removesuffix("s")], (
            name
        )
    error: Any = plan.type_map["MutationError"]
    assert {key: str(item.type) for key, item in error.fields.items()} == {
        "field": "String",
        "code": "MutationErrorCode!",
        "message": "String!",
    }


def test_what_changes_a_row_takes_the_version_it_is_based_on(plan: GraphQLSchema) -> None:
    without = {
        name
        for name in plan.mutation_type.fields  # type: ignore[union-attr]
        if "expectedVersion" not in plan.type_map[f"{name[0].upper()}{name[1:]}Input"].fields  # type: ignore[attr-defined]
    }
    assert {name for name in without if not MAKES_A_NEW_ROW.match(name)} == {"confirmConsultation"}  # many rows at once
    assert len(without) < 45


def test_every_list_of_nodes_is_a_connection(plan: GraphQLSchema) -> None:
    walked = 0
    for kind in _objects(plan):
        for name, field in kind.fields.items():
            target = get_named_type(field.type)
            walked += 1
            if is_list_type(get_nullable_type(field.type)) and _is_node(target):
                assert kind.name.endswith("Payload") or (kind.name, name) == ("Query", "nodes"), f"{kind.name}.{name}"
            if target.name.endswith("Connection"):
                item = plan.type_map[target.name.removesuffix("Connection")]
                wanted = {"first", "last", "before", "after"}
                wanted |= {"filters"} if f"{item.name}Filter" in plan.type_map else set()
                wanted |= {"orderBy"} if f"{item.name}OrderField" in plan.type_map else set()
                assert wanted <= set(field.args), f"{kind.name}.{name}"
                assert _is_node(item)
    assert walked > 1500


def test_territory_and_semesters_can_be_named_by_code_everywhere(plan: GraphQLSchema) -> None:
    named = {"institutionId", "municipalityId", "regionId", "semesterId", "toInstitutionId", "kindId", "riskFactorId"}
    places: list[tuple[str, Any]] = [
        (kind.name, kind.fields) for kind in plan.type_map.values() if isinstance(kind, GraphQLInputObjectType)
    ]
    places += [(f"{kind.name}.{name}", field.args) for kind in _objects(plan) for name, field in kind.fields.items()]
    found = 0
    for place, items in places:
        for name in named & set(items):
            found += 1
            assert f"{name.removesuffix('Id')}Code" in items, f"{place}.{name}"
            assert not str(items[name].type).endswith("!"), f"{place}.{name}"
    assert found > 60


def test_no_argument_of_a_read_is_compulsory_but_what_names_the_thing(plan: GraphQLSchema) -> None:
    wanted = {
        (name, argument)
        for name, field in plan.query_type.fields.items()  # type: ignore[union-attr]
        for argument, item in field.args.items()
        if is_required_input_field(item)  # type: ignore[arg-type]
    }
    assert {argument for _, argument in wanted} == {"id", "ids", "learnerId", "table", "rows", "study"}


# -- and what runs -------------------------------------------------------------------------------------------------------
def test_what_runs_is_a_part_of_the_plan(plan: GraphQLSchema, running: GraphQLSchema) -> None:
    assert differences(plan=plan, running=running) == []


@pytest.mark.parametrize(
    ("written", "instead", "complaint"),
    [
        ("  familyName: String\n", "", "Learner.familyName runs and is not planned."),
        ("  familyName: String\n", "  familyName: String!\n", "Learner.familyName runs as String and is planned as String!."),
        ("  nameEn: String\n", "  nameEn: String!\n", "FundingSource.nameEn runs as String and is planned as String!."),
        ("type Region implements Node {", "type Region {", "Region implements Node, which is not planned."),
        ("  bornFrom: Date\n", "  bornFrom: Date!\n", "LearnerFilter.bornFrom runs as Date and is planned as Date!."),
        (
            "  bornFrom: Date\n",
            "  bornFrom: Date\n\n  x: Int!\n",
            "plan: A required field x on input type LearnerFilter was added.",
        ),
        ("  SPECIAL\n", "  VERY_SPECIAL\n", "FactClass.SPECIAL runs and is not planned."),
        ("enum FactClass {", "enum ClassOfFact {", "FactClass runs and is not planned."),
        ("    divisionOn: Date\n", "", "Query.semesterReport(divisionOn:) runs and is not planned."),
    ],
)
def test_a_difference_is_found(running: GraphQLSchema, written: str, instead: str, complaint: str) -> None:
    text = RUNNING.read_text()
    assert written in text
    changed = text.replace(written, instead, 1).replace(
        "FactClass!", "ClassOfFact!" if "ClassOfFact" in instead else "FactClass!"
    )
    if not instead and "divisionOn" in written:  # its description would describe the next argument
        changed = re.sub(r'    """\n    By which day\'s.*?"""\n\n', "", changed, count=1, flags=re.DOTALL)
    if not instead and "familyName" in written:
        changed = changed.replace('  """Family name."""\n', "", 1)
    assert complaint in differences(plan=build_schema(changed), running=running)


def test_nothing_runs_as_a_stub(running: GraphQLSchema) -> None:
    """Each thing with an id that runs is a row of a table, found by a selector, its fields declared one by one.

    A value of a reference list is a row of whichever list it stands in: of a view over their tables.
    """
    types = declared().types
    nodes = [kind for kind in _objects(running) if _is_node(kind)]
    assert len(nodes) >= 16
    for kind in nodes:
        row = types[kind.name]
        assert row.model is not None, kind.name
        assert row.model._meta.managed or kind.name in READ_FROM_OTHER_TABLES, kind.name
        assert callable(row.select), kind.name
        assert {source.name for source in row.fields} == set(kind.fields), kind.name


# -- the notation and the linter ------------------------------------------------------------------------------------------
PLAIN = 'type Query { "X." x: Int }  type Mutation  interface Node { id: ID! }  type MutationError { field: String } '


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("type A { x: Int }  type A { y: Int }", "A is defined twice"),
        ("extend type A { x: Int }", "A is extended and nowhere defined"),
        ("type A { x: Int }  extend type A { x: Int }", "A has x twice"),
        ("type A @wonderful { x: Int }", "@wonderful means nothing here"),
        ("type A @territory { x: Int }", "@territory means nothing here"),
        ("type A { x: B @list }", "lists the unknown type B"),
        ("type A { x(b: ID @orCode): Int }", "only an id can be given as a code"),
        ("type A { x: Int }  extend type Mutation { makeA(x: Int): A! }", "null when it is refused"),
        (
            "type A { x: Int }  type MakeAPayload { x: Int }  extend type Mutation { makeA(x: Int): A }",
            "by hand and by a mutation",
        ),
    ],
)
def test_the_notation_refuses_what_it_does_not_know(text: str, complaint: str) -> None:
    with pytest.raises(NotationError, match=re.escape(complaint)):
        written_out(definitions([PLAIN, text]))


def test_a_word_stands_for_its_convention() -> None:
    rooms = [
        PLAIN,
        'type Thing implements Node @searchable @versioned { "Its parts." parts: Thing @list }  input ThingFilter { a: Int }',
        'extend type Mutation { "Mend." mend("The thing." thingId: ID! @orCode): [Thing!] @changes(what: "thing") }',
        "extend type MendPayload { more: Int! }  type Total @value { sum: Int! }",
    ]
    made = written_out(definitions(rooms))
    found = {node.name.value: {field.name.value for field in node.fields} for node in made.document.definitions}  # type: ignore[attr-defined]
    assert found["Thing"] == {"id", "parts", "version"}
    assert found["ThingConnection"] == {"edges", "pageInfo", "totalCount"}
    assert found["MendInput"] == {"thingId", "thingCode", "expectedVersion", "clientMutationId"}
    assert found["MendPayload"] == {"things", "errors", "clientMutationId", "more"}
    assert "ThingOrder" not in found
    assert made.values == ("Total",)


def test_the_linter_is_content_and_finds_what_is_wrong(tmp_path: Path) -> None:
    assert lint(PLAN, values=joined().values) == []
    wrong = tmp_path / "wrong.graphql"
    wrong.write_text('"Q."\ntype Query {\n  "T."\n  thing: Thing\n}\n\ntype Thing {\n  "Name."\n  Name: String\n}\n')
    found = " ".join(lint(wrong, values=[]))
    for rule in ("require-description", "strict-id-in-types", "naming-convention"):
        assert rule in found


def test_rooms_are_readable_pages() -> None:
    pages = list(ROOMS.glob("*.graphql"))
    assert len(pages) >= 12
    for page in pages:
        assert max(len(line) for line in page.read_text().splitlines()) <= 200, page.name


def _objects(schema: GraphQLSchema) -> list[GraphQLObjectType]:
    return [kind for kind in schema.type_map.values() if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")]


def _is_node(kind: Any) -> bool:
    return any(each.name == "Node" for each in getattr(kind, "interfaces", ()))

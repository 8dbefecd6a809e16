"""The schema itself: described, classified, committed; and the library line it stands on."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.management.base import CommandError
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    is_introspection_type,
    is_specified_scalar_type,
)

from backend.core.classification import DataClass
from graphql_schema.cases.enums import DESCRIPTIONS
from graphql_schema.cases.learners import LEARNER
from graphql_schema.cases.schema import case_schema, declared
from graphql_schema.engine.building import Builder
from graphql_schema.engine.declarations import Children, Column, Declarations, Relation, Value
from graphql_schema.engine.kinds import SchemaError
from graphql_schema.management.commands.export_schemas import RELEASED, breaking, schemas

CONTRACT_ENUMS = {
    "PlanStatus": "DRAFT SUBMITTED APPROVED_BY_INSTITUTION APPROVED_BY_MUNICIPALITY ACTIVE EVALUATED CLOSED RETURNED INTERRUPTED",
    "RiskGroup": "LEARNING_INSTITUTION ECONOMIC FAMILY SOCIAL_HEALTH",
    "MeasureCategory": "CONSULTATION REIMBURSEMENT YOUTH_PROJECT",
    "SpecialistRole": """TEACHER PSYCHOLOGIST SOCIAL_PEDAGOGUE TEACHER_ASSISTANT SPECIAL_EDUCATOR SIGN_LANGUAGE_INTERPRETER
      ASSISTANT OCCUPATIONAL_THERAPIST""",
    "ReimbursementKind": "PUBLIC_TRANSPORT SPECIAL_TRANSPORT ACCOMMODATION CATERING LEARNING_TOOLS PERSONAL_ITEMS",
    "InstitutionKind": "GENERAL STATE_GENERAL STATE_VOCATIONAL MUNICIPAL_VOCATIONAL COLLEGE OTHER",
}
CONTRACT_QUERIES = """viewer programmes semesters regions municipalities institutions institution learners learner
  supportPlans supportPlan semesterReport publishedFigures node nodes"""


def test_the_graphql_core_line_is_the_one_that_fits_all_three() -> None:
    """graphene needs graphql-core below 3.3, Strawberry from 0.328 on needs 3.3 (docs/decisions/0003)."""
    assert version("graphql-core").startswith("3.2.")
    assert version("strawberry-graphql").startswith("0.327.")
    assert version("graphene").startswith("3.4.")


def undescribed(schema: GraphQLSchema) -> tuple[list[str], int]:
    """Names without a description, and how many names there are."""
    found, count = [], 0
    for kind in schema.type_map.values():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        named = [(kind.name, kind)]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            named += [(f"{kind.name}.{name}", field) for name, field in kind.fields.items()]
            named += [(f"{kind.name}.{f}({a})", item) for f, field in kind.fields.items() for a, item in field.args.items()]
        if isinstance(kind, GraphQLInputObjectType):
            named += [(f"{kind.name}.{name}", field) for name, field in kind.fields.items()]
        if isinstance(kind, GraphQLEnumType):
            named += [(f"{kind.name}.{name}", value) for name, value in kind.values.items()]
        count += len(named)
        found += [name for name, item in named if not (item.description or "").strip()]
    return found, count


def test_everything_has_a_description() -> None:
    missing, count = undescribed(case_schema().core)
    assert missing == []
    assert count > 600


def test_names_of_the_contract_are_there() -> None:
    schema = case_schema().core
    assert set(CONTRACT_QUERIES.split()) <= set(schema.query_type.fields)  # type: ignore[union-attr]
    for name, values in CONTRACT_ENUMS.items():
        kind = schema.type_map[name]
        assert isinstance(kind, GraphQLEnumType)
        assert list(kind.values) == values.split()


def test_every_list_of_nodes_is_a_connection() -> None:
    schema = case_schema().core
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and kind.name.endswith("Connection"):
            assert set(kind.fields) == {"edges", "pageInfo", "totalCount"}
            assert str(kind.fields["pageInfo"].type) == "PageInfo!"
            edge = schema.type_map[kind.name.replace("Connection", "Edge")]
            assert isinstance(edge, GraphQLObjectType)
            assert set(edge.fields) == {"node", "cursor"}
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                if str(field.type).rstrip("!").endswith("Connection"):
                    assert {"first", "after", "last", "before"} <= set(field.args), f"{kind.name}.{name}"


def test_every_field_is_classified() -> None:
    builder = Builder(declared(), enum_descriptions=DESCRIPTIONS)
    builder.schema()
    assert builder.classified["Learner.familyName"] is DataClass.PERSONAL
    assert builder.classified["RiskAssessment.note"] is DataClass.SPECIAL
    assert builder.classified["Region.name"] is DataClass.PUBLIC
    assert len(builder.classified) > 150


def _build(*types: object) -> None:
    declarations = Declarations()
    declarations.add(*types)  # type: ignore[arg-type]
    Builder(declarations, enum_descriptions=DESCRIPTIONS).schema()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"needs": ""}, "no token scope"),
        ({"description": ""}, "Learner has no description"),
        ({"select": None}, "no selector"),
        ({"order": ("no_such",)}, "no column"),
        ({"fields": (Column(name="givenName", description=""),)}, "Learner.givenName has no description"),
        ({"fields": (Value(name="x", kind=str, description="X."),)}, "Learner.x has no data class"),
        ({"fields": (Relation(name="registeringInstitution", to="Nothing", description="X."),)}, "unknown type"),
        ({"fields": (Children(name="enrolments", to="Nothing", via="learner", description="X."),)}, "unknown type"),
    ],
)
def test_the_schema_is_not_built_when_something_is_missing(change: dict[str, object], complaint: str) -> None:
    fields = {"fields": (Column(name="id", description="Id."),), "filters": (), **change}
    with pytest.raises((SchemaError, ValueError), match=complaint):
        _build(replace(LEARNER, **fields))  # type: ignore[arg-type]


def test_the_committed_text_is_what_runs() -> None:
    call_command("export_schemas", "--check")
    assert "cases.graphql" in schemas()


def test_a_breaking_change_is_named() -> None:
    text = case_schema().sdl()
    broken = text.replace("  birthDate: Date\n", "  bornOn: Date\n", 1)
    assert breaking(before=text, now=broken) == ["Learner.birthDate was removed."]
    assert breaking(before=text.replace("  number: String!\n", "  number: String\n", 1), now=text) == []
    assert breaking(before="", now=text) == []


def _committed(folder: Path) -> tuple[Path, Path]:
    """What runs, committed in a tree of its own; the case schema's file there, and where its released one would be."""
    for name, text in schemas().items():
        (folder / "graphql_schema").mkdir(exist_ok=True)
        (folder / "graphql_schema" / name).write_text(text())
    return folder / "graphql_schema" / "cases.graphql", folder / RELEASED / "cases.graphql"


def test_what_was_released_is_held_even_when_the_committed_file_changed_with_the_code(settings: Any, tmp_path: Path) -> None:
    committed, released = _committed(tmp_path)
    settings.ROOT = tmp_path
    with pytest.raises(CommandError, match="is not there"):
        call_command("export_schemas", "--check")
    call_command("export_schemas", "--release")
    call_command("export_schemas", "--check")
    assert released.read_text() == committed.read_text()

    released.write_text(committed.read_text().replace("  birthDate: Date\n", "  birthDate: Date\n\n  shoeSize: Int\n", 1))
    for options in (["--check"], ["--check", "--allow-breaking"], [], ["--release"]):
        with pytest.raises(CommandError, match=r"released schema would break:\s+Learner.shoeSize was removed"):
            call_command("export_schemas", *options)
    call_command("export_schemas", "--release", "--allow-breaking")
    call_command("export_schemas", "--check")
    assert "shoeSize" not in released.read_text()


def test_the_schemas_were_released() -> None:
    for name, text in schemas().items():
        assert breaking(before=(Path(django_settings.ROOT) / RELEASED / name).read_text(), now=text()) == []


def test_a_difference_fails_the_check(settings: object, tmp_path: object) -> None:
    (tmp_path / "graphql_schema").mkdir()  # type: ignore[operator]
    settings.ROOT = tmp_path  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="not what runs"):
        call_command("export_schemas", "--check")

"""The schema of the case API, built once at the first request (or by `manage.py export_schemas`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import strawberry
from graphql import GraphQLSchema, lexicographic_sort_schema, print_schema

from graphql_schema.cases import (
    agreements,
    closing,
    cooperation,
    delivery,
    effectiveness,
    indicators,
    initiatives,
    learners,
    money,
    money_mutations,
    plan_actions,
    plan_papers,
    planning,
    plans,
    privacy,
    programme,
    reference_values,
    registering,
    registry,
    reports,
    sheets,
    single,
    staff,
    statistics,
    statistics_tables,
    territory,
    timesheets,
    training,
    transfers,
    viewer,
    workspace,
)
from graphql_schema.cases.enums import DESCRIPTIONS
from graphql_schema.engine.building import Builder
from graphql_schema.engine.declarations import Declarations
from graphql_schema.limits.budget import Prices


@dataclass(frozen=True)
class CaseSchema:
    """The schema, what it was declared from, and what its fields cost."""

    declarations: Declarations
    strawberry: strawberry.Schema
    prices: Prices

    @property
    def core(self) -> GraphQLSchema:
        """The graphql-core schema under Strawberry's."""
        return self.strawberry._schema  # Strawberry has no public name for it

    def sdl(self) -> str:
        """The schema as text, in alphabetical order."""
        return print_schema(lexicographic_sort_schema(self.core)) + "\n"


def declared() -> Declarations:
    """All types, root fields and mutations of the case API."""
    declarations = Declarations()
    reference = (territory, programme, closing, registry, reference_values, staff, agreements, statistics)
    casework = (learners, indicators, plans, plan_actions, plan_papers, delivery, sheets, timesheets, money, transfers)
    activities = (initiatives, training, cooperation)
    for domain in (
        *reference,
        *casework,
        *activities,
        reports,
        statistics_tables,
        effectiveness,
        viewer,
        workspace,
        privacy,
        registering,
    ):
        declarations.add(*domain.TYPES)
    for domain in (viewer, single, reports, statistics_tables, effectiveness, workspace, privacy):
        declarations.add(*domain.ROOTS)
    registers = (agreements, reference_values, staff, closing, registering)
    for domain in (*registers, learners, planning, delivery, sheets, timesheets, money_mutations):
        declarations.add(*domain.MUTATIONS)
    return declarations


@lru_cache(maxsize=1)
def case_schema() -> CaseSchema:
    """The schema. Raises SchemaError when a declaration does not hold."""
    declarations = declared()
    builder = Builder(declarations, enum_descriptions=DESCRIPTIONS)
    schema = builder.schema()
    return CaseSchema(declarations=declarations, strawberry=schema, prices=builder.prices)

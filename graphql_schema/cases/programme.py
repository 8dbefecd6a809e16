"""What a programme rests on: whom it is for, who may take part, who pays, and the plans that municipalities have for it."""

from __future__ import annotations

from backend.registry.models import PreventionPlan
from backend.territory.models import (
    BudgetRevision,
    BudgetShare,
    EligibleKind,
    FundingRule,
    InstitutionKind,
    ProgrammeKind,
    TargetGroup,
)
from graphql_schema.cases.shared import ID, PROGRAMME, SOURCE, VALIDITY
from graphql_schema.engine.declarations import ANY_TOKEN, Children, Column, ObjectType, Relation

TARGET_GROUP = ObjectType(
    name="TargetGroup",
    description="Grades or courses that a programme covers in a period (mērķa grupa).",
    needs=ANY_TOKEN,
    model=TargetGroup,
    select=lambda scope: TargetGroup.objects.all(),
    open_to_all=True,
    order=("valid_from", "programme_kind", "id"),
    fields=(
        ID,
        PROGRAMME,
        Column(name="programmeKind", enum=ProgrammeKind, description="General or vocational education."),
        Column(name="firstStage", description="First grade or course."),
        Column(name="lastStage", description="Last grade or course."),
        *VALIDITY,
        *SOURCE,
    ),
)

ELIGIBLE_KIND = ObjectType(
    name="EligibleKind",
    description="A kind of institution that may take part in a programme in a period.",
    needs=ANY_TOKEN,
    model=EligibleKind,
    select=lambda scope: EligibleKind.objects.all(),
    open_to_all=True,
    order=("valid_from", "kind", "id"),
    fields=(ID, PROGRAMME, Column(name="kind", enum=InstitutionKind, description="Kind of institution."), *VALIDITY, *SOURCE),
)

FUNDING_RULE = ObjectType(
    name="FundingRule",
    description="How costs are split: one source pays a share, rounded down, and another takes the rest.",
    needs=ANY_TOKEN,
    model=FundingRule,
    select=lambda scope: FundingRule.objects.all(),
    open_to_all=True,
    order=("valid_from", "id"),
    fields=(
        ID,
        PROGRAMME,
        Relation(name="roundedSource", to="FundingSource", description="The source whose share is rounded down."),
        Column(name="share", description="Its share of the whole, as a number with six decimals."),
        Relation(name="restSource", to="FundingSource", description="The source that takes the rest."),
        Column(name="paymentPrecision", description="To what a share is rounded in payments, in euro, such as 0.01."),
        Column(name="planPrecision", description="To what a share is rounded in plans, in euro, such as 1.00."),
        *VALIDITY,
        *SOURCE,
    ),
)

BUDGET_REVISION = ObjectType(
    name="BudgetRevision",
    description="A programme's money as one revision of its documents states it.",
    needs=ANY_TOKEN,
    model=BudgetRevision,
    select=lambda scope: BudgetRevision.objects.all(),
    open_to_all=True,
    order=("position", "id"),
    fields=(
        ID,
        PROGRAMME,
        Column(name="code", description="Code of the revision."),
        Column(name="statedOn", description="Day on which it was stated, where the source gives one."),
        Column(name="total", description="Euro in all, two decimals."),
        Children(name="shares", to="BudgetShare", via="revision", description="The total by source of funding."),
        *SOURCE,
    ),
)

BUDGET_SHARE = ObjectType(
    name="BudgetShare",
    description="What one source of funding pays in a revision of the budget.",
    needs=ANY_TOKEN,
    model=BudgetShare,
    select=lambda scope: BudgetShare.objects.all(),
    open_to_all=True,
    order=("amount", "id"),
    fields=(
        ID,
        Relation(name="revision", to="BudgetRevision", description="The revision."),
        Relation(name="fundingSource", attr="source_of_funds", to="FundingSource", description="Who pays."),
        Column(name="amount", description="Euro, two decimals."),
        *SOURCE,
    ),
)

PREVENTION_PLAN = ObjectType(
    name="PreventionPlan",
    description=(
        "A medium-term plan of preventive and intervention measures (preventīvo un intervences pasākumu vidēja termiņa plāns) "
        "of a municipality or a state institution."
    ),
    needs=ANY_TOKEN,
    model=PreventionPlan,
    select=lambda scope: PreventionPlan.objects.all(),
    open_to_all=True,
    order=("-valid_from", "id"),
    fields=(
        ID,
        Relation(name="municipality", to="Municipality", description="The municipality, where it is one's."),
        Relation(name="institution", to="Institution", description="The state institution, where it is one's."),
        Column(name="title", description="Title in Latvian."),
        Column(name="number", description="Number."),
        Column(name="approvedOn", description="When it was approved."),
        Column(name="validFrom", description="First day it covers."),
        Column(name="validTo", description="Last day it covers; null while it goes on."),
        Column(name="address", description="Where it can be read."),
        Column(name="summary", description="What it says, in short."),
        *SOURCE,
    ),
)

TYPES = (TARGET_GROUP, ELIGIBLE_KIND, FUNDING_RULE, BUDGET_REVISION, BUDGET_SHARE, PREVENTION_PLAN)
"""`FundingSource` stands with the territory, where the ledger looks for it."""

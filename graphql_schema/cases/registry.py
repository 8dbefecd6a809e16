"""Reference lists that case work chooses from."""

from __future__ import annotations

from backend.registry import selectors
from backend.registry.models import FactClass, MeasureCategory, MeasureKind, RiskFactor, RiskGroup
from graphql_schema.cases.shared import ID, NAMES, SOURCE, VALID_ON, VALIDITY, VERSION
from graphql_schema.engine.declarations import Children, Column, Filter, FilterKind, ObjectType, Order, Search

RISK_FACTOR = ObjectType(
    name="RiskFactor",
    plural="riskFactors",
    description="A risk factor (riska faktors) of the reference list.",
    needs="registry.read",
    model=RiskFactor,
    select=lambda scope: selectors.risk_factors(scope=scope),
    open_to_all=True,
    order=("position", "valid_from", "id"),
    orders=(Order(name="POSITION", columns=("position",), description="As in the list."),),
    filters=(
        VALID_ON,
        Filter(name="group", lookup="group", kind=FilterKind.CHOICES, enum=RiskGroup, description="Of one of these groups."),
        Filter(name="code", lookup="code", description="By code."),
    ),
    search=Search(columns=("name_lv", "name_en")),
    fields=(
        ID,
        VERSION,
        Column(name="code", description="Code of the factor."),
        Column(name="group", enum=RiskGroup, description="Group of risks."),
        *NAMES,
        Column(name="factClass", enum=FactClass, description="How sensitive it is that a learner has this factor."),
        *VALIDITY,
        *SOURCE,
    ),
)

MEASURE_KIND = ObjectType(
    name="MeasureKind",
    plural="measureKinds",
    description="A kind of support measure (atbalsta pasākuma veids) of the reference list.",
    needs="registry.read",
    model=MeasureKind,
    select=lambda scope: selectors.measure_kinds(scope=scope),
    open_to_all=True,
    order=("position", "valid_from", "id"),
    orders=(Order(name="POSITION", columns=("position",), description="As in the list."),),
    filters=(
        VALID_ON,
        Filter(
            name="category",
            lookup="category",
            kind=FilterKind.CHOICES,
            enum=MeasureCategory,
            description="Of one of these categories.",
        ),
        Filter(name="code", lookup="code", description="By code."),
    ),
    search=Search(columns=("name_lv", "name_en")),
    fields=(
        ID,
        VERSION,
        Column(name="code", description="A specialist's role, a kind of reimbursement, or YOUTH_PROJECT."),
        Column(name="category", enum=MeasureCategory, description="What it gives."),
        *NAMES,
        Column(name="unit", description="Unit in which it is counted."),
        Column(name="limitText", description="Limit as the source words it."),
        Column(name="note", description="What to know about it."),
        Column(name="groupSizeMax", description="Learners who may share one hour; 1: individual."),
        Children(name="tariffs", to="Tariff", via="kind_code", by="code", description="Its rates and limits, by date."),
        *VALIDITY,
        *SOURCE,
    ),
)

TYPES = (RISK_FACTOR, MEASURE_KIND)

"""Programmes, the territorial division, institutions, semesters."""

from __future__ import annotations

from backend.core.classification import DataClass
from backend.territory import selectors
from backend.territory.models import (
    FundingSource,
    Institution,
    InstitutionKind,
    Municipality,
    MunicipalityKind,
    Programme,
    ProgrammeTerm,
    Region,
    Semester,
    StructuralUnit,
)
from graphql_schema.cases.shared import ID, NAMES, SOURCE, VALID_ON, VALIDITY, VERSION
from graphql_schema.engine.declarations import (
    ANY_TOKEN,
    Children,
    Column,
    Derived,
    Filter,
    FilterKind,
    ObjectType,
    Order,
    Relation,
    Search,
)

PROGRAMME = ObjectType(
    name="Programme",
    plural="programmes",
    description="A funded programme (programma).",
    needs=ANY_TOKEN,
    model=Programme,
    select=lambda scope: selectors.programmes(),
    open_to_all=True,
    order=("-starts_on", "code"),
    fields=(
        ID,
        Column(name="code", description="Code of the programme."),
        *NAMES,
        Column(name="shortName", description="Short name, such as PuMPuRS."),
        Column(name="projectNumber", description="Number of the project at the European Social Fund."),
        Column(name="startsOn", description="First day."),
        Column(name="endsOn", description="Last day."),
        Children(name="terms", to="ProgrammeTerm", via="programme", description="Terms that the sources state, by revision."),
        Children(
            name="targetGroups",
            to="TargetGroup",
            via="programme",
            description="Whom the programme is for, by date (mērķa grupa).",
        ),
        Children(
            name="eligibleKinds",
            to="EligibleKind",
            via="programme",
            description="Kinds of institution that may take part, by date.",
        ),
        Children(name="fundingSources", to="FundingSource", via="programme", description="Who pays."),
        Children(
            name="fundingRules",
            to="FundingRule",
            via="programme",
            description="How its costs are split over the sources, by date.",
        ),
        Children(
            name="budgetRevisions",
            to="BudgetRevision",
            via="programme",
            description="Its money by source of funding, as each revision states it.",
        ),
        Children(name="agreements", to="CooperationAgreement", via="programme", description="Agreements with its partners."),
        *SOURCE,
    ),
)

PROGRAMME_TERM = ObjectType(
    name="ProgrammeTerm",
    description="A term of a programme as a source states it: grades covered, targets, money by source.",
    needs=ANY_TOKEN,
    model=ProgrammeTerm,
    select=lambda scope: ProgrammeTerm.objects.all(),
    open_to_all=True,
    order=("code", "revision", "id"),
    fields=(
        ID,
        Column(name="code", description="Which term."),
        Column(name="revision", description="Which version of the programme states it."),
        Column(name="valueText", description="The term in words."),
        Column(name="valueNumber", description="The term as a number with two decimals."),
        Column(name="unit", description="Unit of the number."),
        Column(name="validFrom", description="First day, where the source gives one."),
        Column(name="validTo", description="Last day, where the source gives one."),
        *SOURCE,
    ),
)

REGION = ObjectType(
    name="Region",
    plural="regions",
    description="A region served by regional coordinators (reģions).",
    needs=ANY_TOKEN,
    model=Region,
    select=lambda scope: selectors.regions(),
    open_to_all=True,
    order=("sort_key", "id"),
    search=Search(columns=("name_lv", "name_en")),
    fields=(
        ID,
        Column(name="code", description="Code of the region."),
        *NAMES,
        Children(name="municipalities", to="Municipality", via="region", description="Municipalities of the region."),
        Children(
            name="staff",
            to="StaffAssignment",
            via="region",
            description="Regional coordinators and others attached to the region.",
        ),
        *SOURCE,
    ),
)

MUNICIPALITY = ObjectType(
    name="Municipality",
    plural="municipalities",
    description="A municipality (pašvaldība) with its validity; former ones name their successor.",
    needs=ANY_TOKEN,
    model=Municipality,
    select=lambda scope: selectors.municipalities(),
    open_to_all=True,
    order=("sort_key", "id"),
    orders=(
        Order(name="NAME", columns=("sort_key",), description="Latvian alphabetical order of the names."),
        Order(name="CODE", columns=("code",), description="By code."),
        Order(name="VALID_FROM", columns=("valid_from",), description="By the first day of validity."),
    ),
    filters=(
        VALID_ON,
        Filter(name="kind", lookup="kind", kind=FilterKind.CHOICES, enum=MunicipalityKind, description="Of one of these kinds."),
        Filter(name="regionId", lookup="region_id", kind=FilterKind.ID, tag="reg", description="By the region's id."),
        Filter(name="regionCode", lookup="region__code", description="By the region's code."),
        Filter(name="code", lookup="code", description="By code."),
    ),
    search=Search(columns=("name_lv", "name_en")),
    fields=(
        ID,
        Column(name="code", description="Code of the municipality."),
        *NAMES,
        Column(name="kind", enum=MunicipalityKind, description="Kind of municipality."),
        Column(name="statisticalRegion", description="Statistical region."),
        Column(name="atvkCode", description="Code in the national classification of territories (ATVK)."),
        Column(name="longitude", as_float=True, description="Longitude of its centre in degrees."),
        Column(name="latitude", as_float=True, description="Latitude of its centre in degrees."),
        *VALIDITY,
        Relation(name="region", to="Region", description="Region it belongs to."),
        Relation(name="successor", to="Municipality", description="The municipality that took its place."),
        Children(name="institutions", to="Institution", via="municipality", description="Institutions in the municipality."),
        Children(
            name="predecessors", to="Municipality", via="successor", description="Former municipalities whose place it took."
        ),
        Children(
            name="preventionPlans",
            to="PreventionPlan",
            via="municipality",
            description="Medium-term plans of preventive and intervention measures.",
        ),
        Children(
            name="agreements", to="CooperationAgreement", via="municipality", description="Agreements with the municipality."
        ),
        Children(
            name="staff",
            to="StaffAssignment",
            via="municipality",
            description="Coordinators and others attached to the municipality.",
        ),
        *SOURCE,
    ),
)

INSTITUTION = ObjectType(
    name="Institution",
    plural="institutions",
    description="An education institution (izglītības iestāde).",
    needs="registry.read",
    model=Institution,
    select=lambda scope: selectors.institutions(),
    open_to_all=True,
    order=("sort_key", "id"),
    orders=(
        Order(name="NAME", columns=("sort_key",), description="Latvian alphabetical order of the names."),
        Order(name="CODE", columns=("code",), description="By code."),
    ),
    filters=(
        Filter(name="kind", lookup="kind", kind=FilterKind.CHOICES, enum=InstitutionKind, description="Of one of these kinds."),
        Filter(name="code", lookup="code", description="By code."),
        Filter(
            name="municipalityId",
            lookup="municipality_id",
            kind=FilterKind.ID,
            tag="mun",
            description="By the municipality's id.",
        ),
        Filter(name="municipalityCode", lookup="municipality__code", description="By the municipality's code."),
        Filter(
            name="regionId", lookup="municipality__region_id", kind=FilterKind.ID, tag="reg", description="By the region's id."
        ),
        Filter(name="regionCode", lookup="municipality__region__code", description="By the region's code."),
    ),
    search=Search(columns=("name_lv", "name_en")),
    fields=(
        ID,
        Column(name="code", description="Code of the institution."),
        *NAMES,
        Column(name="kind", enum=InstitutionKind, description="Kind of institution."),
        Column(name="address", description="Address."),
        Column(name="website", description="Its own site."),
        Column(name="isExample", description="Whether it was invented for the demonstration."),
        Derived(
            name="isState",
            kind=bool,
            depends=("kind",),
            data_class=DataClass.PUBLIC,
            compute=lambda row: row.is_state,
            description="Whether it belongs to the state, so that plans skip the municipality's approval.",
        ),
        Relation(name="municipality", to="Municipality", description="Municipality it lies in."),
        Children(name="units", to="StructuralUnit", via="institution", description="Its units in other places."),
        Children(
            name="participations",
            to="InstitutionParticipation",
            via="institution",
            description="Periods in which it takes part in the programme.",
        ),
        Children(
            name="staff", to="StaffAssignment", via="institution", description="People attached to it, with role and period."
        ),
        Children(
            name="timesheets",
            to="Timesheet",
            via="institution",
            description="Specialists' timesheets within the caller's reach.",
        ),
        Children(name="enrolments", to="Enrolment", via="institution", description="Enrolments within the caller's reach."),
        Children(
            name="supportPlans", to="SupportPlan", via="institution", description="Support plans within the caller's reach."
        ),
        *SOURCE,
    ),
)

STRUCTURAL_UNIT = ObjectType(
    name="StructuralUnit",
    description="A unit of an institution in another place (struktūrvienība).",
    needs="registry.read",
    model=StructuralUnit,
    select=lambda scope: StructuralUnit.objects.all(),
    open_to_all=True,
    order=("code", "id"),
    fields=(
        ID,
        Column(name="code", description="Code of the unit."),
        *NAMES,
        Relation(name="institution", to="Institution", description="Institution it is a part of."),
        Relation(
            name="municipality", to="Municipality", description="Municipality it lies in; can differ from its institution's."
        ),
        *SOURCE,
    ),
)

SEMESTER = ObjectType(
    name="Semester",
    plural="semesters",
    description="A semester of the school year (semestris), with the period its plans may cover.",
    needs=ANY_TOKEN,
    model=Semester,
    select=lambda scope: selectors.semesters(),
    open_to_all=True,
    order=("-starts_on", "id"),
    orders=(Order(name="STARTS_ON", columns=("starts_on",), description="By the first day."),),
    filters=(
        Filter(name="code", lookup="code", description="By code, such as 2022/2023-2."),
        Filter(name="schoolYear", lookup="school_year", description="By school year, such as 2022/2023."),
    ),
    fields=(
        ID,
        VERSION,
        Column(name="code", description="Code, such as 2022/2023-2."),
        Column(name="schoolYear", description="School year, such as 2022/2023."),
        Column(name="number", description="1 or 2."),
        Column(name="startsOn", description="First day."),
        Column(name="endsOn", description="Last day."),
        Column(name="endsOnGrade9", attr="ends_on_grade_9", description="Last day for grade 9, where it differs."),
        Column(name="endsOnGrade12", attr="ends_on_grade_12", description="Last day for grade 12, where it differs."),
        Column(name="planPeriodEndsOn", description="Last day that plans of the semester may cover."),
        Column(name="provisionalFields", description="Names of the dates that no source gives and that were set provisionally."),
        Column(name="closedAt", description="When the semester was closed for changes."),
        Children(name="closures", to="SemesterClosure", via="semester", description="Closings and reopenings, the newest first."),
        *SOURCE,
    ),
)

FUNDING_SOURCE = ObjectType(
    name="FundingSource",
    description="Who pays: the European Social Fund (Eiropas Sociālais fonds), the state budget (valsts budžets).",
    needs=ANY_TOKEN,
    model=FundingSource,
    select=lambda scope: FundingSource.objects.all(),
    open_to_all=True,
    order=("position", "id"),
    fields=(
        ID,
        Relation(name="programme", to="Programme", description="The programme."),
        Column(name="code", description="Code, such as ESF."),
        *NAMES,
        *SOURCE,
    ),
)

TYPES = (FUNDING_SOURCE, PROGRAMME, PROGRAMME_TERM, REGION, MUNICIPALITY, INSTITUTION, STRUCTURAL_UNIT, SEMESTER)

"""Learners and their enrolments."""

from __future__ import annotations

from backend.cases.learners import identity, selectors
from backend.cases.learners.models import Enrolment, EnrolmentEnd, Learner, LearnerIdentity, ProgrammeKind
from backend.cases.learners.policies import ENROLMENTS, LEARNERS
from graphql_schema.cases.shared import ID, VERSION, institution_filters, semester_filters
from graphql_schema.engine.declarations import (
    Children,
    Column,
    Filter,
    FilterKind,
    ObjectType,
    Order,
    Relation,
    Sealed,
    Search,
)

LEARNER = ObjectType(
    name="Learner",
    plural="learners",
    description="A learner (izglītojamais), seen through enrolments.",
    needs="learners.read",
    model=Learner,
    select=lambda scope: selectors.learners(scope=scope),
    policy=LEARNERS,
    learner="pk",
    select_few=lambda scope: selectors.learners_of_few(scope=scope),
    order=("sort_key", "id"),
    orders=(
        Order(name="NAME", columns=("sort_key",), description="Latvian alphabetical order, family name first."),
        Order(name="BIRTH_DATE", columns=("birth_date",), description="By date of birth."),
        Order(name="CREATED_AT", columns=("created_at",), description="By when the learner was registered."),
    ),
    filters=(
        *institution_filters(path="institution", through="enrolments"),
        *semester_filters(path="semester", through="supportPlans"),
        Filter(
            name="personalCode",
            lookup="identity__code_index",
            prepare=identity.code_index,
            description="By the whole personal code, with its hyphen or without.",
        ),
        Filter(name="bornFrom", lookup="birth_date__gte", kind=FilterKind.DATE, description="Born on this day or later."),
        Filter(name="bornTo", lookup="birth_date__lte", kind=FilterKind.DATE, description="Born on this day or earlier."),
    ),
    search=Search(columns=("search_key",), folded=True),
    fields=(
        ID,
        VERSION,
        Column(name="givenName", description="Given name."),
        Column(name="familyName", description="Family name."),
        Column(name="birthDate", description="Date of birth."),
        Sealed(
            name="personalCode",
            attr="code_cipher",
            beside=LearnerIdentity,
            via="learner",
            open=identity.masked_codes,
            description="Personal code with its last five digits hidden; null where there is none.",
        ),
        Sealed(
            name="personalCodeInFull",
            attr="code_cipher",
            beside=LearnerIdentity,
            via="learner",
            open=identity.opened_codes,
            description="The whole personal code, for who must write it down elsewhere; ask for it only then.",
        ),
        Relation(name="registeringInstitution", to="Institution", description="Institution that registered the learner."),
        Children(name="enrolments", to="Enrolment", via="learner", description="Times at institutions, as far as within reach."),
        Children(name="supportPlans", to="SupportPlan", via="learner", description="Support plans, as far as within reach."),
    ),
)

ENROLMENT = ObjectType(
    name="Enrolment",
    description="A learner's time at an institution, both days included.",
    needs="learners.read",
    model=Enrolment,
    select=lambda scope: selectors.enrolments(scope=scope),
    policy=ENROLMENTS,
    learner="learner_id",
    order=("starts_on", "id"),
    orders=(Order(name="STARTS_ON", columns=("starts_on",), description="By the first day."),),
    filters=(
        *institution_filters(path="institution"),
        Filter(
            name="programmeKind",
            lookup="programme_kind",
            kind=FilterKind.CHOICES,
            enum=ProgrammeKind,
            description="Of these kinds.",
        ),
        Filter(name="startsTo", lookup="starts_on__lte", kind=FilterKind.DATE, description="Began on this day or earlier."),
    ),
    fields=(
        ID,
        VERSION,
        Column(name="programmeKind", enum=ProgrammeKind, description="General or vocational education."),
        Column(name="stage", description="Grade 1 to 12 in general, course 1 to 4 in vocational education."),
        Column(name="educationProgramme", description="Education programme."),
        Column(name="startsOn", description="First day."),
        Column(name="endsOn", description="Last day; null while it goes on."),
        Column(name="endReason", enum=EnrolmentEnd, description="Why it ended."),
        Relation(name="learner", to="Learner", description="The learner."),
        Relation(name="institution", to="Institution", description="The institution."),
        Relation(
            name="structuralUnit", to="StructuralUnit", description="Unit of the institution, where it is one in another place."
        ),
    ),
)

TYPES = (LEARNER, ENROLMENT)

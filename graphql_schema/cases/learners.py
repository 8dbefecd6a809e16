"""Learners and their enrolments: to read, to register, to enrol."""

from __future__ import annotations

import datetime as dt

from backend.cases.learners import identity, selectors, services
from backend.cases.learners.models import Enrolment, EnrolmentEnd, Learner, LearnerIdentity, ProgrammeKind
from backend.cases.learners.policies import ENROLMENTS, LEARNERS
from backend.territory.models import Institution
from graphql_schema.cases.shared import ID, VERSION, institution_filters, semester_filters
from graphql_schema.engine.commands import Choice, Key, Mutation, Named, Plain
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
        Filter(
            name="enrolledOn",
            lookup="starts_on",
            until="ends_on",
            kind=FilterKind.VALID_ON,
            through="enrolments",
            description="Attending on this day.",
        ),
        Filter(
            name="programmeKind",
            lookup="programme_kind",
            kind=FilterKind.CHOICES,
            enum=ProgrammeKind,
            through="enrolments",
            description="Of these kinds of programme.",
        ),
        Filter(
            name="stageFrom",
            lookup="stage__gte",
            kind=FilterKind.INTEGER,
            through="enrolments",
            description="In this grade or course or a higher one.",
        ),
        Filter(
            name="stageTo",
            lookup="stage__lte",
            kind=FilterKind.INTEGER,
            through="enrolments",
            description="In this grade or course or a lower one.",
        ),
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
        Children(
            name="transfers", to="Transfer", via="learner", description="Moves between institutions, as far as within reach."
        ),
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
        Filter(
            name="endReason",
            lookup="end_reason",
            kind=FilterKind.CHOICES,
            enum=EnrolmentEnd,
            description="Ended for one of these reasons.",
        ),
        Filter(
            name="validOn", lookup="starts_on", until="ends_on", kind=FilterKind.VALID_ON, description="Going on on this day."
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
        Children(name="supportPlans", to="SupportPlan", via="enrolment", description="Support plans made under it."),
    ),
)

TYPES = (LEARNER, ENROLMENT)

REGISTER_LEARNER = Mutation(
    name="registerLearner",
    description="Register a learner at an institution, which sees the learner from now on. Enrolling is a step of its own.",
    needs="learners.write",
    service=services.register_learner,
    to="Learner",
    inputs=(
        Named(name="institution", model=Institution, required=True, description="The institution."),
        Plain(name="givenName", required=True, description="Given name."),
        Plain(name="familyName", required=True, description="Family name."),
        Plain(name="birthDate", kind=dt.date, required=True, description="Date of birth."),
    ),
)

ENROL_LEARNER = Mutation(
    name="enrolLearner",
    description="Enrol a learner: a grade or course at an institution, from a day on.",
    needs="learners.write",
    service=services.enrol_learner,
    to="Enrolment",
    inputs=(
        Key(name="learnerId", tag=Learner.tag, required=True, description="The learner."),
        Named(name="institution", model=Institution, required=True, description="The institution."),
        Key(name="structuralUnitId", tag="unit", description="Unit of the institution, where it is one in another place."),
        Choice(name="programmeKind", enum=ProgrammeKind, required=True, description="General or vocational education."),
        Plain(
            name="stage", kind=int, required=True, description="Grade 1 to 12 in general, course 1 to 4 in vocational education."
        ),
        Plain(name="educationProgramme", description="Education programme."),
        Plain(name="startsOn", kind=dt.date, required=True, description="First day."),
    ),
)

MUTATIONS = (REGISTER_LEARNER, ENROL_LEARNER)

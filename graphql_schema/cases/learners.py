"""Learners and their enrolments: to read, to register, to enrol."""

from __future__ import annotations

import datetime as dt

from backend.cases.learners import duplicates, identity, merging, selectors, services
from backend.cases.learners.models import (
    DuplicateCandidate,
    DuplicateDecision,
    DuplicateStatus,
    Enrolment,
    EnrolmentEnd,
    Learner,
    LearnerIdentity,
    MatchBasis,
    ProgrammeKind,
)
from backend.cases.learners.policies import DUPLICATES, ENROLMENTS, LEARNERS
from backend.territory.models import Institution
from graphql_schema.cases.shared import (
    ID,
    VERSION,
    account,
    institution_filters,
    key_filter,
    semester_filters,
    touching_semester,
)
from graphql_schema.engine.commands import Beside, Choice, Key, Mutation, Named, Plain
from graphql_schema.engine.declarations import (
    Children,
    Column,
    Derived,
    Filter,
    FilterKind,
    ObjectType,
    Order,
    Relation,
    Sealed,
    Search,
)
from graphql_schema.engine.mutations import MutationWarning, warned


def _contact(name: str, field: str, description: str) -> Sealed:
    return Sealed(
        name=name,
        attr=f"{field}_cipher",
        beside=LearnerIdentity,
        via="learner",
        open=identity.opened_contacts(field),
        description=description,
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
        Sealed(
            name="noCodeReason",
            attr="no_code_reason",
            beside=LearnerIdentity,
            via="learner",
            open=identity.as_written,
            description="Why there is no personal code, where there is none.",
        ),
        _contact("phone", identity.PHONE, "The learner's telephone number."),
        _contact("email", identity.EMAIL, "The learner's e-mail address."),
        _contact("guardian", identity.GUARDIAN, "The guardian's name and how to reach them (likumiskais pārstāvis)."),
        Relation(name="registeringInstitution", to="Institution", description="Institution that registered the learner."),
        Children(name="enrolments", to="Enrolment", via="learner", description="Times at institutions, as far as within reach."),
        Children(name="supportPlans", to="SupportPlan", via="learner", description="Support plans, as far as within reach."),
        Children(
            name="indicators",
            to="LearnerIndicator",
            via="learner",
            description="Absences, marks and other indicators, as far as within reach.",
        ),
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
        *touching_semester(first="starts_on", last="ends_on"),
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

DUPLICATE_CANDIDATE = ObjectType(
    name="DuplicateCandidate",
    plural="possibleDuplicates",
    description="Two learners who may be one person.",
    needs="learners.read",
    model=DuplicateCandidate,
    select=lambda scope: selectors.duplicate_candidates(scope=scope),
    policy=DUPLICATES,
    order=("-score", "id"),
    orders=(
        Order(name="FOUND_AT", columns=("found_at",), description="By when it was found."),
        Order(name="SCORE", columns=("score",), description="By score."),
    ),
    filters=(
        Filter(
            name="status", lookup="status", kind=FilterKind.CHOICES, enum=DuplicateStatus, description="In one of these statuses."
        ),
        *institution_filters(path="institution", through="enrolments", of=("first", "second")),
        Filter(name="scoreFrom", lookup="score__gte", kind=FilterKind.NUMBER, description="With at least this score, 0 to 1."),
        key_filter("learnerId", "first_id", "lrn", "With this learner on either side.", alternatives=("second_id",)),
    ),
    fields=(
        ID,
        VERSION,
        Relation(name="first", to="Learner", description="One of the two; null once it was merged into the other."),
        Relation(name="second", to="Learner", description="The other; null once it was merged into the first."),
        Column(name="score", description="How much speaks for it, 0.000 to 1.000."),
        Column(name="bases", enum=MatchBasis, description="What speaks for it."),
        Derived(
            name="explanations",
            kind=list[str],
            depends=("bases",),
            compute=lambda row: duplicates.explanations(row.bases),
            description="What speaks for it, in words, in the language of `Accept-Language`.",
        ),
        Column(name="status", enum=DuplicateStatus, description="Where it stands."),
        Column(name="foundAt", description="When it was found."),
        Column(name="decidedAt", description="When it was decided."),
        account("decidedBy", "Who decided."),
        Column(name="decisionReason", description="Why it was so decided."),
        Relation(name="kept", to="Learner", description="The record that stands for both, once they were merged."),
        Column(name="undoneAt", description="When a merge was undone."),
        account("undoneBy", "Who undid it."),
        Column(name="undoReason", description="Why it was undone."),
    ),
)

TYPES = (LEARNER, ENROLMENT, DUPLICATE_CANDIDATE)

WARNINGS = Beside(
    name="warnings",
    description="What to look at, such as a failing check digit or a likely duplicate within reach.",
    kind=MutationWarning,
    compute=lambda scope, row, arguments: warned(duplicates.warnings_of(scope=scope, learner=row)),
    list_of=True,
)
IDENTITY_INPUTS = (
    Plain(
        name="personalCode",
        description=(
            "Personal code (personas kods), in either format, with or without hyphen; an impossible one is refused, "
            "a failing check digit warned of. Takes the place of the reason why there is none."
        ),
    ),
    Plain(name="noCodeReason", description="Why there is no personal code, where there is none."),
    Plain(name="phone", description="The learner's telephone number; an empty text removes it."),
    Plain(name="email", description="The learner's e-mail address; an empty text removes it."),
    Plain(name="guardian", description="The guardian's name and how to reach them; an empty text removes it."),
)

REGISTER_LEARNER = Mutation(
    name="registerLearner",
    description=(
        "Register a learner at an institution, which sees the learner from now on. Enrolling is a step of its own. "
        "Give the personal code, or state why there is none. A code that is known outside the caller's reach changes nothing."
    ),
    needs="learners.write",
    service=services.register_learner,
    to="Learner",
    inputs=(
        Named(name="institution", model=Institution, required=True, description="The institution."),
        Plain(name="givenName", required=True, description="Given name."),
        Plain(name="familyName", required=True, description="Family name."),
        Plain(name="birthDate", kind=dt.date, required=True, description="Date of birth."),
        *IDENTITY_INPUTS,
    ),
    beside=(WARNINGS,),
)

UPDATE_LEARNER = Mutation(
    name="updateLearner",
    description="Change what is known of a learner; what is left out stays.",
    needs="learners.write",
    service=services.update_learner,
    to="Learner",
    inputs=(
        Key(name="learnerId", tag=Learner.tag, required=True, description="The learner."),
        Plain(name="givenName", description="Given name."),
        Plain(name="familyName", description="Family name."),
        Plain(name="birthDate", kind=dt.date, description="Date of birth."),
        *IDENTITY_INPUTS,
    ),
    beside=(WARNINGS,),
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

END_ENROLMENT = Mutation(
    name="endEnrolment",
    description="End an enrolment, with a reason.",
    needs="learners.write",
    service=services.end_enrolment,
    to="Enrolment",
    inputs=(
        Key(name="enrolmentId", tag=Enrolment.tag, required=True, description="The enrolment."),
        Plain(name="endsOn", kind=dt.date, required=True, description="Last day."),
        Choice(name="endReason", enum=EnrolmentEnd, required=True, description="Why it ends."),
    ),
)

DECIDE_DUPLICATE = Mutation(
    name="decideDuplicate",
    description="Decide whether two records are one person, with a reason.",
    needs="learners.write",
    service=merging.decide_duplicate,
    to="DuplicateCandidate",
    inputs=(
        Key(name="duplicateCandidateId", tag=DuplicateCandidate.tag, required=True, description="The pair."),
        Choice(name="decision", enum=DuplicateDecision, required=True, description="The decision."),
        Key(name="keptId", tag=Learner.tag, description="The record that stands for both; needed for a merge."),
        Plain(name="reason", required=True, description="Why."),
    ),
)

UNDO_MERGE = Mutation(
    name="undoMerge",
    description="Undo a merge: both records stand again, and what was added since stays with the kept one.",
    needs="learners.write",
    service=merging.undo_merge,
    to="DuplicateCandidate",
    inputs=(
        Key(name="duplicateCandidateId", tag=DuplicateCandidate.tag, required=True, description="The pair."),
        Plain(name="reason", required=True, description="Why."),
    ),
)

MUTATIONS = (REGISTER_LEARNER, UPDATE_LEARNER, ENROL_LEARNER, END_ENROLMENT, DECIDE_DUPLICATE, UNDO_MERGE)

"""Youth initiative projects: calls, projects, points and who takes part."""

from __future__ import annotations

from decimal import Decimal

from backend.activities.initiatives import selectors, sums
from backend.activities.initiatives.models import (
    ApplicantKind,
    CallCriterion,
    CallStatus,
    InitiativeCall,
    InitiativeProject,
    PartnerKind,
    ProjectParticipant,
    ProjectPartner,
    ProjectScore,
    ProjectScorer,
    ProjectStatus,
    ProjectStep,
    ScoringCriterion,
    YouthOrganisation,
)
from backend.activities.initiatives.policies import PARTICIPANTS, PROJECT_PARTS, PROJECTS, SCORES
from graphql_schema.cases.shared import (
    ID,
    NAMES,
    OWN_INSTITUTION,
    PROGRAMME,
    SOURCE,
    VALIDITY,
    VERSION,
    account,
    key_filter,
    place_filters,
)
from graphql_schema.engine.declarations import (
    ANY_TOKEN,
    Children,
    Column,
    Filter,
    FilterKind,
    ObjectType,
    Order,
    Reckoned,
    Relation,
    Search,
)

_PLACES = place_filters(municipality=("municipality",), region=("municipality__region",))
_PROJECT = Relation(name="project", to="InitiativeProject", description="The project.")

ORGANISATION = ObjectType(
    name="YouthOrganisation",
    description=(
        "An organisation that hands projects in: of young people, or working with them (jaunatnes organizācija, biedrība, "
        "nodibinājums)."
    ),
    needs=ANY_TOKEN,
    model=YouthOrganisation,
    select=lambda scope: selectors.youth_organisations(scope=scope),
    open_to_all=True,
    order=("sort_key", "id"),
    fields=(
        ID,
        VERSION,
        Column(name="name", description="Name."),
        Column(name="kind", enum=ApplicantKind, description="Kind."),
        Column(name="registrationNumber", description="Number in the register of enterprises."),
        Relation(name="municipality", to="Municipality", description="The municipality it works in."),
        Column(name="website", description="Its own site."),
    ),
)

CALL = ObjectType(
    name="InitiativeCall",
    plural="initiativeCalls",
    description="A municipality's call for youth initiative projects (jaunatnes iniciatīvu projektu konkurss).",
    needs=ANY_TOKEN,
    model=InitiativeCall,
    select=lambda scope: selectors.initiative_calls(scope=scope),
    open_to_all=True,
    order=("-opens_on", "id"),
    orders=(
        Order(name="CLOSES_ON", columns=("closes_on",), description="By the last day."),
        Order(name="OPENS_ON", columns=("opens_on",), description="By the first day."),
    ),
    filters=(
        Filter(name="code", lookup="code", description="By code."),
        *_PLACES,
        Filter(name="status", lookup="status", kind=FilterKind.CHOICES, enum=CallStatus, description="In one of these statuses."),
        Filter(name="openOn", lookup="opens_on", until="closes_on", kind=FilterKind.VALID_ON, description="Open on this day."),
    ),
    search=Search(columns=("name_lv", "name_en")),
    fields=(
        ID,
        VERSION,
        *NAMES,
        Column(name="code", description="Code of the call."),
        PROGRAMME,
        Relation(name="municipality", to="Municipality", description="The municipality that calls."),
        Column(name="roundNumber", description="The programme's round of calls, from 1."),
        Column(name="status", enum=CallStatus, description="Where it stands."),
        Column(name="announcedOn", description="Day on which it was announced."),
        Column(name="opensOn", description="First day on which projects can be handed in."),
        Column(name="closesOn", description="Last day on which projects can be handed in."),
        Column(name="grantAmount", description="Euro that each project receives, neither more nor less, two decimals."),
        Column(name="maxProjects", description="Most projects; null: no limit."),
        Column(
            name="minRiskSharePercent", description="Least recommended share of participants at risk, in percent; null: none."
        ),
        Children(name="criteria", to="CallCriterion", via="call", description="Criteria by which projects are scored."),
        Column(name="regulation", description="The regulation (nolikums), as it is quoted."),
        Children(name="projects", to="InitiativeProject", via="call", description="Projects handed in, as far as within reach."),
    ),
)

CALL_CRITERION = ObjectType(
    name="CallCriterion",
    description="A criterion of a call.",
    needs=ANY_TOKEN,
    model=CallCriterion,
    select=lambda scope: selectors.call_criteria(scope=scope),
    open_to_all=True,
    order=("position", "id"),
    fields=(
        ID,
        Relation(name="criterion", to="ScoringCriterion", description="The criterion."),
        Column(name="maxPoints", description="Most points in this call."),
    ),
)

SCORING_CRITERION = ObjectType(
    name="ScoringCriterion",
    description="A criterion (vērtēšanas kritērijs) of the reference list.",
    needs=ANY_TOKEN,
    model=ScoringCriterion,
    select=lambda scope: selectors.scoring_criteria(scope=scope),
    open_to_all=True,
    order=("position", "id"),
    fields=(
        ID,
        Column(name="code", description="Code of the criterion."),
        *NAMES,
        Column(name="maxPoints", description="Usual most points."),
        *VALIDITY,
        *SOURCE,
    ),
)

PROJECT = ObjectType(
    name="InitiativeProject",
    plural="initiativeProjects",
    description=(
        "A youth initiative project (jaunatnes iniciatīvu projekts): proposed, planned and carried out by young people."
    ),
    needs="plans.read",
    model=InitiativeProject,
    select=lambda scope: selectors.initiative_projects(scope=scope),
    policy=PROJECTS,
    order=("-submitted_at", "id"),
    orders=(
        Order(name="NUMBER", columns=("number",), description="By number."),
        Order(name="PLANNED_FROM", columns=("planned_from",), description="By the first day planned."),
    ),
    filters=(
        key_filter("callId", "call_id", InitiativeCall.tag, "Of this call."),
        *_PLACES,
        Filter(
            name="status", lookup="status", kind=FilterKind.CHOICES, enum=ProjectStatus, description="In one of these statuses."
        ),
        key_filter("organisationId", "organisation_id", YouthOrganisation.tag, "Of this organisation."),
        Filter(
            name="runningOn",
            lookup="started_on",
            until="completed_on",
            kind=FilterKind.VALID_ON,
            description="Running on this day.",
        ),
    ),
    search=Search(columns=("title", "number", "organisation__name")),
    fields=(
        ID,
        VERSION,
        Relation(name="call", to="InitiativeCall", description="The call."),
        Column(name="number", description="Number."),
        Column(name="title", description="Title."),
        Relation(name="organisation", to="YouthOrganisation", description="Who hands it in."),
        Column(name="applicantKind", enum=ApplicantKind, description="Kind of applicant, when it was handed in."),
        Column(
            name="withYouthGroup",
            description="Whether a youth initiative group hands it in together with the organisation.",
        ),
        Children(name="partners", to="ProjectPartner", via="project", description="Partners."),
        Column(name="summary", description="What it is about."),
        Column(name="planFit", description="How it fits the municipality's medium-term plan."),
        Column(name="plannedFrom", description="First day planned."),
        Column(name="plannedTo", description="Last day planned."),
        Column(name="plannedParticipants", description="Participants planned."),
        Column(name="plannedAtRisk", description="Of them, at risk of leaving school early."),
        Column(name="amount", description="Euro, two decimals: the call's grant."),
        Column(name="status", enum=ProjectStatus, description="Where it stands."),
        Children(name="steps", to="ProjectStep", via="project", description="Steps it took, the oldest first."),
        Column(name="submittedAt", description="When it was handed in."),
        account("submittedBy", "Who handed it in."),
        Children(
            name="scorers", to="ProjectScorer", via="project", description="Who scores it, as far as the caller may see them."
        ),
        Reckoned(
            name="meanPoints",
            kind=Decimal,
            shown_where=PROJECTS.organised,
            expression=lambda scope: sums.mean_points(),
            nullable=True,
            description=(
                "Mean of the scorers' points, two decimals; null until all have scored, and for who is not the organiser."
            ),
        ),
        Column(name="decidedAt", description="When it was decided."),
        Column(name="decisionReason", description="Why it was so decided, or why it may not be scored."),
        Column(name="contractNumber", description="Number of the contract."),
        Column(name="contractedOn", description="Day of the contract."),
        Column(name="startedOn", description="Day on which it began."),
        Column(name="completedOn", description="Day on which it was completed."),
        Reckoned(
            name="participantCount",
            kind=int,
            expression=lambda scope: sums.participants(),
            description="How many take part.",
        ),
        Children(
            name="participants",
            to="ProjectParticipant",
            via="project",
            description="Learners who take part, as far as within reach.",
        ),
    ),
)

PROJECT_STEP = ObjectType(
    name="ProjectStep",
    description="One step of a project from status to status.",
    needs="plans.read",
    model=ProjectStep,
    select=lambda scope: selectors.project_steps(scope=scope),
    policy=PROJECT_PARTS,
    order=("at", "id"),
    fields=(
        ID,
        Column(name="fromStatus", enum=ProjectStatus, description="Status before; null for its handing in."),
        Column(name="toStatus", enum=ProjectStatus, description="Status after."),
        account("actor", "Who took it."),
        Column(name="at", description="When."),
        Column(name="comment", description="What was said with it."),
    ),
)

PROJECT_PARTNER = ObjectType(
    name="ProjectPartner",
    description="A partner of a project.",
    needs="plans.read",
    model=ProjectPartner,
    select=lambda scope: selectors.project_partners(scope=scope),
    policy=PROJECT_PARTS,
    fields=(
        ID,
        Column(name="kind", enum=PartnerKind, description="Kind."),
        Column(name="name", description="Name."),
        Relation(name="institution", to="Institution", description="The institution, where it is one that takes part."),
    ),
)

PROJECT_SCORER = ObjectType(
    name="ProjectScorer",
    description="Somebody who scores a project, with the sheet.",
    needs="plans.read",
    model=ProjectScorer,
    select=lambda scope: selectors.project_scorers(scope=scope),
    policy=SCORES,
    fields=(
        ID,
        VERSION,
        account("scorer", "Who; null where scorers stay unnamed."),
        Column(
            name="hasConflict",
            description="Whether the scorer has an interest in it and so may not score; null until declared.",
        ),
        Column(name="finishedAt", description="When the sheet was finished."),
        Children(name="scores", to="ProjectScore", via="scoring", description="Points by criterion."),
    ),
)

PROJECT_SCORE = ObjectType(
    name="ProjectScore",
    description="Points for one criterion.",
    needs="plans.read",
    model=ProjectScore,
    select=lambda scope: selectors.project_scores(scope=scope),
    policy=SCORES,
    fields=(
        ID,
        VERSION,
        Relation(name="criterion", to="CallCriterion", description="The call's criterion."),
        Column(name="points", description="Points."),
        Column(name="maxPoints", description="Most points."),
        Column(name="comment", description="Why."),
    ),
)

PARTICIPANT = ObjectType(
    name="ProjectParticipant",
    description="A learner's place in a youth project.",
    needs="plans.read",
    model=ProjectParticipant,
    select=lambda scope: selectors.project_participants(scope=scope),
    policy=PARTICIPANTS,
    learner="learner_id",
    order=("starts_on", "id"),
    fields=(
        ID,
        VERSION,
        _PROJECT,
        Relation(name="learner", to="Learner", description="The learner."),
        OWN_INSTITUTION,
        Relation(name="measure", to="Measure", description="The measure of the learner's plan that it carries out."),
        Column(name="startsOn", description="First day."),
        Column(name="endsOn", description="Last day; null while it goes on."),
        Column(name="finished", description="Whether the learner stayed to the end; null while it goes on."),
    ),
)

TYPES = (
    ORGANISATION,
    CALL,
    CALL_CRITERION,
    SCORING_CRITERION,
    PROJECT,
    PROJECT_STEP,
    PROJECT_PARTNER,
    PROJECT_SCORER,
    PROJECT_SCORE,
    PARTICIPANT,
)

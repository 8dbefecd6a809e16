"""Support plans, the risks judged on them, and their measures, as they are read."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q

from backend.activities.initiatives.models import ProjectParticipant
from backend.activities.initiatives.selectors import participation_of_measure
from backend.cases.delivery import sums as delivery
from backend.cases.delivery.models import Consultation
from backend.cases.delivery.policies import CONSULTATIONS
from backend.cases.plans import differences, selectors
from backend.cases.plans.models import AssessmentMoment, Measure, PlanStatus, RiskAssessment, SupportPlan
from backend.cases.plans.policies import PLANS
from backend.cases.reimbursements import sums as reimbursements
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.cases.reimbursements.policies import CLAIMS
from backend.registry.models import MeasureCategory, RiskGroup
from graphql_schema.cases.plan_actions import shown_actions
from graphql_schema.cases.shared import ID, VERSION, account, document_path, institution_filters, key_filter, semester_filters
from graphql_schema.engine.declarations import (
    Children,
    Column,
    Filter,
    FilterKind,
    Found,
    Gathered,
    ObjectType,
    Order,
    Reckoned,
    Relation,
    Search,
)

SUPPORT_PLAN = ObjectType(
    name="SupportPlan",
    plural="supportPlans",
    description="Individual support plan (individuālais atbalsta plāns): one per learner, institution and semester.",
    needs="plans.read",
    model=SupportPlan,
    select=lambda scope: selectors.support_plans(scope=scope),
    policy=PLANS,
    learner="learner_id",
    order=("-period_from", "id"),
    orders=(
        Order(name="PERIOD_FROM", columns=("period_from",), description="By the first day of the plan."),
        Order(name="NUMBER", columns=("number",), description="By the plan's number."),
        Order(name="STATUS", columns=("status",), description="By the name of the status."),
        Order(name="CREATED_AT", columns=("created_at",), description="By when the plan was drafted."),
    ),
    filters=(
        *institution_filters(path="institution"),
        *semester_filters(path="semester"),
        Filter(name="status", lookup="status", kind=FilterKind.CHOICES, enum=PlanStatus, description="In one of these statuses."),
        Filter(name="learnerId", lookup="learner_id", kind=FilterKind.ID, tag="lrn", description="By the learner's id."),
        Filter(name="number", lookup="number", description="By the plan's number."),
        Filter(
            name="riskGroup",
            lookup="risk_factor__group",
            kind=FilterKind.CHOICES,
            enum=RiskGroup,
            through="risks",
            description="With a risk of one of these groups.",
        ),
        Filter(
            name="measureCategory",
            lookup="category",
            kind=FilterKind.CHOICES,
            enum=MeasureCategory,
            through="measures",
            description="With a measure of one of these categories.",
        ),
        key_filter("authorId", "author_id", "usr", "With this author."),
        Filter(
            name="hasApplication", lookup="application", kind=FilterKind.FILLED, description="With an application, or without."
        ),
        Filter(
            name="runningOn",
            lookup="period_from",
            until="period_to",
            kind=FilterKind.VALID_ON,
            description="Its period includes this day.",
        ),
        Filter(name="stage", lookup="enrolment__stage", kind=FilterKind.INTEGER, description="In this grade or course."),
    ),
    search=Search(columns=("number",)),
    fields=(
        ID,
        VERSION,
        Column(name="number", description="Number of the plan, quoted in the institution's orders."),
        Column(name="status", enum=PlanStatus, description="Where the plan stands."),
        Column(name="periodFrom", description="First day of the plan."),
        Column(name="periodTo", description="Last day of the plan."),
        Column(name="submittedAt", description="When it was submitted to the head."),
        Column(name="activatedAt", description="When it became active."),
        Column(name="evaluatedAt", description="When it was evaluated."),
        Column(name="closedAt", description="When it was closed."),
        Column(name="interruptedAt", description="When it was interrupted."),
        Column(name="resultText", description="What its measures brought, at the semester's end."),
        Column(name="continueNext", description="Whether support should go on in the next semester; null until evaluated."),
        Relation(name="learner", to="Learner", description="The learner."),
        Relation(name="institution", to="Institution", description="The institution."),
        Relation(name="semester", to="Semester", description="The semester."),
        Relation(name="enrolment", to="Enrolment", description="The enrolment under which it was made."),
        Children(name="risks", to="RiskAssessment", via="plan", description="Risks judged at its start and end."),
        Children(name="measures", to="Measure", via="plan", description="Measures of the plan."),
        account("author", "Who drew it up (IAP sagatavotājs)."),
        Children(name="coAuthors", to="PlanCoAuthor", via="plan", description="Others who drew it up with the author."),
        Relation(name="application", to="Application", description="The signed application; null until it is recorded."),
        Children(name="steps", to="PlanStep", via="plan", description="Steps it took, with who and when, the oldest first."),
        Children(
            name="consultationSheets",
            to="ConsultationSheet",
            where=lambda own: Q(measure__plan=own("id")),
            description="Agreements of specialists with the learner, with their sheets (KA vienošanās, KA veidlapa).",
        ),
        Children(name="outcomes", to="PlanOutcome", via="plan", description="Outcomes by theme, named at the evaluation."),
        Relation(
            name="carriedFrom", to="SupportPlan", description="The plan of an earlier semester that it was carried forward from."
        ),
        Gathered(
            name="differences",
            to="PlanDifference",
            gather=lambda scope, keys: differences.of_plans(scope=scope, plan_ids=keys),
            depends=((SupportPlan, "carried_from"), (RiskAssessment, "risk_factor"), (Measure, "planned_amount")),
            description="What differs from the plan it was carried forward from; empty when it was not.",
        ),
        Gathered(
            name="possibleActions",
            to="PlanAction",
            gather=shown_actions,
            depends=((RiskAssessment, "risk_factor"), (Measure, "kind")),
            length=4,
            description="What the caller could do next, and what stands against it; null for who does not read its risks.",
        ),
        Relation(name="interruptionGround", to="InterruptionGround", description="Why it was interrupted."),
        Column(name="interruptedOn", description="Last day on which it held, where it was interrupted."),
        document_path("plan", SupportPlan, "pdf", "Path of the plan as a PDF for signature."),
    ),
)

RISK_ASSESSMENT = ObjectType(
    name="RiskAssessment",
    description="A risk judged on a plan (risku izvērtējums).",
    needs="plans.read",
    model=RiskAssessment,
    select=lambda scope: selectors.risk_assessments(scope=scope),
    policy=PLANS,
    learner="plan__learner_id",
    filters=(
        Filter(
            name="moment", lookup="moment", kind=FilterKind.CHOICES, enum=AssessmentMoment, description="Judged at these moments."
        ),
        Filter(
            name="group", lookup="risk_factor__group", kind=FilterKind.CHOICES, enum=RiskGroup, description="Of these groups."
        ),
    ),
    fields=(
        ID,
        VERSION,
        Column(name="moment", enum=AssessmentMoment, description="At the start or at the end of the plan."),
        Column(name="level", description="Level on the scale in use."),
        Column(name="note", description="What was seen."),
        Relation(name="riskFactor", to="RiskFactor", description="The risk factor."),
        Relation(name="plan", to="SupportPlan", description="The plan."),
        Column(name="assessedAt", attr="updated_at", description="When it was judged."),
        account("assessedBy", "Who judged it."),
    ),
)

MEASURE = ObjectType(
    name="Measure",
    description="A measure of a plan (atbalsta pasākums).",
    needs="plans.read",
    model=Measure,
    select=lambda scope: selectors.measures(scope=scope),
    policy=PLANS,
    learner="learner_id",
    filters=(
        Filter(
            name="category", lookup="category", kind=FilterKind.CHOICES, enum=MeasureCategory, description="Of these categories."
        ),
        Filter(name="kindCode", lookup="kind_code", description="By the kind's code, such as TEACHER or CATERING."),
    ),
    fields=(
        ID,
        VERSION,
        Column(name="category", enum=MeasureCategory, description="What it gives."),
        Column(name="kindCode", description="Code of its kind, such as TEACHER or CATERING."),
        Column(name="subject", description="School subject of a teacher's consultations."),
        Column(name="plannedHours", description="Hours planned, for consultations."),
        Column(name="plannedAmount", description="Euro planned, for reimbursements."),
        Reckoned(
            name="recordedHours",
            kind=int,
            needs="delivery.read",
            shown_where=CONSULTATIONS.visible,
            made_of=((Consultation, "hours"),),
            expression=delivery.hours_of_measure,
            nullable=True,
            description="Hours recorded under it, for consultations.",
        ),
        Reckoned(
            name="confirmedHours",
            kind=int,
            needs="delivery.read",
            shown_where=CONSULTATIONS.visible,
            made_of=((Consultation, "hours"),),
            expression=lambda scope: delivery.hours_of_measure(scope, delivery.CONFIRMED),
            nullable=True,
            description="Hours that both sides confirmed.",
        ),
        Reckoned(
            name="approvedAmount",
            kind=Decimal,
            needs="money.read",
            shown_where=CLAIMS.visible,
            made_of=((ReimbursementClaim, "amount"),),
            expression=reimbursements.approved_under_measure,
            nullable=True,
            description="Euro approved under it net of reversals, two decimals, for reimbursements.",
        ),
        Column(name="months", description="Calendar months in which it is meant to run; empty means all of the plan's."),
        Column(name="note", description="What to know about it."),
        Relation(name="kind", to="MeasureKind", description="Its kind in the reference list."),
        Relation(name="risk", to="RiskAssessment", description="The risk it answers."),
        Relation(name="plan", to="SupportPlan", description="The plan."),
        Relation(name="learner", to="Learner", description="The learner."),
        Found(
            name="projectParticipant",
            to="ProjectParticipant",
            expression=lambda scope: participation_of_measure(scope=scope),
            made_of=((ProjectParticipant, "measure"),),
            description="The place in a youth project, where it is one: of several the one that began last.",
        ),
        Children(
            name="sheets",
            to="ConsultationSheet",
            via="measure",
            description="The specialists' agreements with the learner, with their sheets.",
        ),
        Children(name="consultations", to="Consultation", via="measure", description="Consultations given under it."),
        Children(name="reimbursementClaims", to="ReimbursementClaim", via="measure", description="Costs claimed under it."),
    ),
)

TYPES = (SUPPORT_PLAN, RISK_ASSESSMENT, MEASURE)

"""Support plans, the risks judged on them, and their measures: to read, to draft, to plan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from backend.cases.delivery import sums as delivery
from backend.cases.delivery.models import Consultation
from backend.cases.delivery.policies import CONSULTATIONS
from backend.cases.learners.models import Learner
from backend.cases.plans import selectors, services
from backend.cases.plans.models import AssessmentMoment, Measure, PlanStatus, RiskAssessment, SupportPlan
from backend.cases.plans.policies import PLANS
from backend.cases.reimbursements import sums as reimbursements
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.cases.reimbursements.policies import CLAIMS
from backend.registry.models import MeasureCategory, MeasureKind, RiskGroup
from backend.territory.models import Institution, Semester
from graphql_schema.cases.shared import ID, VERSION, institution_filters, semester_filters
from graphql_schema.engine.commands import Amount, Key, Mutation, Named, Plain
from graphql_schema.engine.declarations import Children, Column, Filter, FilterKind, ObjectType, Order, Reckoned, Relation, Search

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
            name="runningOn",
            lookup="period_from",
            until="period_to",
            kind=FilterKind.VALID_ON,
            description="Whose period covers this day.",
        ),
        Filter(
            name="stage",
            lookup="enrolment__stage",
            kind=FilterKind.INTEGER,
            description="Of learners in this grade or course.",
        ),
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
        Children(name="consultations", to="Consultation", via="measure", description="Consultations given under it."),
        Children(name="reimbursementClaims", to="ReimbursementClaim", via="measure", description="Costs claimed under it."),
    ),
)

TYPES = (SUPPORT_PLAN, RISK_ASSESSMENT, MEASURE)

DRAFT_SUPPORT_PLAN = Mutation(
    name="draftSupportPlan",
    description="Draft the plan of a learner at an institution for a semester: one for each learner, institution and semester.",
    needs="plans.write",
    service=services.draft_support_plan,
    to="SupportPlan",
    inputs=(
        Key(name="learnerId", tag=Learner.tag, required=True, description="The learner."),
        Named(name="institution", model=Institution, required=True, description="The institution."),
        Named(name="semester", model=Semester, required=True, description="The semester."),
        Plain(
            name="periodFrom",
            kind=dt.date,
            description="First day of the plan; left out: the first of the semester on which the learner is enrolled.",
        ),
        Plain(
            name="periodTo",
            kind=dt.date,
            description="Last day of the plan; left out: the last of the semester's plan period that the enrolment allows.",
        ),
        Key(
            name="authorId",
            tag="usr",
            description="Plan author. Left out: the caller; only an app's own account names another.",
        ),
    ),
)

PLAN_MEASURE = Mutation(
    name="planMeasure",
    description="Add a measure to a plan that is being written; the plan's version rises, and `expectedVersion` is the plan's.",
    needs="plans.write",
    service=services.plan_measure,
    to="Measure",
    inputs=(
        Key(name="planId", tag=SupportPlan.tag, required=True, description="The plan."),
        Named(
            name="kind",
            model=MeasureKind,
            code_attr="kind_code",
            required=True,
            description="The kind of measure, as its list stands in the plan's period.",
        ),
        Key(name="riskId", tag=RiskAssessment.tag, description="The risk on the same plan that it answers."),
        Plain(name="subject", description="School subject; a teacher's consultations have one."),
        Plain(name="plannedHours", kind=int, description="Hours; consultations plan them."),
        Amount(name="plannedAmount", description="Euro, such as 31.50; reimbursements plan it."),
        Plain(
            name="months",
            kind=int,
            list_of=True,
            description="Calendar months, 1 to 12, in which it is meant to run; left out: all of the plan's.",
        ),
        Plain(name="note", description="What to know about it."),
    ),
)

MUTATIONS = (DRAFT_SUPPORT_PLAN, PLAN_MEASURE)

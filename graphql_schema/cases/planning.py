"""What changes plans, from the draft to the end."""

from __future__ import annotations

import datetime as dt

import strawberry

from backend.cases.casefiles.models import CaseFile
from backend.cases.learners.models import Learner
from backend.cases.plans import services
from backend.cases.plans.models import AssessmentMoment, Measure, RiskAssessment, SignerKind, SupportPlan
from backend.registry.models import MeasureKind, RiskFactor
from backend.territory.models import Institution, Semester
from graphql_schema.engine.commands import Amount, Choice, InputObject, Items, Key, Mutation, Named, Plain

PLAN = Key(name="planId", tag=SupportPlan.tag, required=True, description="The plan.")
LEARNER = Key(name="learnerId", tag=Learner.tag, required=True, description="The learner.")
INSTITUTION = Named(name="institution", model=Institution, required=True, description="The institution.")
SEMESTER = Named(name="semester", model=Semester, required=True, description="The semester.")
AUTHOR = Key(
    name="authorId",
    tag="usr",
    description="Plan author. Left out: the caller; only an app's own account names another.",
)
FACTOR = Named(
    name="riskFactor",
    model=RiskFactor,
    code_attr="risk_factor_code",
    required=True,
    description="The risk factor, as its list stands in the plan's period.",
)

DRAFT_SUPPORT_PLAN = Mutation(
    name="draftSupportPlan",
    description="Draft the plan of a learner at an institution for a semester: one for each learner, institution and semester.",
    needs="plans.write",
    service=services.draft_support_plan,
    to="SupportPlan",
    inputs=(
        LEARNER,
        INSTITUTION,
        SEMESTER,
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
        AUTHOR,
    ),
)

PLAN_MEASURE = Mutation(
    name="planMeasure",
    description="Add a measure to a plan that is being written; the plan's version rises, and `expectedVersion` is the plan's.",
    needs="plans.write",
    service=services.plan_measure,
    to="Measure",
    inputs=(
        PLAN,
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

RECORD_APPLICATION = Mutation(
    name="recordApplication",
    description="Record the signed application (iesniegums) of a learner for support in a semester.",
    needs="plans.write",
    service=services.record_application,
    to="Application",
    inputs=(
        LEARNER,
        INSTITUTION,
        SEMESTER,
        Plain(name="signedOn", kind=dt.date, required=True, description="Day of signature."),
        Choice(name="signerKind", enum=SignerKind, required=True, description="Who signed."),
        Plain(name="receivedOn", kind=dt.date, description="Day on which the institution received it."),
        Key(name="fileId", tag=CaseFile.tag, description="The scanned application, uploaded before."),
    ),
)

CARRY_FORWARD = Mutation(
    name="carryForwardSupportPlan",
    description="Draft a plan from that of an earlier semester: risks as they ended and measures are carried over, and the"
    " difference is shown.",
    needs="plans.write",
    service=services.carry_forward_support_plan,
    to="SupportPlan",
    cost=20,
    inputs=(
        Key(name="fromPlanId", tag=SupportPlan.tag, required=True, description="The plan of the earlier semester."),
        SEMESTER,
        Plain(name="withMeasures", kind=bool, description="Carry measures over too; left out: yes."),
        AUTHOR,
    ),
)

ASSESS_RISK = Mutation(
    name="assessRisk",
    description="Judge a risk (riska izvērtējums) on a plan, at its start or end; judging it again changes level and note.",
    needs="plans.write",
    service=services.assess_risk,
    to="RiskAssessment",
    inputs=(
        PLAN,
        FACTOR,
        Choice(name="moment", enum=AssessmentMoment, required=True, description="At the start or at the end."),
        Plain(name="level", kind=int, required=True, description="Level on the scale in use."),
        Plain(name="note", description="What was seen."),
    ),
)

REMOVE_RISK = Mutation(
    name="removeRisk",
    description="Take a risk off a plan that is being written.",
    needs="plans.write",
    service=services.remove_risk,
    to="SupportPlan",
    inputs=(Key(name="riskId", tag=RiskAssessment.tag, required=True, description="The risk."),),
)

REMOVE_MEASURE = Mutation(
    name="removeMeasure",
    description="Take a measure off a plan that is being written.",
    needs="plans.write",
    service=services.remove_measure,
    to="SupportPlan",
    inputs=(
        Key(name="measureId", tag=Measure.tag, required=True, description="The measure."),
        Plain(name="reason", description="Why, where the plan had been approved before."),
    ),
)

SUBMIT = Mutation(
    name="submitSupportPlan",
    description="Submit a plan to the head (iesniegt direktoram). Every condition that is not met is named.",
    needs="plans.write",
    service=services.submit_support_plan,
    to="SupportPlan",
    inputs=(PLAN, Plain(name="comment", description="Words to the head.")),
)

APPROVE = Mutation(
    name="approveSupportPlan",
    description="Approve a plan (saskaņot) at the caller's step: head, municipality coordinator, agency. Never the own plan.",
    needs="plans.write",
    service=services.approve_support_plan,
    to="SupportPlan",
    inputs=(PLAN, Plain(name="comment", description="Words with the approval.")),
)

_REMARKS = Items(
    name="remarks",
    description="Comments on single parts.",
    item=InputObject(
        name="PlanRemarkInput",
        description="A comment on one part of a plan.",
        make=services.Remark,
        inputs=(
            Plain(
                name="subjectId",
                kind=strawberry.ID,  # of one type or another, told by its tag
                description="Id of the risk, measure or application that it is about; none: the plan.",
            ),
            Plain(name="text", required=True, description="What to change."),
        ),
    ),
)
RETURN = Mutation(
    name="returnSupportPlan",
    description="Return a plan for changes (atgriezt precizēšanai), with what to change.",
    needs="plans.write",
    service=services.return_support_plan,
    to="SupportPlan",
    inputs=(PLAN, Plain(name="comment", required=True, description="What to change."), _REMARKS),
)

_OUTCOMES = Items(
    name="outcomes",
    description="Outcomes by theme.",
    item=InputObject(
        name="PlanOutcomeInput",
        description="What a plan brought on one theme.",
        make=services.Outcome,
        inputs=(
            Plain(name="themeCode", required=True, description="Code of the theme."),
            Plain(name="note", description="What was seen."),
        ),
    ),
)
_END_RISKS = Items(
    name="endRisks",
    description="Levels at the end of the risks that were judged at the start.",
    item=InputObject(
        name="EndRiskInput",
        description="A risk's level at the end of a plan.",
        make=services.EndRisk,
        inputs=(
            FACTOR,
            Plain(name="level", kind=int, required=True, description="Level on the scale in use."),
            Plain(name="note", description="What was seen."),
        ),
    ),
)

EVALUATE = Mutation(
    name="evaluateSupportPlan",
    description="Evaluate the result of a plan's measures (izvērtējums) at the semester's end.",
    needs="plans.write",
    service=services.evaluate_support_plan,
    to="SupportPlan",
    inputs=(
        PLAN,
        Plain(name="resultText", required=True, description="What the measures brought."),
        _OUTCOMES,
        Plain(name="continueNext", kind=bool, required=True, description="Whether support should go on in the next semester."),
        _END_RISKS,
    ),
)

CLOSE = Mutation(
    name="closeSupportPlan",
    description="Close an evaluated plan. Hours and claims that are open stand against it.",
    needs="plans.write",
    service=services.close_support_plan,
    to="SupportPlan",
    inputs=(PLAN, Plain(name="comment", description="Words with the closing.")),
)

INTERRUPT = Mutation(
    name="interruptSupportPlan",
    description="Interrupt a plan (pārtraukt), with ground and day; what was given until then counts.",
    needs="plans.write",
    service=services.interrupt_support_plan,
    to="SupportPlan",
    inputs=(
        PLAN,
        Plain(name="groundCode", required=True, description="Code of the ground."),
        Plain(name="lastDay", kind=dt.date, required=True, description="Last day on which it held."),
        Plain(name="comment", required=True, description="Why, in words."),
    ),
)

MUTATIONS = (
    RECORD_APPLICATION,
    DRAFT_SUPPORT_PLAN,
    CARRY_FORWARD,
    ASSESS_RISK,
    REMOVE_RISK,
    PLAN_MEASURE,
    REMOVE_MEASURE,
    SUBMIT,
    APPROVE,
    RETURN,
    EVALUATE,
    CLOSE,
    INTERRUPT,
)

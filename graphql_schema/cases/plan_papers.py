"""What stands around a plan: the signed application, its steps, its outcomes, the lists they choose from."""

from __future__ import annotations

import strawberry

from backend.cases.casefiles import selectors as casefiles
from backend.cases.casefiles.models import CaseFile, FilePurpose
from backend.cases.casefiles.policies import FILES
from backend.cases.plans import selectors
from backend.cases.plans.differences import DifferenceKind, PlanPart
from backend.cases.plans.machine import role_of
from backend.cases.plans.models import Application, PlanAuthor, PlanOutcome, PlanRemark, PlanStatus, PlanStep, SignerKind
from backend.cases.plans.policies import PLANS
from backend.core.classification import DataClass
from backend.core.identifiers import public_id
from backend.registry import selectors as registry
from backend.registry.models import InterruptionGround, OutcomeTheme
from graphql_schema.cases.shared import ID, NAMES, SOURCE, VALIDITY, VERSION, account
from graphql_schema.engine.declarations import Children, Column, Derived, ObjectType, Relation, Value

APPLICATION = ObjectType(
    name="Application",
    description="A signed application for support (iesniegums): of a parent, a guardian, or the learner if adult.",
    needs="plans.read",
    model=Application,
    select=lambda scope: selectors.applications(scope=scope),
    policy=PLANS,
    learner="learner_id",
    fields=(
        ID,
        VERSION,
        Relation(name="learner", to="Learner", description="The learner."),
        Relation(name="institution", to="Institution", description="The institution."),
        Relation(name="semester", to="Semester", description="The semester."),
        Column(name="signedOn", description="Day of signature."),
        Column(name="signerKind", enum=SignerKind, description="Who signed."),
        Column(name="receivedOn", description="Day on which the institution received it."),
        Column(name="withdrawnOn", description="Day on which it was withdrawn; null while it stands."),
        Relation(name="file", to="CaseFile", description="The scanned application."),
    ),
)

PLAN_STEP = ObjectType(
    name="PlanStep",
    description="One step of a plan from status to status. Steps are added, never changed.",
    needs="plans.read",
    model=PlanStep,
    select=lambda scope: selectors.plan_steps(scope=scope),
    policy=PLANS,
    learner="plan__learner_id",
    order=("at", "id"),
    fields=(
        ID,
        Column(name="fromStatus", enum=PlanStatus, description="Status before; null for the step that made the plan."),
        Column(
            name="toStatus",
            enum=PlanStatus,
            description="Status after; the same as before, where an approval waits for a further one.",
        ),
        account("actor", "Who took it."),
        Derived(
            name="role",
            kind=str,
            depends=("role", "from_status", "to_status"),
            compute=role_of,
            description="Role in which it was taken, such as institution_head; empty where an old record does not tell.",
        ),
        Column(name="at", description="When."),
        Column(name="comment", description="What was said with it, such as what to change."),
        Children(name="remarks", to="PlanRemark", via="step", description="Comments on single parts of the plan."),
    ),
)

PLAN_REMARK = ObjectType(
    name="PlanRemark",
    description="A comment on one part of a plan. It stays when the part is taken off the plan.",
    needs="plans.read",
    model=PlanRemark,
    select=lambda scope: selectors.plan_remarks(scope=scope),
    policy=PLANS,
    learner="plan__learner_id",
    order=("position", "id"),
    fields=(
        ID,
        Derived(
            name="subjectId",
            kind=strawberry.ID,
            depends=("subject_tag", "subject_key"),
            compute=lambda row: public_id(tag=row.subject_tag, key=row.subject_key) if row.subject_key else None,
            nullable=True,
            description="Id of the risk, measure or application that it is about, good for `node(id:)`; null: the plan.",
        ),
        Column(name="text", description="What to change."),
    ),
)

PLAN_CO_AUTHOR = ObjectType(
    name="PlanCoAuthor",
    description="Somebody who drew up a plan together with its author.",
    needs="plans.read",
    model=PlanAuthor,
    select=lambda scope: selectors.plan_authors(scope=scope),
    policy=PLANS,
    learner="plan__learner_id",
    fields=(ID, account("account", "Who.", attr="user")),
)

PLAN_OUTCOME = ObjectType(
    name="PlanOutcome",
    description="What a plan brought on one theme.",
    needs="plans.read",
    model=PlanOutcome,
    select=lambda scope: selectors.plan_outcomes(scope=scope),
    policy=PLANS,
    learner="plan__learner_id",
    fields=(
        ID,
        VERSION,
        Relation(name="plan", to="SupportPlan", description="The plan."),
        Relation(name="theme", to="OutcomeTheme", description="The theme."),
        Column(name="note", description="What was seen."),
    ),
)

OUTCOME_THEME = ObjectType(
    name="OutcomeTheme",
    description="A theme of a plan's outcome (izvērtējuma tēma) of the reference list.",
    needs="registry.read",
    model=OutcomeTheme,
    select=lambda scope: registry.outcome_themes(scope=scope),
    open_to_all=True,
    order=("position", "valid_from", "id"),
    fields=(ID, Column(name="code", description="Code of the theme."), *NAMES, *VALIDITY, *SOURCE),
)

INTERRUPTION_GROUND = ObjectType(
    name="InterruptionGround",
    description="A ground on which a plan is interrupted, of the reference list.",
    needs="registry.read",
    model=InterruptionGround,
    select=lambda scope: registry.interruption_grounds(scope=scope),
    open_to_all=True,
    order=("position", "valid_from", "id"),
    fields=(ID, Column(name="code", description="Code of the ground."), *NAMES, *VALIDITY, *SOURCE),
)

PLAN_DIFFERENCE = ObjectType(
    name="PlanDifference",
    description="A difference between a plan and the one it was carried forward from.",
    needs="plans.read",
    fields=(
        Value(name="part", kind=PlanPart, data_class=DataClass.INTERNAL, description="What differs."),
        Value(name="change", kind=DifferenceKind, data_class=DataClass.INTERNAL, description="How."),
        Value(
            name="before",
            kind=str,
            nullable=True,
            data_class=DataClass.SPECIAL,
            description="The earlier value in words; null for what was added.",
        ),
        Value(
            name="after",
            kind=str,
            nullable=True,
            data_class=DataClass.SPECIAL,
            description="The present value in words; null for what was removed.",
        ),
    ),
)

CASE_FILE = ObjectType(
    name="CaseFile",
    description="A private file (datne): a proof, an application, a signed sheet. Uploaded through `POST /files/`.",
    needs="files",
    model=CaseFile,
    select=lambda scope: casefiles.case_files(scope=scope),
    policy=FILES,
    learner="learner_id",
    order=("-uploaded_at", "id"),
    fields=(
        ID,
        VERSION,
        Column(name="purpose", enum=FilePurpose, description="What it is."),
        Column(name="name", description="Name that it was uploaded under."),
        Column(name="sha256", description="SHA-256 of its content, hexadecimal."),
        Column(name="mediaType", description="Real media type, found from the content."),
        Column(name="size", description="Size in bytes."),
        Column(name="uploadedAt", description="When it was uploaded."),
        account("uploadedBy", "Who uploaded it."),
        Derived(
            name="path",
            kind=str,
            depends=("id",),
            compute=lambda row: f"/files/{public_id(tag=CaseFile.tag, key=row.pk)}/",
            description="Path that serves it to those who may read it; each reading is logged.",
        ),
    ),
)

TYPES = (
    APPLICATION,
    PLAN_STEP,
    PLAN_REMARK,
    PLAN_CO_AUTHOR,
    PLAN_OUTCOME,
    OUTCOME_THEME,
    INTERRUPTION_GROUND,
    PLAN_DIFFERENCE,
    CASE_FILE,
)

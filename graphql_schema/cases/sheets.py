"""What hours stand on: sheets with their agreements, and directors' orders. To read, to record."""

from __future__ import annotations

import datetime as dt

from backend.cases.delivery import selectors, services
from backend.cases.delivery.models import ConsultationSheet, RemoteOrder, RemoteOrderPlan, RemoteOrderStaff
from backend.cases.delivery.policies import DELIVERY
from backend.cases.plans.models import Measure, SupportPlan
from backend.registry.models import SpecialistRole
from backend.territory.models import Institution
from graphql_schema.cases.shared import ID, OWN_INSTITUTION, VERSION, account, case_file, document_path
from graphql_schema.engine.commands import Key, Mutation, Named, Plain
from graphql_schema.engine.declarations import Children, Column, ObjectType, Relation

CONSULTATION_SHEET = ObjectType(
    name="ConsultationSheet",
    description=(
        "A specialist's agreement with a learner and its sheet of consultations (KA vienošanās un veidlapa): one for each "
        "measure and semester."
    ),
    needs="delivery.read",
    model=ConsultationSheet,
    select=lambda scope: selectors.consultation_sheets(scope=scope),
    policy=DELIVERY,
    learner="learner_id",
    order=("number", "id"),
    fields=(
        ID,
        VERSION,
        Relation(name="measure", to="Measure", description="The measure."),
        Relation(name="learner", to="Learner", description="The learner."),
        OWN_INSTITUTION,
        account("provider", "The specialist."),
        Column(name="specialistRole", enum=SpecialistRole, description="Role of the specialist."),
        Column(name="number", description="Number."),
        Column(name="signedOn", description="Day on which the agreement was signed."),
        case_file("agreementFile", "The signed agreement."),
        case_file("sheetFile", "The signed sheet."),
        Column(name="closedAt", description="When the sheet was closed: no further hour stands on it."),
        document_path("ka-sheet", ConsultationSheet, "pdf", "Path of the sheet as a PDF."),
    ),
)

REMOTE_ORDER = ObjectType(
    name="RemoteOrder",
    description="A director's order that allows remote consultations (direktora rīkojums).",
    needs="delivery.read",
    model=RemoteOrder,
    select=lambda scope: selectors.remote_orders(scope=scope),
    policy=DELIVERY,
    order=("-signed_on", "id"),
    fields=(
        ID,
        VERSION,
        OWN_INSTITUTION,
        Column(name="number", description="Number."),
        Column(name="signedOn", description="Day of the order."),
        Column(name="validFrom", description="First day."),
        Column(name="validTo", description="Last day."),
        Column(name="channels", description="Channels it names, such as e-klase or Skype."),
        Column(name="confirmation", description="How the learner confirms, in place of a signature."),
        Children(name="staff", to="RemoteOrderStaff", via="order", description="Specialists it names."),
        Children(name="plans", to="RemoteOrderPlan", via="order", description="Plans it names, and with them the learners."),
        case_file("file", "The signed document."),
    ),
)

REMOTE_ORDER_STAFF = ObjectType(
    name="RemoteOrderStaff",
    description="A specialist whom a director's order names.",
    needs="delivery.read",
    model=RemoteOrderStaff,
    select=lambda scope: selectors.remote_order_staff(scope=scope),
    policy=DELIVERY,
    fields=(ID, account("provider", "The specialist.", attr="user")),
)

REMOTE_ORDER_PLAN = ObjectType(
    name="RemoteOrderPlan",
    description="A learner and plan that a director's order names.",
    needs="delivery.read",
    model=RemoteOrderPlan,
    select=lambda scope: selectors.remote_order_plans(scope=scope),
    policy=DELIVERY,
    learner="learner_id",
    fields=(
        ID,
        Relation(name="plan", to="SupportPlan", description="The plan."),
        Relation(name="learner", to="Learner", description="The learner."),
    ),
)

TYPES = (CONSULTATION_SHEET, REMOTE_ORDER, REMOTE_ORDER_STAFF, REMOTE_ORDER_PLAN)

RECORD_CONSULTATION_SHEET = Mutation(
    name="recordConsultationSheet",
    description=(
        "Record a specialist's agreement with a learner for a measure, or its signed sheet (KA vienošanās, KA veidlapa). "
        "The first hour opens the sheet by itself; the scan of the signed sheet closes it."
    ),
    needs="delivery.write",
    service=services.record_consultation_sheet,
    to="ConsultationSheet",
    inputs=(
        Key(name="measureId", tag=Measure.tag, required=True, description="The measure."),
        Key(name="providerId", tag="usr", description="The specialist; by default the caller."),
        Plain(name="signedOn", kind=dt.date, description="Day on which the agreement was signed."),
        Key(name="agreementFileId", tag="file", description="The signed agreement, uploaded before."),
        Key(name="sheetFileId", tag="file", description="The signed sheet, uploaded before."),
    ),
)

RECORD_REMOTE_ORDER = Mutation(
    name="recordRemoteOrder",
    description="Record a director's order that allows remote consultations.",
    needs="delivery.write",
    service=services.record_remote_order,
    to="RemoteOrder",
    cost=20,
    inputs=(
        Named(name="institution", model=Institution, required=True, description="The institution."),
        Plain(name="number", required=True, description="Number."),
        Plain(name="signedOn", kind=dt.date, required=True, description="Day of the order."),
        Plain(name="validFrom", kind=dt.date, required=True, description="First day."),
        Plain(name="validTo", kind=dt.date, required=True, description="Last day."),
        Plain(name="channels", list_of=True, required=True, description="Channels, such as e-klase or Skype."),
        Plain(name="confirmation", required=True, description="How the learner confirms, in place of a signature."),
        Key(name="providerIds", tag="usr", list_of=True, required=True, description="Specialists it names."),
        Key(name="planIds", tag=SupportPlan.tag, list_of=True, required=True, description="Plans it names."),
        Key(name="fileId", tag="file", description="The signed document, uploaded before."),
    ),
)

MUTATIONS = (RECORD_CONSULTATION_SHEET, RECORD_REMOTE_ORDER)

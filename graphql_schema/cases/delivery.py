"""What was given under measures, consultations and reimbursed costs: to read, to record."""

from __future__ import annotations

import datetime as dt

from backend.cases.delivery import selectors as delivery
from backend.cases.delivery import services, sums
from backend.cases.delivery.models import Channel, Consultation, LearnerConfirmation, RemoteOrder
from backend.cases.delivery.policies import CONSULTATIONS
from backend.cases.plans.models import Measure
from backend.cases.reimbursements import selectors as reimbursements
from backend.cases.reimbursements.models import AmountBasis, ClaimStatus, ReimbursementClaim
from backend.cases.reimbursements.policies import CLAIMS
from backend.registry.models import ReimbursementKind, SpecialistRole
from graphql_schema.cases.shared import (
    ID,
    OWN_INSTITUTION,
    VERSION,
    account,
    case_file,
    day_filters,
    institution_filters,
    key_filter,
    month_filters,
    semester_filters,
)
from graphql_schema.engine.commands import Choice, Extra, InputObject, Items, Key, Mutation, Plain
from graphql_schema.engine.declarations import (
    Children,
    Column,
    Filter,
    FilterKind,
    Found,
    ObjectType,
    Order,
    Reckoned,
    Relation,
)

CONSULTATION = ObjectType(
    name="Consultation",
    plural="consultations",
    description="One hour of a consultation: 40 minutes with the learner and 20 of preparation (KA veidlapas ieraksts).",
    needs="delivery.read",
    model=Consultation,
    select=lambda scope: delivery.consultations(scope=scope),
    policy=CONSULTATIONS,
    learner="learner_id",
    order=("held_on", "starts_at", "id"),
    orders=(Order(name="HELD_ON", columns=("held_on", "starts_at"), description="By day and hour."),),
    filters=(
        *institution_filters(path="institution"),
        *semester_filters(path="measure__plan__semester"),
        *day_filters("held", "held_on", first="Held on this day or later.", last="Held on this day or earlier."),
        key_filter("learnerId", "learner_id", "lrn", "Of this learner."),
        key_filter("providerId", "provider_id", "usr", "Given by this person."),
        key_filter("measureId", "measure_id", Measure.tag, "Under this measure."),
        Filter(name="channel", lookup="channel", kind=FilterKind.CHOICES, enum=Channel, description="In person or remote."),
        Filter(
            name="confirmed",
            lookup="provider_confirmed_at",
            alternatives=("learner_confirmed_at",),
            kind=FilterKind.FILLED,
            description="Confirmed by both sides, or not.",
        ),
        Filter(
            name="withVoided",
            lookup="voided_at",
            kind=FilterKind.WITH_ALSO,
            description="Also entries that were corrected or struck; by default only those that hold.",
        ),
        Filter(
            name="specialistRole",
            lookup="specialist_role",
            kind=FilterKind.CHOICES,
            enum=SpecialistRole,
            description="By these roles.",
        ),
    ),
    fields=(
        ID,
        VERSION,
        Column(name="specialistRole", enum=SpecialistRole, description="Role of who gave it."),
        Column(name="heldOn", description="Day."),
        Column(name="startsAt", description="Hour at which it began."),
        Column(name="topic", description="What it was about."),
        Column(name="channel", enum=Channel, description="In person or remote."),
        Column(name="hours", description="Always one: two hours are two entries."),
        Reckoned(
            name="groupSize",
            kind=int,
            expression=sums.group_size,
            description="Learners who shared the hour; 1: it was individual.",
        ),
        Column(name="providerConfirmedAt", description="When the specialist confirmed it."),
        Column(name="learnerConfirmedAt", description="When the learner confirmed it; it counts once both did."),
        Relation(name="measure", to="Measure", description="The measure."),
        Relation(name="learner", to="Learner", description="The learner."),
        OWN_INSTITUTION,
        account("provider", "Who gave it."),
        Column(name="learnerConfirmedBy", enum=LearnerConfirmation, description="How the learner confirmed it."),
        case_file("confirmationFile", "The signed sheet that confirms it, where it was scanned, or what the learner wrote."),
        Relation(name="remoteOrder", to="RemoteOrder", description="The director's order that allows it to be remote."),
        Column(name="remoteChannel", description="The channel in which it was held, where it was remote."),
        Relation(
            name="corrects", to="Consultation", elsewhere=True, description="The entry that it corrects, which stays visible."
        ),
        Found(
            name="correctedBy",
            to="Consultation",
            expression=sums.correction_of,
            made_of=((Consultation, "corrects"),),
            elsewhere=True,
            description="The entry that corrects it; null while it holds.",
        ),
        Column(name="voidedAt", description="When it was corrected or struck; null while it holds."),
        Column(name="voidReason", description="Why it was corrected or struck."),
        Found(
            name="timesheet",
            to="Timesheet",
            expression=sums.timesheet_of,
            made_of=((Consultation, "provider"), (Consultation, "held_on")),
            description="The month's timesheet that it stands on; a struck entry stood on it.",
        ),
    ),
)

REIMBURSEMENT_CLAIM = ObjectType(
    name="ReimbursementClaim",
    plural="reimbursementClaims",
    description="A cost of one learner for one month (kompensācija). A reversal is a claim of its own with a negative amount.",
    needs="money.read",
    model=ReimbursementClaim,
    select=lambda scope: reimbursements.reimbursement_claims(scope=scope),
    policy=CLAIMS,
    learner="learner_id",
    order=("period", "id"),
    orders=(
        Order(name="PERIOD", columns=("period",), description="By month."),
        Order(name="AMOUNT", columns=("amount",), description="By amount."),
    ),
    filters=(
        *institution_filters(path="institution"),
        *semester_filters(path="measure__plan__semester"),
        key_filter("learnerId", "learner_id", "lrn", "Of this learner."),
        key_filter("measureId", "measure_id", Measure.tag, "Under this measure."),
        *month_filters("period", "period"),
        key_filter("paymentBatchId", "batch_id", "pbat", "In this payment.", through="payments"),
        Filter(name="kind", lookup="kind", kind=FilterKind.CHOICES, enum=ReimbursementKind, description="Of these kinds."),
        Filter(name="status", lookup="status", kind=FilterKind.CHOICES, enum=ClaimStatus, description="In these statuses."),
    ),
    fields=(
        ID,
        VERSION,
        Column(name="kind", enum=ReimbursementKind, description="What was paid for."),
        Column(name="period", description="First day of the month that the cost belongs to."),
        Column(name="amount", description="Euro, two decimals; negative for a reversal."),
        Column(name="amountBasis", enum=AmountBasis, description="Reported, or assumed for the demonstration."),
        Column(name="basisNote", description="What the amount rests on."),
        Column(name="status", enum=ClaimStatus, description="Where the claim stands."),
        Column(name="decidedAt", description="When it was approved or rejected."),
        Column(name="paidAt", description="When it was paid."),
        Relation(name="measure", to="Measure", description="The measure."),
        Relation(name="learner", to="Learner", description="The learner."),
        Relation(name="reverses", to="ReimbursementClaim", elsewhere=True, description="The claim that it takes back."),
        OWN_INSTITUTION,
        account("claimedBy", "Who claimed it."),
        Column(name="approvalsNeeded", description="Approvals that its amount needs."),
        Children(name="reversals", to="ReimbursementClaim", via="reverses", description="The claims that take it back."),
        Children(name="items", to="ClaimItem", via="claim", description="The single costs it is made of, with their proofs."),
        Children(name="decisions", to="ClaimDecision", via="claim", description="Decisions on it, the oldest first."),
        Children(
            name="payments",
            to="PaymentItem",
            via="claim",
            description="Its places in payments: another one after the bank returned the first.",
        ),
    ),
)

TYPES = (CONSULTATION, REIMBURSEMENT_CLAIM)

CONSULTATION_ENTRY = InputObject(
    name="ConsultationEntryInput",
    description="One hour: 40 minutes with the learner and 20 of preparation.",
    make=services.ConsultationEntry,
    inputs=(
        Key(name="measureId", tag=Measure.tag, required=True, description="The measure, a consultation of an active plan."),
        Plain(name="heldOn", kind=dt.date, required=True, description="Day."),
        Plain(name="startsAt", kind=dt.time, required=True, description="When it began, as the clock on the wall showed it."),
        Plain(name="topic", required=True, description="What it was about."),
        Key(
            name="providerId",
            tag="usr",
            description="Who gave it. Left out: the caller; the institution's coordinator and an app's own account name others.",
        ),
        Choice(name="channel", enum=Channel, description="In person or remote; by default in person."),
        Key(name="remoteOrderId", tag=RemoteOrder.tag, description="The director's order that allows it to be remote."),
        Plain(name="remoteChannel", description="The channel of the order in which it was held."),
    ),
)

RECORD_CONSULTATIONS = Mutation(
    name="recordConsultations",
    description=(
        "Record consultations, a row each, 1 to 100: all of them or none. Entries of one provider at one time make a group."
    ),
    needs="delivery.write",
    service=services.record_consultations,
    to="Consultation",
    result="consultations",
    list_of=True,
    length=services.MOST_ENTRIES,
    cost=30,
    inputs=(Items(name="entries", item=CONSULTATION_ENTRY, required=True, description="The hours, in any order."),),
)

CONFIRM_CONSULTATION = Mutation(
    name="confirmConsultation",
    description=(
        "Confirm consultations for one side: the specialist, or the learner by a code, a signed sheet or, where they were "
        "remote, a message. A remote one is confirmed within one day."
    ),
    needs="delivery.write",
    service=services.confirm_consultations,
    to="Consultation",
    result="consultations",
    list_of=True,
    length=services.MOST_CONFIRMED,
    cost=30,
    inputs=(
        Key(
            name="consultationIds",
            tag=Consultation.tag,
            list_of=True,
            required=True,
            description="The consultations, 1 to 100.",
        ),
        Choice(name="side", enum=services.ConfirmingSide, required=True, description="Whose confirmation it is."),
        Choice(name="method", enum=LearnerConfirmation, description="How the learner confirmed."),
        Plain(name="code", description="The learner's one-time code, issued for these very consultations."),
        Key(name="fileId", tag="file", description="The scanned sheet, or what the learner wrote; uploaded before."),
    ),
)

CORRECT_CONSULTATION = Mutation(
    name="correctConsultation",
    description=(
        "Correct an entry: a new one takes its place and the original stays visible. Leave all values out to strike it. "
        "Answers with the entry that stands, or with the struck one."
    ),
    needs="delivery.write",
    service=services.correct_consultation,
    to="Consultation",
    inputs=(
        Key(name="consultationId", tag=Consultation.tag, required=True, description="The entry."),
        Plain(name="heldOn", kind=dt.date, description="Day."),
        Plain(name="startsAt", kind=dt.time, description="Hour at which it began."),
        Plain(name="topic", description="What it was about."),
        Key(name="providerId", tag="usr", description="Who gave it."),
        Choice(name="channel", enum=Channel, description="In person or remote."),
        Key(name="remoteOrderId", tag=RemoteOrder.tag, description="The director's order that allows it to be remote."),
        Plain(name="remoteChannel", description="The channel of the order in which it was held."),
        Plain(name="reason", required=True, description="Why."),
    ),
)

ISSUE_CONFIRMATION_CODE = Mutation(
    name="issueConfirmationCode",
    description=(
        "Make a one-time code with which a learner confirms these consultations, and no others, within a day. "
        "Not for the own hours: the institution's coordinator or an app's own account makes it."
    ),
    needs="delivery.write",
    service=services.issue_confirmation_code,
    to="Consultation",
    result="consultations",
    list_of=True,
    length=services.MOST_CONFIRMED,
    cost=20,
    rows=lambda issued: issued.consultations,
    extras=(
        Extra(
            name="code",
            kind=str,
            of=lambda issued: issued.code,
            description="The code, shown with this answer alone, to be handed over on paper; null when it was refused.",
        ),
        Extra(name="expiresAt", kind=dt.datetime, of=lambda issued: issued.expires_at, description="When it ends."),
    ),
    inputs=(
        Key(
            name="consultationIds",
            tag=Consultation.tag,
            list_of=True,
            required=True,
            description="The consultations of one learner, 1 to 100.",
        ),
    ),
)

MUTATIONS = (RECORD_CONSULTATIONS, CONFIRM_CONSULTATION, CORRECT_CONSULTATION, ISSUE_CONFIRMATION_CODE)

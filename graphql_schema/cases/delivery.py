"""What was given under measures, consultations and reimbursed costs: to read, to record."""

from __future__ import annotations

import datetime as dt

from backend.cases.delivery import selectors as delivery
from backend.cases.delivery import services
from backend.cases.delivery.models import Channel, Consultation
from backend.cases.delivery.policies import CONSULTATIONS
from backend.cases.plans.models import Measure
from backend.cases.reimbursements import selectors as reimbursements
from backend.cases.reimbursements.models import AmountBasis, ClaimStatus, ReimbursementClaim
from backend.cases.reimbursements.policies import CLAIMS
from backend.registry.models import ReimbursementKind, SpecialistRole
from graphql_schema.cases.shared import ID, VERSION
from graphql_schema.engine.commands import InputObject, Items, Key, Mutation, Plain
from graphql_schema.engine.declarations import Column, Filter, FilterKind, ObjectType, Order, Relation

CONSULTATION = ObjectType(
    name="Consultation",
    description="One hour of a consultation: 40 minutes with the learner and 20 of preparation (KA veidlapas ieraksts).",
    needs="delivery.read",
    model=Consultation,
    select=lambda scope: delivery.consultations(scope=scope),
    policy=CONSULTATIONS,
    learner="learner_id",
    order=("held_on", "starts_at", "id"),
    orders=(Order(name="HELD_ON", columns=("held_on", "starts_at"), description="By day and hour."),),
    filters=(
        Filter(name="heldFrom", lookup="held_on__gte", kind=FilterKind.DATE, description="Held on this day or later."),
        Filter(name="heldTo", lookup="held_on__lte", kind=FilterKind.DATE, description="Held on this day or earlier."),
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
        Column(name="providerConfirmedAt", description="When the specialist confirmed it."),
        Column(name="learnerConfirmedAt", description="When the learner confirmed it; it counts once both did."),
        Relation(name="measure", to="Measure", description="The measure."),
        Relation(name="learner", to="Learner", description="The learner."),
    ),
)

REIMBURSEMENT_CLAIM = ObjectType(
    name="ReimbursementClaim",
    description="A cost of one learner for one month (kompensācija). A reversal is a claim of its own with a negative amount.",
    needs="money.read",
    model=ReimbursementClaim,
    select=lambda scope: reimbursements.reimbursement_claims(scope=scope),
    policy=CLAIMS,
    learner="learner_id",
    order=("period", "id"),
    orders=(Order(name="PERIOD", columns=("period",), description="By month."),),
    filters=(
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
    ),
)

RECORD_CONSULTATIONS = Mutation(
    name="recordConsultations",
    description="Record consultations in person, at most 100 at once: all of them or none.",
    needs="delivery.write",
    service=services.record_consultations,
    to="Consultation",
    result="consultations",
    list_of=True,
    length=services.MOST_ENTRIES,
    cost=30,
    inputs=(Items(name="entries", item=CONSULTATION_ENTRY, required=True, description="The hours, in any order."),),
)

MUTATIONS = (RECORD_CONSULTATIONS,)

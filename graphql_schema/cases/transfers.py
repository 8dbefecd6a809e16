"""Moves of learners between institutions."""

from __future__ import annotations

from backend.cases.transfers import selectors
from backend.cases.transfers.models import SharedPart, ShareMode, Transfer, TransferShare, TransferSide, TransferStatus
from backend.cases.transfers.policies import TRANSFERS
from graphql_schema.cases.shared import ID, VERSION, day_filters, key_filter, place_filters
from graphql_schema.engine.declarations import Children, Column, Filter, FilterKind, ObjectType, Order, Relation

TRANSFER = ObjectType(
    name="Transfer",
    plural="transfers",
    description=(
        "A learner's move from one institution to another (pāreja). Rights move only when it is accepted; "
        "until then neither side sees what the other has."
    ),
    needs="learners.read",
    model=Transfer,
    select=lambda scope: selectors.transfers(scope=scope),
    policy=TRANSFERS,
    learner="learner_id",
    order=("-created_at", "id"),
    orders=(
        Order(name="EFFECTIVE_ON", columns=("effective_on",), description="By the day it takes effect."),
        Order(name="PROPOSED_AT", columns=("created_at",), description="By when it was proposed."),
    ),
    filters=(
        *place_filters(
            institution=("institution", "to_institution"),
            municipality=("institution__municipality", "to_institution__municipality"),
            region=("institution__municipality__region", "to_institution__municipality__region"),
            within=TRANSFERS.sender_known,
        ),
        Filter(
            name="status", lookup="status", kind=FilterKind.CHOICES, enum=TransferStatus, description="In one of these statuses."
        ),
        Filter(
            name="proposedFrom",
            lookup="proposed_from",
            kind=FilterKind.CHOICES,
            enum=TransferSide,
            description="Proposed by these sides.",
        ),
        key_filter("learnerId", "learner_id", "lrn", "Of this learner."),
        *day_filters(
            "effective", "effective_on", first="Effective on this day or later.", last="Effective on this day or earlier."
        ),
    ),
    fields=(
        ID,
        VERSION,
        Column(name="proposedFrom", enum=TransferSide, description="Which side proposed it."),
        Column(name="status", enum=TransferStatus, description="Where it stands."),
        Relation(name="learner", to="Learner", description="The learner; null for a side that does not reach the record."),
        Relation(
            name="institution",
            to="Institution",
            shown_where=TRANSFERS.sender_known,
            description="The institution that the learner leaves; null for the side that asked, until it is accepted.",
        ),
        Relation(name="toInstitution", to="Institution", description="The institution that the learner comes to."),
        Column(
            name="effectiveOn",
            description="First day at the institution that the learner comes to; plans and money are cut at this day.",
        ),
        Children(name="shares", to="TransferShare", via="transfer", description="What goes along, how and until when."),
        Column(name="reason", description="Why it was proposed."),
        Column(name="proposedAt", attr="created_at", description="When it was proposed."),
        Relation(
            name="proposedBy",
            to="Account",
            shown_where=TRANSFERS.proposed_by_own_side,
            description="Who proposed it; null for the other side.",
        ),
        Column(name="decidedAt", description="When it was accepted, rejected or revoked."),
        Relation(
            name="decidedBy",
            to="Account",
            shown_where=TRANSFERS.decided_by_own_side,
            description="Who did so; null for the other side.",
        ),
        Column(name="decisionReason", description="Why it was rejected or revoked."),
        Relation(name="leavesEnrolment", to="Enrolment", description="The enrolment that ends by it."),
        Relation(name="entersEnrolment", to="Enrolment", elsewhere=True, description="The enrolment that begins by it."),
    ),
)

TRANSFER_SHARE = ObjectType(
    name="TransferShare",
    description="A part of a learner's record that goes along with a transfer.",
    needs="learners.read",
    model=TransferShare,
    select=lambda scope: selectors.transfer_shares(scope=scope),
    policy=TRANSFERS,
    order=("part", "id"),
    fields=(
        ID,
        Relation(name="transfer", to="Transfer", description="The transfer."),
        Column(name="part", enum=SharedPart, description="Which part."),
        Column(name="mode", enum=ShareMode, description="How."),
        Column(name="until", description="Last day on which it may be read; null: without end."),
    ),
)

TYPES = (TRANSFER, TRANSFER_SHARE)

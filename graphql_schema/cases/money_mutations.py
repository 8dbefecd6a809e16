"""Claiming costs, deciding on claims, taking them back, paying partners: as mutations."""

from __future__ import annotations

import datetime as dt

from backend.cases.plans.models import Measure
from backend.cases.reimbursements import services
from backend.cases.reimbursements.models import PaymentBatch, PaymentItem, ReimbursementClaim
from backend.registry.models import CooperationAgreement
from graphql_schema.engine.commands import Amount, InputObject, Items, Key, Mutation, Plain

CLAIM_ITEM = InputObject(
    name="ClaimItemInput",
    description="A single cost in a claim.",
    make=services.Cost,
    inputs=(
        Plain(name="incurredOn", kind=dt.date, required=True, description="Day on which it arose."),
        Plain(name="description", description="What it was."),
        Plain(name="documentNumber", description="Number of the receipt or invoice."),
        Plain(name="seller", description="Who was paid."),
        Amount(name="units", description="Units, such as meals or tickets; by default one."),
        Amount(name="amount", required=True, description="Euro, two decimals."),
        Key(name="proofId", tag="file", description="The proof, uploaded before: every cost has one."),
    ),
)

CLAIM = Key(name="claimId", tag=ReimbursementClaim.tag, required=True, description="The claim.")
PAYMENT = Key(name="paymentBatchId", tag=PaymentBatch.tag, required=True, description="The payment.")

CLAIM_REIMBURSEMENT = Mutation(
    name="claimReimbursement",
    description="Claim a cost (kompensācija) of a learner for a month under a measure. The same cost claimed anywhere else is "
    "DUPLICATE, without a word of where.",
    needs="money.write",
    service=services.claim_reimbursement,
    to="ReimbursementClaim",
    inputs=(
        Key(name="measureId", tag=Measure.tag, required=True, description="The measure."),
        Plain(name="period", kind=dt.date, required=True, description="First day of the month that the cost belongs to."),
        Items(
            name="items",
            item=CLAIM_ITEM,
            required=True,
            description="The single costs, with their proofs; the claim is their sum.",
        ),
        Plain(name="basisNote", description="What the amount rests on."),
    ),
)

APPROVE_REIMBURSEMENT = Mutation(
    name="approveReimbursement",
    description="Approve a claim. Above a tier a second, other approver is needed; nobody approves the own claim.",
    needs="money.write",
    service=services.approve_reimbursement,
    to="ReimbursementClaim",
    inputs=(CLAIM, Plain(name="comment", description="Words with the approval.")),
)

REJECT_REIMBURSEMENT = Mutation(
    name="rejectReimbursement",
    description="Reject a claim, with a reason.",
    needs="money.write",
    service=services.reject_reimbursement,
    to="ReimbursementClaim",
    inputs=(CLAIM, Plain(name="reason", required=True, description="Why.")),
)

REVERSE_REIMBURSEMENT = Mutation(
    name="reverseReimbursement",
    description="Take an approved or paid claim back, in all or in part: a claim of its own with a negative amount, which "
    "somebody else decides on.",
    needs="money.write",
    service=services.reverse_reimbursement,
    to="ReimbursementClaim",
    inputs=(
        CLAIM,
        Amount(name="amount", description="Euro to take back, two decimals; none: all that is left."),
        Plain(name="reason", required=True, description="Why."),
    ),
)

CREATE_PAYMENT_BATCH = Mutation(
    name="createPaymentBatch",
    description="Make the payment to a partner for a month out of what is approved, with the file for the bank.",
    needs="money.write",
    service=services.create_payment_batch,
    to="PaymentBatch",
    inputs=(
        Key(name="agreementId", tag=CooperationAgreement.tag, required=True, description="The partner's agreement."),
        Plain(name="month", kind=dt.date, required=True, description="First day of the month."),
        Key(
            name="claimIds",
            tag=ReimbursementClaim.tag,
            list_of=True,
            description="The claims; none named: all that are approved and unpaid.",
        ),
    ),
)

RELEASE_PAYMENT_BATCH = Mutation(
    name="releasePaymentBatch",
    description="Release a prepared payment to the bank. Above a tier another person releases it than who prepared it.",
    needs="money.write",
    service=services.release_payment_batch,
    to="PaymentBatch",
    inputs=(PAYMENT,),
)

CANCEL_PAYMENT_BATCH = Mutation(
    name="cancelPaymentBatch",
    description="Give up a payment that was not released.",
    needs="money.write",
    service=services.cancel_payment_batch,
    to="PaymentBatch",
    inputs=(PAYMENT,),
)

MARK_PAYMENT_BATCH_PAID = Mutation(
    name="markPaymentBatchPaid",
    description="Record that the bank paid.",
    needs="money.write",
    service=services.mark_payment_batch_paid,
    to="PaymentBatch",
    inputs=(
        PAYMENT,
        Plain(name="paidAt", kind=dt.datetime, required=True, description="When the bank paid."),
        Plain(name="bankReference", description="The bank's reference."),
    ),
)

MARK_PAYMENT_RETURNED = Mutation(
    name="markPaymentReturned",
    description="Record that a payment came back, in all or for some items; they are open to payment again.",
    needs="money.write",
    service=services.mark_payment_returned,
    to="PaymentBatch",
    inputs=(
        PAYMENT,
        Key(name="itemIds", tag=PaymentItem.tag, list_of=True, description="The items that came back; none named: all."),
        Plain(name="returnedAt", kind=dt.datetime, required=True, description="When it came back."),
        Plain(name="reasonCode", description="The bank's code of the reason (ISO 20022), such as AC04."),
        Plain(name="reason", description="Why, in words."),
    ),
)

MUTATIONS = (
    CLAIM_REIMBURSEMENT,
    APPROVE_REIMBURSEMENT,
    REJECT_REIMBURSEMENT,
    REVERSE_REIMBURSEMENT,
    CREATE_PAYMENT_BATCH,
    RELEASE_PAYMENT_BATCH,
    CANCEL_PAYMENT_BATCH,
    MARK_PAYMENT_BATCH_PAID,
    MARK_PAYMENT_RETURNED,
)

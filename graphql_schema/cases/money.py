"""What is under claims, payments to partners, and the ledger."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q

from backend.cases.reimbursements import funding, selectors
from backend.cases.reimbursements.models import (
    BatchStatus,
    ClaimDecision,
    ClaimItem,
    EntryKind,
    ItemStatus,
    LedgerEntry,
    LedgerPosting,
    PaymentBatch,
    PaymentItem,
    Verdict,
)
from backend.cases.reimbursements.policies import BATCHES, MONEY
from backend.core.classification import DataClass
from backend.registry import selectors as registry
from backend.registry.models import AccountKind, LedgerAccount
from graphql_schema.cases.shared import (
    ID,
    NAMES,
    OWN_INSTITUTION,
    SOURCE,
    VERSION,
    account,
    case_file,
    day_filters,
    document_path,
    institution_filters,
    key_filter,
    month_filters,
    semester_of_month,
)
from graphql_schema.engine.declarations import (
    Children,
    Column,
    Filter,
    FilterKind,
    Gathered,
    ObjectType,
    Order,
    Relation,
    Value,
)

CLAIM_ITEM = ObjectType(
    name="ClaimItem",
    description="A single cost in a claim, with its proof.",
    needs="money.read",
    model=ClaimItem,
    select=lambda scope: selectors.claim_items(scope=scope),
    policy=MONEY,
    learner="learner_id",
    order=("incurred_on", "id"),
    fields=(
        ID,
        VERSION,
        Column(name="incurredOn", description="Day on which it arose."),
        Column(name="description", description="What it was."),
        Column(name="documentNumber", description="Number of the receipt or invoice."),
        Column(name="seller", description="Who was paid."),
        Relation(name="tariff", to="Tariff", description="The rate or limit that it was measured by."),
        Column(name="units", description="Units, such as meals or tickets, three decimals."),
        Column(name="amount", description="Euro, two decimals."),
        case_file("proof", "The proof."),
    ),
)

CLAIM_DECISION = ObjectType(
    name="ClaimDecision",
    description="A decision on a claim; amounts above a tier need a second approver.",
    needs="money.read",
    model=ClaimDecision,
    select=lambda scope: selectors.claim_decisions(scope=scope),
    policy=MONEY,
    learner="claim__learner_id",
    order=("at", "id"),
    fields=(
        ID,
        Column(name="verdict", enum=Verdict, description="What was decided."),
        account("actor", "Who decided."),
        Column(name="at", description="When."),
        Column(name="reason", description="Why, or what was said with it."),
    ),
)

PAYMENT_BATCH = ObjectType(
    name="PaymentBatch",
    plural="paymentBatches",
    description="Payments to one partner for one month, as one file for the bank (ISO 20022 pain.001).",
    needs="money.read",
    model=PaymentBatch,
    select=lambda scope: selectors.payment_batches(scope=scope),
    policy=BATCHES,
    order=("-month", "sequence", "id"),
    orders=(
        Order(name="MONTH", columns=("month",), description="By month."),
        Order(name="TOTAL", columns=("total",), description="By total."),
    ),
    filters=(
        *institution_filters(path="institution", through="items"),
        Filter(
            name="status", lookup="status", kind=FilterKind.CHOICES, enum=BatchStatus, description="In one of these statuses."
        ),
        Filter(name="messageId", lookup="message_id", description="By the id of the message to the bank."),
        *month_filters("month", "month"),
    ),
    fields=(
        ID,
        VERSION,
        Relation(name="agreement", to="CooperationAgreement", description="The partner's agreement."),
        Relation(name="account", to="PartnerAccount", description="The account that it goes to."),
        Column(name="month", description="First day of the month."),
        Column(name="sequence", description="Which payment of the month it is, from 1."),
        Column(name="messageId", description="Id of the message to the bank."),
        Column(name="total", description="Euro in all, two decimals."),
        Gathered(
            name="shares",
            to="FundingAmount",
            gather=lambda scope, keys: funding.shares_of_batches(scope=scope, batch_ids=keys),
            depends=((PaymentBatch, "total"),),
            length=2,
            description="The total by source of funding; the European share is rounded down, the state takes the rest.",
        ),
        Column(name="status", enum=BatchStatus, description="Where it stands."),
        Children(name="items", to="PaymentItem", via="batch", description="What is paid by it, as far as within reach."),
        account("preparedBy", "Who prepared it."),
        Column(name="sentAt", description="When it was sent to the bank."),
        Column(name="paidAt", description="When the bank paid it."),
        Column(name="cancelledAt", description="When it was cancelled."),
        Column(name="bankReference", description="The bank's own reference, as its statement names the payment."),
        Column(name="fileHash", attr="file_sha256", description="SHA-256 of the file for the bank, hexadecimal."),
        document_path("payment-batch", PaymentBatch, "xml", "Path of the file for the bank.", name="filePath"),
    ),
)

FUNDING_AMOUNT = ObjectType(
    name="FundingAmount",
    description="An amount from one source of funding.",
    needs="money.read",
    fields=(
        Value(name="fundingSource", kind="FundingSource", data_class=DataClass.PUBLIC, description="Who pays."),
        Value(name="amount", kind=Decimal, data_class=DataClass.INTERNAL, description="Euro, two decimals."),
    ),
)

PAYMENT_ITEM = ObjectType(
    name="PaymentItem",
    description="What is paid by a payment: a claim, or an institution's month of hours.",
    needs="money.read",
    model=PaymentItem,
    select=lambda scope: selectors.payment_items(scope=scope),
    policy=MONEY,
    fields=(
        ID,
        VERSION,
        Relation(name="batch", to="PaymentBatch", description="The payment."),
        OWN_INSTITUTION,
        Relation(name="claim", to="ReimbursementClaim", description="The claim, where it is one."),
        Relation(name="submission", to="MonthSubmission", description="The month of hours, where it is one."),
        Column(name="amount", description="Euro, two decimals."),
        Column(name="status", enum=ItemStatus, description="Where it stands."),
        Column(name="paidAt", description="When the bank paid it."),
        Column(name="returnedAt", description="When it came back."),
        Column(name="returnReason", description="Why it came back."),
    ),
)

LEDGER_ENTRY = ObjectType(
    name="LedgerEntry",
    plural="ledger",
    description="An entry of the ledger (grāmatojums). Entries are added, never changed; the postings of each balance.",
    needs="money.read",
    model=LedgerEntry,
    select=lambda scope: selectors.ledger_entries(scope=scope),
    policy=MONEY,
    order=("-booked_on", "id"),
    orders=(Order(name="BOOKED_ON", columns=("booked_on",), description="By day of the booking."),),
    filters=(
        *institution_filters(path="institution"),
        *semester_of_month(
            "submission__month",
            compared=("claim__measure__plan__semester", "submission__month"),
            otherwise=lambda semester: Q(claim__measure__plan__semester__in=semester.values("pk")),
        ),
        Filter(
            name="accountCode",
            lookup="account__code",
            kind=FilterKind.TEXTS,
            through="postings",
            description="On one of these accounts, by code.",
        ),
        Filter(
            name="fundingSourceCode",
            lookup="funding_source__code",
            kind=FilterKind.TEXTS,
            through="postings",
            description="From one of these sources, by code.",
        ),
        Filter(name="kind", lookup="kind", kind=FilterKind.CHOICES, enum=EntryKind, description="Of these kinds."),
        key_filter("claimId", "claim_id", "clm", "Of this claim."),
        key_filter("paymentBatchId", "payment__batch_id", "pbat", "Of this payment."),
        *day_filters("booked", "booked_on", first="Booked on this day or later.", last="Booked on this day or earlier."),
    ),
    fields=(
        ID,
        Column(name="kind", enum=EntryKind, description="What it books."),
        Column(name="bookedOn", description="Day of the booking."),
        Column(name="recordedAt", description="When it was recorded."),
        OWN_INSTITUTION,
        Relation(name="agreement", to="CooperationAgreement", description="The partner's agreement."),
        Relation(name="claim", to="ReimbursementClaim", description="The claim behind it."),
        Relation(name="submission", to="MonthSubmission", description="The month of hours behind it."),
        Relation(name="payment", to="PaymentItem", description="The payment behind it."),
        Relation(name="reverses", to="LedgerEntry", description="The entry that it takes back."),
        Children(name="postings", to="LedgerPosting", via="entry", description="Its sides, which balance."),
    ),
)

LEDGER_POSTING = ObjectType(
    name="LedgerPosting",
    description="One side of an entry.",
    needs="money.read",
    model=LedgerPosting,
    select=lambda scope: selectors.ledger_postings(scope=scope),
    policy=MONEY,
    order=("line", "id"),
    fields=(
        ID,
        Column(name="line", description="Its place in the entry, from 1."),
        Relation(name="account", to="LedgerAccount", description="The account."),
        Column(name="debit", description="Euro, two decimals, never negative."),
        Column(name="credit", description="Euro, two decimals, never negative."),
        Relation(name="fundingSource", to="FundingSource", description="Who pays."),
    ),
)

LEDGER_ACCOUNT = ObjectType(
    name="LedgerAccount",
    description="An account of the ledger (konts).",
    needs="money.read",
    model=LedgerAccount,
    select=lambda scope: registry.ledger_accounts(scope=scope),
    open_to_all=True,
    order=("code", "id"),
    fields=(
        ID,
        Column(name="code", description="Code of the account."),
        *NAMES,
        Column(name="kind", enum=AccountKind, description="Kind of account."),
        *SOURCE,
    ),
)

TYPES = (CLAIM_ITEM, CLAIM_DECISION, PAYMENT_BATCH, FUNDING_AMOUNT, PAYMENT_ITEM, LEDGER_ENTRY, LEDGER_POSTING, LEDGER_ACCOUNT)

"""Paying partners: a payment is prepared, released to the bank, paid, and may come back (maksājuma uzdevums)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command, locked, touch
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.reimbursements import settlement
from backend.cases.reimbursements.approvals import Tier, tier_for
from backend.cases.reimbursements.due import claims_due
from backend.cases.reimbursements.models import BatchStatus, ItemStatus, PaymentBatch, PaymentItem
from backend.cases.reimbursements.payment_message import check_debtor, message_of
from backend.cases.reimbursements.policies import BATCHES
from backend.core import inputs
from backend.core.clock import now
from backend.core.refusals import Code, Problems, refuse
from backend.registry.models import ApprovalSubject, CooperationAgreement, PartnerAccount
from backend.registry.policies import AGREEMENTS
from backend.territory.selectors import in_force

_RETURN_CODE = re.compile(r"[A-Z]{2}[0-9A-Z]{2}")
"""Form of the codes for returns (ISO 20022, external reason codes)."""


@command("createPaymentBatch", answer=by_key(PaymentBatch))
def create_payment_batch(
    *,
    scope: Scope,
    agreement_id: UUID,
    month: dt.date,
    claim_ids: Sequence[UUID] | None = None,
    client_mutation_id: str = "",
) -> PaymentBatch:
    """Make the payment to a partner for a month, with its message to the bank.

    None named: everything approved and unpaid up to that month that the ledger owes this partner; what was taken back is
    deducted. Claims named: those, with what was taken back of them. A claim whose reversal still waits is left out.

    Raises Refusal: NOT_FOUND, NOT_ALLOWED, INVALID, UNMET_CONDITION (not approved, no account, nothing is owed), CONFLICT (a
    claim is in another payment).
    """
    agreement = CooperationAgreement.objects.filter(AGREEMENTS.visible(scope), pk=agreement_id).first()
    if agreement is None:
        refuse(Code.NOT_FOUND, _("There is no such agreement. Check the id."), "agreement_id")
    place = agreement.participations.order_by("joined_on").values_list("institution_id", flat=True).first()
    if place is None:
        refuse(Code.UNMET_CONDITION, _("No institution has joined under this agreement."), "agreement_id")
    require(scope=scope, act=Act.PAY, institution_id=place, field="agreement_id")
    problems = Problems()
    inputs.date(problems, month, "month")
    if month.day != 1:
        problems.add(Code.INVALID, _("Name the month by its first day."), "month")
    account = PartnerAccount.objects.filter(in_force(scope.on), agreement=agreement).first()
    if account is None:
        problems.add(Code.UNMET_CONDITION, _("The partner has no account. Enter it first."), "agreement_id")
    check_debtor(problems, "agreement_id")
    problems.refuse()
    assert account is not None  # noqa: S101 (its absence is a problem, refused above)
    _one_payment_at_a_time(agreement)
    claims = claims_due(scope=scope, agreement=agreement, month=month, named=claim_ids)
    total = sum((claim.amount for claim in claims), Decimal(0))
    if total <= 0:
        message = _("The partner owes as much as it is owed. Pay when more is due.")
        refuse(Code.UNMET_CONDITION, message, "agreement_id")
    batch = PaymentBatch(
        agreement=agreement,
        account=account,
        month=month,
        sequence=_next_sequence(agreement, month),
        total=total,
        prepared_by_id=scope.principal_id,
    )
    batch.message_id = f"PMP{month:%Y%m}-{batch.sequence:03d}-{batch.pk.hex[-18:]}"
    batch.file_sha256 = message_of(batch).sha256
    batch.save(force_insert=True)
    PaymentItem.objects.bulk_create(
        PaymentItem(batch=batch, institution_id=claim.institution_id, claim=claim, amount=claim.amount) for claim in claims
    )
    return batch


@command("releasePaymentBatch", answer=by_key(PaymentBatch))
def release_payment_batch(
    *, scope: Scope, payment_batch_id: UUID, expected_version: int | None = None, client_mutation_id: str = ""
) -> PaymentBatch:
    """Release a prepared payment to the bank. Above the tier of its total another person does so than who prepared it.

    Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT (released, paid or cancelled already; another version).
    """
    batch = _batch(scope, payment_batch_id, expected_version, (BatchStatus.PREPARED,))
    tier = _tier(scope, batch)
    if tier.approvals > 1 and batch.prepared_by_id == scope.principal_id:
        refuse(Code.NOT_ALLOWED, _("You prepared this payment. Another person releases it."), "payment_batch_id")
    batch.status, batch.sent_at = BatchStatus.SENT, now()
    batch.save(update_fields=["status", "sent_at"])
    touch(batch)
    return batch


@command("cancelPaymentBatch", answer=by_key(PaymentBatch))
def cancel_payment_batch(
    *, scope: Scope, payment_batch_id: UUID, expected_version: int | None = None, client_mutation_id: str = ""
) -> PaymentBatch:
    """Give up a payment that was not released; what it would have paid can be paid by another.

    Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT.
    """
    batch = _batch(scope, payment_batch_id, expected_version, (BatchStatus.PREPARED,))
    batch.status, batch.cancelled_at = BatchStatus.CANCELLED, now()
    batch.save(update_fields=["status", "cancelled_at"])
    touch(batch)
    batch.items.update(status=ItemStatus.CANCELLED, version=F("version") + 1, updated_at=now())
    return batch


@command("markPaymentBatchPaid", answer=by_key(PaymentBatch))
def mark_payment_batch_paid(
    *,
    scope: Scope,
    payment_batch_id: UUID,
    paid_at: dt.datetime,
    bank_reference: str = "",
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> PaymentBatch:
    """Record that the bank paid: its claims are paid, and each item is booked over the sources of funding.

    A payment below the tier that asks for a second person needs no release of its own. Raises Refusal: NOT_FOUND, NOT_ALLOWED,
    CONFLICT (paid or cancelled already; another version), UNMET_CONDITION (not released), INVALID, OUT_OF_PERIOD.
    """
    batch = _batch(scope, payment_batch_id, expected_version, (BatchStatus.PREPARED, BatchStatus.SENT))
    problems = Problems()
    reference = inputs.line(problems, bank_reference, "bank_reference", longest=35, required=False)
    _check_moment(problems, paid_at, "paid_at")
    if batch.status == BatchStatus.PREPARED and _tier(scope, batch).approvals > 1:
        message = _("A payment of this size is released by a second person first.")
        problems.add(Code.UNMET_CONDITION, message, "payment_batch_id")
    problems.refuse()
    settlement.pay(batch, paid_at=paid_at, field="payment_batch_id")
    batch.status, batch.paid_at, batch.bank_reference = BatchStatus.PAID, paid_at, reference
    batch.sent_at = batch.sent_at or now()
    batch.save(update_fields=["status", "paid_at", "sent_at", "bank_reference"])
    touch(batch)
    return batch


@command("markPaymentReturned", answer=by_key(PaymentBatch))
def mark_payment_returned(
    *,
    scope: Scope,
    payment_batch_id: UUID,
    returned_at: dt.datetime,
    item_ids: Sequence[UUID] | None = None,
    reason_code: str = "",
    reason: str = "",
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> PaymentBatch:
    """Record that a payment came back, in all or for some items: their claims are approved and unpaid again.

    Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT (not paid, or back already; another version), REQUIRED, INVALID,
    OUT_OF_PERIOD.
    """
    batch = _batch(scope, payment_batch_id, expected_version, (BatchStatus.PAID,))
    problems = Problems()
    code = inputs.line(problems, reason_code, "reason_code", longest=4, required=False)
    words = inputs.line(problems, reason, "reason", longest=190, required=False)
    if code and not _RETURN_CODE.fullmatch(code):
        problems.add(
            Code.INVALID, _("The bank's code has four signs, such as AC04. Compare it with the bank's message."), "reason_code"
        )
    if not code and not words:
        problems.add(Code.REQUIRED, _("Say why it came back: the bank's code, or words."), "reason")
    _check_moment(problems, returned_at, "returned_at")
    if batch.paid_at is not None and returned_at < batch.paid_at:
        problems.add(Code.OUT_OF_PERIOD, _("It cannot have come back before it was paid."), "returned_at")
    problems.refuse()
    told = ": ".join(part for part in (code, words) if part)
    settlement.take_back(batch, item_ids=item_ids, returned_at=returned_at, reason=told)
    touch(batch)
    return batch


def _batch(scope: Scope, batch_id: UUID, expected_version: int | None, expected: tuple[BatchStatus, ...]) -> PaymentBatch:
    """The payment, locked, in a status that the step starts from."""
    rows = PaymentBatch.objects.filter(BATCHES.visible(scope)).select_related("agreement")
    batch = locked(rows, pk=batch_id, expected_version=expected_version, field="payment_batch_id")
    place = batch.items.order_by("id").values_list("institution_id", flat=True).first()
    if place is None:
        refuse(Code.NOT_FOUND, _("Not found. Check the id, and that your role reaches it."), "payment_batch_id")
    require(scope=scope, act=Act.PAY, institution_id=place, field="payment_batch_id")
    if batch.status not in expected:
        refuse(Code.CONFLICT, _("The payment has gone another way already. Read it again."), "payment_batch_id")
    return batch


def _tier(scope: Scope, batch: PaymentBatch) -> Tier:
    return tier_for(
        subject=ApprovalSubject.PAYMENT_BATCH, amount=batch.total, programme_id=batch.agreement.programme_id, on=scope.on
    )


def _check_moment(problems: Problems, moment: dt.datetime, field: str) -> None:
    """Banks speak of the real time, not of the business day."""
    if timezone.is_naive(moment):
        problems.add(Code.INVALID, _("Write the moment with its offset, such as 2023-10-16T10:00:00+03:00."), field)
    elif moment > now():
        problems.add(Code.OUT_OF_PERIOD, _("The moment lies in the future. Record it once it has come."), field)
    elif moment.year < 2000:
        problems.add(Code.INVALID, _("The year cannot be right. Write the date as year-month-day."), field)


def _next_sequence(agreement: CooperationAgreement, month: dt.date) -> int:
    latest: int | None = PaymentBatch.objects.filter(agreement=agreement, month=month).aggregate(n=Max("sequence"))["n"]
    return (latest or 0) + 1


def _one_payment_at_a_time(agreement: CooperationAgreement) -> None:
    """Until the transaction ends, nobody else makes a payment to this partner: the sequence has no gap, nothing is due twice."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"payment:{agreement.pk}"])

"""Paying a batch's items and taking them back: items, claims and the ledger in step."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases.reimbursements import ledger
from backend.cases.reimbursements.funding import funding_rule, split_each
from backend.cases.reimbursements.ledger import Event
from backend.cases.reimbursements.models import (
    ClaimStatus,
    EntryKind,
    ItemStatus,
    LedgerPosting,
    PaymentBatch,
    PaymentItem,
    ReimbursementClaim,
)
from backend.core.clock import now
from backend.core.refusals import Code, Problems, refuse


def pay(batch: PaymentBatch, *, paid_at: dt.datetime, field: str) -> None:
    """Its open items are paid at a moment, each booked over the sources of funding by the rule of the batch's month.

    The parts of a source add up to its share of the batch's total, rounded down once (decision 0115). Raises Refusal with
    UNMET_CONDITION at `field` where no rule is in force.
    """
    rule = funding_rule(programme_id=batch.agreement.programme_id, on=batch.month)
    if rule is None:
        message = _("No rule says how this month is split over the sources of funding. Enter it first.")
        refuse(Code.UNMET_CONDITION, message, field)
    items = list(batch.items.filter(status=ItemStatus.OPEN).order_by("id").select_for_update(of=("self",)))
    parts = split_each(amounts=[item.amount for item in items], share=rule.share, precision=rule.payment_precision)
    events = [
        _event(
            batch,
            item,
            EntryKind.PAYMENT,
            timezone.localdate(paid_at),
            ledger.settlement_of(
                item.amount,
                [(rule.rounded_source_id, part.rounded), (rule.rest_source_id, part.rest)],
                owed=_owed(item),
            ),
        )
        for item, part in zip(items, parts, strict=True)
    ]
    _change(items, status=ItemStatus.PAID, paid_at=paid_at)
    _change_claims(items, status=ClaimStatus.PAID, paid_at=paid_at)
    ledger.book(events)


def take_back(batch: PaymentBatch, *, item_ids: Sequence[UUID] | None, returned_at: dt.datetime, reason: str) -> None:
    """Paid items came back (none named: all): booked the other way by the same sources, their claims unpaid again.

    Raises Refusal: NOT_FOUND, CONFLICT, REQUIRED, INVALID.
    """
    items = _returning(batch, item_ids)
    paid_from: dict[UUID, list[tuple[UUID | None, Decimal]]] = defaultdict(list)
    postings = LedgerPosting.objects.filter(entry__payment__in=items, entry__kind=EntryKind.PAYMENT, funding_source__isnull=False)
    for key, source, debit, credit in postings.values_list("entry__payment_id", "funding_source_id", "debit", "credit"):
        paid_from[key].append((source, debit - credit))
    events = []
    for item in items:
        by_source = paid_from[item.pk]
        # Payments booked before the sources were told apart came out of the account as a whole.
        sides = ledger.settlement_of(-item.amount, by_source or [(None, -item.amount)], owed=_owed(item))
        events.append(_event(batch, item, EntryKind.PAYMENT_RETURNED, timezone.localdate(returned_at), sides))
    _change(items, status=ItemStatus.RETURNED, returned_at=returned_at, return_reason=reason)
    _change_claims(items, status=ClaimStatus.APPROVED, paid_at=None)
    ledger.book(events)


def _returning(batch: PaymentBatch, item_ids: Sequence[UUID] | None) -> list[PaymentItem]:
    rows = batch.items.order_by("id").select_for_update(of=("self",))
    if item_ids is None:
        items = [item for item in rows if item.status == ItemStatus.PAID]
        if not items:
            refuse(Code.CONFLICT, _("All of it has come back already. Read it again."), "payment_batch_id")
        return items
    if not item_ids:
        refuse(Code.REQUIRED, _("Name at least one item, or leave the list out."), "item_ids")
    by_key, problems, wanted = {item.pk: item for item in rows}, Problems(), []
    for position, key in enumerate(item_ids):
        item, field = by_key.get(key), f"item_ids.{position}"
        if item is None:
            problems.add(Code.NOT_FOUND, _("There is no such item in this payment. Check the id."), field)
        elif item.status != ItemStatus.PAID:
            problems.add(Code.CONFLICT, _("The item is not paid, or has come back already. Read it again."), field)
        elif item not in wanted:
            wanted.append(item)
    problems.refuse()
    if sum(item.amount for item in wanted) <= 0:
        refuse(Code.INVALID, _("Money does not come back for deductions alone. Name what was paid."), "item_ids")
    return wanted


def _owed(item: PaymentItem) -> str:
    return ledger.OWED if item.claim_id else ledger.OWED_FOR_HOURS


def _event(batch: PaymentBatch, item: PaymentItem, kind: EntryKind, on: dt.date, sides: tuple[ledger.Side, ...]) -> Event:
    return Event(
        kind=kind,
        institution_id=item.institution_id,
        agreement_id=batch.agreement_id,
        booked_on=on,
        sides=sides,
        claim_id=item.claim_id,
        submission_id=item.submission_id,
        payment_id=item.pk,
    )


def _change(items: list[PaymentItem], **changes: object) -> None:
    rows = PaymentItem.objects.filter(pk__in=[item.pk for item in items])
    rows.update(version=F("version") + 1, updated_at=now(), **changes)


def _change_claims(items: list[PaymentItem], **changes: object) -> None:
    rows = ReimbursementClaim.objects.filter(pk__in=[item.claim_id for item in items if item.claim_id])
    rows.update(version=F("version") + 1, updated_at=now(), **changes)

"""Decisions, payments and the ledger of the demonstration's claims, as the case work would have left them.

Each decided claim has its head's decision; what counts is booked, what is paid is paid in one batch a partner and month, split
over the sources of funding like every payment. Derived from the claims alone.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from backend.cases.plans.models import PlanStatus, PlanStep
from backend.cases.reimbursements import ledger
from backend.cases.reimbursements.funding import funding_rule, split_each
from backend.cases.reimbursements.models import (
    SETTLED,
    BatchStatus,
    ClaimDecision,
    ClaimStatus,
    EntryKind,
    ItemStatus,
    LedgerEntry,
    LedgerPosting,
    PaymentBatch,
    PaymentItem,
    ReimbursementClaim,
    Verdict,
)
from backend.demonstration.bank_files import file_hash
from backend.demonstration.calendar import RIGA
from backend.demonstration.context import Context
from backend.demonstration.places import agreement_ids
from backend.registry.models import CooperationAgreement, PartnerAccount
from backend.registry.rules_reference import ledger_account_id
from backend.territory.reference import programme_id

_REFUSED = "Izmaksas nav apliecinātas (pieņēmums demonstrācijai)."


def write(context: Context) -> None:
    """Add the rows to the context's, behind the claims that they follow from."""
    claims = context.rows.of(ReimbursementClaim)
    for model in (PartnerAccount, ClaimDecision, PaymentBatch, PaymentItem, LedgerEntry, LedgerPosting):
        context.rows.of(model)  # written in this order: entries name items
    heads = {
        step.institution_id: step.actor_id
        for step in context.rows.of(PlanStep)
        if step.to_status == PlanStatus.APPROVED_BY_INSTITUTION
    }
    accounts = {agreement: _account(context, agreement) for agreement in sorted(set(agreement_ids().values()))}
    # Rows are written model by model in this order: entries of the ledger name the payments.
    context.rows.of(PaymentBatch)
    context.rows.of(PaymentItem)
    approvals: dict[UUID, LedgerEntry] = {}
    for claim in sorted(claims, key=lambda claim: claim.reverses_id is not None):
        if claim.decided_at is not None:
            _decision(context, claim, heads[claim.institution_id])
        if claim.status in SETTLED:
            reverses = approvals[claim.reverses_id] if claim.reverses_id else None
            approvals[claim.id] = _approval(context, claim, reverses)
    paid: dict[tuple[UUID, dt.datetime], list[ReimbursementClaim]] = defaultdict(list)
    for claim in claims:
        if claim.paid_at is not None:
            paid[agreement_ids()[claim.institution_id], claim.paid_at].append(claim)
    for (agreement, _moment), together in paid.items():
        _payment(context, accounts[agreement], together)


def _account(context: Context, agreement_id: UUID) -> PartnerAccount:
    """An account of a bank that does not exist, with its check digits."""
    own = f"PARA{agreement_id.int % 10**13:013d}"
    digits = "".join(str(int(sign, 36)) for sign in f"{own}LV00")
    return context.rows.add(
        PartnerAccount,
        agreement=CooperationAgreement.objects.get(id=agreement_id),
        holder="paraugs: sadarbības partneris",
        iban=f"LV{98 - int(digits) % 97:02d}{own}",
        valid_from=dt.date(2017, 12, 1),
    )


def _decision(context: Context, claim: ReimbursementClaim, head: UUID | None) -> None:
    refused = claim.status == ClaimStatus.REJECTED
    context.rows.add(
        ClaimDecision,
        claim_id=claim.id,
        institution_id=claim.institution_id,
        verdict=Verdict.REJECTED if refused else Verdict.APPROVED,
        actor_id=head,
        at=claim.decided_at,
        reason=_REFUSED if refused else "",
    )


def _approval(context: Context, claim: ReimbursementClaim, reverses: LedgerEntry | None) -> LedgerEntry:
    entry = context.rows.add(
        LedgerEntry,
        institution_id=claim.institution_id,
        agreement_id=agreement_ids()[claim.institution_id],
        kind=EntryKind.REVERSAL if reverses else EntryKind.CLAIM_APPROVED,
        booked_on=_day(claim.decided_at),
        recorded_at=claim.decided_at,
        claim_id=claim.id,
        reverses_id=reverses.id if reverses else None,
    )
    _post(context, entry, ledger.cost_of(claim.amount))
    return entry


def _payment(context: Context, account: PartnerAccount, claims: list[ReimbursementClaim]) -> None:
    """One payment to a partner at a moment."""
    paid_at, key = claims[0].paid_at, context.rows.key()
    assert paid_at is not None  # noqa: S101 (the claims are paid)
    month = _day(paid_at).replace(day=1)
    batch = context.rows.add(
        PaymentBatch,
        id=key,
        agreement=account.agreement,
        account=account,
        month=month,
        message_id=f"PMP{month:%Y%m}-001-{key.hex[-18:]}",
        total=sum((claim.amount for claim in claims), Decimal(0)),
        status=BatchStatus.PAID,
        sent_at=paid_at - dt.timedelta(hours=3),
        paid_at=paid_at,
        created_at=paid_at - dt.timedelta(days=1),
        updated_at=paid_at,
    )
    batch.file_sha256 = file_hash(batch)
    rule = funding_rule(programme_id=programme_id(), on=month)
    assert rule is not None  # noqa: S101 (the reference data have one for all of the programme's time)
    parts = split_each(amounts=[claim.amount for claim in claims], share=rule.share, precision=rule.payment_precision)
    for claim, part in zip(claims, parts, strict=True):
        own = {"institution_id": claim.institution_id, "claim_id": claim.id}
        moments = {"created_at": batch.created_at, "updated_at": paid_at, "paid_at": paid_at}
        item = context.rows.add(PaymentItem, batch_id=batch.id, amount=claim.amount, status=ItemStatus.PAID, **own, **moments)
        entry = context.rows.add(
            LedgerEntry,
            agreement_id=account.agreement_id,
            kind=EntryKind.PAYMENT,
            booked_on=_day(paid_at),
            recorded_at=paid_at,
            payment_id=item.id,
            **own,
        )
        by_source = [(rule.rounded_source_id, part.rounded), (rule.rest_source_id, part.rest)]
        _post(context, entry, ledger.settlement_of(claim.amount, by_source))


def _post(context: Context, entry: LedgerEntry, sides: Sequence[ledger.Side]) -> None:
    for line, side in enumerate((side for side in sides if side.amount), start=1):
        context.rows.add(
            LedgerPosting,
            entry_id=entry.id,
            institution_id=entry.institution_id,
            line=line,
            account_id=ledger_account_id(side.account),
            debit=max(side.amount, Decimal(0)),
            credit=max(-side.amount, Decimal(0)),
            funding_source_id=side.funding_source_id,
        )


def _day(moment: dt.datetime | None) -> dt.date:
    assert moment is not None  # noqa: S101 (asked of what was decided or paid)
    return moment.astimezone(RIGA).date()

"""Booking: every event in money is an entry of the ledger whose postings balance. Entries are added, never changed.

| event | debit | credit |
|---|---|---|
| claim approved | 5100 cost of reimbursements | 2100 owed to partners |
| claim taken back | 2100 | 5100 |
| payment | 2100, or 2200 for hours | 1900 settlement account, a line for each source of funding |
| payment returned | 1900, by source as it was paid | 2100, or 2200 |

A payment's item that is a reversal (a deduction) is booked with both sides exchanged. The chart of accounts is ours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from backend.cases.reimbursements.models import EntryKind, LedgerEntry, LedgerPosting
from backend.registry.rules_reference import ledger_account_id

COST, OWED, OWED_FOR_HOURS, SETTLEMENT = "5100", "2100", "2200", "1900"


@dataclass(frozen=True)
class Side:
    """A line: debit above zero, credit below. Lines of nothing are left out."""

    account: str
    amount: Decimal
    funding_source_id: UUID | None = None


@dataclass(frozen=True)
class Event:
    """An entry to be booked."""

    kind: EntryKind
    institution_id: UUID
    agreement_id: UUID
    booked_on: dt.date
    sides: Sequence[Side]
    claim_id: UUID | None = None
    submission_id: UUID | None = None
    payment_id: UUID | None = None
    reverses_id: UUID | None = None


def book(events: Iterable[Event]) -> list[LedgerEntry]:
    """Write entries with their postings, in two statements. The database refuses what does not balance, at commit."""
    entries, postings = [], []
    for event in events:
        entry = LedgerEntry(
            kind=event.kind,
            institution_id=event.institution_id,
            agreement_id=event.agreement_id,
            booked_on=event.booked_on,
            claim_id=event.claim_id,
            submission_id=event.submission_id,
            payment_id=event.payment_id,
            reverses_id=event.reverses_id,
        )
        entries.append(entry)
        for line, side in enumerate((side for side in event.sides if side.amount), start=1):
            postings.append(
                LedgerPosting(
                    entry=entry,
                    institution_id=event.institution_id,
                    line=line,
                    account_id=ledger_account_id(side.account),
                    debit=max(side.amount, Decimal(0)),
                    credit=max(-side.amount, Decimal(0)),
                    funding_source_id=side.funding_source_id,
                )
            )
    LedgerEntry.objects.bulk_create(entries)
    LedgerPosting.objects.bulk_create(postings)
    return entries


def cost_of(amount: Decimal) -> tuple[Side, ...]:
    """A cost that is owed to the partner; below zero: one that is taken back."""
    return Side(COST, amount), Side(OWED, -amount)


def settlement_of(amount: Decimal, by_source: Iterable[tuple[UUID | None, Decimal]], *, owed: str = OWED) -> tuple[Side, ...]:
    """What is owed is paid out of the sources; below zero: it comes back, or is deducted."""
    return Side(owed, amount), *(Side(SETTLEMENT, -part, source) for source, part in by_source)

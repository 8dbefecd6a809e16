"""The ledger as CSV, a line for each posting."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.cases.reimbursements.models import LedgerEntry, LedgerPosting
from backend.cases.reimbursements.policies import MONEY
from backend.core.spreadsheets import safe_row

HEADINGS = (
    "booked_on",
    "entry",
    "kind",
    "institution",
    "agreement",
    "claim",
    "payment_message",
    "line",
    "account",
    "debit",
    "credit",
    "funding_source",
)
_AT_ONCE = 2000


def ledger_csv(*, scope: Scope, entries: QuerySet[LedgerEntry]) -> Iterator[str]:
    """Lines of the entries that `scope` reaches: a heading, then the postings by day, entry and line.

    Dates as year-month-day, euro with a point; the first sign of no text makes a spreadsheet reckon. Read it inside the
    caller's transaction.
    """
    yield _line(HEADINGS)
    postings = (
        LedgerPosting.objects.filter(MONEY.visible(scope), entry__in=entries.order_by())
        .order_by("entry__booked_on", "entry_id", "line")
        .select_related(
            "entry__institution", "entry__agreement", "entry__claim", "entry__payment__batch", "account", "funding_source"
        )
    )
    for posting in postings.iterator(chunk_size=_AT_ONCE):
        yield _line(_cells(posting))


def _cells(posting: LedgerPosting) -> list[Any]:
    entry = posting.entry
    return [
        entry.booked_on.isoformat(),
        entry.public_id,
        entry.kind,
        entry.institution.code,
        entry.agreement.number,
        entry.claim.public_id if entry.claim else "",
        entry.payment.batch.message_id if entry.payment else "",
        posting.line,
        posting.account.code,
        posting.debit,
        posting.credit,
        posting.funding_source.code if posting.funding_source else "",
    ]


def _line(cells: Any) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(safe_row(cells))
    return written.getvalue()

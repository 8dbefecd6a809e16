"""Factories of costs, decisions, payments and the ledger. Rows are valid by default, like those of `rows`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from backend.cases.reimbursements.models import (
    ClaimDecision,
    ClaimItem,
    LedgerEntry,
    LedgerPosting,
    PaymentBatch,
    PaymentItem,
)
from backend.registry.models import LedgerAccount
from backend.territory.models import FundingSource
from tests.factories.case_rows import FEBRUARY, AgreementFactory, PartnerAccountFactory
from tests.factories.rows import (
    ClaimFactory,
    UserFactory,
)


class ClaimItemFactory(DjangoModelFactory[ClaimItem]):
    """A bill of 31.50 euro."""

    class Meta:
        model = ClaimItem

    claim = factory.SubFactory(ClaimFactory)
    learner = factory.SelfAttribute("claim.learner")
    institution = factory.SelfAttribute("claim.institution")
    incurred_on = dt.date(2023, 2, 10)
    amount = Decimal("31.50")
    fingerprint = factory.Sequence(lambda number: f"k1:{number:064}")


class ClaimDecisionFactory(DjangoModelFactory[ClaimDecision]):
    """One approval."""

    class Meta:
        model = ClaimDecision

    claim = factory.SubFactory(ClaimFactory)
    institution = factory.SelfAttribute("claim.institution")
    verdict = "APPROVED"
    actor = factory.SubFactory(UserFactory)


class BatchFactory(DjangoModelFactory[PaymentBatch]):
    """A batch of 31.50 euro; write its item beside it."""

    class Meta:
        model = PaymentBatch

    account = factory.SubFactory(PartnerAccountFactory)
    agreement = factory.SelfAttribute("account.agreement")
    month = FEBRUARY
    message_id = factory.Sequence(lambda number: f"PMP-{number}")
    total = Decimal("31.50")


class PaymentItemFactory(DjangoModelFactory[PaymentItem]):
    """What pays a claim of 31.50 euro, with its batch."""

    class Meta:
        model = PaymentItem

    batch = factory.SubFactory(BatchFactory)
    claim = factory.SubFactory(ClaimFactory)
    institution = factory.SelfAttribute("claim.institution")
    amount = Decimal("31.50")


class LedgerEntryFactory(DjangoModelFactory[LedgerEntry]):
    """The approval of a claim; give it postings in the same transaction (`balanced_entry`)."""

    class Meta:
        model = LedgerEntry

    claim = factory.SubFactory(ClaimFactory)
    institution = factory.SelfAttribute("claim.institution")
    agreement = factory.SubFactory(AgreementFactory)
    kind = "CLAIM_APPROVED"
    booked_on = dt.date(2023, 3, 6)


class PostingFactory(DjangoModelFactory[LedgerPosting]):
    """A debit of the cost account."""

    class Meta:
        model = LedgerPosting

    entry = factory.SubFactory(LedgerEntryFactory)
    institution = factory.SelfAttribute("entry.institution")
    line = 1
    account = factory.LazyFunction(lambda: LedgerAccount.objects.get(code="5100"))
    debit = Decimal(0)
    credit = Decimal(0)


def balanced_entry(**given: Any) -> LedgerEntry:
    """An approval of 31.50 euro: the cost, borne by two sources, against what is owed to the partner."""
    entry: LedgerEntry = LedgerEntryFactory(**given)
    esf, state = (FundingSource.objects.get(code=code) for code in ("ESF", "STATE"))
    PostingFactory(entry=entry, line=1, debit=Decimal("26.77"), funding_source=esf)
    PostingFactory(entry=entry, line=2, debit=Decimal("4.73"), funding_source=state)
    PostingFactory(entry=entry, line=3, credit=Decimal("31.50"), account=LedgerAccount.objects.get(code="2100"))
    return entry

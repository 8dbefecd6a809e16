"""Payments to partners: what is due, who pays, what is booked from which source, and what comes back."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from backend.cases.reimbursements.models import LedgerPosting, PaymentItem
from backend.cases.reimbursements.services import cancel_payment_batch, release_payment_batch
from backend.core.clock import now
from backend.core.refusals import Code
from backend.registry.models import ApprovalTier, PartnerAccount
from backend.territory.models import FundingRule
from tests.cases.desk import problems
from tests.cases.reimbursements.till import Till
from tests.factories.cast import Cast
from tests.factories.rows import ClaimFactory, whole_state
from tests.factories.versions import supersede


def _items(batch: Any) -> list[PaymentItem]:
    with whole_state():
        return list(PaymentItem.objects.filter(batch=batch).order_by("amount", "id"))


def _from(source: str, **which: Any) -> Decimal:
    """What left the settlement account from a source."""
    with whole_state():
        postings = LedgerPosting.objects.filter(account__code="1900", funding_source__code=source, **which)
        sums = postings.aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return (sums["credit"] or Decimal(0)) - (sums["debit"] or Decimal(0))


def test_all_that_is_approved_and_unpaid_is_paid_at_once(till: Till) -> None:
    claims = [till.approved(amount) for amount in ("31.50", "0.01", "0.07")]
    waiting, refused = till.claim(), till.reject(till.claim())
    batch = till.batch()
    assert (batch.total, batch.status, batch.sequence, batch.month) == (Decimal("31.58"), "PREPARED", 1, dt.date(2023, 9, 1))
    assert {item.claim_id for item in _items(batch)} == {claim.pk for claim in claims}
    paid = till.pay(batch, bank_reference="FT-2023-1")
    assert (paid.status, paid.bank_reference, paid.version) == ("PAID", "FT-2023-1", 2)
    for claim in claims:
        fresh = till.fresh(claim)
        assert (fresh.status, fresh.paid_at) == ("PAID", paid.paid_at)
    assert {till.fresh(waiting).status, till.fresh(refused).status} == {"CLAIMED", "REJECTED"}
    assert till.balance("2100") == 0
    assert till.balance("1900") == Decimal("-31.58")
    # Rounded down once, for the whole: 31.58 x 0.85 = 26.843. Each alone would give 26.77 + 0.00 + 0.05 = 26.82.
    assert (_from("ESF"), _from("STATE")) == (Decimal("26.84"), Decimal("4.74"))


def test_named_claims_alone_are_paid(till: Till) -> None:
    one, other = till.approved("10.00"), till.approved("20.00")
    assert till.batch(one).total == Decimal("10.00")
    second = till.batch()
    assert (second.total, second.sequence) == (Decimal("20.00"), 2)
    assert problems(lambda: till.batch(other)) == {"claim_ids.0": Code.CONFLICT}
    assert problems(till.batch) == {"agreement_id": Code.CONFLICT}


def test_what_cannot_be_paid(till: Till, cast: Cast) -> None:
    assert problems(till.batch) == {"agreement_id": Code.UNMET_CONDITION}
    claimed, approved = till.claim(), till.approved()
    till.reverse(approved)
    measure = till.catering()
    with whole_state():
        unbooked = ClaimFactory(measure=measure, period=dt.date(2023, 9, 1))
    nobody = type("Claim", (), {"pk": uuid.uuid4()})
    assert problems(lambda: till.batch(claimed, approved, unbooked, nobody)) == {
        "claim_ids.0": Code.UNMET_CONDITION,
        "claim_ids.1": Code.UNMET_CONDITION,
        "claim_ids.2": Code.UNMET_CONDITION,
        "claim_ids.3": Code.NOT_FOUND,
    }
    assert problems(lambda: till.batch(month=dt.date(2023, 9, 2))) == {"month": Code.INVALID}
    assert problems(lambda: till.batch(month=dt.date(2023, 8, 1))) == {"agreement_id": Code.UNMET_CONDITION}
    assert problems(lambda: till.batch(claim_ids=[])) == {"claim_ids": Code.REQUIRED}
    assert problems(lambda: till.batch(agreement_id=uuid.uuid4())) == {"agreement_id": Code.NOT_FOUND}


def test_a_partner_without_an_account_or_a_payer_without_one(till: Till, settings: Any) -> None:
    till.approved()
    settings.PAYER = {"NAME": "IKVD", "IBAN": "", "BIC": ""}
    assert problems(till.batch) == {"agreement_id": Code.UNMET_CONDITION}
    settings.PAYER = {"NAME": "IKVD", "IBAN": "LV44DEMO0000000000001", "BIC": ""}
    with whole_state():
        PartnerAccount.objects.filter(agreement=till.agreement).update(valid_to=dt.date(2023, 10, 15))
    assert problems(till.batch) == {"agreement_id": Code.UNMET_CONDITION}


def test_who_pays(till: Till, cast: Cast) -> None:
    till.approved()
    for person in (till.desk.author, till.head, till.second, cast.staff["auditor"], cast.staff["expert"]):
        assert problems(lambda: till.batch(who=person)) == {"agreement_id": Code.NOT_ALLOWED}  # noqa: B023
    batch = till.batch()
    for person in (till.desk.author, till.head, till.second, cast.staff["auditor"], cast.staff["head of linden"]):
        assert problems(lambda: till.pay(batch, who=person)) == {"payment_batch_id": Code.NOT_FOUND}  # noqa: B023
        assert problems(lambda: till.came_back(batch, who=person)) == {"payment_batch_id": Code.NOT_FOUND}  # noqa: B023


def test_a_large_payment_is_released_by_a_second_person(till: Till) -> None:
    supersede(ApprovalTier.objects.filter(subject="PAYMENT_BATCH", amount_from=10_000), amount_from=30)
    till.approved()
    batch = till.batch()
    assert problems(lambda: till.pay(batch)) == {"payment_batch_id": Code.UNMET_CONDITION}
    release = {"payment_batch_id": batch.pk}
    assert problems(lambda: till.act(till.payer, release_payment_batch, **release)) == {"payment_batch_id": Code.NOT_ALLOWED}
    assert till.act(till.colleague, release_payment_batch, **release).status == "SENT"
    assert problems(lambda: till.act(till.colleague, release_payment_batch, **release)) == {"payment_batch_id": Code.CONFLICT}
    assert problems(lambda: till.act(till.payer, cancel_payment_batch, **release)) == {"payment_batch_id": Code.CONFLICT}
    assert till.pay(batch).status == "PAID"


def test_a_payment_given_up_frees_its_claims(till: Till) -> None:
    claim = till.approved()
    batch = till.batch()
    assert till.act(till.payer, cancel_payment_batch, payment_batch_id=batch.pk).status == "CANCELLED"
    assert problems(lambda: till.pay(batch)) == {"payment_batch_id": Code.CONFLICT}
    assert till.batch(claim).sequence == 2


def test_a_payment_is_paid_once_and_not_before_its_time(till: Till) -> None:
    till.approved()
    batch = till.batch()
    naive = dt.datetime(2023, 10, 16, 12)  # noqa: DTZ001
    assert problems(lambda: till.pay(batch, paid_at=now() + dt.timedelta(minutes=5))) == {"paid_at": Code.OUT_OF_PERIOD}
    assert problems(lambda: till.pay(batch, paid_at=naive)) == {"paid_at": Code.INVALID}
    assert problems(lambda: till.pay(batch, bank_reference="x" * 36)) == {"bank_reference": Code.INVALID}
    till.pay(batch)
    assert problems(lambda: till.pay(batch)) == {"payment_batch_id": Code.CONFLICT}


def test_no_split_without_a_rule(till: Till) -> None:
    till.approved()
    batch = till.batch()
    FundingRule.objects.update(valid_to=dt.date(2023, 8, 31))
    assert problems(lambda: till.pay(batch)) == {"payment_batch_id": Code.UNMET_CONDITION}
    assert till.fresh(batch).status == "PREPARED"


# -- what was taken back -----------------------------------------------------------------------------------------------------
def test_what_was_taken_back_is_deducted_from_the_next_payment(till: Till) -> None:
    first = till.approved("31.50")
    till.pay(till.batch())
    reversal = till.taken_back(first, "11.50")
    assert till.balance("2100") == Decimal("11.50"), "the partner owes it"
    assert problems(till.batch) == {"agreement_id": Code.UNMET_CONDITION}
    till.approved("20.00")
    batch = till.batch()
    assert batch.total == Decimal("8.50")
    assert [item.amount for item in _items(batch)] == [Decimal("-11.50"), Decimal("20.00")]
    till.pay(batch)
    assert (till.fresh(reversal).status, till.balance("2100"), till.balance("1900")) == ("PAID", 0, Decimal(-40))
    assert _from("ESF", entry__payment__batch=batch) == Decimal("7.22")
    assert _from("ESF") + _from("STATE") == Decimal(40)


def test_a_named_claim_brings_what_was_taken_back_of_it(till: Till) -> None:
    claim = till.approved("31.50")
    till.taken_back(claim, "1.50")
    assert till.batch(claim).total == Decimal("30.00")


def test_a_claim_taken_back_before_it_was_paid_is_never_paid(till: Till) -> None:
    claim = till.approved()
    till.taken_back(claim)
    assert problems(lambda: till.batch(claim)) == {"agreement_id": Code.UNMET_CONDITION}
    other = till.approved("5.00")
    assert till.batch().total == Decimal("5.00")
    assert till.balance("2100") == Decimal("-5.00")
    assert other


# -- what comes back ---------------------------------------------------------------------------------------------------------
def test_a_payment_that_came_back_is_open_again(till: Till) -> None:
    claim = till.approved()
    batch = till.pay(till.batch())
    back = till.came_back(batch, reason="konts slēgts")
    assert (back.status, back.version) == ("PAID", 3)
    (item,) = _items(batch)
    assert (item.status, item.return_reason) == ("RETURNED", "AC04: konts slēgts")
    assert (till.fresh(claim).status, till.fresh(claim).paid_at) == ("APPROVED", None)
    assert (till.balance("2100"), till.balance("1900"), _from("ESF")) == (Decimal("-31.50"), 0, 0)
    again = till.pay(till.batch())
    assert (again.sequence, till.fresh(claim).status, till.balance("1900")) == (2, "PAID", Decimal("-31.50"))
    with whole_state():
        assert sorted(claim.payments.values_list("status", flat=True)) == ["PAID", "RETURNED"]


def test_some_items_come_back(till: Till) -> None:
    kept, returned = till.approved("10.01"), till.approved("20.02")
    batch = till.pay(till.batch())
    item = next(item for item in _items(batch) if item.claim_id == returned.pk)
    till.came_back(batch, item_ids=[item.pk])
    assert (till.fresh(kept).status, till.fresh(returned).status) == ("PAID", "APPROVED")
    assert till.balance("1900") == Decimal("-10.01")
    assert problems(lambda: till.came_back(batch, item_ids=[item.pk])) == {"item_ids.0": Code.CONFLICT}
    assert problems(lambda: till.came_back(batch, item_ids=[uuid.uuid4()])) == {"item_ids.0": Code.NOT_FOUND}
    till.came_back(batch)
    assert problems(lambda: till.came_back(batch)) == {"payment_batch_id": Code.CONFLICT}


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"reason_code": ""}, "reason", Code.REQUIRED),
        ({"reason_code": "x"}, "reason_code", Code.INVALID),
        ({"returned_at": dt.datetime(2001, 1, 1, tzinfo=dt.UTC)}, "returned_at", Code.OUT_OF_PERIOD),
        ({"item_ids": []}, "item_ids", Code.REQUIRED),
    ],
)
def test_how_a_return_is_told(till: Till, fields: dict[str, Any], field: str, code: Code) -> None:
    till.approved()
    batch = till.pay(till.batch())
    assert problems(lambda: till.came_back(batch, **fields)) == {field: code}


def test_what_was_not_paid_does_not_come_back(till: Till) -> None:
    till.approved()
    assert problems(lambda: till.came_back(till.batch())) == {"payment_batch_id": Code.CONFLICT}

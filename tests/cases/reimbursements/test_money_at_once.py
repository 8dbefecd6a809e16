"""Two people at once on PostgreSQL: one wins, the other is told, and nothing is paid or booked twice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from backend.accounts.models import User
from backend.cases.plans.models import Measure
from backend.cases.reimbursements import services
from backend.cases.reimbursements.models import ClaimDecision, LedgerEntry, PaymentItem, ReimbursementClaim
from backend.core.clock import now
from backend.core.refusals import Code
from backend.registry import reference as registry
from backend.territory import reference as territory
from tests.cases.reimbursements.till import SEPTEMBER, Till, make_till
from tests.concurrency import Client, Outcome, all_at_once, one_before_the_other
from tests.factories.cast import make_cast
from tests.factories.rows import MeasureFactory, whole_state

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], Any]


@pytest.fixture
def till(transactional_db: None) -> Till:
    """Committed, so that other connections see it."""
    with transaction.atomic():
        territory.load()
        registry.load()
        return make_till(make_cast())


def _client(till: Till, who: User, command: Callable[..., Any], *, hold: bool = False, **fields: Any) -> Client:
    scope = till.desk.scope(who)
    return Client(scope, lambda: command(scope=scope, **fields), hold=hold)


def _one_wins(outcomes: list[Outcome] | tuple[Outcome, Outcome], code: Code = Code.CONFLICT) -> Any:
    """The winner's result; the other was refused with the code."""
    won = [outcome.value() for outcome in outcomes if outcome.refusal is None]
    lost = [outcome.refusal for outcome in outcomes if outcome.refusal is not None]
    assert len(won) == 1, outcomes
    assert all(refusal.codes == {code} for refusal in lost), outcomes
    return won[0]


def _count(model: Any, **which: Any) -> int:
    with whole_state():
        return int(model.objects.filter(**which).count())


def test_the_same_cost_at_once_is_claimed_once(till: Till) -> None:
    bill = till.cost()
    given = {"period": SEPTEMBER, "items": (bill,), "measure_id": till.catering().pk}
    first, second = one_before_the_other(
        _client(till, till.desk.author, services.claim_reimbursement, hold=True, **given),
        _client(till, till.desk.coordinator, services.claim_reimbursement, **given),
    )
    _one_wins((first, second), Code.DUPLICATE)


def test_the_last_euro_of_a_measure_is_claimed_once(till: Till) -> None:
    measure = till.catering(planned="50.00")
    clients = [
        _client(
            till,
            who,
            services.claim_reimbursement,
            hold=hold,
            measure_id=measure.pk,
            period=SEPTEMBER,
            items=(till.cost("40.00"),),
        )
        for who, hold in ((till.desk.author, True), (till.desk.coordinator, False))
    ]
    _one_wins(one_before_the_other(*clients), Code.LIMIT_EXCEEDED)


def test_approved_and_rejected_at_once_is_one_of_them(till: Till) -> None:
    claim = till.claim()
    first, second = one_before_the_other(
        _client(till, till.head, services.approve_reimbursement, hold=True, claim_id=claim.pk),
        _client(till, till.second, services.reject_reimbursement, claim_id=claim.pk, reason="Nav pamatots."),
    )
    _one_wins((first, second))
    assert till.fresh(claim).status == "APPROVED"


def test_two_halves_of_a_large_claim_at_once_are_two_approvals(till: Till) -> None:
    till.cap("SPECIAL_TRANSPORT", 5000)
    claim = till.claim(till.catering(code="SPECIAL_TRANSPORT", planned="900"), till.cost("700"))
    outcomes = all_at_once(
        [_client(till, who, services.approve_reimbursement, claim_id=claim.pk) for who in (till.head, till.second)]
    )
    assert all(outcome.refusal is None for outcome in outcomes), outcomes
    assert till.fresh(claim).status == "APPROVED"
    assert _count(LedgerEntry, claim=claim) == 1


def test_taken_back_at_once_is_taken_back_once(till: Till) -> None:
    claim = till.approved()
    given = {"claim_id": claim.pk, "reason": "Kļūda."}
    first, second = one_before_the_other(
        _client(till, till.head, services.reverse_reimbursement, hold=True, **given),
        _client(till, till.second, services.reverse_reimbursement, **given),
    )
    _one_wins((first, second))
    assert _count(ReimbursementClaim, reverses=claim) == 1


def test_paid_and_taken_back_at_once_stay_in_step(till: Till) -> None:
    claim = till.approved()
    reversal = till.reverse(claim)
    first, second = one_before_the_other(
        _client(till, till.second, services.approve_reimbursement, hold=True, claim_id=reversal.pk),
        _client(
            till,
            till.payer,
            services.create_payment_batch,
            agreement_id=till.agreement.pk,
            month=SEPTEMBER,
            claim_ids=[claim.pk],
        ),
    )
    assert first.value().status == "APPROVED"
    assert second.refusal is not None, "what was taken back while the payment waited is deducted from it"
    assert second.refusal.codes == {Code.UNMET_CONDITION}
    assert not _count(PaymentItem, claim=claim)


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.full)])
def test_round_after_round_one_approves_and_one_pays(till: Till, rounds: int) -> None:
    measure = till.catering(planned="9000")
    till.cap("CATERING", 9000)
    for _ in range(rounds):
        claim = till.claim(measure, till.cost("1.00"))
        approvers = [_client(till, who, services.approve_reimbursement, claim_id=claim.pk) for who in (till.head, till.second)]
        _one_wins(all_at_once(approvers))
        payment = {"agreement_id": till.agreement.pk, "month": SEPTEMBER, "claim_ids": [claim.pk]}
        payers = [_client(till, who, services.create_payment_batch, **payment) for who in (till.payer, till.colleague)]
        batch = _one_wins(all_at_once(payers))
        marking = {"payment_batch_id": batch.pk, "paid_at": now()}
        _one_wins(
            all_at_once([_client(till, who, services.mark_payment_batch_paid, **marking) for who in (till.payer, till.colleague)])
        )
        assert _count(ClaimDecision, claim=claim) == 1
        assert _count(PaymentItem, claim=claim) == 1
    assert till.balance("1900") == -Decimal(rounds)
    assert till.balance("2100") == 0


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.full)])
def test_round_after_round_one_cost_is_claimed_once_and_a_payment_goes_one_way(till: Till, rounds: int) -> None:
    """One bill under two measures of the learner, by two people; then paid and cancelled, in turn from either side."""
    till.cap("CATERING", 9000)
    measure = till.catering(planned="9000")
    with whole_state():
        other = MeasureFactory(plan=measure.plan, code="CATERING", planned_amount=Decimal(9000))
    paid = 0
    for number in range(rounds):
        claim = _claimed_once(till, (measure, other) if number % 2 else (measure, measure), till.cost("1.00"))
        batch = till.batch(till.approve(claim))
        clients = [
            _client(till, till.payer, services.mark_payment_batch_paid, payment_batch_id=batch.pk, paid_at=now()),
            _client(till, till.colleague, services.cancel_payment_batch, payment_batch_id=batch.pk),
        ]
        status = _one_wins(all_at_once(clients if number % 2 else clients[::-1])).status
        paid += status == "PAID"
        assert (till.fresh(batch).status, till.fresh(claim).status) == (status, "PAID" if status == "PAID" else "APPROVED")
    assert till.balance("5100") == Decimal(rounds)
    assert till.balance("1900") == -Decimal(paid)
    assert till.balance("2100") == -Decimal(rounds - paid)


def _claimed_once(till: Till, measures: tuple[Measure, Measure], bill: services.Cost) -> ReimbursementClaim:
    """The claim that stands of two at once for one bill."""
    clients = [
        _client(till, who, services.claim_reimbursement, period=SEPTEMBER, items=(bill,), measure_id=measure.pk)
        for who, measure in zip((till.desk.author, till.desk.coordinator), measures, strict=True)
    ]
    claim: ReimbursementClaim = _one_wins(all_at_once(clients), Code.DUPLICATE)
    with whole_state():
        assert claim.items.count() == 1
    return claim

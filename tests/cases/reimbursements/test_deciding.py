"""Approving, rejecting and taking back: who may, how many, and what is booked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from backend.accounts.models import Level, Role
from backend.accounts.services import assign_role
from backend.cases.plans.models import PlanAuthor, SupportPlan
from backend.cases.reimbursements.models import ClaimDecision, ClaimItem, LedgerEntry, LedgerPosting
from backend.core.refusals import Code
from backend.registry.models import ApprovalTier, IncompatibleRoles
from tests.cases.desk import problems
from tests.cases.reimbursements.till import Till
from tests.factories.cast import Cast
from tests.factories.rows import user_with, whole_state
from tests.factories.versions import supersede


def _dear(till: Till, amount: str = "700.00") -> Any:
    """A claim that two people must approve."""
    till.cap("SPECIAL_TRANSPORT", 5000)
    return till.claim(till.catering(code="SPECIAL_TRANSPORT", planned="5000"), till.cost(amount))


def _entry(claim: Any) -> tuple[LedgerEntry, list[tuple[str, Decimal, Decimal]]]:
    with whole_state():
        entry = LedgerEntry.objects.get(claim=claim, kind__in=["CLAIM_APPROVED", "REVERSAL"])
        postings = LedgerPosting.objects.filter(entry=entry).order_by("line")
        return entry, list(postings.values_list("account__code", "debit", "credit"))


def test_an_approval_counts_and_is_booked(till: Till) -> None:
    claim = till.approve(till.claim(), comment="Saskaņots ar plānu.")
    assert (claim.status, claim.version) == ("APPROVED", 2)
    assert claim.decided_at is not None
    entry, postings = _entry(claim)
    assert (entry.kind, entry.booked_on, entry.agreement_id) == ("CLAIM_APPROVED", dt.date(2023, 10, 16), till.agreement.pk)
    assert postings == [("5100", Decimal("31.50"), Decimal(0)), ("2100", Decimal(0), Decimal("31.50"))]
    with whole_state():
        decision = ClaimDecision.objects.get(claim=claim)
    assert (decision.verdict, decision.actor_id, decision.reason) == ("APPROVED", till.head.pk, "Saskaņots ar plānu.")


def test_two_people_approve_a_large_claim(till: Till) -> None:
    claim = _dear(till)
    assert till.approve(claim).status == "CLAIMED"
    assert problems(lambda: till.approve(claim)) == {"claim_id": Code.CONFLICT}
    assert problems(lambda: till.reject(claim)) == {"claim_id": Code.CONFLICT}
    assert till.balance("5100", entry__claim=claim) == 0
    assert till.approve(claim, who=till.second).status == "APPROVED"
    assert till.balance("5100", entry__claim=claim) == Decimal(700)


def test_the_second_may_reject_what_the_first_approved(till: Till) -> None:
    claim = _dear(till)
    till.approve(claim)
    assert till.reject(claim, who=till.second).status == "REJECTED"
    assert till.balance("5100", entry__claim=claim) == 0


def test_a_tier_names_the_roles_of_the_second(till: Till) -> None:
    supersede(ApprovalTier.objects.filter(subject="CLAIM", amount_from=500), second_roles=["ikvd"])
    claim = _dear(till)
    till.approve(claim)
    assert problems(lambda: till.approve(claim, who=till.second)) == {"claim_id": Code.NOT_ALLOWED}
    assert till.approve(claim, who=till.payer).status == "APPROVED"


def test_nobody_decides_on_the_own_claim(till: Till) -> None:
    both = user_with(Role.INSTITUTION_HEAD, Level.INSTITUTION, till.desk.school, username="coordinator and head")
    assign_role(
        user=both,
        role=Role.INSTITUTION_COORDINATOR,
        level=Level.INSTITUTION,
        unit=till.desk.school,
        valid_from=dt.date(2017, 3, 16),
    )
    claim = till.claim(who=both)
    assert problems(lambda: till.approve(claim, who=both)) == {"claim_id": Code.NOT_ALLOWED}
    assert problems(lambda: till.reject(claim, who=both)) == {"claim_id": Code.NOT_ALLOWED}
    assert till.approve(claim).status == "APPROVED"


@pytest.mark.parametrize("as_co_author", [False, True], ids=["author", "co-author"])
def test_who_drew_up_the_plan_does_not_approve_as_head(till: Till, as_co_author: bool) -> None:
    claim = till.claim()
    with whole_state():
        plan = SupportPlan.objects.get(measures__claims=claim)
        if as_co_author:
            PlanAuthor.objects.create(plan=plan, institution=plan.institution, user=till.head)
        else:
            SupportPlan.objects.filter(pk=plan.pk).update(author=till.head)
    assert problems(lambda: till.approve(claim)) == {"claim_id": Code.NOT_ALLOWED}
    IncompatibleRoles.objects.filter(first_role="institution_head", second_role="plan_author").update(
        valid_to=dt.date(2023, 10, 15)
    )
    assert till.approve(claim).status == "APPROVED", "pairs are data, by date"


def test_roles_that_nobody_joins_at_a_unit_or_anywhere(till: Till, cast: Cast) -> None:
    claim = till.claim()
    assign_role(user=till.payer, role=Role.AUDITOR, level=Level.STATE, unit=None, valid_from=dt.date(2020, 1, 1))
    assert problems(lambda: till.approve(claim, who=till.payer)) == {"claim_id": Code.NOT_ALLOWED}
    madona = till.desk.school.municipality
    since = dt.date(2020, 1, 1)
    assign_role(user=till.head, role=Role.MUNICIPALITY_COORDINATOR, level=Level.MUNICIPALITY, unit=madona, valid_from=since)
    assert problems(lambda: till.approve(claim)) == {"claim_id": Code.NOT_ALLOWED}


def test_who_decides(till: Till, cast: Cast) -> None:
    claim = till.claim()
    assert problems(lambda: till.approve(claim, who=till.desk.author)) == {"claim_id": Code.NOT_ALLOWED}
    for person in ("head of linden", "author of birch", "coordinator of technical", "provider of maple", "expert"):
        assert problems(lambda: till.approve(claim, who=cast.staff[person])) == {"claim_id": Code.NOT_FOUND}, person  # noqa: B023
        assert problems(lambda: till.reverse(claim, who=cast.staff[person])) == {"claim_id": Code.NOT_FOUND}, person  # noqa: B023
    for person in ("auditor", "coordinator of vidzeme"):  # who read money and change none of it
        assert problems(lambda: till.approve(claim, who=cast.staff[person])) == {"claim_id": Code.NOT_FOUND}, person  # noqa: B023


def test_a_decided_claim_is_decided(till: Till) -> None:
    claim = till.approved()
    for act in (till.approve, till.reject):
        assert problems(lambda: act(claim, who=till.second)) == {"claim_id": Code.CONFLICT}  # noqa: B023
    rejected = till.reject(till.claim())
    assert problems(lambda: till.approve(rejected, who=till.second)) == {"claim_id": Code.CONFLICT}
    assert problems(lambda: till.reject(till.claim(), reason=" ")) == {"reason": Code.REQUIRED}


# -- taking back -----------------------------------------------------------------------------------------------------------
def test_a_reversal_is_a_claim_of_its_own_that_another_decides_on(till: Till) -> None:
    claim = till.approved()
    reversal = till.reverse(claim)
    assert (reversal.amount, reversal.status, reversal.reverses_id) == (Decimal("-31.50"), "CLAIMED", claim.pk)
    assert till.balance("5100", entry__claim__measure=claim.measure) == Decimal("31.50"), "nothing counts before the decision"
    assert problems(lambda: till.approve(reversal)) == {"claim_id": Code.NOT_ALLOWED}
    assert till.approve(reversal, who=till.second).status == "APPROVED"
    entry, postings = _entry(reversal)
    assert (entry.kind, entry.reverses_id) == ("REVERSAL", _entry(claim)[0].pk)
    assert postings == [("5100", Decimal(0), Decimal("31.50")), ("2100", Decimal("31.50"), Decimal(0))]
    with whole_state():
        assert not ClaimItem.objects.get(claim=claim).is_live
    assert till.fresh(claim).status == "APPROVED", "what was stays"


def test_a_claim_is_taken_back_in_parts_within_its_amount(till: Till) -> None:
    claim = till.approved()
    till.taken_back(claim, "10.00")
    waiting = till.reverse(claim, "1.50")
    assert problems(lambda: till.reverse(claim, "20.01")) == {"amount": Code.LIMIT_EXCEEDED}
    till.reject(waiting, who=till.second)
    till.taken_back(claim, "20.00")
    rest = till.taken_back(claim)
    assert rest.amount == Decimal("-1.50")
    assert problems(lambda: till.reverse(claim)) == {"claim_id": Code.CONFLICT}
    assert till.balance("5100", entry__claim__measure=claim.measure) == 0


def test_what_cannot_be_taken_back(till: Till) -> None:
    claimed, rejected = till.claim(), till.reject(till.claim())
    reversal = till.taken_back(till.approved())
    assert problems(lambda: till.reverse(claimed)) == {"claim_id": Code.UNMET_CONDITION}
    assert problems(lambda: till.reverse(rejected)) == {"claim_id": Code.UNMET_CONDITION}
    assert problems(lambda: till.reverse(reversal)) == {"claim_id": Code.INVALID}
    assert problems(lambda: till.reverse(till.approved(), "-1")) == {"amount": Code.INVALID}
    assert problems(lambda: till.reverse(till.approved(), reason="")) == {"reason": Code.REQUIRED}
    assert problems(lambda: till.reverse(till.approved(), who=till.desk.author)) == {"claim_id": Code.NOT_ALLOWED}


def test_a_large_amount_is_taken_back_by_two(till: Till) -> None:
    claim = _dear(till)
    till.approve(claim)
    till.approve(claim, who=till.second)
    assert till.reverse(claim, "499.99").approvals_needed == 1
    assert till.reverse(claim, "200.01").approvals_needed == 1
    other = _dear(till, "600.00")
    till.approve(other)
    till.approve(other, who=till.second)
    assert till.reverse(other).approvals_needed == 2


def test_versions_are_checked(till: Till) -> None:
    claim = till.claim()
    assert problems(lambda: till.approve(claim, expected_version=2)) == {"expected_version": Code.CONFLICT}
    approved = till.approve(claim, expected_version=1)
    assert problems(lambda: till.reverse(approved, expected_version=1)) == {"expected_version": Code.CONFLICT}
    till.reverse(approved, expected_version=2)
    assert till.fresh(claim).version == 3

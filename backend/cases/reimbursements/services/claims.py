"""Claiming costs, and taking claims back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command, locked, touch
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.learners.selectors import learner as learner_in_reach
from backend.cases.plans.models import Measure
from backend.cases.plans.policies import PLANS
from backend.cases.reimbursements.approvals import tier_for
from backend.cases.reimbursements.claim_rules import Cost, check_claim, partner_of
from backend.cases.reimbursements.models import SETTLED, ClaimItem, ClaimStatus, ReimbursementClaim
from backend.cases.reimbursements.policies import CLAIMS
from backend.core import inputs
from backend.core.refusals import Code, Problems, refuse
from backend.registry.models import ApprovalSubject


@command("claimReimbursement", answer=by_key(ReimbursementClaim))
def claim_reimbursement(
    *,
    scope: Scope,
    measure_id: UUID,
    period: dt.date,
    items: Sequence[Cost],
    basis_note: str = "",
    client_mutation_id: str = "",
) -> ReimbursementClaim:
    """Claim costs (kompensācija) of a learner for a month under a measure; the claim is the sum of its costs.

    Each cost has a proof, lies in the plan's and the enrolment's time, in that month and not after today, and stays within the
    rate of its day. Together with what stands already the claim stays within the cap of the learner and within what the measure
    plans. A cost that is claimed anywhere in the country is DUPLICATE, whoever claimed it, without a word of where (decision
    0063). How many people approve is taken from the tiers in force today.

    Raises Refusal: NOT_FOUND, NOT_ALLOWED, LOCKED, UNMET_CONDITION, REQUIRED, INVALID, OUT_OF_PERIOD, LIMIT_EXCEEDED, DUPLICATE.
    """
    measure = (
        Measure.objects.filter(PLANS.visible(scope), pk=measure_id)
        .select_related("plan__semester", "plan__enrolment", "kind")
        .first()
    )
    # Who does not reach the learner's record cannot compare the cost with those of the same person elsewhere.
    if measure is None or learner_in_reach(scope=scope, learner_id=measure.learner_id) is None:
        refuse(Code.NOT_FOUND, _("No such measure within your reach. Check the id."), "measure_id")
    require(scope=scope, act=Act.CLAIM_REIMBURSEMENT, institution_id=measure.institution_id, field="measure_id")
    _one_claim_at_a_time(measure)
    problems = Problems()
    note = inputs.line(problems, basis_note, "basis_note", longest=300, required=False)
    checked = check_claim(problems, scope=scope, measure=measure, period=period, costs=items)
    problems.refuse()
    assert checked.agreement is not None  # noqa: S101 (its absence is a problem, refused above)
    tier = tier_for(
        subject=ApprovalSubject.CLAIM, amount=checked.amount, programme_id=checked.agreement.programme_id, on=scope.on
    )
    claim = ReimbursementClaim(
        measure=measure,
        learner_id=measure.learner_id,
        institution_id=measure.institution_id,
        kind=measure.kind_code,
        period=period,
        amount=checked.amount,
        basis_note=note,
        claimed_by_id=scope.principal_id,
        approvals_needed=tier.approvals,
    )
    claim.save(force_insert=True)
    ClaimItem.objects.bulk_create(
        ClaimItem(
            claim=claim,
            learner_id=claim.learner_id,
            institution_id=claim.institution_id,
            incurred_on=each.cost.incurred_on,
            description=each.description,
            document_number=each.document_number,
            seller=each.seller,
            tariff=each.tariff,
            units=each.cost.units,
            amount=each.cost.amount,
            proof_id=each.cost.proof_id,
            fingerprint=each.fingerprint,
        )
        for each in checked.costs
    )
    return claim


@command("reverseReimbursement", answer=by_key(ReimbursementClaim))
def reverse_reimbursement(
    *,
    scope: Scope,
    claim_id: UUID,
    reason: str,
    amount: Decimal | None = None,
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> ReimbursementClaim:
    """Take an approved or paid claim back, in all (no `amount`: what is left) or in part: a claim with a negative amount.

    Nothing is deleted, and four eyes look here too: the reversal is decided like any claim, by somebody else, and counts from
    then on. What was paid already is deducted from the partner's next payment. The version of the claim that is taken back
    rises. Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT, UNMET_CONDITION, INVALID, REQUIRED, LIMIT_EXCEEDED.
    """
    claim = locked(
        ReimbursementClaim.objects.filter(CLAIMS.visible(scope)),
        pk=claim_id,
        expected_version=expected_version,
        field="claim_id",
    )
    require(scope=scope, act=Act.REVERSE_REIMBURSEMENT, institution_id=claim.institution_id, field="claim_id")
    problems = Problems()
    words = inputs.line(problems, reason, "reason", longest=300)
    if claim.reverses_id is not None:
        problems.add(Code.INVALID, _("This is a reversal. Reject it, or claim the cost anew."), "claim_id")
    elif claim.status not in SETTLED:
        message = _("Only an approved or paid claim is taken back. Reject this one.")
        problems.add(Code.UNMET_CONDITION, message, "claim_id")
    left = _left_of(claim)
    if not problems and left <= 0:
        problems.add(Code.CONFLICT, _("All of it has been taken back, or is about to be."), "claim_id")
    taken = left if amount is None else inputs.amount(problems, amount, "amount", largest=max(left, Decimal("0.01")))
    problems.refuse()
    partner = partner_of(institution_id=claim.institution_id, month=claim.period)
    approvals = (
        tier_for(subject=ApprovalSubject.CLAIM, amount=taken, programme_id=partner.programme_id, on=scope.on).approvals
        if partner
        else 1
    )
    reversal = ReimbursementClaim(
        measure_id=claim.measure_id,
        learner_id=claim.learner_id,
        institution_id=claim.institution_id,
        kind=claim.kind,
        period=claim.period,
        amount=-taken,
        amount_basis=claim.amount_basis,
        basis_note=words,
        reverses=claim,
        claimed_by_id=scope.principal_id,
        approvals_needed=approvals,
    )
    reversal.save(force_insert=True)
    touch(claim)
    return reversal


def _left_of(claim: ReimbursementClaim) -> Decimal:
    """What is left of a claim after everything that was, or is asked to be, taken back."""
    found = claim.reversals.exclude(status=ClaimStatus.REJECTED).aggregate(total=Sum("amount"))
    taken: Decimal = found["total"] or Decimal(0)
    whole: Decimal = claim.amount
    return whole + taken


def _one_claim_at_a_time(measure: Measure) -> None:
    """Until the transaction ends, nobody else claims costs of this kind for this learner here: what is left is counted once."""
    with connection.cursor() as cursor:
        key = f"claim:{measure.institution_id}:{measure.learner_id}:{measure.kind_code}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])

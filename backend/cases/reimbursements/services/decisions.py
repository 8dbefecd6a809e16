"""Deciding on claims: one person or several, never who claimed it."""

from __future__ import annotations

from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command, locked
from backend.accounts.models import Role
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.reimbursements import ledger
from backend.cases.reimbursements.approvals import check_compatible, tier_for
from backend.cases.reimbursements.claim_rules import partner_of
from backend.cases.reimbursements.ledger import Event
from backend.cases.reimbursements.models import (
    SETTLED,
    ClaimDecision,
    ClaimStatus,
    EntryKind,
    LedgerEntry,
    ReimbursementClaim,
    Verdict,
)
from backend.cases.reimbursements.policies import CLAIMS
from backend.core import inputs
from backend.core.clock import now
from backend.core.refusals import Code, Problems, listed, refuse
from backend.registry.models import ApprovalSubject, CooperationAgreement


@command("approveReimbursement", answer=by_key(ReimbursementClaim))
def approve_reimbursement(
    *,
    scope: Scope,
    claim_id: UUID,
    comment: str = "",
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> ReimbursementClaim:
    """Approve a claim, or a reversal. Where its amount needs several people, the last one's approval makes it count.

    It is booked then: the cost against what is owed to the partner, a reversal the other way. Nobody approves the own claim, in
    no role that one may not join with the role that drew up the plan. Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT (decided
    already, by others or by the caller; another version), UNMET_CONDITION, INVALID.
    """
    claim = _open_claim(scope, claim_id, expected_version)
    problems = Problems()
    words = inputs.paragraphs(problems, comment, "comment", longest=2000)
    role = _check_decider(problems, scope, claim)
    earlier = list(claim.decisions.values_list("actor_id", flat=True))
    agreement = partner_of(institution_id=claim.institution_id, month=claim.period)
    if agreement is None:
        message = _("The institution takes no part in the programme in that month. Let it join under an agreement first.")
        problems.add(Code.UNMET_CONDITION, message, "claim_id")
    elif scope.principal_id in earlier:
        message = _("You have decided on this claim. Another person gives the second approval.")
        problems.add(Code.CONFLICT, message, "claim_id")
    elif earlier:
        _check_further(problems, scope, claim, agreement, role)
    problems.refuse()
    assert agreement is not None  # noqa: S101 (its absence is a problem, refused above)
    _decide(scope, claim, Verdict.APPROVED, words)
    complete = len(earlier) + 1 >= claim.approvals_needed
    _save(claim, status=ClaimStatus.APPROVED if complete else ClaimStatus.CLAIMED)
    if complete:
        _book(scope, claim, agreement)
    return claim


@command("rejectReimbursement", answer=by_key(ReimbursementClaim))
def reject_reimbursement(
    *,
    scope: Scope,
    claim_id: UUID,
    reason: str,
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> ReimbursementClaim:
    """Reject a claim, or a reversal, with a reason; one person is enough. Its costs are free to be claimed anew.

    Raises Refusal: NOT_FOUND, NOT_ALLOWED, CONFLICT (decided already; another version), REQUIRED, INVALID.
    """
    claim = _open_claim(scope, claim_id, expected_version)
    problems = Problems()
    words = inputs.paragraphs(problems, reason, "reason", longest=2000, required=True)
    _check_decider(problems, scope, claim)
    if claim.decisions.filter(actor_id=scope.principal_id).exists():
        message = _("You have approved this claim. Another person decides now.")
        problems.add(Code.CONFLICT, message, "claim_id")
    problems.refuse()
    _decide(scope, claim, Verdict.REJECTED, words)
    _save(claim, status=ClaimStatus.REJECTED)
    return claim


def _open_claim(scope: Scope, claim_id: UUID, expected_version: int | None) -> ReimbursementClaim:
    """The claim, locked and still to be decided. Who comes second after another's decision is told so."""
    rows = ReimbursementClaim.objects.filter(CLAIMS.visible(scope)).select_related("measure__plan")
    claim = locked(rows, pk=claim_id, expected_version=expected_version, field="claim_id")
    require(scope=scope, act=Act.DECIDE_REIMBURSEMENT, institution_id=claim.institution_id, field="claim_id")
    if claim.status != ClaimStatus.CLAIMED:
        refuse(Code.CONFLICT, _("The claim is decided already. Read it again."), "claim_id")
    return claim


def _check_decider(problems: Problems, scope: Scope, claim: ReimbursementClaim) -> str:
    """The role that the caller decides in; notes why it must be somebody else."""
    act, place = Act.DECIDE_REIMBURSEMENT, claim.institution_id
    role = require(scope=scope, act=act, institution_id=place, field="claim_id").role
    if claim.claimed_by_id == scope.principal_id:
        problems.add(Code.NOT_ALLOWED, _("You claimed this yourself. Somebody else decides on it."), "claim_id")
    plan = claim.measure.plan
    on_case = {Role.PLAN_AUTHOR.value} if scope.principal_id == plan.author_id else set()
    if not on_case and plan.co_authors.filter(user_id=scope.principal_id).exists():
        on_case = {Role.PLAN_AUTHOR.value}
    check_compatible(problems, scope=scope, institution_id=place, role=role, roles_on_case=on_case, field="claim_id")
    return role


def _check_further(
    problems: Problems, scope: Scope, claim: ReimbursementClaim, agreement: CooperationAgreement, role: str
) -> None:
    """The tier may say out of which roles those after the first come."""
    tier = tier_for(subject=ApprovalSubject.CLAIM, amount=claim.amount, programme_id=agreement.programme_id, on=scope.on)
    if tier.further_roles and role not in tier.further_roles:
        wording = _("The further approval of this amount is given in these roles: {roles}.")
        roles = listed(*(Role(each).label for each in sorted(tier.further_roles)))
        problems.add(Code.NOT_ALLOWED, format_lazy(wording, roles=roles), "claim_id")


def _decide(scope: Scope, claim: ReimbursementClaim, verdict: Verdict, words: str) -> None:
    assert scope.principal_id is not None  # noqa: S101 (whoever holds a role is somebody)
    ClaimDecision(
        claim=claim, institution_id=claim.institution_id, verdict=verdict, actor_id=scope.principal_id, reason=words
    ).save(force_insert=True)


def _save(claim: ReimbursementClaim, *, status: ClaimStatus) -> None:
    claim.status, claim.version, claim.updated_at = status, claim.version + 1, now()
    claim.decided_at = None if status == ClaimStatus.CLAIMED else claim.updated_at
    claim.save(update_fields=["status", "decided_at", "version", "updated_at"])


def _book(scope: Scope, claim: ReimbursementClaim, agreement: CooperationAgreement) -> None:
    """The cost of the claim; a reversal names the entry that it takes back, under the same partner."""
    taken_back = None
    if claim.reverses_id is not None:
        original = ReimbursementClaim.objects.select_for_update(of=("self",)).filter(pk=claim.reverses_id).first()
        taken_back = LedgerEntry.objects.filter(claim_id=claim.reverses_id, kind=EntryKind.CLAIM_APPROVED).first()
        if original is None or original.status not in SETTLED or taken_back is None:
            message = _("The claim that this takes back is not in the ledger. Have it entered there first.")
            refuse(Code.UNMET_CONDITION, message, "claim_id")
    ledger.book(
        [
            Event(
                kind=EntryKind.REVERSAL if taken_back else EntryKind.CLAIM_APPROVED,
                institution_id=claim.institution_id,
                agreement_id=taken_back.agreement_id if taken_back else agreement.pk,
                booked_on=scope.on,
                sides=ledger.cost_of(claim.amount),
                claim_id=claim.pk,
                reverses_id=taken_back.pk if taken_back else None,
            )
        ]
    )

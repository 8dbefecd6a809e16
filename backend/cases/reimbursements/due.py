"""What a partner is owed for claims: approved, booked towards it and in no payment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from backend.accounts.scope import Scope
from backend.cases.reimbursements.models import (
    ClaimStatus,
    EntryKind,
    ItemStatus,
    LedgerEntry,
    PaymentItem,
    ReimbursementClaim,
)
from backend.cases.reimbursements.policies import CLAIMS
from backend.core.refusals import Code, Problems, refuse
from backend.registry.models import CooperationAgreement

_BOOKED = (EntryKind.CLAIM_APPROVED, EntryKind.REVERSAL)
_TAKES = (ItemStatus.OPEN, ItemStatus.PAID)


def owed_now(*, until: dt.date) -> QuerySet[LedgerEntry]:
    """Entries of the claims and reversals that a payment could hold now: owed, in no payment, no reversal of theirs waiting.

    `until`: the first day of the last month that is paid for.
    """
    taken = PaymentItem.objects.filter(claim=OuterRef("claim"), status__in=_TAKES)
    waiting = ReimbursementClaim.objects.filter(reverses=OuterRef("claim"), status=ClaimStatus.CLAIMED)
    return LedgerEntry.objects.filter(
        ~Exists(taken), ~Exists(waiting), kind__in=_BOOKED, claim__status=ClaimStatus.APPROVED, claim__period__lte=until
    )


def claims_due(
    *, scope: Scope, agreement: CooperationAgreement, month: dt.date, named: Sequence[UUID] | None
) -> list[ReimbursementClaim]:
    """Claims and reversals to be paid now, locked until the transaction ends, in the order of their keys; at least one.

    Raises Refusal when a named claim cannot be paid, or nothing is due.
    """
    if named is not None and not named:
        refuse(Code.REQUIRED, _("Name at least one claim, or leave the list out."), "claim_ids")
    claims = ReimbursementClaim.objects.filter(CLAIMS.visible(scope))
    if named is not None:
        wanted = claims.filter(pk__in=named)
    else:
        booked = LedgerEntry.objects.filter(claim=OuterRef("pk"), agreement=agreement, kind__in=_BOOKED)
        taken = PaymentItem.objects.filter(claim=OuterRef("pk"), status__in=_TAKES)
        wanted = claims.filter(Exists(booked), ~Exists(taken), status=ClaimStatus.APPROVED, period__lte=month)
    # Locked first and looked at afterwards: whoever waited sees what others took, and took back, meanwhile.
    keys = _locked(wanted)
    keys += [key for key in _locked(claims.filter(reverses_id__in=keys, status=ClaimStatus.APPROVED)) if key not in keys]
    looked_at = _looked_at(agreement, month, keys)
    if named is not None:
        _check_named(named, looked_at)
    found = [each.claim for each in looked_at.values() if each.payable]
    if not found:
        _nothing_due(agreement)
    return found


def _locked(claims: QuerySet[ReimbursementClaim]) -> list[UUID]:
    return [claim.pk for claim in claims.order_by("id").select_for_update(of=("self",))]


@dataclass(frozen=True)
class _LookedAt:
    """A claim, and what stands against paying it."""

    claim: ReimbursementClaim
    taken: bool
    waits: bool
    owed: bool

    @property
    def payable(self) -> bool:
        return self.owed and not self.taken and not self.waits


def _looked_at(agreement: CooperationAgreement, month: dt.date, keys: list[UUID]) -> dict[UUID, _LookedAt]:
    booked = LedgerEntry.objects.filter(claim=OuterRef("pk"), agreement=agreement, kind__in=_BOOKED)
    taken = PaymentItem.objects.filter(claim=OuterRef("pk"), status__in=_TAKES)
    waiting = ReimbursementClaim.objects.filter(reverses=OuterRef("pk"), status=ClaimStatus.CLAIMED)
    rows = ReimbursementClaim.objects.filter(pk__in=keys).annotate(
        is_booked=Exists(booked), is_taken=Exists(taken), waits=Exists(waiting)
    )
    return {
        row.pk: _LookedAt(
            claim=row,
            taken=row.is_taken or row.status == ClaimStatus.PAID,
            waits=row.waits,
            owed=row.status == ClaimStatus.APPROVED and row.is_booked and row.period <= month,
        )
        for row in rows.order_by("id")
    }


def _check_named(named: Sequence[UUID], looked_at: dict[UUID, _LookedAt]) -> None:
    problems = Problems()
    for position, key in enumerate(named):
        each, field = looked_at.get(key), f"claim_ids.{position}"
        if each is None:
            problems.add(Code.NOT_FOUND, _("Not found. Check the id, and that your role reaches it."), field)
        elif each.taken:
            problems.add(Code.CONFLICT, _("The claim is in another payment. Leave it out."), field)
        elif each.waits:
            problems.add(Code.UNMET_CONDITION, _("A reversal of the claim waits for a decision. Decide on it first."), field)
        elif not each.owed:
            message = _("The claim is not owed to this partner by that month. Have it approved, or name its partner and month.")
            problems.add(Code.UNMET_CONDITION, message, field)
    problems.refuse()


def _nothing_due(agreement: CooperationAgreement) -> None:
    """Whether nothing is owed, or another payment holds what is owed."""
    if agreement.batches.filter(status__in=["PREPARED", "SENT"]).exists():
        message = _("What is due is in another payment, which is not paid yet. Read it again.")
        refuse(Code.CONFLICT, message, "agreement_id")
    refuse(Code.UNMET_CONDITION, _("Nothing is due to this partner by that month."), "agreement_id")

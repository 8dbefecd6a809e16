"""Maple's till: who claims, decides and pays, a catering measure, proofs, and the partner's account."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from backend.accounts.models import Level, Role, User
from backend.accounts.scope import scoped
from backend.cases.plans.models import Measure
from backend.cases.reimbursements import services
from backend.cases.reimbursements.models import LedgerPosting, PaymentBatch, ReimbursementClaim
from backend.core.clock import now
from backend.registry.models import CooperationAgreement, Tariff
from tests.cases.desk import Desk, make_desk
from tests.factories.case_rows import CaseFileFactory, PartnerAccountFactory
from tests.factories.cast import Cast
from tests.factories.rows import MeasureFactory, user_with, whole_state

SEPTEMBER, OCTOBER = dt.date(2023, 9, 1), dt.date(2023, 10, 1)


@dataclass
class Till:
    """Shorthands for the commands, each as the person whose work it is."""

    desk: Desk
    head: User
    second: User
    payer: User
    colleague: User
    agreement: CooperationAgreement
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def catering(self, planned: str = "900.00", code: str = "CATERING", **plan: Any) -> Measure:
        """A reimbursement of an active plan of a learner of its own."""
        owner = self.desk.running_plan(**plan)
        with whole_state():
            return MeasureFactory(plan=owner, code=code, planned_amount=Decimal(planned))

    def proof(self, **fields: Any) -> Any:
        """A file that proves costs of several learners of the school."""
        with whole_state():
            return CaseFileFactory(**{"institution": self.desk.school, "purpose": "COST_PROOF", "room": "money"} | fields)

    def cost(self, amount: str = "31.50", **fields: Any) -> services.Cost:
        """A bill of its own number."""
        given = {
            "incurred_on": dt.date(2023, 9, 14),
            "amount": Decimal(amount),
            "document_number": f"R-{next(self.numbers)}",
            "seller": "Skolas ēdnīca",
        }
        proof = {} if "proof_id" in fields else {"proof_id": self.proof().pk}
        return services.Cost(**given | proof | fields)

    def act(self, who: User, command: Callable[..., Any], **fields: Any) -> Any:
        """A command as somebody."""
        scope = self.desk.scope(who)
        with scoped(scope):
            return command(scope=scope, **fields)

    def claim(self, measure: Measure | None = None, *costs: services.Cost, who: User | None = None, **fields: Any) -> Any:
        """A claim of September."""
        given = {
            "measure_id": (measure or self.catering()).pk,
            "period": SEPTEMBER,
            "items": costs or (self.cost(),),
        }
        return self.act(who or self.desk.author, services.claim_reimbursement, **given | fields)

    def approve(self, claim: ReimbursementClaim, *, who: User | None = None, **fields: Any) -> Any:
        """The head's approval."""
        return self.act(who or self.head, services.approve_reimbursement, claim_id=claim.pk, **fields)

    def approved(self, amount: str = "31.50", measure: Measure | None = None) -> Any:
        """A claim of one cost that the head approved."""
        return self.approve(self.claim(measure, self.cost(amount)))

    def reject(self, claim: ReimbursementClaim, *, who: User | None = None, reason: str = "Nav rēķina.", **fields: Any) -> Any:
        """The head's rejection."""
        return self.act(who or self.head, services.reject_reimbursement, claim_id=claim.pk, reason=reason, **fields)

    def reverse(self, claim: ReimbursementClaim, amount: str | None = None, *, who: User | None = None, **fields: Any) -> Any:
        """The head asks for a claim back."""
        given = {"claim_id": claim.pk, "reason": "Ievadīts divreiz.", "amount": None if amount is None else Decimal(amount)}
        return self.act(who or self.head, services.reverse_reimbursement, **given | fields)

    def taken_back(self, claim: ReimbursementClaim, amount: str | None = None) -> Any:
        """A reversal that the municipality's coordinator approved."""
        return self.approve(self.reverse(claim, amount), who=self.second)

    def batch(self, *claims: ReimbursementClaim, who: User | None = None, **fields: Any) -> Any:
        """A payment to Madona for September, of these claims or of all."""
        named = {"claim_ids": [claim.pk for claim in claims]} if claims else {}
        given = {"agreement_id": self.agreement.pk, "month": SEPTEMBER} | named
        return self.act(who or self.payer, services.create_payment_batch, **given | fields)

    def pay(self, batch: PaymentBatch, *, who: User | None = None, **fields: Any) -> Any:
        """The bank paid just now."""
        given = {"payment_batch_id": batch.pk, "paid_at": now()} | fields
        return self.act(who or self.payer, services.mark_payment_batch_paid, **given)

    def came_back(self, batch: PaymentBatch, *, who: User | None = None, **fields: Any) -> Any:
        """It came back just now."""
        given = {"payment_batch_id": batch.pk, "returned_at": now(), "reason_code": "AC04"} | fields
        return self.act(who or self.payer, services.mark_payment_returned, **given)

    def fresh(self, row: Any) -> Any:
        """The row as it is now."""
        with whole_state():
            return type(row).objects.get(pk=row.pk)

    def cap(self, code: str, euro: int) -> None:
        """Another cap of a kind's tariff, from September on."""
        with whole_state():
            held = Tariff.objects.get(kind_code=code)
            Tariff.objects.filter(pk=held.pk).update(valid_to=dt.date(2023, 8, 31))
            same = {name: getattr(held, name) for name in ("programme", "category", "kind_code", "unit", "cap_period")}
            Tariff.objects.create(**same, cap=Decimal(euro), valid_from=SEPTEMBER)

    def balance(self, account: str, **which: Any) -> Decimal:
        """Debit less credit of an account."""
        with whole_state():
            sums = LedgerPosting.objects.filter(account__code=account, **which).aggregate(
                debit=Sum("debit"), credit=Sum("credit")
            )
        return (sums["debit"] or Decimal(0)) - (sums["credit"] or Decimal(0))


def make_till(cast: Cast, *, desk: Desk | None = None) -> Till:
    """The till of maple, whose partner is Madona."""
    desk = desk or make_desk(cast)
    agreement = CooperationAgreement.objects.get(number="P6-1/1")
    with whole_state():
        PartnerAccountFactory(agreement=agreement, holder="Madonas novada pašvaldība <Ķīšu & Co>")
    return Till(
        desk=desk,
        head=user_with(Role.INSTITUTION_HEAD, Level.INSTITUTION, desk.school),
        second=cast.staff["coordinator of madona"],
        payer=cast.staff["agency"],
        colleague=user_with(Role.IKVD, Level.STATE, username="second of the agency"),
        agreement=agreement,
    )

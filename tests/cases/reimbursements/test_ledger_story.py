"""Any order of commands over money leaves claims, ledger, payments and the report in step: sequences drawn at random."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from backend.accounts.models import User
from backend.accounts.scope import Scope, scoped
from backend.cases.plans.models import Measure
from backend.cases.reimbursements import services
from backend.cases.reimbursements.models import PaymentBatch, PaymentItem, ReimbursementClaim
from backend.core.clock import now
from backend.core.refusals import Code, Problem, Refusal
from backend.insight.statistics.selectors import semester_report
from backend.registry.models import ApprovalTier
from tests.cases.reimbursements.till import SEPTEMBER, Till
from tests.factories.rows import STATE, check_keys_now, whole_state

STEPS = 30

# What must hold of all rows of maple's running semester, in one statement. Each column is 0.
HOLDS = """
with c as (
    select c.* from reimbursements_reimbursementclaim c join plans_measure m on m.id = c.measure_id
    join plans_supportplan p on p.id = m.plan_id where c.institution_id = %(school)s and p.semester_id = %(semester)s
), e as (
    select e.id, coalesce(sum(p.debit), 0) as debit, coalesce(sum(p.credit), 0) as credit, count(p.id) as lines
    from reimbursements_ledgerentry e left join reimbursements_ledgerposting p on p.entry_id = e.id
    where e.institution_id = %(school)s group by e.id
), balance as (
    select a.code, sum(p.debit - p.credit) as left_over from reimbursements_ledgerposting p
    join registry_ledgeraccount a on a.id = p.account_id where p.institution_id = %(school)s group by a.code
), i as (
    select i.*, b.status as batch_status, b.total from reimbursements_paymentitem i
    join reimbursements_paymentbatch b on b.id = i.batch_id where i.institution_id = %(school)s
), funded as (
    select i.batch_id, sum(case when f.code = 'ESF' then p.credit - p.debit end) as fund, sum(p.credit - p.debit) as whole
    from reimbursements_ledgerposting p join reimbursements_ledgerentry e on e.id = p.entry_id and e.kind = 'PAYMENT'
    join reimbursements_paymentitem i on i.id = e.payment_id join territory_fundingsource f on f.id = p.funding_source_id
    where p.institution_id = %(school)s group by i.batch_id
)
select
    (select count(*) from e where debit <> credit or lines < 2) as unbalanced,
    (select count(*) from c where status in ('APPROVED', 'PAID') and not exists (
        select from reimbursements_ledgerentry e
        where e.claim_id = c.id and e.kind in ('CLAIM_APPROVED', 'REVERSAL'))) as unbooked,
    coalesce((select left_over from balance where code = '5100'), 0)
        - coalesce((select sum(amount) from c where status in ('APPROVED', 'PAID')), 0) as cost,
    coalesce((select left_over from balance where code = '2100'), 0)
        + coalesce((select sum(amount) from c where status = 'APPROVED'), 0) as owed,
    coalesce((select left_over from balance where code = '1900'), 0)
        + coalesce((select sum(amount) from i where status = 'PAID'), 0) as paid_items,
    coalesce((select sum(amount) from i where status = 'PAID'), 0)
        - coalesce((select sum(amount) from c where status = 'PAID'), 0) as paid_claims,
    (select count(*) from c where (status = 'PAID') <> exists (
        select from i where i.claim_id = c.id and i.status = 'PAID')) as paid_without_payment,
    (select count(*) from (
        select claim_id from i where status in ('OPEN', 'PAID') group by 1 having count(*) > 1) t) as paid_twice,
    (select count(*) from (select batch_id, total from i group by 1, 2 having sum(amount) <> total) t) as totals,
    (select count(*) from funded join reimbursements_paymentbatch b on b.id = funded.batch_id
        where funded.whole <> b.total or funded.fund <> floor(b.total * 0.85 * 100) / 100) as split,
    (select count(*) from c where reverses_id is null and amount + coalesce((
        select sum(r.amount) from c r where r.reverses_id = c.id and r.status <> 'REJECTED'), 0) < 0) as reversed_too_far,
    (select count(*) from c left join (select claim_id, count(*) as yes from reimbursements_claimdecision
        where verdict = 'APPROVED' group by 1) d on d.claim_id = c.id
        where status in ('APPROVED', 'PAID') and coalesce(yes, 0) <> approvals_needed) as approvals,
    (select count(*) from reimbursements_claimdecision d join c on c.id = d.claim_id and c.claimed_by_id = d.actor_id) as own,
    (select count(*) from reimbursements_claimitem t join c on c.id = t.claim_id where t.is_live = (c.status = 'REJECTED'
        or c.amount + coalesce((select sum(r.amount) from c r where r.reverses_id = c.id
                                and r.status in ('APPROVED', 'PAID')), 0) = 0)) as living
"""


@dataclass
class Story:
    """One sequence: what there is to act on, and what was done."""

    till: Till
    rng: Random
    scopes: dict[str, Scope]
    measures: list[Measure]
    proof: Any
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    entries: int = 0

    def step(self) -> None:
        """One command by somebody, on something; a refusal must change nothing."""
        act = self.rng.choice(ACTS)
        try:
            act(self)
        except Refusal:
            self.refused[act.__name__] += 1
        else:
            self.done[act.__name__] += 1
            self.check_report()
        self.check()

    def run(self, who: str, command: Callable[..., Any], **fields: Any) -> Any:
        """A command in its transaction."""
        with scoped(self.scopes[who]):
            return command(scope=self.scopes[who], **fields)

    def some(self, model: Any, **which: Any) -> Any:
        """A row of the story; Refusal where there is none, as for an id that nobody knows."""
        with whole_state():
            keys = list(model.objects.filter(**which).order_by("id").values_list("pk", flat=True))
        if not keys:
            raise Refusal(NOTHING)
        return self.rng.choice(keys)

    def check(self) -> None:
        """Everything that must hold."""
        desk = self.till.desk
        with scoped(STATE):
            with connection.cursor() as cursor:
                cursor.execute(HOLDS, {"school": desk.school.pk, "semester": desk.semester.pk})
                (row,) = cursor.fetchall()
                broken = {c.name: value for c, value in zip(cursor.description, row, strict=True) if value}
                assert not broken, (broken, self.done)
                cursor.execute("select count(*) from reimbursements_ledgerentry where institution_id = %s", [desk.school.pk])
                (entries,) = cursor.fetchone()
            assert entries >= self.entries, "nothing leaves the ledger"
            self.entries = entries

    def check_report(self) -> None:
        """The report says what the ledger says."""
        desk = self.till.desk
        with scoped(STATE):
            report = semester_report(scope=STATE, semester=desk.semester, institution=desk.school)
        assert report is not None
        assert sum((each.amount for each in report.reimbursements), Decimal(0)) == self.till.balance(
            "5100", institution=desk.school
        )


NOTHING = Problem(Code.NOT_FOUND, "Nothing to act on.")
"""Stands for the refusal of an id that no row has."""


def claim(story: Story) -> None:
    rng = story.rng
    costs = [
        services.Cost(
            incurred_on=dt.date(2023, 9, rng.randint(1, 30)),
            amount=Decimal(rng.randint(1, 9000)).scaleb(-2),
            document_number=f"R-{rng.randint(1, 400)}",
            seller="Ēdnīca",
            proof_id=story.proof.pk,
        )
        for _ in range(rng.randint(1, 3))
    ]
    story.run(
        rng.choice(["author", "coordinator"]),
        services.claim_reimbursement,
        measure_id=rng.choice(story.measures).pk,
        period=SEPTEMBER,
        items=costs,
    )


def approve(story: Story) -> None:
    key = story.some(ReimbursementClaim, status="CLAIMED", measure__in=story.measures)
    story.run(story.rng.choice(["head", "second"]), services.approve_reimbursement, claim_id=key)


def approve_any(story: Story) -> None:
    key = story.some(ReimbursementClaim, measure__in=story.measures)
    story.run(story.rng.choice(["head", "second", "author"]), services.approve_reimbursement, claim_id=key)


def reject(story: Story) -> None:
    key = story.some(ReimbursementClaim, status="CLAIMED", measure__in=story.measures)
    story.run(story.rng.choice(["head", "second"]), services.reject_reimbursement, claim_id=key, reason="Nav pamatots.")


def reverse(story: Story) -> None:
    key = story.some(ReimbursementClaim, status__in=["APPROVED", "PAID"], measure__in=story.measures)
    amount = story.rng.choice([None, Decimal(story.rng.randint(1, 3000)).scaleb(-2)])
    story.run(story.rng.choice(["head", "second"]), services.reverse_reimbursement, claim_id=key, amount=amount, reason="Kļūda.")


def pay_all(story: Story) -> None:
    story.run("payer", services.create_payment_batch, agreement_id=story.till.agreement.pk, month=SEPTEMBER)


def pay_some(story: Story) -> None:
    key = story.some(ReimbursementClaim, measure__in=story.measures)
    story.run("payer", services.create_payment_batch, agreement_id=story.till.agreement.pk, month=SEPTEMBER, claim_ids=[key])


def paid(story: Story) -> None:
    key = story.some(PaymentBatch, status__in=["PREPARED", "SENT"])
    story.run("payer", services.mark_payment_batch_paid, payment_batch_id=key, paid_at=now())


def release(story: Story) -> None:
    key = story.some(PaymentBatch)
    story.run(story.rng.choice(["payer", "colleague"]), services.release_payment_batch, payment_batch_id=key)


def cancel(story: Story) -> None:
    story.run("payer", services.cancel_payment_batch, payment_batch_id=story.some(PaymentBatch))


def returned(story: Story) -> None:
    key = story.some(PaymentBatch)
    items = story.rng.choice([None, [story.some(PaymentItem, batch=key)]])
    story.run(
        "payer",
        services.mark_payment_returned,
        payment_batch_id=key,
        returned_at=now(),
        item_ids=items,
        reason_code="AC04",
    )


# Work that makes the rest possible comes more often.
ACTS: list[Callable[[Story], None]] = [
    *[claim] * 5,
    *[approve] * 7,
    approve_any,
    reject,
    *[reverse] * 3,
    *[pay_all] * 3,
    *[pay_some] * 2,
    *[paid] * 4,
    release,
    cancel,
    *[returned] * 2,
]


@pytest.fixture
def opened(till: Till) -> Callable[[int], Story]:
    """Gives a fresh story by its number: the same rows, a chance of its own."""
    people: dict[str, User] = {
        "author": till.desk.author,
        "coordinator": till.desk.coordinator,
        "head": till.head,
        "second": till.second,
        "payer": till.payer,
        "colleague": till.colleague,
    }
    scopes = {name: till.desk.scope(person) for name, person in people.items()}
    measures = [till.catering(planned="400.00") for _ in range(3)]
    till.cap("CATERING", 1000)
    with whole_state():
        # Tiers that amounts of a meal reach.
        ApprovalTier.objects.filter(subject="CLAIM", amount_from=500).update(amount_from=80)
        ApprovalTier.objects.filter(subject="PAYMENT_BATCH", amount_from=10_000).update(amount_from=150)
    proof = till.proof()
    return lambda number: Story(till, Random(number), scopes, measures, proof)


@pytest.mark.parametrize("stories", [50, pytest.param(1000, marks=pytest.mark.full)])
def test_whatever_happens_the_money_agrees(opened: Callable[[int], Story], stories: int) -> None:
    done: Counter[str] = Counter()
    for number in range(stories):
        story = opened(number)
        with transaction.atomic():
            for _ in range(STEPS):
                story.step()
            check_keys_now()
            transaction.set_rollback(True)
        done += story.done
        assert sum(story.done.values()) + sum(story.refused.values()) == STEPS
    assert set(done) == {act.__name__ for act in ACTS}, "every command was carried out"
    assert done.total() > stories * STEPS / 3

"""Any order of commands over money leaves claims, ledger, payments and the report in step: sequences drawn at random."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from backend.accounts.models import User
from backend.accounts.scope import Scope
from backend.cases.plans.models import Measure
from backend.cases.reimbursements import services
from backend.core.clock import now
from backend.core.refusals import Refusal
from backend.insight.statistics.selectors import semester_report
from backend.registry.models import ApprovalTier
from tests.cases.entering import enter
from tests.cases.reimbursements.till import SEPTEMBER, Till
from tests.factories.rows import STATE, check_keys_now, whole_state
from tests.factories.versions import supersede

STEPS = 30

# What must hold of all rows of maple's running semester, in one statement. All but the first two columns are 0.
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
    (select count(*) from e) as entries,
    coalesce((select left_over from balance where code = '5100'), 0) as booked,
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

# In the order in which they came to be: keys of one instant stand in any order, and a story run again must find them alike.
ROWS = """
select 'claim', c.id, c.status, null::uuid, c.created_at, null::timestamptz
from reimbursements_reimbursementclaim c join plans_measure m on m.id = c.measure_id
join plans_supportplan p on p.id = m.plan_id where c.institution_id = %(school)s and p.semester_id = %(semester)s
union all select 'batch', b.id, b.status, null::uuid, b.created_at, null from reimbursements_paymentbatch b
where exists (select from reimbursements_paymentitem i where i.batch_id = b.id and i.institution_id = %(school)s)
union all select 'item', i.id, i.status, i.batch_id, b.created_at, c.created_at from reimbursements_paymentitem i
join reimbursements_paymentbatch b on b.id = i.batch_id join reimbursements_reimbursementclaim c on c.id = i.claim_id
where i.institution_id = %(school)s
order by 1, 5, 6
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
    rows: list[tuple[str, Any, str, Any]] = field(default_factory=list)
    """What there is, as it was after the last step: kind, key, status, and an item's payment."""
    counted: Any = None
    """What the report was last compared with."""

    def step(self) -> None:
        """One command by somebody, on something; a refusal must change nothing."""
        act = self.rng.choice(ACTS)
        try:
            act(self)
        except Nothing:
            self.refused[act.__name__] += 1  # nothing was sent
        except Refusal:
            self.refused[act.__name__] += 1
            self.check(reported=False)  # its savepoint was taken back
        else:
            self.done[act.__name__] += 1
            self.check()

    def run(self, who: str, command: Callable[..., Any], **fields: Any) -> Any:
        """A command in its transaction."""
        enter(self.scopes[who])  # in the story's own transaction: a command takes a savepoint of its own
        return command(scope=self.scopes[who], **fields)

    def some(self, kind: str, *statuses: str, of: Any = None) -> Any:
        """The key of a row of the story. Raises Nothing where there is none."""
        keys = [
            key
            for what, key, status, batch in self.rows
            if what == kind and (not statuses or status in statuses) and of in {None, batch}
        ]
        if not keys:
            raise Nothing
        return self.rng.choice(keys)

    def check(self, *, reported: bool = True) -> None:
        """Everything that must hold: rows, ledger, payments, and what the report says."""
        desk = self.till.desk
        which = {"school": desk.school.pk, "semester": desk.semester.pk}
        enter(STATE)
        with connection.cursor() as cursor:
            cursor.execute("execute holds (%(school)s, %(semester)s)", which)
            (row,) = cursor.fetchall()
            told = {column.name: value for column, value in zip(cursor.description, row, strict=True)}
            entries, cost = told.pop("entries"), told.pop("booked")
            broken = {name: value for name, value in told.items() if value}
            assert not broken, (broken, self.done)
            cursor.execute(ROWS, which)
            self.rows = [row[:4] for row in cursor.fetchall()]
        assert entries >= self.entries, "nothing leaves the ledger"
        self.entries = entries
        # What the report counts are claims by status: it is asked again once they, or what was booked of them, are others.
        counted = (cost, [row for row in self.rows if row[0] == "claim"])
        if reported and counted != self.counted:
            report = semester_report(scope=STATE, semester=desk.semester, institution=desk.school)
            assert report is not None
            assert sum((each.amount for each in report.reimbursements), Decimal(0)) == cost, self.done
            self.counted = counted


class Nothing(Exception):
    """There is no row that the command could be about."""


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
    key = story.some("claim", "CLAIMED")
    story.run(story.rng.choice(["head", "second"]), services.approve_reimbursement, claim_id=key)


def approve_any(story: Story) -> None:
    key = story.some("claim")
    story.run(story.rng.choice(["head", "second", "author"]), services.approve_reimbursement, claim_id=key)


def reject(story: Story) -> None:
    key = story.some("claim", "CLAIMED")
    story.run(story.rng.choice(["head", "second"]), services.reject_reimbursement, claim_id=key, reason="Nav pamatots.")


def reverse(story: Story) -> None:
    key = story.some("claim", "APPROVED", "PAID")
    amount = story.rng.choice([None, Decimal(story.rng.randint(1, 3000)).scaleb(-2)])
    story.run(story.rng.choice(["head", "second"]), services.reverse_reimbursement, claim_id=key, amount=amount, reason="Kļūda.")


def pay_all(story: Story) -> None:
    story.run("payer", services.create_payment_batch, agreement_id=story.till.agreement.pk, month=SEPTEMBER)


def pay_some(story: Story) -> None:
    key = story.some("claim")
    story.run("payer", services.create_payment_batch, agreement_id=story.till.agreement.pk, month=SEPTEMBER, claim_ids=[key])


def paid(story: Story) -> None:
    key = story.some("batch", "PREPARED", "SENT")
    story.run("payer", services.mark_payment_batch_paid, payment_batch_id=key, paid_at=now())


def release(story: Story) -> None:
    key = story.some("batch")
    story.run(story.rng.choice(["payer", "colleague"]), services.release_payment_batch, payment_batch_id=key)


def cancel(story: Story) -> None:
    story.run("payer", services.cancel_payment_batch, payment_batch_id=story.some("batch"))


def returned(story: Story) -> None:
    key = story.some("batch")
    items = story.rng.choice([None, [story.some("item", of=key)]])
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
def opened(till: Till) -> Iterator[Callable[[int], Story]]:
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
        supersede(ApprovalTier.objects.filter(subject="CLAIM", amount_from=500), amount_from=80)
        supersede(ApprovalTier.objects.filter(subject="PAYMENT_BATCH", amount_from=10_000), amount_from=150)
    proof = till.proof()
    with connection.cursor() as cursor:  # planned once instead of after each step
        cursor.execute("set local plan_cache_mode = force_generic_plan")
        cursor.execute("prepare holds (uuid, uuid) as " + HOLDS % {"school": "$1", "semester": "$2"})
    yield lambda number: Story(till, Random(number), scopes, measures, proof)
    with connection.cursor() as cursor:
        cursor.execute("deallocate holds")


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

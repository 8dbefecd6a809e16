"""Splits over sources of funding, to the cent and to the euro."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cases.reimbursements.funding import funding_rule, split, split_each
from backend.territory.models import BudgetRevision, Programme

SHARE, CENT, EURO = Decimal("0.85"), Decimal("0.01"), Decimal(1)


@pytest.mark.parametrize(
    ("total", "precision", "fund", "state"),
    [("37046337.41", CENT, "31489386.79", "5556950.62"), ("39812376", EURO, "33840519", "5971857")],
    ids=["in cents", "in whole euro"],
)
def test_the_published_divisions(total: str, precision: Decimal, fund: str, state: str) -> None:
    parts = split(amount=Decimal(total), share=SHARE, precision=precision)
    assert (parts.rounded, parts.rest) == (Decimal(fund), Decimal(state))


def test_the_programmes_own_rule_gives_its_own_budgets(reference: dict[str, int]) -> None:
    programme = Programme.objects.get()
    rule = funding_rule(programme_id=programme.pk, on=programme.starts_on)
    assert rule is not None
    found = []
    for revision in BudgetRevision.objects.filter(shares__isnull=False).distinct():
        precision = rule.plan_precision if revision.total == revision.total.to_integral_value() else rule.payment_precision
        parts = split(amount=revision.total, share=rule.share, precision=precision)
        shares = dict(revision.shares.values_list("source_of_funds_id", "amount"))
        assert shares == {rule.rounded_source_id: parts.rounded, rule.rest_source_id: parts.rest}
        found.append(revision.total)
    assert {Decimal("37046337.41"), Decimal(39812376)} <= set(found)


AMOUNTS = st.lists(st.decimals(min_value=-9999, max_value=99999, places=2), min_size=1, max_size=60)


@given(amounts=AMOUNTS)
def test_parts_of_many_add_up_to_the_parts_of_the_whole(amounts: list[Decimal]) -> None:
    parts = split_each(amounts=amounts, share=SHARE, precision=CENT)
    whole = split(amount=sum(amounts, Decimal(0)), share=SHARE, precision=CENT)
    assert sum(part.rounded for part in parts) == whole.rounded
    assert sum(part.rest for part in parts) == whole.rest
    for amount, part in zip(amounts, parts, strict=True):
        assert part.rounded + part.rest == amount
        assert part.rounded * amount >= 0
        assert part.rest * amount >= 0
        assert abs(part.rounded - split(amount=amount, share=SHARE, precision=CENT).rounded) <= CENT

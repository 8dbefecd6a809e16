"""Splitting an amount over the programme's sources of funding (`territory.FundingRule`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import accumulate
from uuid import UUID

from backend.accounts.scope import Scope
from backend.cases.reimbursements.models import PaymentBatch
from backend.cases.reimbursements.policies import BATCHES
from backend.territory.models import FundingRule, FundingSource
from backend.territory.selectors import in_force


@dataclass(frozen=True)
class Parts:
    """An amount in two parts that add up to it."""

    rounded: Decimal
    """The part of the source whose share is rounded down: the European Social Fund's."""
    rest: Decimal
    """The rest: the state's."""


def split(*, amount: Decimal, share: Decimal, precision: Decimal) -> Parts:
    """`share` of an amount, rounded down to whole multiples of `precision`, and the rest.

    85 % rounded down gives both published divisions: 37,046,337.41 in cents and 39,812,376 in whole euro (domain.md 0).
    """
    rounded = (amount * share / precision).to_integral_value(rounding=ROUND_FLOOR) * precision
    return Parts(rounded, amount - rounded)


def split_each(*, amounts: Iterable[Decimal], share: Decimal, precision: Decimal) -> list[Parts]:
    """The split of the sum, spread over the amounts: the parts of each kind add up to those of the whole, to the cent.

    Each amount gets what the running total's split grows by. So no part has another sign than its amount, and none is off the
    own split of its amount by more than one step of `precision`.
    """
    listed = list(amounts)
    totals = [split(amount=total, share=share, precision=precision).rounded for total in accumulate(listed, initial=Decimal(0))]
    return [
        Parts(after - before, amount - (after - before))
        for amount, before, after in zip(listed, totals, totals[1:], strict=False)
    ]


def funding_rule(*, programme_id: UUID, on: dt.date) -> FundingRule | None:
    """How a programme's payments are split on a day; None where no rule is in force."""
    return FundingRule.objects.filter(in_force(on), programme_id=programme_id).first()


@dataclass(frozen=True)
class FundingAmount:
    """What one source of funding bears of an amount."""

    funding_source: FundingSource
    amount: Decimal


def shares_of_batches(*, scope: Scope, batch_ids: Collection[UUID]) -> dict[UUID, list[FundingAmount]]:
    """By payment within reach, its total by source, as it is booked when it is paid (decision 0115): the source whose share is
    rounded down first. A payment of a month without a rule is left out. Two statements.
    """
    batches = PaymentBatch.objects.filter(BATCHES.visible(scope), pk__in=batch_ids)
    rows = list(batches.order_by().values_list("pk", "agreement__programme_id", "month", "total"))
    rules = list(
        FundingRule.objects.filter(programme_id__in={programme for _key, programme, _month, _total in rows}).select_related(
            "rounded_source", "rest_source"
        )
    )
    found = {}
    for key, programme, month, total in rows:
        rule = next((rule for rule in rules if rule.programme_id == programme and _holds(rule, month)), None)
        if rule is not None:
            parts = split(amount=total, share=rule.share, precision=rule.payment_precision)
            found[key] = [FundingAmount(rule.rounded_source, parts.rounded), FundingAmount(rule.rest_source, parts.rest)]
    return found


def _holds(rule: FundingRule, on: dt.date) -> bool:
    return rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to)

"""Claims for reimbursed costs, month by month: paid, waiting, refused, late, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from backend.cases.reimbursements.models import ReimbursementClaim
from backend.demonstration.country import targets
from backend.demonstration.country.casework import Support
from backend.demonstration.country.copying import NULL, Line
from backend.demonstration.country.days import Days, moment
from backend.demonstration.country.keys import Chance, Keys
from backend.territory.models import Semester

CLAIMS = Line(ReimbursementClaim, amount_basis="ASSUMED", basis_note="assumed for the demonstration country")
ONCE = ("LEARNING_TOOLS", "PERSONAL_ITEMS")
REJECTED, LATE, TAKEN_BACK = 0.02, 0.04, 0.004
"""Shares of claims that are refused, come two to four months late, or are entered twice and taken back. Assumed."""


class Claims:
    """Writes a semester's claims."""

    def __init__(self, *, days: Days, chance: Chance) -> None:
        self._days, self._chance = days, chance
        self._template = CLAIMS.template(*[c for c in CLAIMS.columns if c not in ("amount_basis", "basis_note")])

    def rows(self, semester: Semester, supports: list[Support], schools: list[str]) -> Iterator[str]:
        """Rows of `CLAIMS`; a claim that takes another back comes after it. `schools` are the institutions' keys."""
        rng = self._chance(f"settlement:{semester.code}")
        since = dt.datetime.combine(semester.starts_on, dt.time(), tzinfo=dt.UTC).timestamp()
        keys = Keys(rng, since=since)
        for support in supports:
            if not support.amount:
                continue
            months = _months(support.first, support.last)
            if support.kind in ONCE:
                months = [rng.choice(months)]
            share = support.amount / max(1, len(_months(support.first, semester.ends_on)) if support.kind not in ONCE else 1)
            for month in months:
                cents = round(share * rng.uniform(0.82, 1.0) * 100)
                key, row = self._claim(keys, support, schools, month, cents, NULL, rng)
                if row:
                    yield row
                    if rng.random() < TAKEN_BACK:
                        yield from self._twice(keys, support, schools, month, cents, rng)

    def _twice(
        self, keys: Keys, support: Support, schools: list[str], month: dt.date, cents: int, rng: Random
    ) -> Iterator[str]:
        """The same cost entered again, and the claim that takes it back."""
        second, row = self._claim(keys, support, schools, month, cents, NULL, rng, settled=True)
        if row:
            yield row
            _key, reversal = self._claim(keys, support, schools, month, -cents, second, rng, settled=True)
            if reversal:
                yield reversal

    def _claim(
        self,
        keys: Keys,
        support: Support,
        schools: list[str],
        month: dt.date,
        cents: int,
        reverses: str,
        rng: Random,
        *,
        settled: bool = False,
    ) -> tuple[str, str]:
        """(key, row); the row is empty where the claim would come after the day on which the country is told."""
        wait = rng.randint(60, 110) if rng.random() < LATE and not settled else 0
        next_month = (month + dt.timedelta(days=32)).replace(day=1)
        place = self._days.position(next_month + dt.timedelta(days=wait)) + rng.randint(0, 4)
        days, told = self._days.working, self._days.position(targets.AS_OF)
        if place >= told or (settled and place + 16 >= told):
            return "", ""
        decided, paid = place + rng.randint(2, 6), place + rng.randint(8, 14)
        rejected = not settled and rng.random() < REJECTED
        is_decided, is_paid = decided < told, paid < told and not rejected
        status = "REJECTED" if rejected and is_decided else "PAID" if is_paid else "APPROVED" if is_decided else "CLAIMED"
        made = moment(days[place], 9, 20)
        decided_at = moment(days[decided], 11, 5) if is_decided else NULL
        paid_at = moment(days[paid], 12) if is_paid else NULL
        version = {"CLAIMED": 1, "APPROVED": 2, "REJECTED": 2, "PAID": 3}[status]
        updated = paid_at if is_paid else decided_at if is_decided else made
        key = keys.next()
        sign, whole = ("-", -cents) if cents < 0 else ("", cents)
        amount = f"{sign}{whole // 100}.{whole % 100:02d}"
        return key, self._template % (
            key, version, made, updated, support.id, support.learner, schools[support.school], support.kind, month, amount,
            status, reverses, decided_at, paid_at,
        )  # fmt: skip


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    """First days of the months from `first` to `last`."""
    months, month = [], first.replace(day=1)
    while month <= last:
        months.append(month)
        month = (month + dt.timedelta(days=32)).replace(day=1)
    return months

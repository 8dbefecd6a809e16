"""Claims for reimbursed costs, month by month: paid, waiting, refused, late, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
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
        one = _OneSemester(self._template, self._days, schools, rng, Keys(rng, since=since))
        for support in supports:
            if support.amount:
                yield from one.claims(support, until=semester.ends_on)


@dataclass(frozen=True)
class _OneSemester:
    template: str
    days: Days
    schools: list[str]
    rng: Random
    keys: Keys

    def claims(self, support: Support, *, until: dt.date) -> Iterator[str]:
        """Claims of one measure, month by month; some things are bought once."""
        months = _months(support.first, support.last)
        parts = len(_months(support.first, until))
        if support.kind in ONCE:
            months, parts = [self.rng.choice(months)], 1
        for month in months:
            # The net of what is entered twice and taken back stays within the plan.
            cents = round(support.amount / max(1, parts) * self.rng.uniform(0.82, 1.0) * 100)
            _key, row = self._claim(support, month, cents)
            if row:
                yield row
                if self.rng.random() < TAKEN_BACK:
                    yield from self._twice(support, month, cents)

    def _twice(self, support: Support, month: dt.date, cents: int) -> Iterator[str]:
        """The same cost entered again, and the claim that takes it back."""
        second, row = self._claim(support, month, cents, settled=True)
        if row:
            yield row
            _key, reversal = self._claim(support, month, -cents, reverses=second, settled=True)
            yield reversal

    def _claim(
        self, support: Support, month: dt.date, cents: int, *, reverses: str = NULL, settled: bool = False
    ) -> tuple[str, str]:
        """(key, row); the row is empty where the claim would come after the day on which the country is told."""
        rng, days, told = self.rng, self.days.working, self.days.position(targets.AS_OF)
        wait = rng.randint(60, 110) if rng.random() < LATE and not settled else 0
        next_month = (month + dt.timedelta(days=32)).replace(day=1)
        place = self.days.position(next_month + dt.timedelta(days=wait)) + rng.randint(0, 4)
        if place >= told or (settled and place + 20 >= told):
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
        key = self.keys.next()
        sign, whole = ("-", -cents) if cents < 0 else ("", cents)
        what = (support.id, support.learner, self.schools[support.school], support.kind, month)
        amount = f"{sign}{whole // 100}.{whole % 100:02d}"
        return key, self.template % (key, version, made, updated, *what, amount, status, reverses, decided_at, paid_at)


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    """First days of the months from `first` to `last`."""
    months, month = [], first.replace(day=1)
    while month <= last:
        months.append(month)
        month = (month + dt.timedelta(days=32)).replace(day=1)
    return months

"""Claims for reimbursed costs, month by month, each with its cost: paid, waiting, refused, late, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from backend.cases.reimbursements.fingerprint import cost_fingerprint
from backend.cases.reimbursements.models import ClaimItem, ReimbursementClaim
from backend.demonstration.country import targets
from backend.demonstration.country.casework import Support
from backend.demonstration.country.copying import NULL, Line
from backend.demonstration.country.days import Days, moment
from backend.demonstration.country.keys import Chance, Keys
from backend.demonstration.country.places import School
from backend.demonstration.country.staff import Team
from backend.territory.models import Semester

CLAIMS = Line(
    ReimbursementClaim, amount_basis="ASSUMED", basis_note="assumed for the demonstration country", approvals_needed="1"
)
ITEMS = Line(ClaimItem, version="1", units="1", proof_id=NULL)
ONCE = ("LEARNING_TOOLS", "PERSONAL_ITEMS")
REJECTED, LATE, TAKEN_BACK, PAID_AGAIN = 0.02, 0.04, 0.004, 0.004
"""Shares of claims that are refused, come two to four months late, are entered twice and taken back, or whose payment the bank
returned, so that it was paid again two months later. Assumed."""
_SELLERS = {
    "CATERING": ("ēdnīca", "Ēdināšana"),
    "ACCOMMODATION": ("dienesta viesnīca", "Dienesta viesnīca"),
    "PUBLIC_TRANSPORT": ("sabiedriskais transports", "Mēneša biļete"),
    "SPECIAL_TRANSPORT": ("pasūtījuma transports", "Transports uz skolu un mājām"),
    "LEARNING_TOOLS": ("kancelejas preču veikals", "Individuālie mācību līdzekļi"),
    "PERSONAL_ITEMS": ("apģērbu un apavu veikals", "Personīgās lietas"),
}
"""By kind: what the seller is and what the cost is for. The sellers' names are the institution's code: nobody real is named."""


class Claims:
    """Writes a semester's claims."""

    def __init__(self, *, schools: list[School], teams: list[Team], whose: Mapping[str, str], days: Days, chance: Chance) -> None:
        """`whose` gives each learner's personal code, or the key where there is none, by key."""
        self._schools, self._teams, self._whose, self._days, self._chance = schools, teams, whose, days, chance
        self._template = CLAIMS.template(
            *[c for c in CLAIMS.columns if c not in ("amount_basis", "basis_note", "approvals_needed")]
        )
        self._item = ITEMS.template(*[c for c in ITEMS.columns if c not in ("version", "units", "proof_id")])
        self.items: list[str] = []
        """Rows of `ITEMS` of all claims so far, written after them: the database's guards look for costs of a claim."""

    def rows(self, semester: Semester, supports: list[Support], tariffs: Mapping[str, str]) -> Iterator[str]:
        """Rows of `CLAIMS`; a claim that takes another back comes after it. `tariffs` are keys by kind."""
        rng = self._chance(f"settlement:{semester.code}")
        since = dt.datetime.combine(semester.starts_on, dt.time(), tzinfo=dt.UTC).timestamp()
        one = _OneSemester(self, rng, Keys(rng, since=since), self._days.position(targets.AS_OF), tariffs)
        for support in supports:
            if support.amount:
                yield from one.claims(support, until=semester.ends_on)


@dataclass(frozen=True, slots=True)
class _Cost:
    """What was bought."""

    month: dt.date
    cents: int
    incurred_on: dt.date
    number: str


@dataclass(frozen=True)
class _OneSemester:
    house: Claims
    rng: Random
    keys: Keys
    told: int
    tariffs: Mapping[str, str]

    def claims(self, support: Support, *, until: dt.date) -> Iterator[str]:
        """Claims of one measure, month by month; some things are bought once."""
        months = _months(support.first, support.last)
        parts = len(_months(support.first, until))
        if support.kind in ONCE:
            months, parts = [self.rng.choice(months)], 1
        for month in months:
            # The net of what is entered twice and taken back stays within the plan.
            cents = round(support.amount / max(1, parts) * self.rng.uniform(0.82, 1.0) * 100)
            bought = max(support.first, month) if support.kind in ONCE else max(support.first, _last_of(month))
            cost = _Cost(month, cents, min(bought, support.last), f"{month:%y%m}-{self.rng.randrange(10**6):06d}")
            place, row = self._claim(support, cost)
            if row:
                yield row
                if self.rng.random() < TAKEN_BACK and place + 40 < self.told:
                    yield from self._twice(support, cost, place + 5)

    def _twice(self, support: Support, cost: _Cost, place: int) -> Iterator[str]:
        """The same cost entered again, approved, noticed before it was paid, and the claim that takes it back."""
        key = self.keys.next()
        entered, back = (place, place + 3), (place + 4, place + 6)
        yield self._row(support, cost, key, status="APPROVED", places=(*entered, None))
        self._note(support, cost, key, made=place, lives=False)
        taken = _Cost(cost.month, -cost.cents, cost.incurred_on, cost.number)
        yield self._row(support, taken, self.keys.next(), status="APPROVED", places=(*back, None), reverses=key)

    def _claim(self, support: Support, cost: _Cost) -> tuple[int, str]:
        """(working day, row); the row is empty where the claim would come after the day on which the country is told."""
        rng, days = self.rng, self.house._days
        wait = rng.randint(60, 110) if rng.random() < LATE else 0
        next_month = (cost.month + dt.timedelta(days=32)).replace(day=1)
        place = days.position(next_month + dt.timedelta(days=wait)) + rng.randint(0, 4)
        if place >= self.told:
            return 0, ""
        decided, rejected = place + rng.randint(2, 6), rng.random() < REJECTED
        paid = days.payday(decided, later=2 if rng.random() < PAID_AGAIN else 0)
        is_decided, is_paid = decided < self.told, paid < self.told and not rejected
        status = "REJECTED" if rejected and is_decided else "PAID" if is_paid else "APPROVED" if is_decided else "CLAIMED"
        key = self.keys.next()
        self._note(support, cost, key, made=place, lives=status != "REJECTED")
        places = (place, decided if is_decided else None, paid if is_paid else None)
        return place, self._row(support, cost, key, status=status, places=places)

    def _row(
        self,
        support: Support,
        cost: _Cost,
        key: str,
        *,
        status: str,
        places: tuple[int, int | None, int | None],
        reverses: str = NULL,
    ) -> str:
        """A claim; `places` are the working days on which it was made, decided and paid."""
        days, house = self.house._days, self.house
        at = moment(days.working[places[0]], 9, 20)
        decided = moment(days.working[places[1]], 11, 5) if places[1] is not None else NULL
        paid = moment(days.working[places[2]], 12) if places[2] is not None else NULL
        version = 1 + (decided != NULL) + (paid != NULL)
        updated = paid if paid != NULL else decided if decided != NULL else at
        sign, whole = ("-", -cost.cents) if cost.cents < 0 else ("", cost.cents)
        what = (support.id, support.learner, house._schools[support.school].id, support.kind, cost.month)
        by = house._teams[support.school].author
        amount = f"{sign}{whole // 100}.{whole % 100:02d}"
        return house._template % (key, version, at, updated, *what, amount, status, reverses, by, decided, paid)

    def _note(self, support: Support, cost: _Cost, claim: str, *, made: int, lives: bool) -> None:
        """The cost of a claim, with the mark by which it is known again in the whole country."""
        house, school = self.house, self.house._schools[support.school]
        seller, what = _SELLERS[support.kind]
        name = f"{school.code} {seller} (paraugs)"
        amount = Decimal(cost.cents).scaleb(-2)
        mark = cost_fingerprint(
            whose=house._whose[support.learner],
            seller=name,
            document_number=cost.number,
            incurred_on=cost.incurred_on,
            kind=support.kind,
            amount=amount,
        )
        at = moment(house._days.working[made], 9, 20)
        paper = (cost.incurred_on, what, cost.number, name, self.tariffs[support.kind], amount, mark, "t" if lives else "f")
        house.items.append(house._item % (self.keys.next(), at, at, claim, support.learner, school.id, *paper))


def _last_of(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    """First days of the months from `first` to `last`."""
    months, month = [], first.replace(day=1)
    while month <= last:
        months.append(month)
        month = (month + dt.timedelta(days=32)).replace(day=1)
    return months

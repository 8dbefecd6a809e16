"""What the rules say of a school's two months, known without the services: entries in the order of the sheet, sheets by
status, months by whether they stand submitted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from backend.cases.delivery.models import Consultation


@dataclass
class Hour:
    """An entry as the model knows it."""

    who: str
    day: dt.date
    start: dt.time
    row: Consultation
    sides: set[str] = field(default_factory=set)
    struck: bool = False

    @property
    def month(self) -> dt.date:
        return self.day.replace(day=1)

    @property
    def counts(self) -> bool:
        return not self.struck and self.sides == {"PROVIDER", "LEARNER"}


@dataclass
class Model:
    """What the rules say there is."""

    hours: list[Hour] = field(default_factory=list)
    """In the order of the sheets."""
    status: dict[tuple[str, dt.date], str] = field(default_factory=dict)
    withdrew: set[tuple[str, dt.date]] = field(default_factory=set)
    fits: set[tuple[str, dt.date]] = field(default_factory=set)
    """Psychologist's lines whose position was set."""
    submitted: dict[dt.date, Any] = field(default_factory=dict)

    def open(self, who: str, month: dt.date) -> bool:
        """Whether hours may change."""
        return month not in self.submitted and self.status.get((who, month), "ENTERED") == "ENTERED"

    def standing(self, who: str, month: dt.date) -> list[Hour]:
        """Rows of a sheet's month."""
        return [hour for hour in self.hours if (hour.who, hour.month) == (who, month) and not hour.struck]

    def count(self, who: str, month: dt.date) -> int:
        """Hours that count."""
        return sum(hour.counts for hour in self.standing(who, month))

    def lost(self, who: str, month: dt.date) -> None:
        """A line without hours goes, and its position with it."""
        if not self.count(who, month):
            self.fits.discard((who, month))


def follows(hours: list[tuple[dt.date, dt.time]]) -> bool:
    """Whether rows are in the order of time."""
    return all(one < other for one, other in pairwise(hours))

"""School days and working days of the programme's years, as text ready for COPY.

Public holidays are Latvia's (Easter is computed); school breaks are assumed: the last full week of October, two weeks at the
turn of the year, the second full week of March.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from functools import cached_property
from zoneinfo import ZoneInfo

RIGA = ZoneInfo("Europe/Riga")
FIRST, LAST = dt.date(2017, 8, 1), dt.date(2024, 1, 31)
PAYDAY = 25
"""Partners are paid on the first working day from the 25th on. Assumed."""
SLOTS = tuple(dt.time(hour, 30) for hour in range(8, 17))
"""Beginnings of hours in which consultations are given; 40 minutes each, so neighbours never overlap."""


def easter(year: int) -> dt.date:
    """Easter Sunday (Gregorian, anonymous algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    ll = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * ll) // 433
    month = (h + ll - 7 * m + 90) // 25
    return dt.date(year, month, (h + ll - 7 * m + 33 * month + 19) % 32)


def holidays(year: int) -> set[dt.date]:
    """Public holidays that can fall on a working day."""
    fixed = {(1, 1), (5, 1), (5, 4), (6, 23), (6, 24), (11, 18), (12, 24), (12, 25), (12, 26), (12, 31)}
    sunday = easter(year)
    return {dt.date(year, month, day) for month, day in fixed} | {sunday - dt.timedelta(days=2), sunday + dt.timedelta(days=1)}


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _breaks(year: int) -> set[dt.date]:
    october, march = _monday(dt.date(year, 10, 25)), _monday(dt.date(year, 3, 15))
    return {monday + dt.timedelta(days=day) for monday in (october, march) for day in range(5)}


class Days:
    """Days as positions: `working` for steps on paper, school days of one semester for lessons."""

    @cached_property
    def working(self) -> list[dt.date]:
        """Every working day of the years."""
        free = {day for year in range(FIRST.year, LAST.year + 1) for day in holidays(year)}
        every = (FIRST + dt.timedelta(days=offset) for offset in range((LAST - FIRST).days + 1))
        return [day for day in every if day.weekday() < 5 and day not in free]

    def position(self, day: dt.date) -> int:
        """Position of the first working day on or after `day`."""
        return bisect_left(self.working, day)

    def last_until(self, day: dt.date) -> int:
        """Position of the last working day on or before `day`."""
        return bisect_right(self.working, day) - 1

    def payday(self, decided: int, *, later: int = 0) -> int:
        """Position of the first day after `decided` on which partners are paid, or of the one `later` months after it."""
        day = self.working[decided]
        for months in range(later, later + 3):
            month = dt.date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, PAYDAY)
            if (place := self.position(month)) > decided:
                break
        return place

    def school(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """School days from `first` to `last`, both included."""
        free = {day for year in range(first.year, last.year + 1) for day in _breaks(year)}
        return [day for day in self.working[self.position(first) : self.last_until(last) + 1] if day not in free]


def moment(day: dt.date, hour: int, minute: int = 0) -> str:
    """A moment in Latvia as text with its offset."""
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=RIGA).isoformat(sep=" ")

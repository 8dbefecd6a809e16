"""Days and hours of the demonstration: school days, moments of steps, and slots in which nobody is in two places."""

from __future__ import annotations

import datetime as dt
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

RIGA = ZoneInfo("Europe/Riga")
AS_OF = dt.date(2023, 10, 16)
"""The day on which the demonstration is told (the contract's default of `DEMO_TODAY`)."""
# Public holidays, and the spring break as it is assumed here.
_FREE = {dt.date(2023, 4, 7), dt.date(2023, 4, 10), dt.date(2023, 5, 1), dt.date(2023, 5, 4)}
_FREE |= {dt.date(2023, 3, 13) + dt.timedelta(days=day) for day in range(5)}
_HOURS = [dt.time(hour, 30) for hour in range(8, 17)]


def school_days(first: dt.date, last: dt.date) -> list[dt.date]:
    """School days from `first` to `last`, both included."""
    days = (first + dt.timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5 and day not in _FREE]


def next_school_day(day: dt.date, *, after: int) -> dt.date:
    """The school day that comes `after` school days after `day`."""
    return school_days(day + dt.timedelta(days=1), day + dt.timedelta(days=after * 3 + 21))[after - 1]


def at(day: dt.date, time: dt.time) -> dt.datetime:
    """The moment on a day in Latvia."""
    return dt.datetime.combine(day, time, tzinfo=RIGA)


class Timetable:
    """Gives out hours so that neither the specialist nor the learner is in two places at once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[tuple[UUID, dt.date, dt.time]] = set()

    def book(self, *, people: tuple[UUID, UUID], days: list[dt.date], count: int) -> list[tuple[dt.date, dt.time]]:
        """Up to `count` hours on different days, in order; fewer when the days are full."""
        booked: list[tuple[dt.date, dt.time]] = []
        for day in self._rng.sample(days, len(days)):
            if len(booked) == count:
                break
            free = [hour for hour in _HOURS if not any((person, day, hour) in self._taken for person in people)]
            if free:
                hour = self._rng.choice(free)
                self._taken.update((person, day, hour) for person in people)
                booked.append((day, hour))
        return sorted(booked)

"""Consultations: a weekly timetable for every specialist and semester, so that nobody is in two places at once.

A cell is one weekday and hour of a specialist. It is given to one measure for the whole semester, and never to two measures
of the same learner, which rules out every clash before a single hour is written. Hours fall on the school days of the cell.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from random import Random

from backend.cases.delivery.models import Consultation
from backend.demonstration.country import targets
from backend.demonstration.country.casework import Support
from backend.demonstration.country.copying import NULL, Line
from backend.demonstration.country.days import SLOTS, Days, moment
from backend.demonstration.country.keys import Chance, Keys
from backend.demonstration.country.staff import Team
from backend.demonstration.texts import TOPICS
from backend.registry.models import SpecialistRole
from backend.territory.models import Semester

# Set in no row: recorded before orders and one-time codes existed (docs/decisions/0062-guards-bind-the-serving-role.md).
_NEVER = {
    "hours": "1",
    "remote_order_id": NULL,
    "confirmation_code_id": NULL,
    "confirmation_file_id": NULL,
    "corrects_id": NULL,
    "voided_at": NULL,
    "void_reason": "",
}
CONSULTATIONS = Line(Consultation, **_NEVER)
_AFTERNOON = [slot for slot, time in enumerate(SLOTS) if time.hour >= 13]
_MORNING = [slot for slot, time in enumerate(SLOTS) if time.hour < 13]
# Schools taught at a distance (general knowledge: the emergency of spring 2020, and grades in turn until May 2021).
_REMOTE = (
    (dt.date(2020, 3, 13), dt.date(2020, 6, 9), 1.0),
    (dt.date(2020, 10, 26), dt.date(2021, 5, 31), 0.75),
    (dt.date(2021, 10, 25), dt.date(2021, 11, 12), 0.6),
)
_REMOTE_OTHERWISE, _UNCONFIRMED = 0.03, 0.002
_Cell = tuple[int, int]


def remote_share(day: dt.date) -> float:
    """Share of consultations given at a distance on a day."""
    return next((share for first, last, share in _REMOTE if first <= day <= last), _REMOTE_OTHERWISE)


class Timetable:
    """Weekly cells of one semester."""

    def __init__(self, teams: list[Team], rng: Random) -> None:
        self._teams, self._rng = teams, rng
        self._free: dict[str, list[_Cell]] = {}
        self._of_learner: dict[str, set[_Cell]] = {}

    def book(self, *, school: int, kind: str, learner: str, cells: int) -> tuple[str, list[_Cell]]:
        """(specialist, up to `cells` weekly hours that are free for both); fewer when the week is full."""
        taken = self._of_learner.setdefault(learner, set())
        providers = self._teams[school].providers[SpecialistRole(kind)]
        best: tuple[str, list[_Cell]] = ("", [])
        start = self._rng.randrange(len(providers))
        for offset in range(len(providers)):
            provider = providers[(start + offset) % len(providers)]
            free = self._free.get(provider)
            if free is None:
                free = self._free[provider] = self._week()
            fitting = [cell for cell in free[-12:] if cell not in taken][-cells:]
            if len(fitting) > len(best[1]):
                best = (provider, fitting)
            if len(fitting) == cells:
                break
        for cell in best[1]:
            self._free[best[0]].remove(cell)
            taken.add(cell)
        return best

    def _week(self) -> list[_Cell]:
        """All cells, those given first at the end: afternoons before mornings."""
        cells = []
        for slots in (_MORNING, _AFTERNOON):
            part = [(weekday, slot) for weekday in range(5) for slot in slots]
            self._rng.shuffle(part)
            cells += part
        return cells


class Hours:
    """Writes a semester's consultations."""

    def __init__(self, *, teams: list[Team], days: Days, chance: Chance) -> None:
        self._teams, self._days, self._chance = teams, days, chance
        self._template = CONSULTATIONS.template(*[column for column in CONSULTATIONS.columns if column not in _NEVER])

    def rows(self, semester: Semester, supports: list[Support], schools: list[str]) -> Iterator[str]:
        """Rows of `CONSULTATIONS` for the semester's measures. `schools` are the institutions' keys."""
        rng = self._chance(f"delivery:{semester.code}")
        since = dt.datetime.combine(semester.starts_on, dt.time(), tzinfo=dt.UTC).timestamp()
        keys, timetable = Keys(rng, since=since), Timetable(self._teams, rng)
        week = _Week(self._days.school(semester.starts_on, semester.ends_on))
        draw, pick = rng.random, rng.choice
        for support in supports:
            if not support.held:
                continue
            for row in self._held(support, timetable, week, rng):
                provider, day, slot = row
                ended = week.ended[day][slot]
                remote = draw() < week.remote[day]
                confirmed = week.next_day[day][slot] if remote else ended
                if draw() < _UNCONFIRMED or confirmed > week.told:
                    confirmed = NULL
                late = remote and confirmed != NULL
                # At a distance the learner's message stands for the signature (domain.md 3.1, REM).
                channel, by = ("e-klase", "REMOTE_MESSAGE" if late else "") if remote else ("", "")
                key = keys.next()
                yield self._template % (
                    key, "2" if late else "1", ended, confirmed if late else ended, support.id, support.learner,
                    schools[support.school], support.kind, provider, week.text[day], week.hour[slot],
                    pick(TOPICS[SpecialistRole(support.kind)]), "REMOTE" if remote else "IN_PERSON", key, channel, ended,
                    confirmed, by,
                )  # fmt: skip

    def _held(self, support: Support, timetable: Timetable, week: _Week, rng: Random) -> list[tuple[str, int, int]]:
        """(specialist, day, hour) of each consultation, in order. Hours of a whole semester, cut to what is over of it."""
        low, high = bisect_left(week.days, support.first), bisect_right(week.days, support.last)
        whole = bisect_right(week.days, week.days[-1]) - low
        if whole <= 0 or high <= low:
            return []
        weeks = max(1, whole // 5)
        cells = max(1, -(-support.held // max(1, weeks - 1)))
        provider, booked = timetable.book(school=support.school, kind=support.kind, learner=support.learner, cells=cells)
        if not booked:
            return []
        possible = [(day, slot) for weekday, slot in booked for day in week.of[weekday] if day >= low]
        wanted = min(support.held, len(possible))
        chosen = sorted(rng.sample(possible, wanted)) if wanted < len(possible) else sorted(possible)
        return [(provider, day, slot) for day, slot in chosen if day < high]


class _Week:
    """Days of a semester as text, by position and weekday."""

    def __init__(self, days: list[dt.date]) -> None:
        self.days = days
        self.of = [[place for place, day in enumerate(days) if day.weekday() == weekday] for weekday in range(5)]
        self.text = [day.isoformat() for day in days]
        self.hour = [time.isoformat() for time in SLOTS]
        self.remote = [remote_share(day) for day in days]
        self.ended = [[moment(day, time.hour + 1, time.minute) for time in SLOTS] for day in days]
        # The learner confirms a remote hour within one day (domain.md 3.1).
        self.next_day = [[moment(day + dt.timedelta(days=1), 9 + place, 5) for place in range(len(SLOTS))] for day in days]
        self.told = moment(targets.AS_OF, 0)

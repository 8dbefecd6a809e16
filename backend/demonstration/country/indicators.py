"""Absences and marks of each learner and semester. The need shows in them, and so does a plan: both are planted.

The numbers stand here and in docs/demo-country.md. `need` itself stands in no table (`population.py`).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from random import Random

from backend.demonstration.country import targets
from backend.demonstration.country.copying import NULL, Line
from backend.demonstration.country.days import moment
from backend.demonstration.country.keys import Keys
from backend.demonstration.country.population import Person, Population, Stay
from backend.insight.evaluation.models import LearnerIndicator
from backend.territory.models import Semester

INDICATORS = Line(LearnerIndicator, version="1", source="GENERATED")
UNEXCUSED, UNEXCUSED_NEED, UNEXCUSED_VOCATIONAL, UNEXCUSED_EFFECT, UNEXCUSED_SPREAD = 1.9, 0.55, 0.2, -0.25, 0.3
"""Logarithm of lessons missed without excuse in a whole semester: at need 0, for each unit of need, in vocational education,
with an approved plan; standard deviation of the rest."""
EXCUSED, EXCUSED_NEED, EXCUSED_SPREAD = 2.9, 0.1, 0.5
MARK, MARK_NEED, MARK_EFFECT, MARK_SPREAD = 6.3, -0.55, 0.2, 0.4
"""Mean mark: at need 0, for each unit of need, with an approved plan; standard deviation of the rest."""
MISSING = 0.03
"""Share of learners and semesters of which no source told. Assumed."""
FIRST_MARKED_GRADE = 4
"""Below, schools assess in words. Assumed for all years."""
_LEAST_DAYS = 21


def indicators(world: Population, rng: Random) -> Iterator[str]:
    """Rows of `INDICATORS`, for every semester that is over on the day on which the country is told."""
    template = INDICATORS.template(*[column for column in INDICATORS.columns if column not in ("version", "source")])
    for place, semester in enumerate(world.semesters):
        if semester.ends_on >= targets.AS_OF:
            return
        since = dt.datetime.combine(semester.ends_on, dt.time(), tzinfo=dt.UTC).timestamp()
        keys = Keys(rng, since=since)
        planned = {stub.person.id for stub in world.plans[place] if stub.approved}
        for person in world.people:
            stay = _stay_in(person, semester)
            if stay is not None and rng.random() >= MISSING:
                at = moment(max(semester.ends_on + dt.timedelta(days=3), stay.known_on), 18)
                figures = _figures(person, stay, semester, world, with_plan=person.id in planned, rng=rng)
                whose = (person.id, world.schools[stay.school].id, stay.id, semester.id)
                yield template % (keys.next(), at, at, *whose, *figures, at)


def _stay_in(person: Person, semester: Semester) -> Stay | None:
    """Where the learner spent the semester, if three weeks of it at least."""
    for stay in person.stays:
        last = min(stay.ends_on or semester.ends_on, semester.ends_on)
        if stay.starts_on <= semester.ends_on and (last - max(stay.starts_on, semester.starts_on)).days >= _LEAST_DAYS:
            return stay
    return None


def _figures(
    person: Person, stay: Stay, semester: Semester, world: Population, *, with_plan: bool, rng: Random
) -> tuple[int, int, int, str, object]:
    """Lessons held, missed with and without excuse, mean mark, subjects below 4; of the part of the semester spent there."""
    vocational = world.schools[stay.school].vocational
    present = (min(stay.ends_on or semester.ends_on, semester.ends_on) - semester.starts_on).days
    part = present / (semester.ends_on - semester.starts_on).days
    held = round(rng.randint(480, 560) * part)
    score = UNEXCUSED + UNEXCUSED_NEED * person.need + UNEXCUSED_VOCATIONAL * vocational + UNEXCUSED_EFFECT * with_plan
    unexcused = min(held // 2, round(math.exp(rng.gauss(score, UNEXCUSED_SPREAD)) * part))
    excused = min(held - unexcused, round(math.exp(rng.gauss(EXCUSED + EXCUSED_NEED * person.need, EXCUSED_SPREAD)) * part))
    if not vocational and stay.stage < FIRST_MARKED_GRADE:
        return held, excused, unexcused, NULL, NULL
    mark = min(10.0, max(1.0, rng.gauss(MARK + MARK_NEED * person.need + MARK_EFFECT * with_plan, MARK_SPREAD)))
    return held, excused, unexcused, f"{mark:.2f}", max(0, round((4.8 - mark) * 1.5 + rng.gauss(0, 0.8)))

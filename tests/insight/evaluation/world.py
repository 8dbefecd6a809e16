"""The country's course without a database: the panel that a study would read, and the need that no table shows."""

from __future__ import annotations

import datetime as dt
from random import Random

import numpy as np
import pandas as pd

from backend.core.reference import read_csv
from backend.demonstration.country import figures, places, population, targets
from backend.demonstration.country.days import Days
from backend.territory.models import Semester
from backend.territory.reference import FIXTURES, semester_of

APPROVED_ON = 15
"""Day of a semester on which a plan is taken to be approved here; in the country it is between the second and fourth week."""


def world(*, scale: float, seed: int) -> population.Population:
    """The country at a scale, drawn from another seed than the demonstration's."""
    known = {row["code"]: semester_of(row) for row in read_csv(FIXTURES / "semesters.csv")}
    semesters = [known[target.code] for target in targets.SEMESTERS]
    schools = places.schools(scale=scale, rng=Random(f"{seed}:places"), days=Days())
    course = population.Course(
        schools=schools,
        semesters=semesters,
        scale=scale,
        standing=[0] * len(semesters),
        rng=Random(f"{seed}:population"),
    )
    return course.run()


def panel(made: population.Population) -> pd.DataFrame:
    """As `reading.PANEL` gives it, with the need beside it."""
    rows = []
    for place, semester in enumerate(made.semesters):
        planned = {stub.person.id for stub in made.plans[place] if stub.approved}
        told = {person.id: known for person, _stay, known in made.figures[place]}
        for person in made.people:
            stay = _stay_in(person, semester)
            if stay is None:
                continue
            vocational = made.schools[stay.school].vocational
            known = told.get(person.id)
            shown = (np.nan, np.nan, np.nan)
            if known is not None:
                shown = (known.held, known.unexcused, np.nan if known.mark is None else known.mark)
            left = stay.reason == "LEFT" and stay.ends_on is not None and stay.ends_on <= semester.ends_on
            last = person.stays[-1]
            begins = semester.starts_on
            rows.append(
                {
                    "learner": person.id,
                    "institution": str(stay.school),
                    "semester": semester.code,
                    "vocational": int(vocational),
                    "stage": stay.stage,
                    "left_day": _days(stay.ends_on, begins) if left else np.nan,
                    "length": (semester.ends_on - begins).days,
                    "plan_day": APPROVED_ON if person.id in planned else np.nan,
                    "plan": f"{person.id}:{place}" if person.id in planned else None,
                    "held": shown[0],
                    "unexcused": shown[1],
                    "mark": shown[2],
                    "final_day": _days(last.ends_on, begins),
                    "final_reason": last.reason,
                    "over": int(semester.ends_on < targets.AS_OF),
                    "need": person.need,
                }
            )
    return pd.DataFrame(rows)


def _stay_in(person: population.Person, semester: Semester) -> population.Stay | None:
    """Where the learner spent the semester, if three weeks of it at least."""
    for stay in person.stays:
        last = min(stay.ends_on or semester.ends_on, semester.ends_on)
        if stay.starts_on <= semester.ends_on and (last - max(stay.starts_on, semester.starts_on)).days >= figures.LEAST_DAYS:
            return stay
    return None


def _days(until: dt.date | None, since: dt.date) -> float:
    return float((until - since).days) if until is not None else np.nan


def planted_difference(rows: pd.DataFrame) -> float:
    """Mean effect of a plan on the share that leaves, among those with one: from the planted odds and the need."""
    treated = rows[rows["exposed"] == 1]
    without = population.LEAVE_BASE + population.LEAVE_NEED * treated["need"]
    without = without + population.LEAVE_VOCATIONAL * treated["vocational"]
    shares = [1 / (1 + np.exp(-score)) for score in (without + population.LEAVE_EFFECT, without)]
    return float((shares[0] - shares[1]).mean())

"""Rows of absences and marks, from the figures that were drawn with the country's course (`figures.py`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from backend.demonstration.country.copying import NULL, Line
from backend.demonstration.country.days import moment
from backend.demonstration.country.keys import Keys
from backend.demonstration.country.population import Population
from backend.insight.evaluation.models import LearnerIndicator

INDICATORS = Line(LearnerIndicator, version="1", source="GENERATED")


def indicators(world: Population, rng: Random) -> Iterator[str]:
    """Rows of `INDICATORS`, for every semester that is over on the day on which the country is told."""
    template = INDICATORS.template(*[column for column in INDICATORS.columns if column not in ("version", "source")])
    for semester, told in zip(world.semesters, world.figures, strict=True):
        since = dt.datetime.combine(semester.ends_on, dt.time(), tzinfo=dt.UTC).timestamp()
        keys = Keys(rng, since=since)
        for person, stay, figures in told:
            at = moment(max(semester.ends_on + dt.timedelta(days=3), stay.known_on), 18)
            whose = (person.id, world.schools[stay.school].id, stay.id, semester.id)
            mark = NULL if figures.mark is None else f"{figures.mark:.2f}"
            below = NULL if figures.below is None else figures.below
            yield template % (keys.next(), at, at, *whose, figures.held, figures.excused, figures.unexcused, mark, below, at)

"""Absences and marks of one learner in one semester. The need shows in them, and so does a plan: both are planted.

They are drawn while the country's course runs (`population.py`), because staff see them and choose by them who goes on with a
plan. The numbers stand here and in docs/demo-country.md. `need` itself stands in no table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

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
LEAST_DAYS = 21
"""Who was there for less of a semester has no figures of it."""


class Figures(NamedTuple):
    """What a school tells of a learner when a semester ends."""

    held: int
    excused: int
    unexcused: int
    mark: float | None
    below: int | None
    """Subjects with a mark below 4."""


@dataclass(slots=True)
class Seen:
    """What staff remember of a learner's figures: sums over the semesters of which they were told."""

    absences: float = 0.0
    semesters: int = 0
    marks: float = 0.0
    marked: int = 0

    def add(self, figures: Figures) -> None:
        """One semester more."""
        self.absences += math.log1p(figures.unexcused)
        self.semesters += 1
        if figures.mark is not None:
            self.marks += figures.mark
            self.marked += 1

    def worry(self) -> float:
        """How much the figures so far tell of need, in its own unit; 0 for whom nothing was told.

        A sum of two parts, each linear in a mean that an evaluation can read too: nothing else of the need decides.
        """
        from_absences = (self.absences / self.semesters - UNEXCUSED) / UNEXCUSED_NEED if self.semesters else 0.0
        from_marks = (self.marks / self.marked - MARK) / MARK_NEED if self.marked else 0.0
        return (from_absences + from_marks) / 2


def draw(*, need: float, vocational: bool, stage: int, part: float, with_plan: bool, rng: Random) -> Figures:
    """Figures of the `part` of a semester (0 to 1) that was spent at the institution."""
    held = round(rng.randint(480, 560) * part)
    score = UNEXCUSED + UNEXCUSED_NEED * need + UNEXCUSED_VOCATIONAL * vocational + UNEXCUSED_EFFECT * with_plan
    unexcused = min(held // 2, round(math.exp(rng.gauss(score, UNEXCUSED_SPREAD)) * part))
    excused = min(held - unexcused, round(math.exp(rng.gauss(EXCUSED + EXCUSED_NEED * need, EXCUSED_SPREAD)) * part))
    if not vocational and stage < FIRST_MARKED_GRADE:
        return Figures(held, excused, unexcused, None, None)
    mark = round(min(10.0, max(1.0, rng.gauss(MARK + MARK_NEED * need + MARK_EFFECT * with_plan, MARK_SPREAD))), 2)
    return Figures(held, excused, unexcused, mark, max(0, round((4.8 - mark) * 1.5 + rng.gauss(0, 0.8))))

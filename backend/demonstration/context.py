"""What every part of the demonstration draws from: one seed, one register of rows, the reference data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from backend.cases.plans.models import PlanStatus
from backend.demonstration.calendar import Timetable
from backend.demonstration.casework import CaseWriter
from backend.demonstration.names import Names
from backend.demonstration.people import People, Team
from backend.demonstration.places import Place
from backend.demonstration.rows import Rows
from backend.registry.models import RiskFactor, RiskGroup
from backend.territory.models import Semester

SEED = 83_40_16_001
CLOSED_SEMESTER = "2022/2023-2"
RUNNING_SEMESTER = "2023/2024-1"
MONTHS = tuple(dt.date(2023, month, 1) for month in range(1, 6))
"""Months of the closed semester in which costs arise."""
# How plans of the running semester stand, over and over, so that every list shows every kind.
RUNNING_STATUSES = (
    PlanStatus.ACTIVE,
    PlanStatus.ACTIVE,
    PlanStatus.SUBMITTED,
    PlanStatus.ACTIVE,
    PlanStatus.DRAFT,
    PlanStatus.APPROVED_BY_INSTITUTION,
    PlanStatus.ACTIVE,
    PlanStatus.RETURNED,
    PlanStatus.APPROVED_BY_MUNICIPALITY,
    PlanStatus.ACTIVE,
    PlanStatus.INTERRUPTED,
    PlanStatus.ACTIVE,
)


@dataclass
class Context:
    """Shared tools of one run."""

    rng: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 (a seed, no secret)

    def __post_init__(self) -> None:
        self.rows = Rows(self.rng)
        self.people = People(rows=self.rows, names=Names(self.rng), rng=self.rng)
        self.timetable = Timetable(self.rng)
        self.semesters = {semester.code: semester for semester in Semester.objects.all()}
        self._factors: dict[RiskGroup, list[RiskFactor]] = {group: [] for group in RiskGroup}
        for factor in RiskFactor.objects.filter(valid_to=None).order_by("position"):
            self._factors[RiskGroup(factor.group)].append(factor)

    def factor(self, group: RiskGroup) -> RiskFactor:
        """A factor of the group."""
        return self.rng.choice(self._factors[group])

    def writer(self, *, place: Place, team: Team, semester: str, period_to: dt.date) -> CaseWriter:
        """A writer for one institution and semester."""
        return CaseWriter(
            rows=self.rows,
            rng=self.rng,
            timetable=self.timetable,
            place=place,
            team=team,
            semester=self.semesters[semester],
            period_to=period_to,
        )

    def running_status(self, position: int, *, is_state: bool) -> PlanStatus:
        """Status of the plan at a position of the running semester; a state institution has no municipality's approval."""
        status = RUNNING_STATUSES[position % len(RUNNING_STATUSES)]
        if is_state and status == PlanStatus.APPROVED_BY_MUNICIPALITY:
            return PlanStatus.APPROVED_BY_INSTITUTION
        return status

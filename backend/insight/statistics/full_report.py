"""A semester's report with what hangs on it: its tables, and what changed since the semester was closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from backend.accounts.scope import Scope
from backend.core.clock import business_today
from backend.insight.statistics.corrections import Correction, corrections
from backend.insight.statistics.cubes import TableSpec
from backend.insight.statistics.reach import Reach, asked_for
from backend.insight.statistics.report import SemesterReport
from backend.insight.statistics.report_tables import Beside, beside
from backend.insight.statistics.selectors import report_within
from backend.insight.statistics.staff_load import StaffLoad
from backend.insight.statistics.tables import Table
from backend.territory.models import Institution, Municipality, Region, Semester


@dataclass(frozen=True)
class FullReport:
    """The report, and the rest when somebody asks for it, inside the same transaction."""

    scope: Scope
    semester: Semester
    unit: Institution | Municipality | Region | None
    reach: Reach
    report: SemesterReport

    @cached_property
    def corrections(self) -> list[Correction]:
        """What changed since the semester was closed."""
        return corrections(scope=self.scope, semester=self.semester, reach=self.reach, figures=self.report)

    @property
    def tables(self) -> list[tuple[TableSpec, Table]]:
        """The declared tables, over the same institutions and of the same moment."""
        return self._beside.tables

    @property
    def staff_load(self) -> list[StaffLoad]:
        """How the load lies on specialists, by role; all roles last."""
        return self._beside.staff_load

    @cached_property
    def _beside(self) -> Beside:
        return beside(scope=self.scope, semester=self.semester, reach=self.reach, report=self.report)


def full_report(
    *,
    scope: Scope,
    semester: Semester,
    institution: Institution | None = None,
    municipality: Municipality | None = None,
    region: Region | None = None,
    division_on: dt.date | None = None,
    as_of: dt.datetime | None = None,
) -> FullReport | None:
    """As `semester_report`, with its tables and corrections: four or five statements in all where the present is asked.

    None where `scope` does not reach every institution asked for. Raises ValueError for more than one unit.
    """
    division = division_on or business_today()
    reach = asked_for(scope=scope, institution=institution, municipality=municipality, region=region, on=division)
    if reach is None or not reach.whole:
        return None
    report = report_within(scope=scope, semester=semester, reach=reach, division_on=division, as_of=as_of)
    return FullReport(scope, semester, institution or municipality or region, reach, report)

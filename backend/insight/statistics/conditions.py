"""Conditions on a table of statistics, and their form in SQL over facts `f`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from backend.insight.statistics.cubes import MEASURES, RISKS, Dimension, FactKind
from backend.registry.models import MeasureCategory, ReimbursementKind, SpecialistRole
from backend.registry.models.reference import YOUTH_PROJECT_CODE
from backend.territory.models import Institution, Municipality, Region, Semester

_CODES_OF: dict[str, frozenset[str]] = {
    MeasureCategory.CONSULTATION: frozenset(SpecialistRole.values),
    MeasureCategory.REIMBURSEMENT: frozenset(ReimbursementKind.values),
    MeasureCategory.YOUTH_PROJECT: frozenset([YOUTH_PROJECT_CODE]),
}


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What must hold of what is counted, all of it; what is empty holds of everything. One territorial unit at most."""

    institution: Institution | None = None
    municipality: Municipality | None = None
    region: Region | None = None
    semester: Semester | None = None
    school_years: tuple[str, ...] = ()
    institution_kinds: tuple[str, ...] = ()
    programme_kinds: tuple[str, ...] = ()
    risk_groups: tuple[str, ...] = ()
    """On plans with a risk of one of these groups at the start; identifications themselves where those are counted."""
    measure_categories: tuple[str, ...] = ()
    measure_kinds: tuple[str, ...] = ()
    """On plans with such a measure; the measures, hours and amounts themselves where those are counted."""
    division_on: dt.date | None = None

    @property
    def measure_codes(self) -> list[str] | None:
        """Codes of the kinds of measure that are meant; None: all."""
        if not self.measure_categories and not self.measure_kinds:
            return None
        of_category = frozenset().union(*(_CODES_OF.get(category, frozenset()) for category in self.measure_categories))
        if not self.measure_categories:
            return sorted(self.measure_kinds)
        return sorted(of_category & frozenset(self.measure_kinds) if self.measure_kinds else of_category)

    @property
    def about_content(self) -> bool:
        """Whether anything but place and time is asked of what is counted."""
        return bool(self.programme_kinds or self.risk_groups or self.measure_categories or self.measure_kinds)


def sql_of(conditions: Conditions, kind: FactKind, *, source: str, places: Any) -> tuple[list[str], list[Any]]:
    """Conditions over facts `f` of a kind, and their parameters; `source` is where further facts of a plan are looked up."""
    texts: list[str] = []
    parameters: list[Any] = []

    def add(text: str, *values: Any) -> None:
        texts.append(text)
        parameters.extend(values)

    if places is not None:
        add("f.institution_id = any (%s)", places)
    if conditions.semester is not None:
        add("f.semester_id = %s", conditions.semester.pk)
    if conditions.school_years:
        add("f.semester_id in (select id from territory_semester where school_year = any (%s))", list(conditions.school_years))
    if conditions.institution_kinds:
        add(
            "f.institution_id in (select id from territory_institution where kind = any (%s))", list(conditions.institution_kinds)
        )
    if conditions.programme_kinds:
        add("f.programme_kind = any (%s)", list(conditions.programme_kinds))
    if conditions.risk_groups:
        column, values = kind.columns.get(Dimension.RISK_GROUP), list(conditions.risk_groups)
        if column:
            add(f"f.{column} = any (%s)", values)
        else:
            group, moment = RISKS.columns[Dimension.RISK_GROUP], RISKS.columns[Dimension.MOMENT]
            add(_of_plans(source, RISKS, f"{group} = any (%s) and {moment} = 'START'"), values)
    codes = conditions.measure_codes
    if codes is not None:
        column = kind.columns.get(Dimension.MEASURE_KIND) or kind.columns.get(Dimension.SPECIALIST_ROLE)
        if column:
            add(f"f.{column} = any (%s)", codes)
        else:
            add(_of_plans(source, MEASURES, f"{MEASURES.columns[Dimension.MEASURE_KIND]} = any (%s)"), codes)
    return texts, parameters


def filtered_dimensions(conditions: Conditions) -> frozenset[Dimension]:
    """Dimensions of content that conditions hold fast."""
    held: Iterable[tuple[Any, Dimension]] = ((conditions.risk_groups, Dimension.RISK_GROUP),)
    return frozenset(dimension for values, dimension in held if values)


def _of_plans(source: str, kind: FactKind, condition: str) -> str:
    return f"f.plan_id in (select plan_id from {source} g where g.kind = '{kind.code}' and {condition})"

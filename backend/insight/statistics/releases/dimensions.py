"""Dimensions of release tables, from the reference data: hierarchies with names in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Choices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from backend.cases.plans.models import PlanStatus
from backend.insight.disclosure.shapes import Category, Dimension
from backend.registry.models import MeasureCategory, ReimbursementKind, RiskFactor, RiskGroup, SpecialistRole
from backend.registry.models.reference import SPECIAL_GROUPS
from backend.territory.models import Institution, InstitutionKind, Municipality, ProgrammeKind, Region, Semester

_HIGHEST_STAGE = {ProgrammeKind.GENERAL: 12, ProgrammeKind.VOCATIONAL: 4}


@dataclass(frozen=True)
class Names:
    """A text in both languages."""

    lv: str
    en: str


def both(text: str | Promise) -> Names:
    """A translated text, or a lazy one, in both languages."""
    found = {}
    for language in ("lv", "en"):
        with override(language):
            found[language] = _(text) if isinstance(text, str) else str(text)
    return Names(found["lv"], found["en"])


def chosen(choices: type[Choices], values: Iterable[str] | None = None, *, parent: str = "", level: str = "") -> list[Category]:
    """Categories of a list of choices."""
    labels = dict(choices.choices)
    return [_category(value, both(labels[value]), parent=parent, level=level) for value in values or choices.values]


def _category(
    code: str, names: Names, *, parent: str = "", level: str = "", special: bool = False, close: bool = False
) -> Category:
    return Category(code, names.lv, names.en, parent, level, special, close)


def _dimension(
    code: str, name: str, categories: Iterable[Category], *, overlapping: bool = False, attribute: bool = False
) -> Dimension:
    names = both(name)
    return Dimension(code, names.lv, names.en, tuple(categories), overlapping, attribute)


@dataclass(frozen=True)
class Places:
    """The territory by the division of a day, and in which municipality each institution lies by it."""

    municipality_of: dict[UUID, str]
    code_of: dict[UUID, str]
    kind_of: dict[UUID, str]
    dimension: Dimension
    with_institutions: Dimension


def places_on(day: dt.date) -> Places:
    """Regions, their municipalities in force on a day, and institutions under the municipality that succeeded theirs."""
    municipalities = {row.pk: row for row in Municipality.objects.select_related("region").order_by("sort_key")}
    at: dict[UUID, Municipality] = {}
    institutions = list(Institution.objects.order_by("sort_key", "code"))
    for institution in institutions:
        current = municipalities[institution.municipality_id]
        while current.successor_id is not None and current.valid_to is not None and current.valid_to < day:
            current = municipalities[current.successor_id]
        at[institution.pk] = current
    used = {row.pk for row in at.values()}
    regions = [
        _category(f"R-{row.code}", Names(row.name_lv, row.name_en or row.name_lv), level="REGION")
        for row in Region.objects.order_by("sort_key")
    ]
    towns = [
        _category(row.code, Names(row.name_lv, row.name_en or row.name_lv), parent=f"R-{row.region.code}", level="MUNICIPALITY")
        for key, row in municipalities.items()
        if key in used
    ]
    schools = [
        _category(
            f"I-{row.code}",
            Names(row.name_lv, row.name_en or row.name_lv),
            parent=at[row.pk].code,
            level="INSTITUTION",
            close=True,
        )
        for row in institutions
    ]
    return Places(
        municipality_of={key: row.code for key, row in at.items()},
        code_of={row.pk: f"I-{row.code}" for row in institutions},
        kind_of={row.pk: row.kind for row in institutions},
        dimension=_dimension("TERRITORY", gettext_noop("Territory"), [*regions, *towns]),
        with_institutions=_dimension("TERRITORY", gettext_noop("Territory"), [*regions, *towns, *schools]),
    )


def period(*, semesters: bool, last: dt.date) -> Dimension:
    """School years, and their semesters that had begun by a day."""
    rows = list(Semester.objects.filter(starts_on__lte=last).order_by("starts_on"))
    years = [Category(year, year, year, level="SCHOOL_YEAR") for year in dict.fromkeys(row.school_year for row in rows)]
    below = [Category(row.code, row.code, row.code, row.school_year, "SEMESTER") for row in rows]
    return _dimension("PERIOD", gettext_noop("School year and semester"), [*years, *(below if semesters else [])])


def risks(*, factors: bool, overlapping: bool) -> Dimension:
    """Groups of risks, and their factors. What is learnt about a person: group disclosure is looked for."""
    groups = [
        Category(each.code, each.name_lv, each.name_en, level="RISK_GROUP", special=each.code in SPECIAL_GROUPS)
        for each in chosen(RiskGroup)
    ]
    seen: dict[str, Category] = {}
    for row in RiskFactor.objects.order_by("position", "valid_from") if factors else []:
        names = Names(row.name_lv, row.name_en or row.name_lv)
        seen[row.code] = _category(row.code, names, parent=row.group, level="RISK_FACTOR", special=row.fact_class == "SPECIAL")
    return _dimension("RISK", gettext_noop("Risk"), [*groups, *seen.values()], overlapping=overlapping, attribute=True)


def stages() -> Dimension:
    """General and vocational education with their grades and courses."""
    kinds = chosen(ProgrammeKind, level="PROGRAMME_KIND")
    below = []
    for kind, highest in _HIGHEST_STAGE.items():
        for number in range(1, highest + 1):
            text = gettext_noop("Grade {number}") if kind is ProgrammeKind.GENERAL else gettext_noop("Course {number}")
            names = both(text)
            below.append(
                Category(
                    f"{kind.value}-{number}", names.lv.format(number=number), names.en.format(number=number), kind.value, "STAGE"
                )
            )
    return _dimension("STAGE", gettext_noop("Education, grade or course"), [*kinds, *below])


def institution_kinds() -> Dimension:
    """Kinds of institutions."""
    return _dimension("INSTITUTION_KIND", gettext_noop("Kind of institution"), chosen(InstitutionKind))


def statuses() -> Dimension:
    """Where a plan stands, of those that became active."""
    values = [PlanStatus.ACTIVE, PlanStatus.EVALUATED, PlanStatus.CLOSED, PlanStatus.INTERRUPTED]
    return _dimension("PLAN_STATUS", gettext_noop("Where the plan stands"), chosen(PlanStatus, [each.value for each in values]))


def roles() -> Dimension:
    """Roles of specialists."""
    return _dimension("SPECIALIST_ROLE", gettext_noop("Role of the specialist"), chosen(SpecialistRole))


def reimbursement_kinds() -> Dimension:
    """What costs are reimbursed."""
    return _dimension("REIMBURSEMENT_KIND", gettext_noop("Kind of cost"), chosen(ReimbursementKind), attribute=True)


def measure_kinds() -> Dimension:
    """Kinds of measures by category. A youth project is its own kind."""
    below = [
        *chosen(SpecialistRole, parent=MeasureCategory.CONSULTATION.value, level="MEASURE_KIND"),
        *chosen(ReimbursementKind, parent=MeasureCategory.REIMBURSEMENT.value, level="MEASURE_KIND"),
    ]
    categories = chosen(MeasureCategory, level="MEASURE_CATEGORY")
    return _dimension("MEASURE", gettext_noop("Measure"), [*categories, *below])

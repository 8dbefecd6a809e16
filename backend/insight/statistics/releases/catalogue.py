"""Which tables a release holds. Declared here once; the figures come from `exact`, the categories from the reference data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_noop

from backend.insight.disclosure.shapes import Dimension, Measure, Table, Unit
from backend.insight.statistics.releases import dimensions as by
from backend.insight.statistics.releases import exact
from backend.insight.statistics.releases.exact import ADDED, PEOPLE, SUMMED, Counting, Line, Place, gathered


def _measure(code: str, name: str, unit: Unit = Unit.COUNT, family: str = "", *, tied: bool = False) -> Measure:
    names = by.both(name)
    return Measure(code, names.lv, names.en, unit, family, tied)


class _Material:
    """Lines and dimensions, each read once however many tables use it."""

    def __init__(self, *, division_on: dt.date) -> None:
        self.day = division_on

    @cached_property
    def places(self) -> by.Places:
        """The territory by the division of the day."""
        return by.places_on(self.day)

    @cached_property
    def semesters(self) -> Dimension:
        """School years with their semesters."""
        return by.period(semesters=True, last=self.day)

    @cached_property
    def years(self) -> Dimension:
        """School years."""
        return by.period(semesters=False, last=self.day)

    @cached_property
    def plans(self) -> list[Line]:
        """Plans that became active."""
        return exact.plans()

    @cached_property
    def risks(self) -> list[Line]:
        """Identifications of risks."""
        return exact.risks()

    @cached_property
    def hours(self) -> list[Line]:
        """Confirmed hours."""
        return exact.hours()

    @cached_property
    def amounts(self) -> list[Line]:
        """Approved amounts."""
        return exact.amounts()

    @cached_property
    def year_of(self) -> dict[str, str]:
        """School year of each semester."""
        return {each.code: each.parent for each in self.semesters.categories}

    def territory(self, *, institutions: bool = False) -> tuple[Dimension, Place]:
        """Regions and municipalities; with institutions below them."""
        if institutions:
            return self.places.with_institutions, lambda line: self.places.code_of[line.institution]
        return self.places.dimension, lambda line: self.places.municipality_of[line.institution]

    def period(self, *, semesters: bool = True) -> tuple[Dimension, Place]:
        """School years, and semesters below them."""
        if semesters:
            return self.semesters, lambda line: line.semester
        return self.years, lambda line: self.year_of[line.semester]

    def kind(self) -> tuple[Dimension, Place]:
        """Kinds of institutions."""
        return by.institution_kinds(), lambda line: self.places.kind_of[line.institution]


def _what(line: Line) -> str:
    return line.what


@dataclass(frozen=True)
class _Declared:
    """A table: its code and title, what is counted and how, over which lines and dimensions."""

    code: str
    title: str
    measure: Callable[[], Measure]
    counting: Counting
    lines: Callable[[_Material], list[Line]]
    dimensions: Callable[[_Material], list[tuple[Dimension, Place]]]


def _plans() -> Measure:
    return _measure("PLANS", gettext_noop("Plans that became active"), family="plans", tied=True)


def _learners() -> Measure:
    return _measure("LEARNERS", gettext_noop("Learners with a plan, each once"), family="plans", tied=True)


def _identifications() -> Measure:
    return _measure("RISK_IDENTIFICATIONS", gettext_noop("Identifications of risks at the start"))


def _at_risk() -> Measure:
    return _measure("LEARNERS_AT_RISK", gettext_noop("Learners with a risk at the start, each once"))


def _measures() -> Measure:
    return _measure("MEASURES", gettext_noop("Planned measures"))


def _hours() -> Measure:
    return _measure("HOURS", gettext_noop("Confirmed hours of consultations"), Unit.HOURS, "hours")


def _taught() -> Measure:
    return _measure("LEARNERS_CONSULTED", gettext_noop("Learners with confirmed hours, each once"), family="hours")


def _euro() -> Measure:
    return _measure("AMOUNTS", gettext_noop("Approved amounts, net of reversals"), Unit.EURO, "euro")


def _recipients() -> Measure:
    return _measure("RECIPIENTS", gettext_noop("Learners whose costs were reimbursed, each once"), family="euro")


def _by_territory(material: _Material) -> list[tuple[Dimension, Place]]:
    return [material.territory(), material.period()]


TABLES: tuple[_Declared, ...] = (
    _Declared(
        "plans-territory", gettext_noop("Plans by municipality and semester"),
        _plans, ADDED, lambda m: m.plans, _by_territory,
    ),
    _Declared(
        "learners-territory", gettext_noop("Learners with a plan by municipality and semester"),
        _learners, PEOPLE, lambda m: m.plans, _by_territory,
    ),
    _Declared(
        "plans-institution", gettext_noop("Plans by institution and school year"),
        _plans, ADDED, lambda m: m.plans, lambda m: [m.territory(institutions=True), m.period(semesters=False)],
    ),
    _Declared(
        "plans-kind", gettext_noop("Plans by kind of institution and semester"),
        _plans, ADDED, lambda m: m.plans, lambda m: [m.kind(), m.period()],
    ),
    _Declared(
        "plans-stage", gettext_noop("Plans by grade or course and semester"),
        _plans, ADDED, lambda m: exact.plans_by_stage(), lambda m: [(by.stages(), _what), m.period()],
    ),
    _Declared(
        "plans-status", gettext_noop("Plans by where they stand and semester"),
        _plans, ADDED, lambda m: exact.plans_by_status(), lambda m: [(by.statuses(), _what), m.period()],
    ),
    _Declared(
        "risks-period", gettext_noop("Identifications of risks by factor and semester"),
        _identifications, ADDED, lambda m: m.risks, lambda m: [(by.risks(factors=True, overlapping=False), _what), m.period()],
    ),
    _Declared(
        "risks-territory", gettext_noop("Identifications of risks by municipality and factor"),
        _identifications, ADDED, lambda m: m.risks, lambda m: [m.territory(), (by.risks(factors=True, overlapping=False), _what)],
    ),
    _Declared(
        "learners-risk", gettext_noop("Learners by group of risks and semester"),
        _at_risk, PEOPLE, lambda m: m.risks, lambda m: [(by.risks(factors=True, overlapping=True), _what), m.period()],
    ),
    _Declared(
        "measures-period", gettext_noop("Planned measures by kind and semester"),
        _measures, ADDED, lambda m: exact.measures(), lambda m: [(by.measure_kinds(), _what), m.period()],
    ),
    _Declared(
        "hours-period", gettext_noop("Hours of consultations by role and semester"),
        _hours, SUMMED, lambda m: m.hours, lambda m: [(by.roles(), _what), m.period()],
    ),
    _Declared(
        "hours-territory", gettext_noop("Hours of consultations by municipality and role"),
        _hours, SUMMED, lambda m: m.hours, lambda m: [m.territory(), (by.roles(), _what)],
    ),
    _Declared(
        "consulted-period", gettext_noop("Learners with consultations by role and semester"),
        _taught, PEOPLE, lambda m: m.hours, lambda m: [(by.roles(), _what), m.period()],
    ),
    _Declared(
        "euro-period", gettext_noop("Reimbursed costs by kind and semester"),
        _euro, SUMMED, lambda m: m.amounts, lambda m: [(by.reimbursement_kinds(), _what), m.period()],
    ),
    _Declared(
        "recipients-period", gettext_noop("Learners with reimbursed costs by kind and semester"),
        _recipients, PEOPLE, lambda m: m.amounts, lambda m: [(by.reimbursement_kinds(), _what), m.period()],
    ),
    _Declared(
        "euro-territory", gettext_noop("Reimbursed costs by municipality and kind"),
        _euro, SUMMED, lambda m: m.amounts, lambda m: [m.territory(), (by.reimbursement_kinds(), _what)],
    ),
)  # fmt: skip


def exact_tables(*, division_on: dt.date, codes: tuple[str, ...] = ()) -> list[Table]:
    """The declared tables (or those of `codes`), exact, over the whole country. For protection alone: nothing of it may leave.

    Needs a transaction whose scope lets every case row be counted. Raises KeyError for a code that is not declared.
    """
    material = _Material(division_on=division_on)
    declared = {each.code: each for each in TABLES}
    made = []
    for code in codes or tuple(declared):
        each, names = declared[code], by.both(declared[code].title)
        pairs = each.dimensions(material)
        cells = gathered(material=each.lines(material), dimensions=pairs, counting=each.counting)
        made.append(Table(each.code, names.lv, names.en, each.measure(), tuple(pair[0] for pair in pairs), cells))
    return made

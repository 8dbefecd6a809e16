"""A semester's report in sections: rows and columns with codes and words, and the figures between them. One for all its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backend.insight.statistics.cubes import Dimension, TableSpec, Unit
from backend.insight.statistics.full_report import FullReport
from backend.insight.statistics.labels import labels_of
from backend.insight.statistics.staff_load import StaffLoad
from backend.insight.statistics.tables import Table

Number = int | Decimal
"""Whole numbers, or euro with two places."""
Named = tuple[str, str]
"""A code and what it is called."""
TOTAL = "TOTAL"


@dataclass(frozen=True)
class Section:
    """Figures by row and column; what is not there is 0."""

    code: str
    title: str
    of_rows: str
    """What the rows are."""
    rows: tuple[Named, ...]
    columns: tuple[Named, ...]
    figures: Mapping[tuple[str, str], Number]
    tenths: frozenset[str] = frozenset()
    """Columns of means with one place; other numbers with places are euro."""

    def figure(self, row: str, column: str) -> Number:
        """One figure."""
        return self.figures.get((row, column), 0)


def sections_of(full: FullReport) -> list[Section]:
    """The report's sections, then its tables, then what was changed since the semester was closed. In the active language."""
    return [*_of_report(full), *(_of_table(spec, table) for spec, table in full.tables), _of_load(full.staff_load)]


def _of_report(full: FullReport) -> Iterator[Section]:
    report = full.report
    learners = ("learners", _("Learners"))
    yield Section(
        "totals",
        _("Plans and learners"),
        "",
        (("plans", _("Plans that became active or went further")), ("learners", _("Learners with such a plan, each once"))),
        (("count", _("Count")),),
        {("plans", "count"): report.plans, ("learners", "count"): report.learners},
    )
    yield _listed(
        "riskIdentifications",
        _("Risks at the start, by group"),
        Dimension.RISK_GROUP,
        (("identifications", _("Identifications")), ("plans", _("Plans")), learners),
        {line.group.value: (line.identifications, line.plans, line.learners) for line in report.risk_identifications},
    )
    yield _listed(
        "measures",
        _("Measures by kind"),
        Dimension.MEASURE_KIND,
        (("planned", _("Planned")), ("delivered", pgettext("measures", "Delivered"))),
        {line.kind: (line.planned, line.delivered) for line in report.measures},
    )
    yield _listed(
        "consultations",
        _("Confirmed consultations by role"),
        Dimension.SPECIALIST_ROLE,
        (("hours", _("Hours")), learners),
        {line.role.value: (line.hours, line.learners) for line in report.consultations},
    )
    yield _listed(
        "reimbursements",
        _("Approved reimbursements by kind, net of reversals"),
        Dimension.MEASURE_KIND,
        (learners, ("amount", _("Euro"))),
        {line.kind: (line.learners, line.amount) for line in report.reimbursements},
    )


def _listed(
    code: str, title: str, dimension: Dimension, columns: tuple[Named, ...], lines: Mapping[str, tuple[Number, ...]]
) -> Section:
    labels = labels_of(dimension, lines)
    figures = {
        (row, column): number for row, numbers in lines.items() for (column, _label), number in zip(columns, numbers, strict=True)
    }
    return Section(code, title, str(dimension.label), tuple((row, labels[row]) for row in lines), columns, figures)


def _of_load(loads: Sequence[StaffLoad]) -> Section:
    columns = {
        "specialists": _("Specialists"),
        "learners": _("Learners"),
        "hours": _("Hours"),
        "hours_mean": _("Hours each: mean"),
        "hours_lower_quartile": _("Hours: a quarter at most"),
        "hours_median": _("Hours: half at most"),
        "hours_upper_quartile": _("Hours: three quarters at most"),
        "hours_most": _("Hours: the most"),
        "learners_mean": _("Learners each: mean"),
        "learners_median": _("Learners: half at most"),
        "learners_most": _("Learners: the most"),
    }
    codes = [TOTAL if load.role is None else load.role.value for load in loads]
    labels = labels_of(Dimension.SPECIALIST_ROLE, codes) | {TOTAL: _("Total")}
    return Section(
        "staffLoad",
        _("Load of specialists: confirmed hours and learners of each"),
        str(Dimension.SPECIALIST_ROLE.label),
        tuple((code, labels[code]) for code in codes),
        tuple(columns.items()),
        {(code, name): getattr(load, name) for code, load in zip(codes, loads, strict=True) for name in columns},
        tenths=frozenset({"hours_mean", "learners_mean"}),
    )


def _of_table(spec: TableSpec, table: Table) -> Section:
    """A declared table: one dimension down, one across at most."""
    down = _codes(cell.row[0] for cell in table.cells)
    across = _codes(cell.column[0] for cell in table.cells if cell.column)
    euro = table.cube.unit is Unit.EURO
    figures: dict[tuple[str, str], Number] = {}
    for cell in table.cells:
        assert cell.figure is not None  # noqa: S101  (exact tables suppress nothing)
        at = (_code(cell.row[0]), _code(cell.column[0]) if cell.column else TOTAL)
        figures[at] = cell.figure if euro else int(cell.figure)
    rows, columns = (
        tuple((_code(code), _("Total") if code is None else labels[code]) for code in codes)
        for codes, labels in (
            (down, labels_of(table.rows[0], [code for code in down if code is not None])),
            (across or [None], labels_of(table.columns[0], [c for c in across if c is not None]) if table.columns else {}),
        )
    )
    return Section(spec.code, str(spec.title), str(table.rows[0].label), rows, columns, figures)


def _codes(found: Iterator[str | None]) -> list[str | None]:
    """Each code once, in the order of the table, the total last."""
    return sorted(dict.fromkeys(found), key=lambda code: code is None)


def _code(code: str | None) -> str:
    return TOTAL if code is None else code

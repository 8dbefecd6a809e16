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
from backend.insight.statistics.tables import Table, in_place

Number = int | Decimal
"""Whole numbers, or euro with two places."""
Named = tuple[str, str]
"""A code and what it is called."""
TOTAL = "TOTAL"


@dataclass(frozen=True)
class Section:
    """Figures by row and column."""

    code: str
    title: str
    of_rows: str
    """What the rows are."""
    rows: tuple[Named, ...]
    columns: tuple[Named, ...]
    figures: Mapping[tuple[str, str], Number]
    tenths: frozenset[str] = frozenset()
    """Columns of means with one place; other numbers with places are euro."""
    nothing: Number = 0
    """What stands where there is no figure."""

    def figure(self, row: str, column: str) -> Number:
        """One figure."""
        return self.figures.get((row, column), self.nothing)


def sections_of(full: FullReport) -> list[Section]:
    """The report's sections, then its tables, then what was changed since the semester was closed. In the active language."""
    return [*_of_report(full), *(_of_table(spec, table) for spec, table in full.tables), *_of_load(full.staff_load)]


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
        (("planned", pgettext("measures", "Planned")), ("delivered", pgettext("measures", "Delivered"))),
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


def _of_load(loads: Sequence[StaffLoad]) -> Iterator[Section]:
    """Hours and learners of each specialist, by role: two tables, since one would be wider than a page."""
    specialists, learners = ("specialists", _("Specialists")), ("learners", _("Learners"))
    spread = {
        "mean": _("Mean"),
        "lower_quartile": _("Lower quartile"),
        "median": _("Median"),
        "upper_quartile": _("Upper quartile"),
        "most": _("The most"),
    }
    hours = (specialists, ("hours", _("Hours")), *((f"hours_{part}", name) for part, name in spread.items()))
    people = (learners, *((f"learners_{part}", spread[part]) for part in ("mean", "median", "most")))
    codes = [TOTAL if load.role is None else load.role.value for load in loads]
    labels = labels_of(Dimension.SPECIALIST_ROLE, codes) | {TOTAL: _("Total")}
    for code, title, columns in (
        ("staffHours", _("Load of specialists: hours of each"), hours),
        ("staffLearners", _("Load of specialists: learners of each"), people),
    ):
        yield Section(
            code,
            title,
            str(Dimension.SPECIALIST_ROLE.label),
            tuple((row, labels[row]) for row in codes),
            columns,
            {(row, name): getattr(load, name) for row, load in zip(codes, loads, strict=True) for name, _label in columns},
            tenths=frozenset({"hours_mean", "learners_mean"}),
        )


def _of_table(spec: TableSpec, table: Table) -> Section:
    """A declared table: one dimension down, one across at most."""
    down = in_place(table.rows[0], (cell.row[0] for cell in table.cells))
    across = in_place(table.columns[0], (cell.column[0] for cell in table.cells)) if table.columns else []
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
    nothing = Decimal("0.00") if euro else 0
    return Section(spec.code, str(spec.title), str(table.rows[0].label), rows, columns, figures, nothing=nothing)


def _code(code: str | None) -> str:
    return TOTAL if code is None else code

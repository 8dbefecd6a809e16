"""What the public site may see of the figures: published series and released tables, never case rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.db.models.fields.json import KeyTransform

from backend.core.database.statements import Several, rows
from backend.core.models import SourceStatus
from backend.insight.statistics.models import Comparator, PublishedFigure, Release, ReleaseAudience, ReleaseTable


@dataclass(frozen=True)
class Figure:
    """One published figure, as its source gives it."""

    indicator: str
    name_lv: str
    name_en: str
    period: str
    comparator: Comparator
    value: Decimal
    unit: str
    status: SourceStatus
    note: str
    source: str

    def name_in(self, language: str) -> str:
        """The indicator's name in `language` (lv, en), Latvian where there is no other."""
        return (self.name_en or self.name_lv) if language == "en" else self.name_lv


def published_figures(*, indicator: str = "") -> list[Figure]:
    """Figures in the order of the reference list; with `indicator`, those of one indicator's code."""
    every = _rows()
    return [_figure(row) for row in (every.filter(indicator__code=indicator) if indicator else every)]


def published_series(*, indicators: Iterable[str]) -> dict[str, list[Figure]]:
    """Figures of each code in `indicators`, in the order of the reference list; an unknown code has none. One statement."""
    series: dict[str, list[Figure]] = {code: [] for code in indicators}
    for row in rows("figures of indicators", _of_indicators, codes=list(series)):
        figure = _figure(row)
        series[figure.indicator].append(figure)
    return series


def published_values(*, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Figure]:
    """The figure of each (indicator code, period) that was published. One statement."""
    wanted = set(pairs)
    codes, periods = sorted({code for code, _period in wanted}), sorted({period for _code, period in wanted})
    asked = rows(
        "figures of periods",
        lambda: _of_indicators().filter(period__in=Several("periods", of="text")),
        codes=codes,
        periods=periods,
    )
    found = {(figure.indicator, figure.period): figure for figure in map(_figure, asked)}
    return {pair: figure for pair, figure in found.items() if pair in wanted}


_Row = tuple[Any, ...]
_COLUMNS = (
    *("indicator__code", "indicator__name_lv", "indicator__name_en", "period", "comparator", "value", "unit"),
    *("source_status", "source_note", "source"),
)


def _of_indicators() -> QuerySet[PublishedFigure, _Row]:
    return _rows().filter(indicator__code__in=Several("codes", of="text"))


def _rows() -> QuerySet[PublishedFigure, _Row]:
    return PublishedFigure.objects.order_by("position").values_list(*_COLUMNS)


def _figure(row: _Row) -> Figure:
    code, name_lv, name_en, period, comparator, value, unit, status, note, source = row
    return Figure(code, name_lv, name_en, period, Comparator(comparator), value, unit, SourceStatus(status), note, source)


@dataclass(frozen=True)
class PublicRelease:
    """A release for the public, as it stands for ever."""

    code: str
    number: int
    name_lv: str
    name_en: str
    changes_lv: str
    changes_en: str
    released_at: dt.datetime
    known_on: dt.datetime
    division_on: dt.date
    content_hash: str
    protection: dict[str, Any]
    """The profile that it was protected by, and what the audit counted."""
    tables: tuple[PublicTable, ...] = ()

    def name_in(self, language: str) -> str:
        """Its name."""
        return (self.name_en or self.name_lv) if language == "en" else self.name_lv

    def changes_in(self, language: str) -> str:
        """What differs from the release before."""
        return (self.changes_en or self.changes_lv) if language == "en" else self.changes_lv


@dataclass(frozen=True)
class PublicTable:
    """A table of a release; `cells` (`statistics.releases.stored.public_form`) only where one table was asked for.

    The hash is that of the cells, so tables are compared by it alone.
    """

    code: str
    name_lv: str
    name_en: str
    content_hash: str
    cells: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def name_in(self, language: str) -> str:
        """Its title."""
        return (self.name_en or self.name_lv) if language == "en" else self.name_lv


def public_releases() -> list[PublicRelease]:
    """Releases for the public with the list of their tables, the newest first. Two statements."""
    return [_release(row, row.tables.all()) for row in _released().prefetch_related(_tables_by_name())]


def public_release(*, code: str = "") -> PublicRelease | None:
    """One release with the list of its tables; without a code the newest. None where there is none. Two statements."""
    rows = _released().prefetch_related(_tables_by_name())
    row = (rows.filter(code=code) if code else rows).first()
    return _release(row, row.tables.all()) if row else None


def public_table(*, release: str, code: str) -> tuple[PublicRelease, PublicTable] | None:
    """A table with its figures, and its release. None where it was not published. One statement."""
    rows = ReleaseTable.objects.filter(release__in=_released().order_by(), release__code=release, code=code)
    row = rows.select_related("release").first()
    return (_release(row.release, ()), _table(row, cells=row.cells)) if row else None


def newest_tables(*, codes: Iterable[str]) -> dict[str, tuple[PublicRelease, PublicTable]]:
    """Tables with their figures by code, each from the newest release that holds it; what nobody released is left out.

    One statement, and one more for cells that this process has not read yet: they never change.
    """
    found = rows(
        "newest tables",
        lambda: _newest().filter(code__in=Several("codes", of="text")).select_related("release").defer("cells"),
        codes=sorted(set(codes)),
    )
    cells = _cells_of(found)
    return {row.code: (_release(row.release, ()), _table(row, cells=cells[row.content_hash])) for row in found}


_MOST_READ = 200
_read: dict[str, dict[str, Any]] = {}
"""Cells by their hash, of tables that pages show."""


def _cells_of(tables: Sequence[ReleaseTable]) -> dict[str, dict[str, Any]]:
    there = _read.copy()  # another thread may empty it
    known = {table.content_hash: there[table.content_hash] for table in tables if table.content_hash in there}
    absent = [table.pk for table in tables if table.content_hash not in known]
    if absent:
        every = ReleaseTable.objects.filter(pk__in=absent).values_list("content_hash", "cells")
        known.update(every)
        if len(_read) + len(known) > _MOST_READ:
            _read.clear()
        _read.update(known)
    return known


def released_shapes() -> list[PublicTable]:
    """Every released table, as its newest release has it, with `dimensions` in its cells and no figures. One statement."""
    rows = _newest().defer("cells").annotate(dimensions=KeyTransform("dimensions", "cells"))
    return [_table(row, cells={"dimensions": row.dimensions}) for row in rows]


def _newest() -> QuerySet[ReleaseTable]:
    rows = ReleaseTable.objects.filter(release__in=_released().order_by())
    return rows.order_by("code", "-release__number").distinct("code")


def _released() -> QuerySet[Release]:
    rows = Release.objects.filter(audience=ReleaseAudience.PUBLIC, released_at__isnull=False)
    return rows.order_by("-number")


def _tables_by_name() -> Prefetch[Any]:
    return Prefetch("tables", queryset=ReleaseTable.objects.defer("cells").order_by("code"))


def _release(row: Release, tables: Iterable[ReleaseTable]) -> PublicRelease:
    assert row.released_at is not None  # noqa: S101 (only released ones are read here)
    return PublicRelease(
        code=row.code,
        number=row.number,
        name_lv=row.name_lv,
        name_en=row.name_en,
        changes_lv=row.changes_lv,
        changes_en=row.changes_en,
        released_at=row.released_at,
        known_on=row.known_on,
        division_on=row.division_on or row.known_on.date(),
        content_hash=row.content_hash,
        protection=row.protection,
        tables=tuple(_table(table) for table in tables),
    )


def _table(row: ReleaseTable, *, cells: dict[str, Any] | None = None) -> PublicTable:
    return PublicTable(row.code, row.name_lv, row.name_en, row.content_hash, cells or {})

"""What the public site may see of the figures: published series and released tables, never case rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
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
        series[row.indicator.code].append(_figure(row))
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
    found = {(row.indicator.code, row.period): _figure(row) for row in asked}
    return {pair: figure for pair, figure in found.items() if pair in wanted}


def _of_indicators() -> QuerySet[PublishedFigure]:
    return _rows().filter(indicator__code__in=Several("codes", of="text"))


def _rows() -> QuerySet[PublishedFigure]:
    return PublishedFigure.objects.select_related("indicator").order_by("position")


def _figure(row: PublishedFigure) -> Figure:
    return Figure(
        indicator=row.indicator.code,
        name_lv=row.indicator.name_lv,
        name_en=row.indicator.name_en,
        period=row.period,
        comparator=Comparator(row.comparator),
        value=row.value,
        unit=row.unit,
        status=SourceStatus(row.source_status),
        note=row.source_note,
        source=row.source,
    )


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
    """A table of a release; `cells` (`statistics.releases.stored.public_form`) only where one table was asked for."""

    code: str
    name_lv: str
    name_en: str
    content_hash: str
    cells: dict[str, Any] = field(default_factory=dict, repr=False)

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

    One statement.
    """
    found = rows(
        "newest tables",
        lambda: _newest().filter(code__in=Several("codes", of="text")).select_related("release"),
        codes=sorted(set(codes)),
    )
    return {row.code: (_release(row.release, ()), _table(row, cells=row.cells)) for row in found}


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

"""Released tables as JSON and back: what readers get, and the exact figures behind it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from backend.insight.disclosure.profiles import Earlier, Profile
from backend.insight.disclosure.shapes import TOTAL, Category, Cell, Coordinates, Dimension, Measure, Table, Unit
from backend.insight.disclosure.shares import share
from backend.insight.statistics.models import BuilderMode, ReleaseProfile
from backend.territory.selectors import in_force


def profile_in_force(audience: str, day: dt.date) -> Profile | None:
    """By what releases to an audience are protected on a day; None where nothing says so."""
    row = ReleaseProfile.objects.filter(in_force(day), audience=audience).first()
    return profile_of(row) if row else None


def profile_of(row: ReleaseProfile) -> Profile:
    """The rules of a row of reference data."""
    return Profile(
        code=row.audience,
        threshold=row.threshold,
        threshold_special=row.threshold_special,
        threshold_close=row.threshold_institution,
        group_disclosure=row.group_disclosure,
        dominance_n=row.dominance_n,
        dominance_k=row.dominance_k,
        p_percent=row.p_percent,
        least_contributors=row.least_recipients,
        share_denominator=row.share_denominator,
        share_edge=row.share_edge,
        rounding_base=row.rounding_base,
        rounds=row.builder_mode == BuilderMode.ROUNDING,
        noise_reach=row.noise_reach,
        noise_variance=row.noise_variance,
    )


def public_form(table: Table, shown: tuple[bool, ...], profile: Profile) -> dict[str, Any]:
    """What is handed out: measure, dimensions, and values in the order of `Table.coordinates`; None where suppressed.

    Counts of a table with an attribute (risks) come with their share of the group, out of published counts alone.
    """
    values = {
        at: _text(table.measure.unit, table.cell(at).value) if visible else None
        for at, visible in zip(table.coordinates(), shown, strict=True)
    }
    return {
        "measure": asdict(table.measure) | {"unit": table.measure.unit.value},
        "dimensions": [asdict(dimension) for dimension in table.dimensions],
        "fixed": [list(pair) for pair in table.fixed],
        "values": list(values.values()),
        "shares": _shares(table, values, profile),
    }


def _shares(table: Table, values: dict[Coordinates, str | None], profile: Profile) -> list[str | None] | None:
    axis = next((place for place, dimension in enumerate(table.dimensions) if dimension.attribute), None)
    if axis is None or table.measure.unit is not Unit.COUNT:
        return None
    wholes = {at: (*at[:axis], TOTAL, *at[axis + 1 :]) for at in values}
    return [share(part=_number(value), whole=_number(values[wholes[at]]), profile=profile) for at, value in values.items()]


def _number(value: str | None) -> int | None:
    return None if value is None else int(value)


def _text(unit: Unit, value: Decimal) -> str:
    """Euro with two places, everything else whole: the same text in every file and on every page."""
    return f"{value:.2f}" if unit is Unit.EURO else f"{value:.0f}"


def hash_of(content: Any) -> str:
    """SHA-256 over canonical JSON, in hexadecimal."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def evidence_of(table: Table) -> list[list[Any]]:
    """[place, value, contributors, greatest contributions] of each cell that is not nought."""
    kept = []
    for place, at in enumerate(table.coordinates()):
        cell = table.cells.get(at)
        if cell is not None and (cell.value or cell.contributors):
            kept.append([place, str(cell.value), cell.contributors, [str(each) for each in cell.largest]])
    return kept


def shape_of(*, code: str, stored: dict[str, Any], cells: dict[Coordinates, Cell] | None = None) -> Table:
    """The table that `public_form` wrote down, with these cells."""
    measure = stored["measure"]
    dimensions = tuple(
        Dimension(**{**each, "categories": tuple(Category(**category) for category in each["categories"])})
        for each in stored["dimensions"]
    )
    fixed = tuple((dimension, value) for dimension, value in stored["fixed"])
    return Table(code, code, code, Measure(**{**measure, "unit": Unit(measure["unit"])}), dimensions, cells or {}, fixed)


def earlier_of(*, code: str, stored: dict[str, Any], figures: list[list[Any]], profile: dict[str, Any]) -> Earlier:
    """An earlier table with its exact figures, for the audit of a later release."""
    empty = shape_of(code=code, stored=stored)
    places = list(empty.coordinates())
    cells = {
        places[place]: Cell(Decimal(value), contributors, tuple(Decimal(each) for each in largest))
        for place, value, contributors, largest in figures
    }
    hidden = tuple(value is None for value in stored["values"])
    return Earlier(shape_of(code=code, stored=stored, cells=cells), Profile.from_json(profile), hidden)

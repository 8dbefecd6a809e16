"""Loads risk factors, the scale of risk levels and measure kinds from `fixtures/` (origin: ORIGIN.md there)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from uuid import UUID

from backend.core.identifiers import uuid_for
from backend.core.models import SourceStatus
from backend.core.reference import EDITED, load_rows, read_csv
from backend.registry.models import FactClass, MeasureCategory, MeasureKind, RiskFactor, RiskGroup, RiskLevel
from backend.registry.models.reference import SPECIAL_GROUPS
from backend.registry.rules_reference import load_rules
from backend.territory.reference import programme_id

FIXTURES = Path(__file__).parent / "fixtures"
SINCE = dt.date(2017, 3, 16)
"""First day of the programme: no source dates its lists more closely."""


def load() -> dict[str, int]:
    """Load everything; rows loaded before are brought up to date. Returns the number of rows by list.

    Needs a transaction of the caller's, and a role that may write.
    """
    kinds = [row for row in read_csv(FIXTURES / "support_measures.csv") if row["category"] in MeasureCategory.values]
    return {
        "risk factors": load_rows(RiskFactor, _risk_factors(read_csv(FIXTURES / "risk_factors.csv")), keep=EDITED),
        "risk levels": load_rows(RiskLevel, [_risk_level(row) for row in read_csv(FIXTURES / "risk_levels.csv")]),
        "measure kinds": load_rows(
            MeasureKind, [_measure_kind(row, position) for position, row in enumerate(kinds, start=1)], keep=EDITED
        ),
        **load_rules(programme_id=programme_id(), since=SINCE),
    }


def risk_factor_id(code: str) -> UUID:
    """Key of the first version of a risk factor."""
    return uuid_for(kind=RiskFactor.tag, code=code)


def measure_kind_id(code: str) -> UUID:
    """Key of the first version of a measure kind."""
    return uuid_for(kind=MeasureKind.tag, code=code)


def _risk_factors(rows: list[dict[str, str]]) -> list[RiskFactor]:
    groups = list(RiskGroup)
    ordered = sorted(rows, key=lambda row: groups.index(RiskGroup(row["group_code"].upper())))  # stable inside a group
    return [_risk_factor(row, position) for position, row in enumerate(ordered, start=1)]


def _risk_factor(row: dict[str, str], position: int) -> RiskFactor:
    group = RiskGroup(row["group_code"].upper())
    return RiskFactor(
        id=risk_factor_id(row["code"]),
        group=group,
        code=row["code"],
        fact_class=FactClass.SPECIAL if group in SPECIAL_GROUPS else FactClass.PERSONAL,
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        position=position,
        valid_from=SINCE,
        source=row["source"],
        source_status=SourceStatus.FOUND if row["status"] == "found" else SourceStatus.PARTLY_INFERRED,
        source_note=row["status"],
    )


def _risk_level(row: dict[str, str]) -> RiskLevel:
    return RiskLevel(
        id=uuid_for(kind=RiskLevel.tag, code=row["value"]),
        value=int(row["value"]),
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        source_status=row["status"],
        source_note=row["note"],
    )


def _measure_kind(row: dict[str, str], position: int) -> MeasureKind:
    code = row["code"].upper()
    return MeasureKind(
        id=measure_kind_id(code),
        category=row["category"],
        code=code,
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        unit=row["unit"],
        limit_text="" if row["limit"] == "not found" else row["limit"],
        note=row["note"],
        position=position,
        valid_from=SINCE,
        source=row["source"],
        source_status=SourceStatus.FOUND if row["status"] == "found" else SourceStatus.PARTLY_INFERRED,
        source_note=row["status"],
    )

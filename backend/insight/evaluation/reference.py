"""Loads the rules of early warning from `fixtures/` (origin: ORIGIN.md there)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from backend.core.identifiers import uuid_for
from backend.core.reference import load_rows, read_csv
from backend.insight.evaluation.models import EarlyWarningRule

FIXTURES = Path(__file__).parent / "fixtures"
SINCE = dt.date(2017, 3, 16)
"""First day of the programme."""


def load() -> dict[str, int]:
    """Load everything; rows loaded before are brought up to date. Returns the number of rows by list.

    Needs a transaction of the caller's, and a role that may write.
    """
    rows = read_csv(FIXTURES / "early_warning_rules.csv")
    return {"early-warning rules": load_rows(EarlyWarningRule, [_rule(row) for row in rows])}


def _rule(row: dict[str, str]) -> EarlyWarningRule:
    return EarlyWarningRule(
        id=uuid_for(kind=EarlyWarningRule.tag, code=row["code"]),
        code=row["code"],
        revision=1,
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        measure=row["measure"],
        comparison=row["comparison"],
        threshold=Decimal(row["threshold"]),
        level=int(row["level"]),
        valid_from=SINCE,
        source=row["source"],
        source_status=row["status"],
        source_note=row["note"],
    )

"""Loads the retention register from `fixtures/` (origin: ORIGIN.md there)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from backend.core.identifiers import uuid_for
from backend.core.reference import load_rows, read_csv
from backend.privacy.models import RetentionTerm
from backend.territory.reference import programme_id

FIXTURES = Path(__file__).parent / "fixtures"
SINCE = dt.date(2017, 3, 16)
"""First day of the programme."""


def load() -> dict[str, int]:
    """Load everything; rows loaded before are brought up to date. Returns the number of rows by list.

    Needs a transaction of the caller's, the programme, and a role that may write.
    """
    return {"retention terms": load_rows(RetentionTerm, [_term(row) for row in read_csv(FIXTURES / "retention_terms.csv")])}


def _term(row: dict[str, str]) -> RetentionTerm:
    return RetentionTerm(
        id=uuid_for(kind=RetentionTerm.tag, code=row["retention"]),
        retention=row["retention"],
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        programme_id=programme_id() if row["keep_until"] else None,
        keep_until=dt.date.fromisoformat(row["keep_until"]) if row["keep_until"] else None,
        keep_days=int(row["keep_days"]) if row["keep_days"] else None,
        valid_from=SINCE,
        source=row["source"],
        source_status=row["status"],
        source_note=row["note"],
    )

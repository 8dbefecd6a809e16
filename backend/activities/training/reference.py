"""Loads what holds for each kind of event from `fixtures/` (origin: ORIGIN.md there)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from backend.activities.training.models import TrainingTerm
from backend.core.identifiers import uuid_for
from backend.core.reference import load_rows, read_csv

FIXTURES = Path(__file__).parent / "fixtures"
SINCE = dt.date(2017, 3, 16)
"""First day of the programme: no source dates the limits."""


def load() -> dict[str, int]:
    """Load everything; rows loaded before are brought up to date. Returns the number of rows by list.

    Needs a transaction of the caller's, and a role that may write.
    """
    return {"training terms": load_rows(TrainingTerm, [_term(row) for row in read_csv(FIXTURES / "training_terms.csv")])}


def _term(row: dict[str, str]) -> TrainingTerm:
    return TrainingTerm(
        id=uuid_for(kind=TrainingTerm.tag, code=row["kind"]),
        kind=row["kind"],
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        max_participants=_number(row["max_participants"]),
        minutes=_number(row["minutes"]),
        min_per_institution=_number(row["min_per_institution"]),
        valid_from=SINCE,
        source=row["source"],
        source_status=row["status"],
        source_note=row["note"],
    )


def _number(text: str) -> int | None:
    return int(text) if text else None

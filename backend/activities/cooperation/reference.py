"""Loads the questions put to learners and guardians from `fixtures/` (origin: ORIGIN.md there)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from backend.activities.cooperation.models import FeedbackQuestion
from backend.core.identifiers import uuid_for
from backend.core.models import SourceStatus
from backend.core.reference import load_rows, read_csv

FIXTURES = Path(__file__).parent / "fixtures"
SINCE = dt.date(2017, 3, 16)
"""First day of the programme: the questions are ours and have no date."""


def load() -> dict[str, int]:
    """Load everything; rows loaded before are brought up to date. Returns the number of rows by list.

    Needs a transaction of the caller's, and a role that may write.
    """
    rows = read_csv(FIXTURES / "feedback_questions.csv")
    return {"feedback questions": load_rows(FeedbackQuestion, [_question(row, at) for at, row in enumerate(rows, start=1)])}


def _question(row: dict[str, str], position: int) -> FeedbackQuestion:
    return FeedbackQuestion(
        id=uuid_for(kind=FeedbackQuestion.tag, code=f"{row['audience']}:{row['code']}"),
        audience=row["audience"],
        code=row["code"],
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        scale_max=int(row["scale_max"]) if row["scale_max"] else None,
        position=position,
        valid_from=SINCE,
        source_status=SourceStatus.ASSUMED,
        source_note="no source shows a form",
    )

"""Loads the grant, scoring criteria and transitions from `fixtures/` (origin: ORIGIN.md there)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from backend.activities.initiatives.models import InitiativeGrant, InitiativeTransition, ScoringCriterion
from backend.core.identifiers import uuid_for
from backend.core.models import SourceStatus
from backend.core.reference import load_rows, read_csv
from backend.territory.reference import programme_id

FIXTURES = Path(__file__).parent / "fixtures"
SINCE = dt.date(2017, 3, 16)
"""First day of the programme: no source dates criteria or states."""


def load() -> dict[str, int]:
    """Load everything; rows loaded before are brought up to date. Returns the number of rows by list.

    Needs a transaction of the caller's, the programme, and a role that may write.
    """
    criteria = read_csv(FIXTURES / "criteria.csv")
    return {
        "initiative grants": load_rows(InitiativeGrant, [_grant(row) for row in read_csv(FIXTURES / "grants.csv")]),
        "scoring criteria": load_rows(ScoringCriterion, [_criterion(row, at) for at, row in enumerate(criteria, start=1)]),
        "initiative transitions": load_rows(
            InitiativeTransition, [_transition(row) for row in read_csv(FIXTURES / "transitions.csv")]
        ),
    }


def _grant(row: dict[str, str]) -> InitiativeGrant:
    return InitiativeGrant(
        id=uuid_for(kind=InitiativeGrant.tag, code=row["code"]),
        programme_id=programme_id(),
        amount=Decimal(row["amount"]),
        share_percent=int(row["share_percent"]),
        valid_from=dt.date.fromisoformat(row["valid_from"]),
        valid_to=dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        source=row["source"],
        source_status=row["status"],
        source_note=row["note"],
    )


def _criterion(row: dict[str, str], position: int) -> ScoringCriterion:
    return ScoringCriterion(
        id=uuid_for(kind=ScoringCriterion.tag, code=row["code"]),
        code=row["code"],
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        max_points=int(row["max_points"]),
        position=position,
        valid_from=SINCE,
        source_status=row["status"],
        source_note=row["note"],
    )


def _transition(row: dict[str, str]) -> InitiativeTransition:
    return InitiativeTransition(
        id=uuid_for(kind=InitiativeTransition.tag, code=":".join(row.values())),
        valid_from=SINCE,
        source_status=SourceStatus.INFERRED,
        source_note="domain.md 6: states to model",
        **row,
    )

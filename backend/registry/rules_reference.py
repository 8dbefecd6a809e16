"""Loads positions, outcome themes, grounds of interruption, tariffs, deadlines, approval tiers, incompatible roles, accounts.

Most of them no source gives: the status of each row says so (fixtures/ORIGIN.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.core.identifiers import uuid_for
from backend.core.models import SourceStatus
from backend.core.reference import EDITED, load_rows, read_csv
from backend.registry.models import (
    ApprovalTier,
    Deadline,
    IncompatibleRoles,
    InterruptionGround,
    LedgerAccount,
    OutcomeTheme,
    Position,
    Tariff,
)

FIXTURES = Path(__file__).parent / "fixtures"


def load_rules(*, programme_id: UUID, since: dt.date) -> dict[str, int]:
    """Load the lists; rows loaded before are brought up to date. Returns the number of rows by list.

    A tariff that people ended keeps its last day. Needs a transaction of the caller's, and the owner or the loader.
    """
    return {
        "positions": load_rows(Position, [_position(row, at, since) for at, row in _read("positions")], keep=EDITED),
        "outcome themes": load_rows(
            OutcomeTheme, [_listed(OutcomeTheme, row, at, since) for at, row in _read("outcome_themes")], keep=EDITED
        ),
        "grounds of interruption": load_rows(
            InterruptionGround,
            [_listed(InterruptionGround, row, at, since) for at, row in _read("interruption_grounds")],
            keep=EDITED,
        ),
        "tariffs": load_rows(Tariff, [_tariff(row, programme_id) for _at, row in _read("tariffs")], keep=[*EDITED, "created_at"]),
        "deadlines": load_rows(Deadline, [_deadline(row, since) for _at, row in _read("deadlines")], keep=EDITED),
        "approval tiers": load_rows(
            ApprovalTier, [_tier(row, programme_id, since) for _at, row in _read("approval_tiers")], keep=EDITED
        ),
        "incompatible roles": load_rows(
            IncompatibleRoles, [_pair(row, since) for _at, row in _read("incompatible_roles")], keep=EDITED
        ),
        "ledger accounts": load_rows(LedgerAccount, [_account(row) for _at, row in _read("ledger_accounts")]),
    }


def position_id(code: str) -> UUID:
    """Key of the first version of a position."""
    return uuid_for(kind=Position.tag, code=code)


def ledger_account_id(code: str) -> UUID:
    """Key of an account of the ledger."""
    return uuid_for(kind=LedgerAccount.tag, code=code)


def _read(name: str) -> Iterable[tuple[int, dict[str, str]]]:
    return enumerate(read_csv(FIXTURES / f"{name}.csv"), start=1)


def _key(model: type[Any], *parts: str) -> UUID:
    return uuid_for(kind=model.tag, code=":".join(parts))


def _provenance(row: dict[str, str]) -> dict[str, str]:
    return {"source": row["source"], "source_status": row["status"], "source_note": row["note"]}


def _position(row: dict[str, str], at: int, since: dt.date) -> Position:
    return Position(
        id=position_id(row["code"]),
        code=row["code"],
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        specialist_role=row["specialist_role"],
        is_default=row["is_default"] == "yes",
        position=at,
        valid_from=since,
        **_provenance(row),
    )


def _listed(model: type[Any], row: dict[str, str], at: int, since: dt.date) -> Any:
    return model(
        id=_key(model, row["code"]),
        code=row["code"],
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        position=at,
        valid_from=since,
        **_provenance(row),
    )


def _tariff(row: dict[str, str], programme_id: UUID) -> Tariff:
    return Tariff(
        id=_key(Tariff, row["kind_code"], row["valid_from"]),
        programme_id=programme_id,
        category=row["category"],
        kind_code=row["kind_code"],
        unit=row["unit"],
        rate=_euro(row["rate"]),
        cap=_euro(row["cap"]),
        cap_period=row["cap_period"],
        valid_from=dt.date.fromisoformat(row["valid_from"]),
        valid_to=dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        **_provenance(row),
    )


def _deadline(row: dict[str, str], since: dt.date) -> Deadline:
    return Deadline(
        id=_key(Deadline, row["step"]),
        step=row["step"],
        anchor=row["anchor"],
        days=int(row["days"]),
        valid_from=since,
        **_provenance(row),
    )


def _tier(row: dict[str, str], programme_id: UUID, since: dt.date) -> ApprovalTier:
    return ApprovalTier(
        id=_key(ApprovalTier, row["subject"], row["amount_from"]),
        programme_id=programme_id,
        subject=row["subject"],
        amount_from=Decimal(row["amount_from"]),
        approvals=int(row["approvals"]),
        second_roles=row["second_roles"].split(),
        valid_from=since,
        **_provenance(row),
    )


def _pair(row: dict[str, str], since: dt.date) -> IncompatibleRoles:
    return IncompatibleRoles(
        id=_key(IncompatibleRoles, row["first_role"], row["second_role"]),
        first_role=row["first_role"],
        second_role=row["second_role"],
        reach=row["reach"],
        valid_from=since,
        **_provenance(row),
    )


def _account(row: dict[str, str]) -> LedgerAccount:
    return LedgerAccount(
        id=ledger_account_id(row["code"]),
        code=row["code"],
        kind=row["kind"],
        name_lv=row["name_lv"],
        name_en=row["name_en"],
        source="ours",
        source_status=SourceStatus.ASSUMED,
        source_note="no source gives a chart of accounts",
    )


def _euro(value: str) -> Decimal | None:
    return Decimal(value) if value else None

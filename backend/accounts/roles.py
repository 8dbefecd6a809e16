"""What each role lets one read: areas of data by role (domain.md 4; the contract's list of roles).

A role without an entry reads only what is public. What a role may *do* is decided by each service.
"""

from __future__ import annotations

from enum import StrEnum

from backend.accounts.models.assignment import Role


class Area(StrEnum):
    """Areas of data that are opened one by one; each matches a read scope of a token."""

    REGISTRY = "registry.read"
    LEARNERS = "learners.read"
    PLANS = "plans.read"
    DELIVERY = "delivery.read"
    MONEY = "money.read"
    STATISTICS = "statistics.read"


_CASE = frozenset({Area.REGISTRY, Area.LEARNERS, Area.PLANS, Area.DELIVERY, Area.STATISTICS})
_CASE_AND_MONEY = _CASE | {Area.MONEY}

_READS: dict[str, frozenset[Area]] = {
    Role.PLAN_AUTHOR: _CASE,
    Role.SUPPORT_PROVIDER: _CASE,
    Role.INSTITUTION_COORDINATOR: _CASE_AND_MONEY,
    Role.INSTITUTION_HEAD: _CASE_AND_MONEY,
    Role.MUNICIPALITY_COORDINATOR: _CASE_AND_MONEY,
    Role.VOCATIONAL_COORDINATOR: _CASE_AND_MONEY,
    Role.REGIONAL_COORDINATOR: _CASE_AND_MONEY,
    Role.IKVD: _CASE_AND_MONEY,
    Role.AUDITOR: _CASE_AND_MONEY,
    Role.RESEARCHER: frozenset({Area.STATISTICS}),
}


def areas_of(role: str) -> frozenset[Area]:
    """Areas that a role opens inside its unit."""
    return _READS.get(role, frozenset())

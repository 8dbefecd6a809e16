"""What each role lets one read: areas of data by role (domain.md 4; the contract's list of roles).

A role without an entry reads only what is public. What a role may *do* is decided by each service.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from backend.accounts.models.assignment import Role


class Area(StrEnum):
    """Areas of data that are opened one by one; each matches a read scope of a token."""

    REGISTRY = "registry.read"
    LEARNERS = "learners.read"
    PLANS = "plans.read"
    DELIVERY = "delivery.read"
    MONEY = "money.read"
    STATISTICS = "statistics.read"


# Every scope a token can carry, described for the consent page and the integrator's guide.
TOKEN_SCOPES: dict[str, str] = {
    "registry.read": _("Read institutions, agreements, staff and reference lists"),
    "registry.write": _("Change agreements, staff and reference lists"),
    "learners.read": _("Read learners and their enrolments"),
    "learners.write": _("Register and change learners"),
    "plans.read": _("Read individual support plans"),
    "plans.write": _("Write individual support plans and decide on them"),
    "delivery.read": _("Read consultations and timesheets"),
    "delivery.write": _("Record consultations and decide on timesheets"),
    "money.read": _("Read claims, payments and the ledger"),
    "money.write": _("Claim, approve and pay"),
    "statistics.read": _("Read reports and statistics"),
    "files": _("Upload and fetch proofs"),
    "adhoc": _("Send queries that are not registered, under lower limits"),
    "introspect": _("Read the schema"),
}

_EVERYTHING = frozenset(Area)
_CASE = frozenset({Area.REGISTRY, Area.LEARNERS, Area.PLANS, Area.DELIVERY, Area.STATISTICS})

_READS: dict[str, frozenset[Area]] = {
    Role.PLAN_AUTHOR: _EVERYTHING,
    Role.SUPPORT_PROVIDER: _CASE,
    Role.INSTITUTION_COORDINATOR: _EVERYTHING,
    Role.INSTITUTION_HEAD: _EVERYTHING,
    Role.MUNICIPALITY_COORDINATOR: _EVERYTHING,
    Role.VOCATIONAL_COORDINATOR: _EVERYTHING,
    Role.REGIONAL_COORDINATOR: _EVERYTHING,
    Role.IKVD: _EVERYTHING,
    Role.AUDITOR: _EVERYTHING,
    Role.RESEARCHER: frozenset({Area.STATISTICS}),
}

# Areas in which a role does work of its own; every other role only reads.
_WRITES: dict[str, frozenset[Area]] = {
    Role.PLAN_AUTHOR: frozenset({Area.LEARNERS, Area.PLANS, Area.MONEY}),
    Role.SUPPORT_PROVIDER: frozenset({Area.DELIVERY}),
    Role.INSTITUTION_COORDINATOR: frozenset({Area.REGISTRY, Area.LEARNERS, Area.PLANS, Area.DELIVERY, Area.MONEY}),
    Role.INSTITUTION_HEAD: frozenset({Area.REGISTRY, Area.PLANS, Area.DELIVERY, Area.MONEY}),
    Role.MUNICIPALITY_COORDINATOR: frozenset({Area.REGISTRY, Area.PLANS, Area.DELIVERY, Area.MONEY}),
    Role.VOCATIONAL_COORDINATOR: frozenset({Area.REGISTRY, Area.PLANS, Area.DELIVERY, Area.MONEY}),
    Role.REGIONAL_COORDINATOR: frozenset({Area.REGISTRY, Area.DELIVERY}),
    Role.IKVD: frozenset({Area.REGISTRY, Area.PLANS, Area.DELIVERY, Area.MONEY}),
}
_FILES = frozenset({Role.PLAN_AUTHOR, Role.INSTITUTION_COORDINATOR, Role.INSTITUTION_HEAD, Role.SUPPORT_PROVIDER, Role.IKVD})


def areas_of(role: str) -> frozenset[Area]:
    """Areas that a role opens for reading inside its unit."""
    return _READS.get(role, frozenset())


def token_scopes_for(roles: Iterable[str]) -> list[str]:
    """Token scopes that an app with these roles needs, in the contract's order."""
    held = list(roles)
    wanted = {str(area) for role in held for area in areas_of(role)}
    wanted |= {area.replace(".read", ".write") for role in held for area in _WRITES.get(role, frozenset())}
    if _FILES & set(held):
        wanted.add("files")
    return [scope for scope in TOKEN_SCOPES if scope in wanted]

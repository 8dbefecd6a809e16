"""What a caller may reach: the scope, computed from assignments in force, and carried to the database.

A scope is made once a request, from the caller's assignments on the business day, and set for the request's
transaction, where the row-security policies read it (docs/decisions/0006-row-security.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from backend.accounts.models import Assignment, Level, User
from backend.accounts.roles import Area, areas_of
from backend.core.clock import business_today
from backend.territory.models import Institution, Municipality


@dataclass(frozen=True)
class Holding:
    """One assignment in force: a role at a unit, and the institutions that lie under the unit."""

    role: str
    level: str
    unit_code: str
    whole_state: bool
    institution_ids: frozenset[UUID]

    @property
    def areas(self) -> frozenset[Area]:
        """What the role lets one read at all."""
        return areas_of(self.role)


@dataclass(frozen=True)
class Scope:
    """Everything that decides what a caller sees. `NOBODY` is the scope of a visitor."""

    principal_id: UUID | None = None
    app_id: int | None = None
    token_scopes: frozenset[str] = frozenset()
    holdings: tuple[Holding, ...] = ()
    on: dt.date = field(default_factory=business_today)

    @property
    def roles(self) -> frozenset[str]:
        """Roles held anywhere."""
        return frozenset(holding.role for holding in self.holdings)

    def reaches_whole_state(self, area: Area) -> bool:
        """Whether `area` is open in the whole country."""
        return any(holding.whole_state and area in holding.areas for holding in self.holdings)

    def institutions(self, area: Area) -> frozenset[UUID]:
        """Institutions in which `area` is open, besides the whole state."""
        return frozenset().union(*(holding.institution_ids for holding in self.holdings if area in holding.areas))

    def holding_for(self, area: Area, institution_ids: Iterable[UUID]) -> Holding | None:
        """The nearest assignment that opens `area` in one of `institution_ids`: the reason a read is logged with."""
        wanted = set(institution_ids)
        for holding in sorted(self.holdings, key=lambda held: _NEARNESS[held.level]):
            if area in holding.areas and (holding.whole_state or wanted & holding.institution_ids):
                return holding
        return None


_NEARNESS: dict[str, int] = {Level.INSTITUTION: 0, Level.MUNICIPALITY: 1, Level.REGION: 2, Level.STATE: 3}
NOBODY = Scope(on=dt.date.min)


def scope_of(*, user: User, app_id: int | None = None, token_scopes: Iterable[str] = (), on: dt.date | None = None) -> Scope:
    """The scope of `user` on a day (default: the business day). Two statements at most."""
    day = on or business_today()
    assignments = list(
        Assignment.objects.filter(user=user, valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        .select_related("region", "municipality", "institution")
        .order_by("id")
    )
    places = _institutions_under(assignments=assignments, day=day)
    holdings = tuple(
        Holding(
            role=assignment.role,
            level=assignment.level,
            unit_code=assignment.unit_code,
            whole_state=assignment.level == Level.STATE,
            institution_ids=places[assignment.pk],
        )
        for assignment in assignments
    )
    return Scope(principal_id=user.pk, app_id=app_id, token_scopes=frozenset(token_scopes), holdings=holdings, on=day)


def _institutions_under(*, assignments: list[Assignment], day: dt.date) -> dict[UUID, frozenset[UUID]]:
    """Institutions of each assignment's unit. A merged municipality's schools belong to its successor."""
    found = {a.pk: frozenset([a.institution_id] if a.institution_id else ()) for a in assignments}
    wide = [a for a in assignments if a.level in {Level.REGION, Level.MUNICIPALITY}]
    if not wide:
        return found
    rows = list(Institution.objects.values_list("id", "municipality_id"))
    successors = {
        key: successor
        for key, successor, ended in Municipality.objects.filter(successor__isnull=False).values_list(
            "id", "successor_id", "valid_to"
        )
        if ended is not None and ended < day
    }
    regions = dict(Municipality.objects.values_list("id", "region_id"))
    for assignment in wide:
        inside = set()
        for institution_id, municipality_id in rows:
            current = municipality_id
            while current in successors:
                current = successors[current]
            if current == assignment.municipality_id or (assignment.region_id and regions[current] == assignment.region_id):
                inside.add(institution_id)
        found[assignment.pk] = frozenset(inside)
    return found


def settings_of(scope: Scope) -> tuple[str, str, str]:
    """What row security reads of a scope: `app.level`, `app.institutions`, `app.principal`."""
    whole_state = any(holding.whole_state and holding.areas for holding in scope.holdings)
    reachable = frozenset().union(*(holding.institution_ids for holding in scope.holdings if holding.areas))
    return "STATE" if whole_state else "", ",".join(sorted(str(key) for key in reachable)), str(scope.principal_id or "")


def enter_scope(scope: Scope, *, statement_timeout_ms: int | None = None) -> None:
    """Carry the scope into the current transaction for the row-security policies. Replaces whatever stood there.

    `statement_timeout_ms` limits each statement of the transaction, set in the same round trip.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("enter_scope() needs a transaction: the settings are local to it.")
    level, institutions, principal = settings_of(scope)
    _set(level=level, institutions=institutions, principal=principal, statement_timeout_ms=statement_timeout_ms)


def leave_scope() -> None:
    """Back to seeing nothing."""
    _set(level="", institutions="", principal="")


def _set(*, level: str, institutions: str, principal: str, statement_timeout_ms: int | None = None) -> None:
    settings = {"app.level": level, "app.institutions": institutions, "app.principal": principal}
    if statement_timeout_ms is not None:
        settings["statement_timeout"] = str(statement_timeout_ms)
    calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
    with connection.cursor() as cursor:
        cursor.execute(f"select {calls}", [part for pair in settings.items() for part in pair])


@contextmanager
def scoped(scope: Scope, *, statement_timeout_ms: int | None = None) -> Iterator[None]:
    """A transaction in which the database shows what `scope` reaches, and nothing after it."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        enter_scope(scope, statement_timeout_ms=statement_timeout_ms)
        yield
        if nested and not connection.needs_rollback:
            leave_scope()  # inside an outer transaction (tests) the settings would outlive this block

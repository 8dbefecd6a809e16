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
from backend.accounts.roles import Area, areas_of, areas_written_by
from backend.core.clock import business_today
from backend.core.database.policies import ROOMS
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

    @property
    def written(self) -> frozenset[Area]:
        """What the role lets one write at all."""
        return areas_written_by(self.role)

    def covers(self, institution_id: UUID) -> bool:
        """Whether the institution lies under the unit."""
        return self.whole_state or institution_id in self.institution_ids


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

    def holds_token_scope(self, token_scope: str) -> bool:
        """Whether the app's token carries a scope; a person who comes without an app needs none."""
        return self.app_id is None or token_scope in self.token_scopes

    def opening(self, area: Area) -> tuple[Holding, ...]:
        """The assignments that let this caller read `area`."""
        if not self.holds_token_scope(area):
            return ()
        return tuple(holding for holding in self.holdings if area in holding.areas)

    def writing(self, area: Area) -> tuple[Holding, ...]:
        """The assignments that let this caller write `area`."""
        if not self.holds_token_scope(area.writing):
            return ()
        return tuple(holding for holding in self.holdings if area in holding.written)

    def reaches_whole_state(self, area: Area) -> bool:
        """Whether `area` is open in the whole country."""
        return any(holding.whole_state for holding in self.opening(area))

    def institutions(self, area: Area) -> frozenset[UUID]:
        """Institutions in which `area` is open, besides the whole state."""
        return frozenset().union(*(holding.institution_ids for holding in self.opening(area)))

    def opens_anything(self, area: Area) -> bool:
        """Whether `area` is open in any place."""
        return self.reaches_whole_state(area) or bool(self.institutions(area))

    def units(self, area: Area, level: str) -> frozenset[str]:
        """Codes of the units of a level at which an assignment opens `area`."""
        return frozenset(holding.unit_code for holding in self.opening(area) if holding.level == level)

    def opens_wholly(self, area: Area, roles: frozenset[str]) -> bool:
        """Whether every row of `area` that is reached is reached through one of `roles`; true as well where none is."""
        opened = self.opening(area)
        allowing = [holding for holding in opened if holding.role in roles]
        if len(allowing) == len(opened) or any(holding.whole_state for holding in allowing):
            return True
        if any(holding.whole_state for holding in opened):
            return False
        reached = frozenset().union(*(holding.institution_ids for holding in opened))
        return reached <= frozenset().union(*(holding.institution_ids for holding in allowing))

    def institutions_through(self, area: Area, roles: frozenset[str]) -> frozenset[UUID]:
        """Institutions in which one of `roles` opens `area`, besides the whole state."""
        return frozenset().union(*(holding.institution_ids for holding in self.opening(area) if holding.role in roles))

    def holding_for(self, area: Area, institution_ids: Iterable[UUID]) -> Holding | None:
        """The nearest assignment that opens `area` in one of `institution_ids`: the reason a read is logged with."""
        wanted = set(institution_ids)
        for holding in nearest_first(self.opening(area)):
            if holding.whole_state or wanted & holding.institution_ids:
                return holding
        return None


def nearest_first(holdings: Iterable[Holding]) -> list[Holding]:
    """Assignments ordered from the institution's to the state's."""
    return sorted(holdings, key=lambda held: _NEARNESS[held.level])


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


_ROOM_AREAS = tuple(area for area in Area if area.room in ROOMS)
_COUNTED = tuple(f"reads_{room}" for room in ROOMS if room != Area.LEARNERS.room)
_NOTHING_SET = {
    "level": "",
    "institutions": "",
    "principal": "",
    "client": "",
    "on": "",
    **{f"{verb}_{room}": "" for verb in ("reads", "writes") for room in ROOMS},
    "reads_statistics": "",
}

SETTINGS = tuple(_NOTHING_SET)
"""Names of the settings that row security reads, without `app.`; `settings_of` gives each of them."""


def enter_scope(scope: Scope, *, statement_timeout_ms: int | None = None, channel: str = "") -> None:
    """Carry the scope into the current transaction for the row-security policies. Replaces whatever stood there.

    `statement_timeout_ms` limits each statement of the transaction, and `channel` is what the trail notes changes with
    (`backend.core.trail.context`); both are set in the same round trip.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("enter_scope() needs a transaction: the settings are local to it.")
    named = settings_of(scope) | ({"channel": channel} if channel else {})
    _set(named, statement_timeout_ms=statement_timeout_ms)


def leave_scope() -> None:
    """Back to seeing nothing."""
    _set(_NOTHING_SET | {"channel": ""})


@contextmanager
def counting(scope: Scope, *, stages: bool = False) -> Iterator[None]:
    """For reports alone: let row security show, for counting, the rows of every institution whose statistics are open.

    A researcher reads figures of the whole country and no row; a report has to count rows. What runs inside returns
    aggregates only and filters by `Area.STATISTICS` itself. Learners' own rows stay shut, unless grades and courses are counted
    (`stages`), which stand on enrolments, or a study follows enrolments and absences from semester to semester
    (docs/decisions/0166-studies-read-learners-rows.md).
    """
    holdings = scope.opening(Area.STATISTICS)
    opened = _listed(holdings)
    before = settings_of(scope)
    names = (*_COUNTED, f"reads_{Area.LEARNERS.room}") if stages else _COUNTED
    within = before | {name: _joined(before[name], opened) for name in names}
    if within == before:
        yield  # the caller reads those rows anyway
        return
    _set(within)
    yield
    if not connection.needs_rollback:
        _set(before)


def settings_of(scope: Scope) -> dict[str, str]:
    """What row security reads, by name of the setting."""
    readers = {area: scope.opening(area) for area in _ROOM_AREAS}
    anywhere = [holding for holdings in readers.values() for holding in holdings]
    whole_state = any(holding.whole_state for holding in anywhere)
    return {
        "level": "STATE" if whole_state else "",
        "institutions": _keys(anywhere),
        "principal": str(scope.principal_id or ""),
        "client": str(scope.app_id or ""),
        "on": scope.on.isoformat(),
        **{f"reads_{area.room}": _listed(holdings) for area, holdings in readers.items()},
        **{f"writes_{area.room}": _listed(scope.writing(area)) for area in _ROOM_AREAS},
        "reads_statistics": _listed(scope.opening(Area.STATISTICS)),
    }


def _listed(holdings: Iterable[Holding]) -> str:
    """`*` for the whole state, else the institutions of the holdings."""
    held = list(holdings)
    return "*" if any(holding.whole_state for holding in held) else _keys(held)


def _keys(holdings: Iterable[Holding]) -> str:
    reached: frozenset[UUID] = frozenset().union(*(holding.institution_ids for holding in holdings))
    return ",".join(sorted(str(key) for key in reached))


def _joined(one: str, other: str) -> str:
    if "*" in (one, other):
        return "*"
    return ",".join(sorted({key for key in (*one.split(","), *other.split(",")) if key}))


def _set(settings: dict[str, str], *, statement_timeout_ms: int | None = None) -> None:
    """Set `app.<name>` for the rest of the transaction, in one statement."""
    named = {f"app.{name}": value for name, value in settings.items()}
    if statement_timeout_ms is not None:
        named["statement_timeout"] = str(statement_timeout_ms)
    calls = ", ".join("set_config(%s, %s, true)" for _ in named)
    values = [part for pair in named.items() for part in pair]
    with connection.cursor() as cursor:
        cursor.execute(f"select {calls}", values)


@contextmanager
def scoped(scope: Scope, *, statement_timeout_ms: int | None = None, channel: str = "") -> Iterator[None]:
    """A transaction in which the database shows what `scope` reaches, and nothing after it."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        enter_scope(scope, statement_timeout_ms=statement_timeout_ms, channel=channel)
        yield
        if nested and not connection.needs_rollback:
            leave_scope()  # inside an outer transaction (tests) the settings would outlive this block

"""The scope as the compiler sees it: which areas are open everywhere, somewhere or nowhere.

The statement depends on this shape alone. The institutions themselves are a parameter, so that two schools share a plan,
and the policies that serve the selectors serve here too: they are asked with a `SymbolicScope`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import UUIDField

from backend.accounts.fields import EVERY_ROLE, guarding_roles
from backend.accounts.models import Level
from backend.accounts.roles import Area
from backend.accounts.scope import Holding, Scope
from graphql_schema.compiler.slots import AnyOf, NotCompilable, Slot, SlotExpression

_AREAS = tuple(Area)


_WITH_UNITS = (Area.LEARNERS, Area.PLANS, Area.DELIVERY, Area.MONEY)
"""Areas in which some policies ask for units."""
_WIDE = (Level.MUNICIPALITY, Level.REGION)
"""Levels whose units some policies ask for."""


def shape_of(scope: Scope) -> Hashable:
    """What of a scope the text of a statement depends on; found out once a scope."""
    found = scope.__dict__.get("_shape")
    if found is None:
        found = _shape(scope)
        object.__setattr__(scope, "_shape", found)
    return found


def _shape(scope: Scope) -> Hashable:
    reach = []
    for area in _AREAS:
        reach.append("all" if scope.reaches_whole_state(area) else "some" if scope.institutions(area) else "none")
    fields = tuple((area, roles, _of_field(scope, area, roles)) for area in _AREAS for roles in guarding_roles())
    units = tuple((area, level) for area in _WITH_UNITS for level in _WIDE if scope.units(area, level))
    return (tuple(reach), fields, units, scope.token_scopes, scope.app_id is None, scope.principal_id is None, scope.on)


def _of_field(scope: Scope, area: Area, roles: frozenset[str]) -> str:
    """Whether what is kept to some roles is read in all, some or none of the rows reached."""
    if scope.opens_wholly(area, roles):
        return "all"
    return "some" if scope.institutions_through(area, roles) else "none"


class SymbolicScope(Scope):
    """Answers a policy as the real scope would, with a parameter in place of the institutions.

    What a statement cannot take as a parameter raises NotCompilable: a selector that looks at it is left to the other
    engine until someone makes it a slot.
    """

    def __init__(self, scope: Scope) -> None:
        object.__setattr__(self, "token_scopes", scope.token_scopes)
        object.__setattr__(self, "on", scope.on)
        object.__setattr__(self, "_whole", frozenset(area for area in _AREAS if scope.reaches_whole_state(area)))
        fields = {(area, roles): _of_field(scope, area, roles) for area in _AREAS for roles in guarding_roles()}
        object.__setattr__(self, "_fields", fields)
        object.__setattr__(self, "_units", {(area, level) for area in _WITH_UNITS for level in _WIDE if scope.units(area, level)})
        object.__setattr__(self, "_has_principal", scope.principal_id is not None)
        object.__setattr__(self, "_has_app", scope.app_id is not None)
        object.__setattr__(self, "_some", frozenset(area for area in _AREAS if scope.institutions(area)))

    def reaches_whole_state(self, area: Area) -> bool:
        return area in self._whole  # type: ignore[attr-defined]

    def institutions(self, area: Area) -> Any:
        """The parameter that holds the institutions; an empty set where there are none."""
        if area not in self._some:  # type: ignore[attr-defined]
            return frozenset()
        return AnyOf(Slot(("institutions", area), "uuid[]", lambda values: _array(values.scope.institutions(area))))

    def opens_wholly(self, area: Area, roles: frozenset[str]) -> bool:
        return self._field(area, roles) == "all"

    def institutions_through(self, area: Area, roles: frozenset[str]) -> Any:
        """As `institutions`, for those where one of `roles` opens the area."""
        if self._field(area, roles) != "some":
            return frozenset()
        key = ("institutions through", area, tuple(sorted(roles)))
        return AnyOf(Slot(key, "uuid[]", lambda values: _array(values.scope.institutions_through(area, roles))))

    def _field(self, area: Area, roles: frozenset[str]) -> str:
        if roles == EVERY_ROLE:
            return "all"  # up to internal: for whoever sees the row
        known: dict[tuple[Area, frozenset[str]], str] = self._fields  # type: ignore[attr-defined]
        if (area, roles) not in known:
            raise NotCompilable(f"Nothing is known of who reads {area} as one of {sorted(roles)}.")
        return known[area, roles]

    def units(self, area: Area, level: str) -> Any:
        """As `institutions`, for the codes of the units held at a level."""
        if (area, level) not in self._units:  # type: ignore[attr-defined]
            return frozenset()
        return AnyOf(Slot(("units", area, level), "text[]", lambda values: sorted(values.scope.units(area, level))))

    def holds_token_scope(self, token_scope: str) -> bool:
        return not self._has_app or token_scope in self.token_scopes  # type: ignore[attr-defined]

    @property
    def roles(self) -> frozenset[str]:
        raise NotCompilable("A selector asks for the caller's roles.")

    @property
    def holdings(self) -> tuple[Holding, ...]:
        raise NotCompilable("A selector asks for the caller's assignments.")

    @property
    def principal_id(self) -> Any:
        """The parameter that holds the caller's account; None where there is none."""
        if not self._has_principal:  # type: ignore[attr-defined]
            return None
        return SlotExpression(Slot(("principal",), "uuid", lambda values: str(values.scope.principal_id)), UUIDField())

    @property
    def app_id(self) -> int | None:
        raise NotCompilable("A selector asks for the caller's app.")

    def holding_for(self, area: Area, institution_ids: Iterable[UUID]) -> Holding | None:
        raise NotCompilable("A selector asks for the caller's assignments.")


@lru_cache(maxsize=512)
def _array(keys: frozenset[UUID]) -> str:
    """Keys as PostgreSQL writes an array; a scope's set is the same object for as long as the scope lives."""
    return "{" + ",".join(sorted(str(key) for key in keys)) + "}"

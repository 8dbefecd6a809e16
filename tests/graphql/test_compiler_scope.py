"""The scope that the compiler asks answers as the real one does, for every area and whoever its fields are kept to."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid

import pytest

from backend.accounts.fields import EVERY_ROLE, guarding_roles
from backend.accounts.models import Level, Role
from backend.accounts.roles import TOKEN_SCOPES, Area
from backend.accounts.scope import Holding, Scope
from graphql_schema.compiler.shapes import SymbolicScope, shape_of
from graphql_schema.compiler.slots import NotCompilable

SCHOOLS = [frozenset({uuid.UUID(int=number)}) for number in (1, 2)]


def _held(role: str, *, school: frozenset[uuid.UUID] | None) -> Holding:
    level = Level.STATE if school is None else Level.INSTITUTION
    return Holding(
        role=role,
        level=level,
        unit_code="" if school is None else "S",
        whole_state=school is None,
        institution_ids=school or frozenset(),
    )


def _scope(*holdings: Holding) -> Scope:
    return Scope(
        principal_id=uuid.UUID(int=9), app_id=1, token_scopes=frozenset(TOKEN_SCOPES), holdings=holdings, on=dt.date(2023, 10, 16)
    )


SCOPES = [
    *(_scope(_held(role, school=None)) for role in Role.values),
    *(_scope(_held(role, school=SCHOOLS[0])) for role in Role.values),
    *(
        _scope(_held(first, school=SCHOOLS[0]), _held(second, school=school))
        for (first, second), school in itertools.product(itertools.combinations(Role.values, 2), (*SCHOOLS, None))
    ),
]


@pytest.mark.parametrize("area", Area)
def test_the_symbolic_scope_opens_what_the_real_one_opens(area: Area) -> None:
    opened = set()
    for scope in SCOPES:
        symbolic = SymbolicScope(scope)
        assert symbolic.reaches_whole_state(area) == scope.reaches_whole_state(area)
        for roles in (*guarding_roles(), EVERY_ROLE):
            case = (scope.holdings, sorted(roles))
            assert symbolic.opens_wholly(area, roles) == scope.opens_wholly(area, roles), case
            if not scope.opens_wholly(area, roles):
                somewhere = bool(scope.institutions_through(area, roles))
                assert (symbolic.institutions_through(area, roles) != frozenset()) == somewhere, case
            opened.add(scope.opens_wholly(area, roles))
    assert opened == {True, False}, "an area that everybody reads wholly proves nothing"


def test_scopes_that_are_answered_differently_have_plans_of_their_own() -> None:
    def answers(scope: Scope) -> tuple[bool, ...]:
        return tuple(scope.opens_wholly(area, roles) for area in Area for roles in guarding_roles())

    found: dict[object, set[tuple[bool, ...]]] = {}
    for scope in SCOPES:
        found.setdefault(shape_of(scope), set()).add(answers(scope))
    assert len(found) > 10
    assert all(len(several) == 1 for several in found.values())


def test_roles_that_nobody_declared_are_no_open_door() -> None:
    scope = SymbolicScope(_scope(_held(Role.IKVD, school=None)))
    with pytest.raises(NotCompilable):
        scope.opens_wholly(Area.REGISTRY, frozenset({Role.EDITOR}))

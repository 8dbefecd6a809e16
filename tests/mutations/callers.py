"""Everybody who could send a mutation: each role, at each level, at the unit in question and at another one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from backend.accounts.models import Assignment, User
from backend.accounts.roles import TOKEN_SCOPES
from backend.accounts.scope import Scope, scope_of, scoped
from backend.core.refusals import Refusal
from backend.territory.models import Municipality, Region
from graphql_schema.cases.schema import case_schema
from graphql_schema.engine.answering import _plain as plain
from graphql_schema.engine.binding import Bound, bound
from graphql_schema.engine.mutations import shown
from tests.factories.cast import TODAY
from tests.factories.rows import whole_state
from tests.mutations.judgement import LEVEL, READS
from tests.mutations.office import Office

LEVELS = ("INSTITUTION", "MUNICIPALITY", "REGION")
_SINCE = dt.date(2017, 3, 16)


@dataclass(frozen=True)
class Caller:
    """A person with one role at one unit, through an app whose token opens everything."""

    role: str
    level: str
    own: bool
    user: User
    scope: Scope

    @property
    def usual(self) -> bool:
        """Whether the role is held at this level (domain.md 4)."""
        return LEVEL.get(self.role, "STATE") == self.level

    def without(self, token_scope: str) -> Scope:
        """The scope with a token that lacks one."""
        return replace(self.scope, token_scopes=self.scope.token_scopes - {token_scope})


def everybody(office: Office) -> list[Caller]:
    """Each role at each level: at maple or above it, and beside it; at the state's level there is no other."""
    schools = office.cast.schools
    units: dict[tuple[str, bool], dict[str, Any]] = {
        ("INSTITUTION", True): {"institution": schools["maple"]},
        ("INSTITUTION", False): {"institution": schools["birch"]},
        ("MUNICIPALITY", True): {"municipality": Municipality.objects.get(code="LV-059")},
        ("MUNICIPALITY", False): {"municipality": Municipality.objects.get(code="LV-042")},
        ("REGION", True): {"region": Region.objects.get(code="Vidzeme")},
        ("REGION", False): {"region": Region.objects.get(code="Zemgale")},
        ("STATE", True): {},
    }
    # A role of the whole state is held there alone: nothing gives it anywhere else (decision 0104).
    seats = [(role, *seat) for role in READS for seat in units if role in LEVEL or seat[0] == "STATE"]
    users = [User(username=f"caller-{place}", password="!") for place in range(len(seats))]
    User.objects.bulk_create(users)
    Assignment.objects.bulk_create(
        Assignment(user=user, role=role, level=level, valid_from=_SINCE, **units[level, own])
        for user, (role, level, own) in zip(users, seats, strict=True)
    )
    app = office.apps["journal"].pk
    return [
        Caller(role, level, own, user, scope_of(user=user, app_id=app, token_scopes=TOKEN_SCOPES, on=TODAY))
        for user, (role, level, own) in zip(users, seats, strict=True)
    ]


Problem = tuple[str | None, str, str]
"""Path in the input, code, wording."""


def told(name: str, given: dict[str, Any], scope: Scope) -> list[Problem]:
    """What stood against a mutation, as the API would say it; nothing: it was done, as far as a commit would let it."""
    mutation = case_schema().declarations.mutations[name]
    value = plain(coerced(name, given))
    found = Bound()
    try:
        with scoped(scope):
            found = bound(mutation.inputs, value)
            found.problems.refuse()
            mutation.service(scope=scope, client_mutation_id="", **found.arguments)
            connection.check_constraints()
    except Refusal as refusal:
        return [(one.field, one.code, one.message) for one in shown(refusal.problems, found, language="en")]
    return []


def coerced(name: str, given: dict[str, Any]) -> Any:
    """The input as GraphQL takes it in: dates, enumerations and the rest from JSON."""
    from graphql import coerce_input_value

    schema = case_schema().core
    stem = case_schema().declarations.mutations[name].stem
    return coerce_input_value(given, schema.type_map[f"{stem}Input"])  # type: ignore[arg-type]


def everything_written() -> list[str]:
    """For each table how many rows there are and what they say, so that nothing changes unseen."""
    with whole_state(), connection.cursor() as cursor:
        cursor.execute(
            "select format('%I.%I', nspname, relname) from pg_class join pg_namespace n on n.oid = relnamespace"
            " where relkind in ('r', 'p') and nspname in ('public', 'trail') and has_schema_privilege(n.oid, 'usage')"
            " and has_table_privilege(pg_class.oid, 'select')"
        )
        counts = [
            f"select '{table}: ' || count(*) || ' ' || coalesce(sum(hashtext(t::text)::bigint), 0) from {table} t"  # noqa: S608
            for (table,) in cursor.fetchall()
        ]
        cursor.execute(" union all ".join(counts))
        return sorted(row for (row,) in cursor.fetchall())

"""Every type of the case API by every role at every level: what `nodes` shows is what the judgement says, by both engines.

`judged` is written by hand from the decisions; a type that the schema has and the judgement lacks fails here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest
from django.db import transaction
from django.db.models import prefetch_related_objects
from pytest_django import DjangoDbBlocker

from backend.accounts.models import Assignment, User
from backend.accounts.roles import TOKEN_SCOPES
from backend.accounts.scope import Scope, scope_of, scoped
from backend.cases.plans.models import PlanStep, SupportPlan
from backend.insight.statistics.closing import close_semester
from backend.territory.models import Institution, Municipality, Region, Semester
from graphql_schema.cases.documents import case_documents
from graphql_schema.cases.schema import case_schema
from tests.factories.rows import whole_state
from tests.mutations.judgement import LEVEL, READS
from tests.serving.judged import BY_HAND, PLACES, PUBLIC, ROOM, Seat, sees
from tests.serving.test_agreement import WIDE, compiled_answer, resolved_answer
from tests.serving.world import make_world

ON = dt.date(2023, 10, 16)
JUDGED_ELSEWHERE = {"WorkItem", "AccessLogEntry", "HistoryEntry"}
"""No table holds them: tests/workspace and tests/privacy hold them to the services and to who may know."""
TYPES = {
    name: declared
    for name, declared in case_schema().declarations.types.items()
    if declared.model is not None and name not in JUDGED_ELSEWHERE
}
MOST = 4
"""Rows of each type that everybody is asked about."""
_PERSON = ("registering_institution", "enrolments__institution")
LOOKED_AT = {
    "Learner": _PERSON,
    "DuplicateCandidate": [f"{side}__{path}" for side in ("first", "second") for path in _PERSON],
    "PaymentBatch": ["items__institution"],
    "Transfer": ["institution", "to_institution"],
    "TransferShare": ["institution", "to_institution"],
}
"""What the judgement looks at of rows that lie in several places."""
OWN = {"INSTITUTION": "MAPLE", "MUNICIPALITY": "LV-059", "REGION": "Vidzeme", "STATE": ""}
OTHER = {"INSTITUTION": "BIRCH", "MUNICIPALITY": "LV-042", "REGION": "Zemgale"}


@dataclass(frozen=True)
class World:
    """Rows by type, and who asks for them."""

    rows: dict[str, list[Any]]
    callers: list[tuple[Seat, Scope]]


@pytest.fixture(scope="module")
def world(django_db_setup: object, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        make_world(5)
        with whole_state():
            for plan in SupportPlan.objects.filter(institution__code__in=PLACES):
                PlanStep.objects.create(plan=plan, institution=plan.institution, to_status="DRAFT")
        callers = _callers()
        agency = next(scope for seat, scope in callers if seat.role == "ikvd")
        with scoped(agency):
            close_semester(scope=agency, semester_id=Semester.objects.get(code="2022/2023-1").pk)
        with whole_state():
            rows = {name: _rows(name) for name in TYPES}
        yield World(rows, callers)
        transaction.set_rollback(True)


def _rows(name: str) -> list[Any]:
    """Some rows of a type, those of the judged schools first; and whatever the judgement looks at is read while it can be."""
    model = TYPES[name].model
    assert model is not None
    manager = model._default_manager.exclude(**({"username__startswith": "asker-"} if model is User else {}))
    fields = {field.name for field in model._meta.get_fields()}
    found: list[Any] = []
    if "institution" in fields:
        for code in PLACES:
            found += manager.filter(institution__code=code).order_by("pk")[:2]
    found += manager.order_by("pk")[:MOST]
    chosen = list({row.pk: row for row in found}.values())[: MOST * 2]
    prefetch_related_objects(chosen, *LOOKED_AT.get(name, ()))
    for row in chosen:
        sees(name, Seat("auditor", "INSTITUTION", "MAPLE"), row)
    return chosen


def _callers() -> list[tuple[Seat, Scope]]:
    """Each role where it is held, at maple or above and beside it; and, in turn, at another level."""
    seats = []
    for place, role in enumerate(READS):
        usual = LEVEL.get(role, "STATE")
        units = [(usual, OWN[usual])] + ([(usual, OTHER[usual])] if usual in OTHER else [])
        if role in LEVEL:
            level = [name for name in OTHER if name != usual][place % 2]
            units.append((level, OWN[level]))
        seats += [Seat(role, level, unit) for level, unit in units]
    users = [User(username=f"asker-{place}", password="!") for place in range(len(seats))]
    User.objects.bulk_create(users)
    Assignment.objects.bulk_create(
        Assignment(user=user, role=seat.role, level=seat.level, valid_from=dt.date(2017, 3, 16), **_unit(seat))
        for user, seat in zip(users, seats, strict=True)
    )
    scopes = [replace(scope_of(user=user, on=ON), token_scopes=frozenset(TOKEN_SCOPES)) for user in users]
    return list(zip(seats, scopes, strict=True))


def _unit(seat: Seat) -> dict[str, Any]:
    models: dict[str, Any] = {"INSTITUTION": Institution, "MUNICIPALITY": Municipality, "REGION": Region}
    if seat.level == "STATE":
        return {}
    return {seat.level.lower(): models[seat.level].objects.get(code=seat.unit)}


def test_every_type_is_judged_once() -> None:
    judged = [*PUBLIC, *ROOM, *BY_HAND]
    assert set(judged) == set(TYPES), "judge it in tests/serving/judged.py"
    assert len(judged) == len(set(judged))


def test_of_every_type_there_is_a_row(world: World) -> None:
    assert {name for name, rows in world.rows.items() if not rows} <= PUBLIC | {"RegisteredDocument"}
    assert sum(bool(rows) for rows in world.rows.values()) >= len(TYPES) - 8


def test_everybody_sees_the_rows_that_the_judgement_gives(world: World, db: None) -> None:
    shown = hidden = 0
    asked = [(name, row) for name, rows in world.rows.items() for row in rows]
    told: dict[str, set[bool]] = {name: set() for name in world.rows}
    for start in range(0, len(asked), 100):
        part = asked[start : start + 100]
        ids = ",".join(f'"{row.public_id}"' for _, row in part)
        document = case_documents().parsed(f"{{nodes(ids:[{ids}]){{__typename id}}}}", limits=WIDE)
        for place, (seat, scope) in enumerate(world.callers):
            with scoped(scope):
                answer = compiled_answer(document, {}, scope)
                if answer is None or place % 8 == 0:
                    resolved = resolved_answer(document, {}, scope)
                    assert not resolved.errors, resolved.errors
                    reference = orjson.loads(orjson.dumps(resolved.data))
                    assert answer in (None, reference)
                    answer = reference
            for (name, row), node in zip(part, answer["nodes"], strict=True):
                expected = sees(name, seat, row)
                assert node == ({"__typename": name, "id": row.public_id} if expected else None), (name, seat, row)
                told[name].add(expected)
                shown, hidden = shown + expected, hidden + (not expected)
    assert min(shown, hidden) > len(asked) * 5
    one_sided = {name for name, seen in told.items() if len(seen) < 2}
    assert one_sided <= PUBLIC | {"RegisteredDocument"}, "nobody, or everybody, sees it"

"""A world with a row of everything, people who ask, and both engines that must answer alike."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from backend.accounts.models import User
from backend.accounts.roles import TOKEN_SCOPES
from backend.accounts.scope import scope_of, scoped
from graphql_schema.cases.documents import case_documents
from tests.graphql.cast import Cast
from tests.serving.world import make_world

ON = dt.date(2023, 10, 16)
Tell = Callable[[str, str], Any]


@pytest.fixture(scope="module")
def world(django_db_setup: object, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world(3)
        transaction.set_rollback(True)


@pytest.fixture
def tell(world: Cast, db: None) -> Tell:
    """`tell(username, query)`: what somebody is answered, and logged with, alike by both engines."""
    # Whose assertions pytest has to see first.
    from tests.serving.test_agreement import WIDE, compiled_answer, last_entry, logged, resolved_answer

    staff = {person.username: person for person in copy.deepcopy(world.staff)}

    def telling(who: str, query: str) -> Any:
        scope = replace(scope_of(user=staff[who], on=ON), token_scopes=frozenset(TOKEN_SCOPES))
        document = case_documents().parsed(query, limits=WIDE)
        assert not case_documents().validated(document)
        with scoped(scope):
            start = last_entry()
            compiled = compiled_answer(document, {}, scope)
            first, start = logged(after=start), last_entry()
            resolved = resolved_answer(document, {}, scope)
            second = logged(after=start)
        if resolved.errors:
            return [error.original_error.code for error in resolved.errors]  # type: ignore[union-attr]
        expected = orjson.loads(orjson.dumps(resolved.data))
        assert compiled == expected
        assert first == second, "the read log"
        return expected

    return telling


@pytest.fixture
def people(world: Cast) -> dict[str, str]:
    """User names by who it is."""
    return {f"{held.role} of {held.unit_code}".strip(): held.user.username for held in _held(world.staff)}


def _held(staff: list[User]) -> Iterator[Any]:
    for person in staff:
        yield from person.assignments.select_related("user", "institution", "municipality", "region")


def nodes(answer: Any, root: str) -> list[Any]:
    return [edge["node"] for edge in answer[root]["edges"]]

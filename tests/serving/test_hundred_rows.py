"""Every list of the case API with a hundred full rows and their parts, over HTTP, in six statements at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from backend.activities.cooperation import reference as cooperation
from backend.activities.initiatives import reference as initiatives
from backend.activities.training import reference as training
from backend.insight.evaluation import reference as evaluation
from backend.insight.statistics import reference as figures
from backend.privacy import reference as privacy
from backend.registry import reference as registry
from backend.territory import reference as territory
from graphql_schema.cases.schema import case_schema
from graphql_schema.engine.declarations import Children, ObjectType, Relation
from tests.factories.cast import make_cast as make_people
from tests.factories.rooms import make_rooms
from tests.factories.rows import whole_state
from tests.graphql.cast import Cast, make_cast
from tests.serving.crowd import MANY, make_crowd

MOST_STATEMENTS = 6
TYPES = case_schema().declarations.types
LISTS = {declared.plural: declared for declared in TYPES.values() if declared.plural}
# A whole page of everything is more than an app may ask for: what is measured here are statements, not points.
WIDE = {
    **settings.GRAPHQL_LIMITS,
    "ad_hoc": {"tokens": 60_000, "cost": 10_000_000, "bucket": 1_000_000_000},
    "both": {**settings.GRAPHQL_LIMITS["both"], "statement_timeout_ms": 120_000, "request_timeout_ms": 240_000},
}


@pytest.fixture(scope="module")
def crowd(django_db_setup: object, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The casts of two countries, and a hundred rows of everything beside them."""
    with django_db_blocker.unblock(), transaction.atomic():
        for each in (territory, registry, initiatives, training, cooperation, privacy, figures, evaluation):
            each.load()
        cast = make_cast(learners=1, others=1)
        rooms = make_rooms(make_people())
        with whole_state():
            make_crowd(rooms)
        yield cast
        transaction.set_rollback(True)


def leaves(declared: ObjectType) -> str:
    """Everything that a row of a type holds itself, computed and sealed fields included."""
    return " ".join(source.name for source in declared.fields if not isinstance(source, Relation | Children))


def document(root: str, declared: ObjectType) -> str:
    """A page of full rows: each relation with all it holds itself, each list below with two full rows."""
    relations = [source for source in declared.fields if isinstance(source, Relation)]
    children = [source for source in declared.fields if isinstance(source, Children)]
    parts = [f"{source.name} {{ {leaves(TYPES[source.to])} }}" for source in relations]
    parts += [f"{source.name}(first: 2) {{ edges {{ node {{ {leaves(TYPES[source.to])} }} }} }}" for source in children]
    page = "pageInfo { hasNextPage endCursor } totalCount"
    return f"{{ {root}(first: {MANY}) {{ {page} edges {{ cursor node {{ {leaves(declared)} {' '.join(parts)} }} }} }} }}"


@pytest.mark.parametrize("root", LISTS)
def test_a_hundred_full_rows_with_their_parts(crowd: Cast, db: None, root: str) -> None:
    client, token = Client(), crowd.token("state")
    body = {"query": document(root, LISTS[root])}

    def ask() -> Any:
        reply = client.post("/graphql/", data=body, content_type="application/json", headers={"authorization": f"Bearer {token}"})
        return reply.json()

    with override_settings(GRAPHQL_LIMITS=WIDE):
        first = ask()
        with CaptureQueriesContext(connection) as queries:
            answer = ask()
    assert "errors" not in answer, answer["errors"]
    assert answer["extensions"]["engine"] == "compiled"
    assert len(answer["data"][root]["edges"]) == MANY, answer["data"][root]["totalCount"]
    assert len(queries) <= MOST_STATEMENTS, [entry["sql"][:200] for entry in queries]
    assert answer["data"] == first["data"]


def test_it_looked_at_every_list() -> None:
    assert len(LISTS) >= 24

"""Every list of the case API with a hundred full rows and their parts, over HTTP, in six statements at most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from backend.accounts.models import User
from backend.activities.cooperation import reference as cooperation
from backend.activities.initiatives import reference as initiatives
from backend.activities.training import reference as training
from backend.activities.training.models import TrainingEvent, TrainingRegistration
from backend.core.text import fold, sort_key
from backend.insight.evaluation import reference as evaluation
from backend.insight.statistics import reference as figures
from backend.privacy import reference as privacy
from backend.registry import reference as registry
from backend.territory import reference as territory
from backend.territory.models import Institution
from graphql_schema.cases.schema import case_schema
from graphql_schema.engine.declarations import Children, Found, Gathered, ObjectType, Relation
from tests.factories.cast import make_cast as make_people
from tests.factories.rooms import make_rooms
from tests.factories.rows import whole_state
from tests.graphql.cast import Cast, make_cast
from tests.serving.crowd import MANY, make_crowd

MOST_STATEMENTS = 6
MOST_LETTERS = 100
Ask = Callable[..., Any]
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
    """Everything that a row of a type holds itself, computed and sealed fields included; what is gathered is not compiled."""
    return " ".join(source.name for source in declared.fields if not isinstance(source, Relation | Found | Children | Gathered))


def document(root: str, declared: ObjectType) -> str:
    """A page of full rows: each relation with all it holds itself, each list below with two full rows."""
    relations = [source for source in declared.fields if isinstance(source, Relation | Found)]
    children = [source for source in declared.fields if isinstance(source, Children)]
    parts = [f"{source.name} {{ {leaves(TYPES[source.to])} }}" for source in relations]
    parts += [f"{source.name}(first: 2) {{ edges {{ node {{ {leaves(TYPES[source.to])} }} }} }}" for source in children]
    page = "pageInfo { hasNextPage endCursor } totalCount"
    return f"{{ {root}(first: {MANY}) {{ {page} edges {{ cursor node {{ {leaves(declared)} {' '.join(parts)} }} }} }} }}"


@pytest.fixture
def ask(crowd: Cast, db: None) -> Iterator[Ask]:
    """`ask(app, query)`: the whole answer of an app of the cast, within wide limits."""
    client, tokens = Client(), {name: crowd.token(name) for name in ("state", "south")}

    def asking(app: str, query: str, **variables: Any) -> Any:
        reply = client.post(
            "/graphql/",
            data={"query": query, "variables": variables},
            content_type="application/json",
            headers={"authorization": f"Bearer {tokens[app]}"},
        )
        answer = reply.json()
        assert "errors" not in answer, answer["errors"]
        assert answer["extensions"]["engine"] == "compiled"
        return answer["data"]

    with override_settings(GRAPHQL_LIMITS=WIDE):
        yield asking


@pytest.mark.parametrize("root", LISTS)
def test_a_hundred_full_rows_with_their_parts(ask: Ask, root: str) -> None:
    query = document(root, LISTS[root])
    first = ask("state", query)
    with CaptureQueriesContext(connection) as queries:
        answer = ask("state", query)
    assert len(answer[root]["edges"]) == MANY, answer[root]["totalCount"]
    assert len(queries) <= MOST_STATEMENTS, [entry["sql"][:200] for entry in queries]
    assert answer == first


@pytest.mark.parametrize("root", [root for root, declared in LISTS.items() if declared.orders])
def test_each_order_walks_through_the_whole_list_once(ask: Ask, root: str) -> None:
    """Page by page, forwards by every order and direction: no row twice, none left out."""
    declared = LISTS[root]
    kind = f"[{declared.name}Order!]"
    query = (
        f"query($by: {kind}, $after: String) {{ {root}(first: {MANY}, orderBy: $by, after: $after)"
        " { totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }"
    )
    for order in declared.orders:
        walks = []
        for direction in ("ASC", "DESC"):
            walked, after, more = [], None, True
            while more:
                page = ask("state", query, by=[{"field": order.name, "direction": direction}], after=after)[root]
                walked += [edge["node"]["id"] for edge in page["edges"]]
                after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
            assert len(walked) == len(set(walked)) == page["totalCount"] >= MANY
            walks.append(walked)
        assert set(walks[0]) == set(walks[1])


@pytest.mark.parametrize("root", [root for root, declared in LISTS.items() if declared.search])
def test_each_search_forgives_case_and_diacritics(ask: Ask, root: str) -> None:
    """A row is found by the words of a text that it is searched by, without its marks and in capitals."""
    declared = LISTS[root]
    assert declared.search
    assert declared.model
    query = f"query($text: String) {{ {root}(first: 1, search: $text) {{ totalCount }} }}"
    texts = []
    with whole_state():
        for column in declared.search.columns:
            told = declared.model._default_manager.exclude(**{column: ""}).exclude(**{column: None})
            texts += told.values_list(column, flat=True)[:1]
    assert texts
    for text in texts:
        mangled = " ".join(fold(text).upper().split())[:MOST_LETTERS]
        assert ask("state", query, text=mangled)[root]["totalCount"] >= 1, mangled
        assert ask("state", query, text=f"{mangled} nekas")[root]["totalCount"] == 0


@pytest.mark.parametrize("root", [root for root, declared in LISTS.items() if declared.policy and not declared.open_to_all])
def test_a_school_finds_nothing_of_a_hundred_others(ask: Ask, root: str) -> None:
    """Not in the list, not by a filter, not by a search that would find it."""
    declared = LISTS[root]
    seen = ask("south", f"{{ {root}(first: {MANY}) {{ totalCount edges {{ node {{ id }} }} }} }}")[root]
    assert seen["totalCount"] == len(seen["edges"]) < 10 or root == "staffAssignments"
    if any(item.name == "institutionCode" for item in declared.filters):
        with whole_state():
            foreign = Institution.objects.filter(code__startswith="SCHOOL-").values_list("code", flat=True)[0]
        query = f"query($code: String) {{ {root}(first: 1, filters: {{institutionCode: $code}}) {{ totalCount }} }}"
        assert ask("state", query, code=foreign)[root]["totalCount"] >= 1
        assert ask("south", query, code=foreign)[root]["totalCount"] == 0


def test_it_looked_at_every_list() -> None:
    assert len(LISTS) >= 24


NAMES = ("Žanete", "Šmits", "Ļaudis", "Lasis", "Ķirsis", "Kļava", "Ābele", "Abava", "Čakste", "Cālis", "Ērgle", "Zāle")
BY_NAME: dict[tuple[str, str], Callable[[Any], str]] = {
    ("staffAssignments", "NAME"): lambda row: str(row.user.name_in_order),
    ("timesheets", "PROVIDER"): lambda row: str(row.provider.name_in_order),
    ("trainingEvents", "NAME"): lambda row: str(row.name_lv),
    ("cooperationTeams", "NAME"): lambda row: str(row.name),
}


@pytest.mark.parametrize(("root", "order"), BY_NAME)
def test_names_come_in_the_latvian_order(ask: Ask, root: str, order: str) -> None:
    """Also the names of people whom a row names: renamed one by one, each key follows its name."""
    declared, name = LISTS[root], BY_NAME[root, order]
    assert declared.model
    with whole_state():
        rows = list(declared.model._default_manager.all())
        for number, row in enumerate(rows):
            _rename(row, f"{NAMES[number % len(NAMES)]} {number % 7}")
        expected = sorted(rows, key=lambda row: (sort_key(name(row)), row.pk))
    query = f"query($after: String) {{ {root}(first: {MANY}, after: $after, orderBy: [{{field: {order}, direction: ASC}}])"
    query += " { edges { node { id } } pageInfo { hasNextPage endCursor } } }"
    walked, after, more = [], None, True
    while more:
        page = ask("state", query, after=after)[root]
        walked += [edge["node"]["id"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert walked == [row.public_id for row in expected]
    assert len({name(row) for row in expected}) > len(NAMES)


def _rename(row: Any, text: str) -> None:
    if hasattr(row, "name_lv"):
        row.name_lv = text
        row.save(update_fields=["name_lv"])
    elif hasattr(row, "name"):
        row.name = text
        row.save(update_fields=["name"])
    else:
        person = row.user if hasattr(row, "user") else row.provider
        person.last_name = text
        person.save(update_fields=["last_name"])


def test_registrations_of_an_event_come_by_the_names_of_their_people(ask: Ask) -> None:
    """Below another row, page by page."""
    with whole_state():
        event = TrainingEvent.objects.exclude(registrations=None).earliest("id")
        event.registrations.all().delete()
        people = list(User.objects.filter(last_name="Paraudziņa")[: event.capacity])
        for person, family in zip(people, NAMES, strict=False):
            person.last_name = family
            person.save(update_fields=["last_name"])
        event.registrations.bulk_create(
            TrainingRegistration(event=event, participant=person, registered_at=event.starts_at) for person in people
        )
        rows = sorted(event.registrations.select_related("participant"), key=lambda row: sort_key(row.participant.name_in_order))
    query = """query($id: ID!, $after: String) { node(id: $id) { ... on TrainingEvent {
        registrations(first: 3, after: $after, orderBy: [{field: NAME, direction: ASC}])
        { edges { node { id } } pageInfo { hasNextPage endCursor } } } } }"""
    walked, after, more = [], None, True
    while more:
        page = ask("state", query, id=event.public_id, after=after)["node"]["registrations"]
        walked += [edge["node"]["id"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert walked == [row.public_id for row in rows]
    assert len(walked) > 5

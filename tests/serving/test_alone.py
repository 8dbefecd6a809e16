"""The compiled engine in a transaction of its own, as it serves.

Apart from the other GraphQL tests, which share one outer transaction.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from backend.accounts.checks import reads_are_logged
from backend.accounts.known_callers import forget
from backend.accounts.models import AccessToken, Assignment, Level, Role, User
from backend.accounts.scope import scope_of, scoped
from backend.accounts.selectors import access_log
from backend.accounts.services import assign_role
from backend.core.database.roles import acting_as
from backend.core.identifiers import public_id
from backend.core.models import RateBucket
from backend.core.trail.models import ReadEntry
from tests.graphql.cast import make_cast

LIST = "query List($n: Int!) { learners(first: $n) { totalCount edges { node { id familyName } } } }"


def post(token: str, body: dict[str, Any]) -> Any:
    return Client().post("/graphql/", data=body, content_type="application/json", headers={"authorization": f"Bearer {token}"})


@pytest.mark.django_db(transaction=True)
def test_in_a_transaction_of_its_own() -> None:
    """As it serves: no statement but the two that are sent together, a revoked token opens nothing, nothing stays behind."""
    RateBucket.objects.all().delete()
    cast = make_cast()
    token = cast.token("north")
    first = post(token, {"query": LIST, "variables": {"n": 50}}).json()
    assert len(first["data"]["learners"]["edges"]) == len(cast.learners["NORTH"])
    with CaptureQueriesContext(connection) as queries:
        second = post(token, {"query": LIST, "variables": {"n": 50}}).json()
    assert second["data"] == first["data"]
    assert ["core_ratebucket" in entry["sql"] for entry in queries] == [True]  # the tests draw each time
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.institutions', true), current_setting('app.level', true)")
        assert cursor.fetchone() in [("", ""), (None, None)]
    AccessToken.objects.filter(application=cast.apps["north"]).update(expires=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    for query in (LIST, "query($n: Int!) { viewer{appName} learners(first: $n) {totalCount} }"):
        forgotten = post(token, {"query": query, "variables": {"n": 5}})  # the process still remembers the caller
        assert (forgotten.status_code, "data" in forgotten.json()) == (401, False)


@pytest.mark.django_db(transaction=True)
def test_a_changed_assignment_is_seen_at_once_in_its_own_process() -> None:
    RateBucket.objects.all().delete()
    cast = make_cast()
    token = cast.token("north")
    assert post(token, {"query": LIST, "variables": {"n": 5}}).json()["data"]["learners"]["totalCount"] > 0
    Assignment.objects.get(user=cast.apps["north"].service_account).delete()
    assert post(token, {"query": LIST, "variables": {"n": 5}}).json()["data"]["learners"]["totalCount"] == 0
    forget()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("compiled", [True, False])
def test_the_log_is_written_with_the_answer_or_there_is_no_answer(compiled: bool) -> None:
    RateBucket.objects.all().delete()
    cast = make_cast()
    body = {"query": LIST, "variables": {"n": 3}, "extensions": {"purpose": "monthly check"}}
    with override_settings(GRAPHQL_COMPILE=compiled):
        found = post(cast.token("state"), body).json()["data"]["learners"]["edges"]
        with acting_as("owner"):
            entries = list(ReadEntry.objects.all())
        assert {public_id(tag="lrn", key=one.learner_id) for one in entries} == {edge["node"]["id"] for edge in found}
        told = {(one.role, one.purpose, one.channel, tuple(one.classes), one.object_type) for one in entries}
        assert told == {("ikvd", "monthly check", "case-api", ("personal",), "lrn")}
        with override_settings(READ_LOG=False):
            assert "data" in post(cast.token("state"), body).json()
        with acting_as("owner"), connection.cursor() as cursor:
            assert ReadEntry.objects.count() == len(entries)
            cursor.execute("alter table trail.read_entry add constraint broken check (false) not valid")
        answer = post(cast.token("state"), body)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (500, "INTERNAL")
        assert "data" not in answer.json()


@pytest.mark.django_db(transaction=True)
def test_the_data_protection_officer_alone_reads_who_read() -> None:
    RateBucket.objects.all().delete()
    cast = make_cast()
    answer = post(cast.token("state"), {"query": LIST, "variables": {"n": 1}}).json()
    key = UUID(answer["data"]["learners"]["edges"][0]["node"]["id"].removeprefix("lrn_"))
    officer = User.objects.create_user("officer")
    since = dt.date(2017, 3, 16)
    assign_role(user=officer, role=Role.DATA_PROTECTION_OFFICER, level=Level.STATE, unit=None, valid_from=since)
    (entry,) = access_log(scope=scope_of(user=officer), learner_id=key)
    assert (entry.principal_id, entry.role) == (cast.apps["state"].service_account_id, "ikvd")
    other = cast.apps["state"].service_account
    assert access_log(scope=scope_of(user=other), learner_id=key) == []
    with scoped(scope_of(user=other)), pytest.raises(DatabaseError, match="officer"), connection.cursor() as cursor:
        cursor.execute("select * from trail.reads_of(%s)", [key])


def test_the_log_is_off_in_benchmarks_alone() -> None:
    with override_settings(READ_LOG=False):
        assert [problem.id for problem in reads_are_logged(None)] == ["accounts.E001"]
        with override_settings(SETTINGS_MODULE="tests.bench.settings"):
            assert reads_are_logged(None) == []
    assert reads_are_logged(None) == []

"""The compiled engine in a transaction of its own, as it serves.

Apart from the other GraphQL tests, which share one outer transaction.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts.known_callers import forget
from backend.accounts.models import AccessToken, Assignment
from backend.core.models import RateBucket
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

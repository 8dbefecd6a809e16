"""Each command is a transaction of its own, committed before its answer is read."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import override_settings

from backend.accounts.scope import scoped
from backend.cases.learners.models import Learner
from backend.core.refusals import Code, Refusal
from graphql_schema.engine.stage import Stage
from tests.concurrency import PATIENCE
from tests.factories.rows import STATE, whole_state
from tests.graphql.conftest import Reply
from tests.mutations.office import Sender
from tests.mutations.samples import SAMPLES

pytestmark = pytest.mark.django_db(transaction=True)
TWO = """mutation ($first: RegisterLearnerInput!, $second: RegisterLearnerInput!) {
  one: registerLearner(input: $first) { learner { id } errors { code } }
  two: registerLearner(input: $second) { learner { id } errors { code } } }"""


def _named(name: str) -> int:
    with whole_state():
        return Learner.objects.filter(given_name=name).count()


def test_a_refused_command_takes_nothing_back_of_the_one_before(committed: Sender) -> None:
    given = SAMPLES["registerLearner"].make(committed.office)
    reply = committed.ask("journal", TWO, first=given, second=given | {"givenName": ""})
    assert reply.data["one"]["learner"]
    assert reply.data["two"] == {"learner": None, "errors": [{"code": "REQUIRED"}]}
    assert _named("Ilze") == 1


def _while_locked(send: Sender, lock: str, query: str, **variables: Any) -> Reply:
    """The answer to a request that meets a lock which outlasts its statements' time."""
    send.ask("journal", "{ viewer { appName } }")  # the schema stands and the caller has been met
    limits = {**settings.GRAPHQL_LIMITS, "both": {**settings.GRAPHQL_LIMITS["both"], "statement_timeout_ms": 500}}
    answers: list[Reply] = []

    def client() -> None:
        try:
            answers.append(send.ask("journal", query, **variables))
        finally:
            connection.close()

    thread = threading.Thread(target=client, daemon=True)
    with override_settings(GRAPHQL_LIMITS=limits), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"lock table {lock}")
        thread.start()
        thread.join(PATIENCE)
    (answer,) = answers
    return answer


def test_what_was_done_stands_when_its_answer_cannot_be_read(committed: Sender) -> None:
    """A statement of the answer is stopped; the effect, the key and the next command stay."""
    query = """mutation ($first: RegisterLearnerInput!, $second: RegisterLearnerInput!) {
      one: registerLearner(input: $first) { learner { givenName supportPlans(first: 1) { totalCount } } errors { code } }
      two: registerLearner(input: $second) { learner { givenName } errors { code } } }"""
    given = SAMPLES["registerLearner"].make(committed.office) | {"clientMutationId": "k"}
    second = given | {"givenName": "Inese", "clientMutationId": "l"}
    reply = _while_locked(committed, "plans_supportplan in access exclusive mode", query, first=given, second=second)
    assert (reply.status, reply.codes) == (200, ["TIMEOUT"])
    assert reply.body["errors"][0]["path"][:3] == ["one", "learner", "supportPlans"]
    assert reply.body["data"]["two"] == {"learner": {"givenName": "Inese"}, "errors": []}
    assert (_named("Ilze"), _named("Inese")) == (1, 1)
    again = committed(
        "journal", "registerLearner", given, selection="learner { givenName supportPlans(first: 1) { totalCount } }"
    )
    assert again["learner"] == {"givenName": "Ilze", "supportPlans": {"totalCount": 0}}
    assert _named("Ilze") == 1


def test_a_command_that_takes_too_long_is_taken_back_and_said_to_be(committed: Sender) -> None:
    given = SAMPLES["registerLearner"].make(committed.office) | {"clientMutationId": "slow"}
    wrong = given | {"givenName": "", "clientMutationId": "other"}
    reply = _while_locked(committed, "learners_learner in share mode", TWO, first=given, second=wrong)
    assert (reply.status, reply.codes) == (200, ["TIMEOUT"])
    assert reply.body["data"]["one"] is None
    assert reply.body["data"]["two"]["errors"] == [{"code": "REQUIRED"}], "the next command runs all the same"
    assert _named("Ilze") == 0
    assert committed("journal", "registerLearner", given)["errors"] == [], "its key was not used up"


def test_what_the_database_refuses_at_the_commit_is_a_refusal(committed: Sender) -> None:
    """Foreign keys are checked when a transaction ends: the last moment at which a command can be refused."""
    reached = []

    def act() -> None:
        names = {"given_name": "Ilze", "family_name": "Paraudziņa", "sort_key": "P", "search_key": "p"}
        Learner(birth_date=dt.date(2009, 3, 1), registering_institution_id=uuid.uuid4(), **names).save(force_insert=True)
        reached.append("the end of the command")

    with Stage(lambda: scoped(STATE)) as stage, pytest.raises(Refusal) as refused:
        stage.perform(act)
    assert reached, "the statement itself is accepted"
    assert refused.value.codes == {Code.NOT_FOUND}
    assert _named("Ilze") == 0


def test_nothing_stays_on_the_connection(committed: Sender) -> None:
    committed("journal", "registerLearner", SAMPLES["registerLearner"].make(committed.office))
    assert not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.institutions', true), current_setting('app.channel', true)")
        assert set(cursor.fetchone()) <= {None, ""}

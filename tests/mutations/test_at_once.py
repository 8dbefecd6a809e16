"""Two clients at once, over HTTP, on connections of their own: one effect for a key, one winner for a version."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from backend.cases.learners.models import Learner
from backend.cases.plans.models import Measure
from tests.concurrency import PATIENCE
from tests.factories.rows import whole_state
from tests.graphql.conftest import Reply
from tests.mutations.office import Sender, codes, document
from tests.mutations.samples import SAMPLES

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def held_until_both_wait(statement: str, count: int = 2) -> Iterator[None]:
    """Hold a lock that every client needs; it is given back once all of them are seen waiting for it."""
    with transaction.atomic(), whole_state(), connection.cursor() as cursor:
        cursor.execute(statement)
        yield
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            cursor.execute("select pg_stat_clear_snapshot()")  # a transaction sees the activity as it first looked
            cursor.execute(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                " and pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0] >= count:
                return
            time.sleep(0.02)
        raise AssertionError("The clients never waited.")


def at_once(send: Sender, bodies: list[dict[str, Any]], *, held: str) -> list[Reply]:
    """The answers to requests that were all under way at the same moment."""
    send.ask("journal", "{ viewer { appName } }")  # the schema stands and the caller has been met
    answers: list[Reply | None] = [None] * len(bodies)

    def client(place: int) -> Callable[[], None]:
        def run() -> None:
            try:
                answers[place] = send.post("journal", bodies[place])
            finally:
                connection.close()

        return run

    threads = [threading.Thread(target=client(place), daemon=True) for place in range(len(bodies))]
    with held_until_both_wait(held, len(bodies)):
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert all(answers)
    return [answer for answer in answers if answer is not None]


def _body(mutation: str, given: dict[str, Any]) -> dict[str, Any]:
    return {"query": document(mutation), "variables": {"input": given}}


def test_the_same_key_at_once_has_one_effect_and_one_answer(committed: Sender) -> None:
    given = SAMPLES["registerLearner"].make(committed.office) | {"clientMutationId": "same"}
    answers = at_once(committed, [_body("registerLearner", given)] * 3, held="lock table core_commandreceipt in share mode")
    payloads = [answer.data["registerLearner"] for answer in answers]
    assert payloads[0]["errors"] == []
    assert payloads[0] == payloads[1] == payloads[2]
    with whole_state():
        assert Learner.objects.filter(given_name="Ilze").count() == 1


def test_another_input_under_the_same_key_at_once_is_told(committed: Sender) -> None:
    given = SAMPLES["registerLearner"].make(committed.office) | {"clientMutationId": "same"}
    bodies = [_body("registerLearner", given), _body("registerLearner", given | {"givenName": "Inese"})]
    answers = at_once(committed, bodies, held="lock table core_commandreceipt in share mode")
    told = sorted((codes(answer.data["registerLearner"]) for answer in answers), key=len)
    assert told == [{}, {"clientMutationId": "CONFLICT"}]


def test_of_two_changes_to_one_version_one_wins(committed: Sender) -> None:
    given = SAMPLES["planMeasure"].make(committed.office) | {"expectedVersion": 1}
    answers = at_once(
        committed,
        [_body("planMeasure", given), _body("planMeasure", given | {"plannedHours": 7})],
        held="select id from plans_supportplan for update",
    )
    told = sorted((codes(answer.data["planMeasure"]) for answer in answers), key=len)
    assert told == [{}, {"expectedVersion": "CONFLICT"}]
    with whole_state():
        assert Measure.objects.filter(plan__version=2).count() == 1


def test_hours_recorded_at_once_stay_within_the_plan(committed: Sender) -> None:
    measure = committed.office.desk.measure(planned_hours=1).public_id
    entry = {"measureId": measure, "heldOn": "2023-10-02", "startsAt": "10:00:00", "topic": "Viens"}
    bodies = [_body("recordConsultations", {"entries": [entry | {"startsAt": start}]}) for start in ("10:00:00", "12:00:00")]
    answers = at_once(committed, bodies, held="lock table delivery_consultation in share mode")
    told = sorted((codes(answer.data["recordConsultations"]) for answer in answers), key=len)
    assert told[0] == {}
    assert told[1]["entries.0.measureId"] == "LIMIT_EXCEEDED"

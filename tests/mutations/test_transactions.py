"""Each command is a transaction of its own, committed before its answer is read; none runs where only reading is meant."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from backend.accounts.commands import by_key, command
from backend.cases.learners.models import Learner
from backend.core.refusals import Code
from graphql_schema.cases.documents import case_compiler, case_documents
from graphql_schema.cases.schema import case_schema
from graphql_schema.limits.profiles import limits_for
from tests.factories.rows import whole_state
from tests.mutations.office import Office, Sender, codes, document
from tests.mutations.samples import SAMPLES

TWO = """mutation ($first: RegisterLearnerInput!, $second: RegisterLearnerInput!) {
  one: registerLearner(input: $first) { learner { id } errors { code } }
  two: registerLearner(input: $second) { learner { id } errors { code } } }"""


def _named(name: str) -> int:
    with whole_state():
        return Learner.objects.filter(given_name=name).count()


@pytest.mark.django_db(transaction=True)
def test_a_refused_command_takes_nothing_back_of_the_one_before(committed: Sender) -> None:
    given = SAMPLES["registerLearner"].make(committed.office)
    reply = committed.ask("journal", TWO, first=given, second=given | {"givenName": ""})
    assert reply.data["one"]["learner"]
    assert reply.data["two"] == {"learner": None, "errors": [{"code": "REQUIRED"}]}
    assert _named("Ilze") == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_done_stands_when_its_answer_cannot_be_read(committed: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement of the answer breaks; the effect, the key and the next command stay."""
    target = case_schema().declarations.types["Institution"]
    assert target.select is not None
    broken = target.select

    def select(scope: Any) -> Any:
        return broken(scope).extra(where=["1 / 0 = 1"])

    object.__setattr__(target, "select", select)
    try:
        query = """mutation ($first: RegisterLearnerInput!, $second: RegisterLearnerInput!) {
          one: registerLearner(input: $first) { learner { givenName registeringInstitution { code } } errors { code } }
          two: registerLearner(input: $second) { learner { givenName } errors { code } } }"""
        given = SAMPLES["registerLearner"].make(committed.office) | {"clientMutationId": "k"}
        second = given | {"givenName": "Inese", "clientMutationId": "l"}
        reply = committed.ask("journal", query, first=given, second=second)
    finally:
        object.__setattr__(target, "select", broken)
    assert reply.status == 200
    assert reply.codes == ["INTERNAL"]
    assert reply.body["errors"][0]["path"] == ["one", "learner", "registeringInstitution"]
    assert reply.body["data"]["two"] == {"learner": {"givenName": "Inese"}, "errors": []}
    assert (_named("Ilze"), _named("Inese")) == (1, 1)
    again = committed("journal", "registerLearner", given, selection="learner { givenName }")
    assert again["learner"] == {"givenName": "Ilze"}
    assert _named("Ilze") == 1


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_at_the_commit_is_a_refusal(committed: Sender) -> None:
    """Foreign keys are checked when a transaction ends: the last moment at which a command can be refused."""
    mutation = case_schema().declarations.mutations["registerLearner"]
    service = mutation.service

    @command("registerLearner", answer=by_key(Learner))
    def loses_its_school(**given: Any) -> Learner:
        made: Learner = service.__wrapped__(**given)  # type: ignore[attr-defined]
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into plans_planstep (id, plan_id, institution_id, from_status, to_status, at, comment)"
                " select gen_random_uuid(), gen_random_uuid(), registering_institution_id, '', 'DRAFT', now(), ''"
                " from learners_learner where id = %s",
                [made.pk],
            )
        return made

    object.__setattr__(mutation, "service", loses_its_school)
    try:
        payload = committed("journal", "registerLearner", SAMPLES["registerLearner"].make(committed.office))
    finally:
        object.__setattr__(mutation, "service", service)
    assert codes(payload) == {None: Code.NOT_FOUND}
    assert payload["learner"] is None
    assert _named("Ilze") == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_stays_on_the_connection(committed: Sender) -> None:
    committed("journal", "registerLearner", SAMPLES["registerLearner"].make(committed.office))
    assert not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.institutions', true), current_setting('app.channel', true)")
        assert set(cursor.fetchone()) <= {None, ""}


def test_a_command_is_never_compiled(send: Sender, office: Office) -> None:
    given = SAMPLES["registerLearner"].make(office)
    body = {"query": document("registerLearner"), "variables": {"input": given}}
    for _ in range(2):
        assert send.post("journal", body).body["extensions"]["engine"] == "resolved"
    assert _named("Ilze") == 2
    parsed = case_documents().parsed(body["query"], limits=limits_for("ad_hoc"))
    scope = office.desk.scope(office.desk.author)
    ready = case_compiler().ready(parsed, operation_name=None, variables=body["variables"], scope=scope)
    assert ready is None, "the compiler itself refuses, whoever asks it"


def test_a_query_beside_a_mutation_runs_neither_for_the_other(send: Sender, office: Office) -> None:
    """Two operations in a document: the one that is named runs, by its own way."""
    text = document("registerLearner") + " query Look { learners(first: 1) { totalCount } }"
    given = SAMPLES["registerLearner"].make(office)
    looked = send.post("journal", {"query": text, "operationName": "Look"})
    assert looked.body["extensions"]["engine"] == "compiled"
    assert _named("Ilze") == 0
    done = send.post("journal", {"query": text, "operationName": "Do", "variables": {"input": given}})
    assert done.data["registerLearner"]["errors"] == []
    assert _named("Ilze") == 1


def test_a_document_past_the_limits_changes_nothing(send: Sender, office: Office) -> None:
    given = SAMPLES["registerLearner"].make(office)
    parts = " ".join(f"a{n}: registerLearner(input: $input) {{ errors {{ code }} }}" for n in range(31))
    reply = send.post(
        "journal", {"query": f"mutation ($input: RegisterLearnerInput!) {{ {parts} }}", "variables": {"input": given}}
    )
    assert reply.codes == ["TOO_COMPLEX"]
    entries = {"entries": [{"measureId": "x", "heldOn": "2023-10-02", "startsAt": "10:00:00", "topic": "x" * 700}] * 100}
    large = send.post("journal", {"query": document("recordConsultations"), "variables": {"input": entries}})
    assert (large.status, large.codes) == (413, ["TOO_LARGE"])
    assert _named("Ilze") == 0


@override_settings(GRAPHQL_COMPILE=False)
def test_without_the_compiler_it_is_the_same(send: Sender, office: Office) -> None:
    with CaptureQueriesContext(connection):
        assert send("journal", "registerLearner", SAMPLES["registerLearner"].make(office))["errors"] == []
    assert _named("Ilze") == 1

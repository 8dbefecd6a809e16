"""No command runs where only reading is meant, and none past the limits."""

from __future__ import annotations

from django.test.utils import override_settings

from backend.cases.learners.models import Learner
from graphql_schema.cases.documents import case_compiler, case_documents
from graphql_schema.limits.profiles import limits_for
from tests.factories.rows import whole_state
from tests.mutations.office import Office, Sender, document
from tests.mutations.samples import SAMPLES


def _named(name: str) -> int:
    with whole_state():
        return Learner.objects.filter(given_name=name).count()


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
    assert send("journal", "registerLearner", SAMPLES["registerLearner"].make(office))["errors"] == []
    assert _named("Ilze") == 1

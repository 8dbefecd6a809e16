"""`registerDocument`: an app registers what it may send, and names it ever after."""

from __future__ import annotations

from django.test import override_settings

from graphql_schema.models import RegisteredDocument
from tests.mutations.office import Office, Sender, codes, document
from tests.mutations.samples import SAMPLES

LIST = "query List($n: Int!) { learners(first: $n) { edges { node { familyName } } } }"
SELECTION = "registeredDocument { id documentId name cost compiled notCompiled registeredAt }"


def test_a_query_is_registered_priced_and_compiled(send: Sender, office: Office) -> None:
    payload = send("journal", "registerDocument", {"text": LIST}, selection=SELECTION)
    made = payload["registeredDocument"]
    assert (made["name"], made["cost"], made["compiled"], made["notCompiled"]) == ("List", 101, True, None)
    narrow = office.token("journal", without="adhoc")
    answer = send.post(narrow, {"documentId": made["documentId"], "variables": {"n": 5}})
    assert answer.data["learners"]["edges"]
    assert answer.body["extensions"]["engine"] == "compiled"
    assert send("journal", "registerDocument", {"text": LIST}, selection=SELECTION) == payload, "the same text, the same document"


def test_a_mutation_is_registered_and_run_by_an_app_that_sends_nothing_of_its_own(send: Sender, office: Office) -> None:
    text = document("registerLearner")
    made = send("journal", "registerDocument", {"text": text}, selection=SELECTION)["registeredDocument"]
    assert (made["cost"], made["compiled"]) == (11, False)
    narrow = office.token("journal", without="adhoc")
    body = {"documentId": made["documentId"], "variables": {"input": SAMPLES["registerLearner"].make(office)}}
    assert send.post(narrow, body).data["registerLearner"]["errors"] == []
    assert send.post(narrow, {"query": text, "variables": body["variables"]}).codes == ["FORBIDDEN"]


def test_documents_are_each_apps_own(send: Sender, office: Office) -> None:
    made = send("journal", "registerDocument", {"text": LIST}, selection=SELECTION)["registeredDocument"]
    look = "query ($id: ID!) { node(id: $id) { ... on RegisteredDocument { documentId } } }"
    assert send.ask("journal", look, id=made["id"]).data["node"] == {"documentId": made["documentId"]}
    assert send.ask("other-school", look, id=made["id"]).data["node"] is None
    foreign = send.post("other-school", {"documentId": made["documentId"], "variables": {"n": 1}})
    assert (foreign.status, foreign.codes) == (400, ["BAD_REQUEST"])
    theirs = send("other-school", "registerDocument", {"text": LIST}, selection=SELECTION)["registeredDocument"]
    assert theirs["id"] != made["id"]
    assert theirs["documentId"] == made["documentId"]


def test_an_app_without_adhoc_registers_nothing(send: Sender, office: Office) -> None:
    register = send("journal", "registerDocument", {"text": document("registerDocument")}, selection=SELECTION)
    narrow = office.token("journal", without="adhoc")
    body = {"documentId": register["registeredDocument"]["documentId"], "variables": {"input": {"text": LIST}}}
    assert send.post(narrow, body).codes == ["FORBIDDEN"]
    assert RegisteredDocument.objects.count() == 1


def test_what_could_not_run_is_refused(send: Sender, office: Office) -> None:
    many = "{" + " ".join(f"a{n}: viewer {{ appName }}" for n in range(31)) + "}"
    for text, code in (
        ("  ", "REQUIRED"),
        ("query {", "INVALID"),
        ("{ nosuch }", "INVALID"),
        ("query A { viewer { appName } } query B { viewer { appName } }", "INVALID"),
        (many, "LIMIT_EXCEEDED"),
    ):
        assert codes(send("journal", "registerDocument", {"text": text})) == {"text": code}, text
    assert not RegisteredDocument.objects.exists()


@override_settings(REGISTERED_DOCUMENTS_PER_APP=2)
def test_an_app_has_so_many_documents(send: Sender, office: Office) -> None:
    for n in range(2):
        assert send("journal", "registerDocument", {"text": f"query Q{n} {{ viewer {{ appName }} }}"})["errors"] == []
    refused = send("journal", "registerDocument", {"text": LIST})
    assert codes(refused) == {"text": "LIMIT_EXCEEDED"}
    assert RegisteredDocument.objects.count() == 2
    assert send("other-school", "registerDocument", {"text": LIST})["errors"] == []
    again = {"text": "query Q1 { viewer { appName } }"}
    assert send("journal", "registerDocument", again)["errors"] == [], "what is registered already stays so"

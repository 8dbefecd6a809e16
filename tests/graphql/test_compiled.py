"""The compiled engine behind HTTP: which engine answered, registered documents, revoked tokens, its own transaction."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from backend.accounts.scope import scope_of
from graphql_schema.cases.documents import case_compiler, case_documents
from graphql_schema.cases.registered import register_document
from graphql_schema.cases.schema import case_schema
from graphql_schema.http.errors import Refusal
from graphql_schema.limits.profiles import limits_for
from graphql_schema.models import RegisteredDocument
from tests.graphql.cast import STATE, Cast
from tests.graphql.conftest import Ask
from tests.serving.documents import RESOLVED
from tests.serving.test_agreement import planned

LIST = "query List($n: Int!) { learners(first: $n) { totalCount edges { node { id familyName } } } }"


def post(token: str, body: dict[str, Any]) -> Any:
    return Client().post("/graphql/", data=body, content_type="application/json", headers={"authorization": f"Bearer {token}"})


def test_the_engine_is_told(ask: Ask) -> None:
    assert ask("north", LIST, n=2).body["extensions"]["engine"] == "compiled"
    assert ask("north", "{viewer{appName}}").body["extensions"]["engine"] == "resolved"
    assert ask("north", "{viewer{appName} learners(first:1){totalCount}}").body["extensions"]["engine"] == "resolved"


def test_every_list_and_every_field_of_a_row_is_compiled() -> None:
    declarations = case_schema().declarations
    for declared in declarations.types.values():
        if declared.model in (None, RegisteredDocument):  # an app's own rows: its selector looks at the caller's app
            continue
        if declared.name in RESOLVED:
            continue
        fields = " ".join(source.name for source in declared.fields if not hasattr(source, "to"))
        text = f'{{node(id:"{declared.tag}_{"0" * 32}"){{...on {declared.name}{{{fields}}}}}}}'
        document = case_documents().parsed(text, limits=limits_for("registered"))
        scope = type(STATE)(token_scopes=frozenset({declared.needs}), holdings=STATE.holdings)
        assert planned(document, {}, scope), declared.name
        assert case_compiler().why_not(document, operation_name=None, variables={}, scope=scope) == ""


def test_a_registered_document_needs_no_scope_for_queries_of_ones_own(cast: Cast) -> None:
    app = cast.apps["north"]
    document = register_document(
        app=app, scope=scope_of(user=app.service_account, token_scopes=app.allowed_scopes.split()), text=LIST
    )
    assert (document.name, document.not_compiled) == ("List", "")
    assert register_document(app=app, scope=STATE, text=LIST).pk == document.pk
    token = cast.token("north", scopes="learners.read")
    answer = post(token, {"documentId": document.document_id, "variables": {"n": 3}}).json()
    assert len(answer["data"]["learners"]["edges"]) == 3
    assert answer["extensions"]["cost"]["limit"] == limits_for("registered").bucket.capacity
    assert post(token, {"query": LIST, "variables": {"n": 3}}).json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    foreign = post(cast.token("south", scopes="learners.read"), {"documentId": document.document_id, "variables": {"n": 3}})
    assert (foreign.status_code, foreign.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("query {", "PARSE_FAILED"),
        ("{nosuch}", "VALIDATION_FAILED"),
        ("query A {viewer{appName}} query B {viewer{appName}}", "BAD_REQUEST"),
        ("{" + " ".join(f"a{n}:viewer{{appName}}" for n in range(31)) + "}", "TOO_COMPLEX"),
    ],
)
def test_a_document_that_could_not_run_is_not_registered(cast: Cast, text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        register_document(app=cast.apps["north"], scope=STATE, text=text)
    assert refused.value.code == code

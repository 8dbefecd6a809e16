"""GraphQL over HTTP at /graphql/: who is let in, what is refused before what, what an answer carries."""

from __future__ import annotations

import datetime as dt
import json
import socket
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from graphql_schema.http.negotiation import GRAPHQL, JSON, chosen_media_type
from tests.graphql.cast import Cast
from tests.graphql.conftest import ADDRESS, Ask, Reply, run_node

TYPENAME = {"query": "{__typename}"}


def _post(cast: Cast, content: Any, **options: Any) -> Any:
    headers = {"authorization": f"Bearer {cast.token('north')}", **options.pop("headers", {})}
    body = content if isinstance(content, bytes | str) else json.dumps(content)
    return Client(enforce_csrf_checks=True).post(
        ADDRESS, data=body, content_type=options.pop("content_type", "application/json"), headers=headers, **options
    )


def test_the_conformance_suite_is_content(served: str, cast: Cast, node_project: Any) -> None:
    output = run_node("node", "audit.mjs", f"{served}{ADDRESS}", cast.token("north"), folder=node_project)
    counts = json.loads(output)
    assert (counts["ok"], counts["notice"], counts["warn"], counts["error"]) == (58, 3, 0, 0), counts["failed"]
    assert all("GET" in line for line in counts["failed"])


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        ("", 'Bearer realm="case-api"'),
        ("Basic abc", 'Bearer realm="case-api"'),
        ("Bearer", 'Bearer realm="case-api"'),
        ("Bearer unknown", 'Bearer realm="case-api", error="invalid_token"'),
        ("Bearer \xe9", 'Bearer realm="case-api", error="invalid_token"'),
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "put", "options"])
def test_without_a_token_nothing_is_said(db: None, header: str, challenge: str, method: str) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)(ADDRESS, headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == challenge
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_expired_and_withdrawn_tokens_and_accounts_are_unknown(cast: Cast) -> None:
    fresh, expired = cast.token("north"), cast.token("north", expired=True)
    assert _with_token(expired).status_code == 401
    assert _with_token(fresh).status_code == 200
    account = cast.apps["north"].service_account
    account.is_active = False
    account.save()
    assert _with_token(fresh).status_code == 401


def _with_token(token: str) -> Any:
    return Client(enforce_csrf_checks=True).post(
        ADDRESS, data=TYPENAME, content_type="application/json", headers={"authorization": f"Bearer {token}"}
    )


def test_a_token_in_the_address_or_a_session_opens_nothing(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.apps["north"].service_account)
    assert client.post(ADDRESS, data=TYPENAME, content_type="application/json").status_code == 401
    address = f"{ADDRESS}?access_token={cast.token('north')}"
    assert Client(enforce_csrf_checks=True).post(address, data=TYPENAME, content_type="application/json").status_code == 401


def _raw(served: str, head: str) -> bytes:
    """Send a request's head, no body, and read the answer: it must not wait for the body."""
    host, port = served.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(f"POST {ADDRESS} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n\r\n".encode())
        return line.recv(65_536)


def test_the_caller_and_the_size_are_judged_before_the_body_is_read(served: str, cast: Cast) -> None:
    announced = "Content-Type: application/json\r\nContent-Length: 50000"
    assert b" 401 " in _raw(served, announced).split(b"\r\n")[0]
    token = f"Authorization: Bearer {cast.token('north')}\r\n"
    assert b" 413 " in _raw(served, token + announced.replace("50000", "70000")).split(b"\r\n")[0]


def test_a_body_over_64_kb_is_too_large(cast: Cast) -> None:
    answer = _post(cast, {"query": "{__typename} #" + "x" * 70_000})
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "TOO_LARGE"
    assert float(answer.headers["Server-Timing"].split("=")[1]) < 50
    assert _post(cast, {"query": "{__typename} #" + "x" * 60_000}).status_code == 200


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options", "head"])
def test_other_methods_are_told_what_is_allowed(cast: Cast, method: str) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)(
        ADDRESS, headers={"authorization": f"Bearer {cast.token('north')}"}
    )
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"null", 400),
        (b'"text"', 400),
        (b"[" * 30_000, 400),
        (b'[{"query":"{__typename}"}]', 400),
        (b'{"query":5}', 400),
        (b'{"query":"{__typename}","variables":[]}', 400),
        (b'{"query":"{__typename}","operationName":{}}', 400),
        (b'{"query":"{__typename}","extensions":0}', 400),
        (b"{}", 400),
        (b'{"query":""}', 400),
        (b'{"documentId":"sha256:0"}', 400),
        (b'{"documentId":"sha256:0","query":"{__typename}"}', 400),
        (b'{"query":"query($s:String){learners(first:1,search:$s){totalCount}}","variables":{"s":"a\\u0000"}}', 400),
        (b'{"query":"{\xff}"}', 400),
    ],
)
def test_malformed_requests_get_a_coded_400(cast: Cast, content: bytes, status: int) -> None:
    for accept in (JSON, GRAPHQL):
        answer = _post(cast, content, headers={"accept": accept})
        assert answer.status_code == status
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
        assert "data" not in answer.json()


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=latin-1",
    ],
)
def test_only_json_is_read(cast: Cast, kind: str) -> None:
    assert _post(cast, TYPENAME, content_type=kind).status_code == 415
    assert _post(cast, TYPENAME, headers={"content-encoding": "gzip"}).status_code == 415


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL};q=0.9", JSON),
        (f"{JSON};q=0.5, {GRAPHQL};q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0, */*", JSON),
        (f"{GRAPHQL}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL),
        ("text/html", None),
        (f"{JSON};q=0", None),
        ("*/*;q=0", None),
        (f"{JSON};q=nonsense", None),
    ],
)
def test_the_media_type_follows_the_accept_header(accept: str | None, chosen: str | None) -> None:
    assert chosen_media_type(accept) == chosen


def test_an_answer_nobody_can_take_is_406(cast: Cast) -> None:
    answer = _post(cast, TYPENAME, headers={"accept": "text/html"})
    assert answer.status_code == 406
    assert answer.headers["Content-Type"].startswith(JSON)


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", {}, "PARSE_FAILED"),
        ("{nonsense}", {}, "VALIDATION_FAILED"),
        ("{learners(first:1){edges{node{givenNam}}}}", {}, "VALIDATION_FAILED"),
        ("query($n:Int!){learners(first:$n){totalCount}}", {}, "BAD_REQUEST"),
        ("query($n:Int!){learners(first:$n){totalCount}}", {"n": "x"}, "BAD_REQUEST"),
        ("subscription{__typename}", {}, "BAD_REQUEST"),
        ("query a{__typename} query b{__typename}", {}, "BAD_REQUEST"),
    ],
)
def test_a_document_that_graphql_refuses_is_coded_under_both_types(
    cast: Cast, query: str, variables: dict[str, Any], code: str
) -> None:
    for accept, status in ((JSON, 200), (GRAPHQL, 400)):
        answer = _post(cast, {"query": query, "variables": variables}, headers={"accept": accept})
        body = answer.json()
        assert answer.status_code == status
        assert {error["extensions"]["code"] for error in body["errors"]} == {code}
        assert "data" not in body
        assert "Did you mean" not in str(body["errors"])
        assert "Accept" in answer.headers["Vary"]


def test_the_answer_states_cost_time_and_privacy(cast: Cast) -> None:
    answer = _post(cast, {"query": "{learners(first:10){edges{node{id}}}}"})
    cost = answer.json()["extensions"]["cost"]
    assert cost["requested"] == 11
    assert cost["limit"] == 20_000
    assert cost["remaining"] == 20_000 - 11
    assert dt.datetime.fromisoformat(cost["resetAt"]).tzinfo is not None
    assert answer.headers["Server-Timing"].startswith("total;dur=")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in answer.headers


def test_only_apps_with_the_scope_may_send_their_own_queries(cast: Cast) -> None:
    def reply(scopes: str, query: str) -> tuple[int, Any]:
        answer = _post(cast, {"query": query}, headers={"authorization": f"Bearer {cast.token('north', scopes=scopes)}"})
        return answer.status_code, [error["extensions"]["code"] for error in answer.json().get("errors", [])]

    assert reply("learners.read", "{learners(first:1){totalCount}}") == (403, ["FORBIDDEN"])
    assert reply("learners.read", "{__schema{types{name}}}") == (403, ["FORBIDDEN"])
    assert reply("introspect", "{__schema{types{name}}}") == (200, [])
    assert reply("introspect learners.read", "{__schema{types{name}} learners(first:1){totalCount}}") == (403, ["FORBIDDEN"])
    assert reply("introspect", "{...a} fragment a on Query{__schema{types{name}}}") == (403, ["FORBIDDEN"])
    assert reply("learners.read adhoc", "{learners(first:1){totalCount} __schema{types{name}}}") == (200, [])


def test_a_failure_before_execution_is_masked_and_logged(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    with override_settings(GRAPHQL_LIMITS={"ad_hoc": {}, "registered": {}, "both": {}}):  # settings that somebody broke
        reply = ask("north", "{viewer{appName}}")
    assert (reply.status, reply.codes) == (500, ["INTERNAL"])
    _is_masked(reply, caplog, secret="bucket")


def test_a_failure_in_a_field_is_masked_and_logged(ask: Ask, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    school = cast.schools["NORTH"]
    school.kind = "CIRCUS"  # no kind of the schema: the library's own words would show the value
    school.save()
    reply = ask("north", '{institution(code:"NORTH"){code kind} viewer{appName}}')
    assert reply.codes == ["INTERNAL"]
    assert reply.body["errors"][0]["path"] == ["institution", "kind"]
    assert reply.body["data"] == {"institution": None, "viewer": {"appName": "north"}}
    _is_masked(reply, caplog, secret="CIRCUS")


def _is_masked(reply: Reply, caplog: pytest.LogCaptureFixture, *, secret: str) -> None:
    message = reply.body["errors"][0]["message"]
    assert message.split("reference ")[1].rstrip(").") in caplog.text
    assert secret in caplog.text
    assert secret not in json.dumps(reply.body["errors"])


@override_settings(
    GRAPHQL_LIMITS={**settings.GRAPHQL_LIMITS, "both": {**settings.GRAPHQL_LIMITS["both"], "statement_timeout_ms": 200}}
)
def test_a_statement_that_takes_too_long_is_a_timeout(ask: Ask) -> None:
    parameters = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key in {"host", "port", "user", "password", "dbname"}
    }
    query = "{viewer{appName} publishedFigures(first:1){totalCount}}"
    with psycopg.connect(**parameters) as other:
        other.execute("lock table statistics_publishedfigure in access exclusive mode")
        for accept in (JSON, GRAPHQL):
            reply = ask("state", query, accept=accept)
            assert (reply.status, reply.codes) == (503, ["TIMEOUT"])
            assert "data" not in reply.body
        other.rollback()
    assert ask("state", query).status == 200


@override_settings(
    GRAPHQL_LIMITS={**settings.GRAPHQL_LIMITS, "both": {**settings.GRAPHQL_LIMITS["both"], "request_timeout_ms": -1}},
    GRAPHQL_COMPILE=False,
)
def test_many_short_statements_are_stopped_as_well(ask: Ask) -> None:
    reply = ask("state", "{supportPlans(first:100){edges{node{number}}}}")
    assert (reply.status, reply.codes) == (503, ["TIMEOUT"])


def test_a_caller_is_known_by_one_statement(cast: Cast) -> None:
    token = cast.token("north")
    with CaptureQueriesContext(connection) as queries:
        from backend.accounts.authentication import caller_of_bearer

        caller_of_bearer(f"Bearer {token}")
    assert len(queries) == 1

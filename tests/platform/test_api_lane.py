"""The case API's own lane: nothing of the browser's surroundings, everything an API's answer needs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation
from psycopg import RawCursor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("asked", "language"), [("en-GB,en;q=0.9", "en"), ("lv", "lv"), ("fi", "lv"), ("", "lv")])
def test_it_answers_in_the_language_asked_for(asked: str, language: str) -> None:
    before = translation.get_language()
    answer = Client().post("/graphql/", headers={"accept-language": asked} if asked else {})
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]
    assert translation.get_language() == before


def test_an_answer_can_neither_run_nor_set_anything() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["sessionid"] = "x" * 32
    answer = client.post("/graphql/")
    assert answer.status_code == 401
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies


def test_only_the_address_itself_takes_the_lane() -> None:
    page = Client().get("/lv/")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert Client().post("/graphql/more/").status_code in {302, 404}


def test_statements_that_ask_for_it_are_prepared() -> None:
    connection.ensure_connection()
    RawCursor(connection.connection).execute("select $1::int + 40", [2], prepare=True)
    with connection.cursor() as cursor:
        cursor.execute("select statement from pg_prepared_statements")
        assert ("select $1::int + 40",) in cursor.fetchall()

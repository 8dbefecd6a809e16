"""Alive, ready, and figures that strangers do not see."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_alive_says_ok(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


def test_ready_names_what_is_missing(client: Client) -> None:
    answer = client.get("/readyz")
    found = answer.json()
    assert set(found) == {"database", "cache", "migrations", "data"}
    assert answer.status_code == (200 if all(found.values()) else 503)
    assert found["database"]
    assert found["migrations"]


def test_figures_are_for_loopback_only(client: Client) -> None:
    assert b"django_http_requests" in client.get("/metrics", REMOTE_ADDR="127.0.0.1").content
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 403
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.1").status_code == 403


def test_a_token_opens_the_figures(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "figures-please")
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1", HTTP_AUTHORIZATION="Bearer figures-please").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1", HTTP_AUTHORIZATION="Bearer guess").status_code == 403

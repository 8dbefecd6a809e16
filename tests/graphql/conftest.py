"""A cast, and a way to ask over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from backend.core.models import RateBucket
from tests.graphql.cast import Cast, make_cast

ADDRESS = "/graphql/"


@dataclass(frozen=True)
class Reply:
    """An HTTP answer of the case API."""

    status: int
    body: dict[str, Any]
    headers: Any

    @property
    def data(self) -> Any:
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.body.get("errors", [])]

    @property
    def milliseconds(self) -> float:
        """Server time as the answer states it."""
        return float(self.headers["Server-Timing"].split("dur=")[1])


Ask = Callable[..., Reply]


@pytest.fixture()
def cast(db: None) -> Cast:
    """Two schools with their case work; every test starts with full buckets."""
    RateBucket.objects.all().delete()
    return make_cast()


@pytest.fixture()
def ask(cast: Cast) -> Ask:
    """`ask(app, query, **variables)`: one request of an app of the cast with a fresh token."""
    client = Client()
    tokens: dict[str, str] = {}

    def asking(app: str, query: str, /, **variables: Any) -> Reply:
        token = tokens.setdefault(app, cast.token(app)) if app in cast.apps else app
        answer = client.post(
            ADDRESS,
            data={"query": query, "variables": variables},
            content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )
        return Reply(answer.status_code, answer.json(), answer.headers)

    return asking

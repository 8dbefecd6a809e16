"""How an app gets its token, and what it then holds."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, override_settings

from backend.accounts.models import AccessToken, Level, PartnerApp, Role, User
from backend.accounts.services import assign_role
from tests.graphql.cast import Cast

SECRET = "a-long-random-secret-of-the-tests"


def _token(app: str = "north", secret: str = SECRET, **more: str) -> Any:
    form = {"grant_type": "client_credentials", "client_id": app, "client_secret": secret, **more}
    return Client(enforce_csrf_checks=True).post("/o/token/", data=form)


def _viewer(token: str, query: str = "{viewer{appName tokenScopes}}") -> Any:
    return Client(enforce_csrf_checks=True).post(
        "/graphql/",
        data={"query": query},
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )


def test_client_credentials_give_a_token_that_works_for_an_hour(cast: Cast) -> None:
    answer = _token()
    assert answer.status_code == 200
    content = answer.json()
    assert content["token_type"] == "Bearer"
    assert content["expires_in"] == 3_600
    assert "refresh_token" not in content
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(content["scope"].split()) == set(cast.apps["north"].allowed_scopes.split())
    assert _viewer(content["access_token"]).json()["data"]["viewer"]["appName"] == "north"


def test_http_basic_works_as_well(cast: Cast) -> None:
    basic = base64.b64encode(f"north:{SECRET}".encode()).decode()
    answer = Client().post("/o/token/", data={"grant_type": "client_credentials"}, headers={"authorization": f"Basic {basic}"})
    assert answer.status_code == 200


def test_neither_token_nor_secret_is_stored_in_clear(cast: Cast) -> None:
    raw = _token().json()["access_token"]
    stored = AccessToken.objects.latest("created")
    assert stored.token == ""
    assert raw not in str(AccessToken.objects.filter(pk=stored.pk).values())
    assert SECRET not in PartnerApp.objects.get(client_id="north").client_secret


def test_an_app_gets_no_scope_that_it_was_not_given(cast: Cast) -> None:
    assert _token(scope="learners.read").json()["scope"] == "learners.read"
    refused = _token("research", scope="learners.read")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    assert _token(scope="nonsense").json()["error"] == "invalid_scope"


@pytest.mark.parametrize(("app", "secret"), [("north", "wrong"), ("nobody", SECRET), ("north", "")])
def test_a_wrong_secret_or_client_is_refused(cast: Cast, app: str, secret: str) -> None:
    answer = _token(app, secret)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("name", ["client_id", "client_secret", "scope", "grant_type"])
def test_a_null_character_is_refused(cast: Cast, name: str) -> None:
    form = {"grant_type": "client_credentials", "client_id": "north", "client_secret": SECRET, name: "a\x00b"}
    answer = Client(enforce_csrf_checks=True).post("/o/token/", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_the_password_and_the_implicit_grant_are_off(cast: Cast) -> None:
    password = _token(grant_type="password", username="app.north", password="x")
    assert password.status_code in {400, 401}
    assert "access_token" not in password.content.decode()
    PartnerApp.objects.filter(client_id="north").update(
        authorization_grant_type="implicit", redirect_uris="https://example.org/cb"
    )
    client = Client()
    client.force_login(cast.apps["north"].service_account)
    answer = client.get(
        "/o/authorize/", {"response_type": "token", "client_id": "north", "redirect_uri": "https://example.org/cb"}
    )
    assert "access_token" not in answer.headers.get("Location", "")
    assert answer.status_code != 200


CALLBACK = "https://app.example.org/back"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKED = {"response_type": "code", "client_id": "north", "redirect_uri": CALLBACK, "scope": "learners.read adhoc", "state": "s"}
WITH_PKCE = {**ASKED, "code_challenge": CHALLENGE, "code_challenge_method": "S256"}


@pytest.fixture
def person(cast: Cast) -> Client:
    """A signed-in teacher of the north, and an app that acts for people."""
    PartnerApp.objects.filter(client_id="north").update(authorization_grant_type="authorization-code", redirect_uris=CALLBACK)
    user = User.objects.create_user("autore")
    assign_role(
        user=user, role=Role.PLAN_AUTHOR, level=Level.INSTITUTION, unit=cast.schools["NORTH"], valid_from=dt.date(2020, 1, 1)
    )
    client = Client()
    client.force_login(user)
    return client


def test_nobody_consents_without_signing_in(cast: Cast) -> None:
    answer = Client().get("/o/authorize/", WITH_PKCE)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/?next=/o/authorize/")


def test_authorisation_needs_pkce_with_a_hash(person: Client) -> None:
    plain = {**WITH_PKCE, "code_challenge_method": "plain"}
    for asked in (ASKED, plain):
        refused = person.get("/o/authorize/", asked)
        if refused.status_code == 200:  # the method is judged when the code is made
            refused = person.post("/o/authorize/", {**asked, "allow": "yes"})
        assert "error=invalid_request" in refused.headers["Location"]


def test_an_app_acts_for_a_person_who_said_yes(person: Client) -> None:
    page = person.get("/o/authorize/", WITH_PKCE, headers={"accept-language": "lv"})
    text = page.content.decode()
    assert "north" in text
    assert "Lasīt izglītojamos" in text
    assert "https://app.example.org" in page.headers["Content-Security-Policy"].split("form-action")[1].split(";")[0]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)', text)
    back = person.post("/o/authorize/", {**WITH_PKCE, "allow": "yes"}).headers["Location"]
    code = parse_qs(urlsplit(back).query)["code"][0]
    wrong = _token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier="x" * 64)
    assert wrong.json()["error"] == "invalid_grant"
    token = _token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier=VERIFIER).json()
    assert set(token["scope"].split()) == {"learners.read", "adhoc"}
    viewer = _viewer(token["access_token"], "{viewer{username isService roles} learners(first:1){totalCount}}").json()["data"]
    assert viewer == {
        "viewer": {"username": "autore", "isService": False, "roles": ["plan_author"]},
        "learners": {"totalCount": 12},
    }


def test_an_app_learns_of_a_no(person: Client) -> None:
    assert "error=access_denied" in person.post("/o/authorize/", WITH_PKCE).headers["Location"]


def test_a_strange_address_is_never_answered_to(person: Client) -> None:
    answer = person.get("/o/authorize/", {**WITH_PKCE, "redirect_uri": "https://evil.example.org/"})
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_guessing_is_braked_for_the_guesser_only(cast: Cast) -> None:
    with override_settings(TOKEN_REQUESTS_PER_CLIENT=25):
        statuses = [_token(secret="wrong").status_code for _ in range(4)]
        assert statuses == [401, 401, 401, 429]
        assert int(_token().headers["Retry-After"]) >= 1
        assert _token("south").status_code == 200, "another app at the same address goes on"
        elsewhere = Client(REMOTE_ADDR="192.0.2.7").post(
            "/o/token/", data={"grant_type": "client_credentials", "client_id": "north", "client_secret": SECRET}
        )
        assert elsewhere.status_code == 200, "nobody can lock an app out from another address"

"""A walk over every address of the platform: nothing breaks, and nothing behind a door answers a stranger."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from backend.accounts.models import User

pytestmark = pytest.mark.django_db

EXAMPLES = {
    "int": 999_999,
    "str": "x",
    "slug": "x",
    "path": "x/y",
    "uuid": uuid.UUID(int=0),
}
# Addresses that answer anybody; every other 200 is a finding.
OPEN_PREFIXES = (
    "/lv/", "/en/", "/healthz", "/readyz", "/sign-in/", "/sitemap", "/robots.txt", "/favicon.ico", "/.well-known/",
    "/content/graphql/", "/metrics", "/jsi18n/", "/static/", "/media/", "/i18n/", "/o/.well-known/",
    "/open-data/",
)  # fmt: skip
OPEN_IN_EDITOR = ("/admin/login/", "/admin/password_reset/", "/admin/jsi18n/", "/admin/sprite/", "/admin/reset")


def _patterns(resolver: URLResolver, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, (*names, entry.namespace) if entry.namespace else names)
        else:
            yield names, entry


def _addresses() -> list[str]:
    """Every named address, with example values in its parameters."""
    found = set()
    for names, pattern in _patterns(get_resolver()):
        if not pattern.name:
            continue
        converters = pattern.pattern.converters
        values = {
            name: EXAMPLES.get(type(converter).__name__.removesuffix("Converter").lower(), "x")
            for name, converter in converters.items()
        }
        route = ":".join([*names, pattern.name])
        for attempt in (
            values,
            dict.fromkeys(pattern.pattern.regex.groupindex, 999999),
            dict.fromkeys(pattern.pattern.regex.groupindex, "x"),
        ):
            try:
                found.add(reverse(route, kwargs=attempt or None))
                break
            except NoReverseMatch:
                continue
    return sorted(found)


def _is_open(address: str) -> bool:
    return address == "/" or address.startswith(OPEN_PREFIXES) or address.startswith(OPEN_IN_EDITOR)


@pytest.fixture
def addresses() -> list[str]:
    found = _addresses()
    assert len(found) >= 200, "the walk must see the whole house"
    assert {"/graphql/", "/content/graphql/", "/o/token/", "/healthz", "/readyz", "/sign-in/", "/account/"} <= set(found)
    return found


def test_a_stranger_breaks_nothing_and_passes_no_door(client: Client, addresses: list[str]) -> None:
    client.raise_request_exception = False
    broken, opened = [], []
    for address in addresses:
        status = client.get(address).status_code
        if status >= 500 and address != "/readyz":
            broken.append((address, status))
        if status == 200 and not _is_open(address):
            opened.append(address)
    assert broken == []
    assert opened == []


def test_school_staff_never_enter_the_editor(client: Client, addresses: list[str]) -> None:
    client.force_login(User.objects.create_user("school.staff", email="school.staff@example.org"))
    client.raise_request_exception = False
    inside = [a for a in addresses if a.startswith("/admin/") and not a.startswith(OPEN_IN_EDITOR)]
    assert len(inside) >= 100
    answers = {address: client.get(address).status_code for address in inside}
    assert {a: s for a, s in answers.items() if s == 200 or s >= 500} == {}

"""What tests of kept answers share: the cache turned on, and a commit inside a transaction that will be rolled back."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from django.core.cache import caches
from django.db import connection
from django.test import Client, override_settings

from cms.base.parts import forget


@contextmanager
def keeping() -> Iterator[None]:
    """Answers are kept, as in the demonstration and in production."""
    forget()
    caches["pages"].clear()
    with override_settings(SITE_CACHE_SECONDS=600):
        yield
    forget()
    caches["pages"].clear()


def committed() -> None:
    """What a commit does to the counter: the waiting triggers run, and the next change is one of another transaction."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
        cursor.execute("select set_config('following.site', '', true)")


def get(url: str) -> tuple[int, str]:
    """Status and text of an address, as somebody without a cookie gets it; where it leads instead of the text of a redirect.

    Each comes from another address: together they ask the content API for more than one visitor may.
    """
    response = Client(REMOTE_ADDR=f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}").get(url)
    if response.status_code in (301, 302):
        return response.status_code, response["Location"]
    body = response.getvalue().decode()
    if response.headers["Content-Type"].startswith("application/json"):
        body = json.dumps(json.loads(body)["data"], ensure_ascii=False)
    return response.status_code, body


def afresh(url: str) -> tuple[int, str]:
    """The same without anything kept."""
    with override_settings(SITE_CACHE_SECONDS=0):
        return get(url)


def asks(query: str) -> str:
    """Address of a query of the content API."""
    return "/content/graphql/?" + urlencode({"query": query})

"""The site as `load_site` leaves it, with files in a folder of its own; made once a module and rolled back after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from cms.base.languages import forget_locales
from cms.base.loading import load_site
from tests.factories.fixtures import reference_rows

__all__ = ["reference_rows"]


@pytest.fixture(scope="module")
def site_rows(
    reference_rows: dict[str, int], django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """The loaded site; gives the number of pages that were written."""
    folder: Path = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=folder / "public", PRIVATE_MEDIA_ROOT=folder / "private"):
        cache.clear()
        with django_db_blocker.unblock(), transaction.atomic():
            yield load_site()
            transaction.set_rollback(True)
    forget_locales()
    cache.clear()


@pytest.fixture
def site(site_rows: int, db: None) -> int:
    """The loaded site for one test."""
    cache.clear()
    return site_rows


@pytest.fixture
def statements(client: Client) -> object:
    """How many SQL statements a GET of an address takes when nothing is cached."""

    def count(address: str) -> int:
        client.get(address)  # what a process learns once (content types, locales) is not part of a request
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
        assert response.status_code == 200, address
        return len(captured)

    return count

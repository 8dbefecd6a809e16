"""The site as `load_site` leaves it, made once a process; its files are copied into a folder of each module's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from cms.base.languages import forget_locales
from cms.base.loading import load_site
from tests.cms.editing import editors
from tests.database import TestDatabase
from tests.factories.fixtures import reference_rows

__all__ = ["editors", "reference_rows"]


@pytest.fixture(scope="session")
def site_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files of the loaded site lie; each module has a copy."""
    return tmp_path_factory.mktemp("site-files")


@pytest.fixture(scope="module")
def site_rows(
    reference_rows: dict[str, int],
    django_db_setup: TestDatabase,
    django_db_blocker: DjangoDbBlocker,
    site_files: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[int]:
    """The loaded site; gives the number of pages that were written."""

    def load() -> int:
        with _files_in(site_files):
            return load_site()

    folder = tmp_path_factory.mktemp("media") / "site"
    cache.clear()
    with django_db_blocker.unblock(), django_db_setup.filled("site", load) as written:
        forget_locales()
        cache.clear()
        shutil.copytree(site_files, folder)
        with _files_in(folder):
            yield written
    forget_locales()
    cache.clear()


def _files_in(folder: Path) -> override_settings:
    return override_settings(MEDIA_ROOT=folder / "public", PRIVATE_MEDIA_ROOT=folder / "private")


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

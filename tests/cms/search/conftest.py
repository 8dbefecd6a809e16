"""The loaded site with its search index, made once a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django.plugin import DjangoDbBlocker

from cms.search.indexing import index_site
from tests.cms.conftest import reference_rows, site, site_rows, statements
from tests.database import TestDatabase

__all__ = ["reference_rows", "site", "site_rows", "statements"]


@pytest.fixture(scope="module")
def index_rows(site_rows: int, django_db_setup: TestDatabase, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    """The index of the loaded site; gives the number of entries."""
    with django_db_blocker.unblock(), django_db_setup.filled("index", _index) as entries:
        yield entries


def _index() -> int:
    found = index_site()  # what changed with the last steps of loading is in it already
    return found.written + found.kept


@pytest.fixture
def index(index_rows: int, site: int) -> int:
    """The index for one test."""
    cache.clear()
    return index_rows

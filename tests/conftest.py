"""Tests run on PostgreSQL as the serving role `app`; the runner creates and migrates as `owner`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from backend.core.database.roles import acting_as


def _switch(role: str) -> None:
    connection.close()
    connection.settings_dict.update({key: settings.DATABASE_ROLES[role][key] for key in ("USER", "PASSWORD")})


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """After the database is made: serve as `app`; before it is dropped: owner again."""
    with django_db_blocker.unblock():
        _switch("app")
    yield
    with django_db_blocker.unblock():
        _switch("owner")


@pytest.fixture(scope="session", autouse=True)
def _transaction_tests_flush_as_owner() -> None:
    """`app` may not TRUNCATE, so TransactionTestCase cleans up as the owner (and serves as app again after)."""
    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with acting_as("owner"):
            original(self)

    TransactionTestCase._fixture_teardown = teardown

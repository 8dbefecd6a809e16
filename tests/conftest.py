"""Tests run on PostgreSQL as the serving role `app`, each process on a clone of one migrated template."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from tests.database import TestDatabase

# The browser's driver keeps an event loop running in the test process, which Django would take for asynchronous code
# of ours in every later test there. We have none.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

pytest_plugins = ["tests.standing"]

LONGEST = (
    "faults/test_demo.py",
    "e2e/test_site.py",
    "faults/test_recovery.py",
    "demonstration/test_country.py",
    "isolation/test_api.py",
    "cms/test_editors.py",
    "workspace/test_queue_is_what_services_take.py",
    "cases/plans/test_commands_in_any_order.py",
    "cases/delivery/test_story_of_commands.py",
    "cases/reimbursements/test_ledger_story.py",
    "serving/test_agreement.py",
    "isolation/test_matrix.py",
    "isolation/test_answers.py",
    "serving/test_hundred_rows.py",
    "mutations/test_every_mutation.py",
    "mutations/test_texts.py",
    "workspace/test_queue_in_any_order.py",
    "workspace/test_queue.py",
)
"""Files that take half a minute and more, and of the last folder those that are not short. They come first: two processes share
the rest, and neither waits for the other.

The second of them fills the standing demonstration, for which two files that both begin with it would wait a minute."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, whichever they are among those asked for; all others in their order."""
    place = {str(Path(__file__).parent / name): number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(str(item.path), len(place)))


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[TestDatabase]:
    """Instead of pytest-django's own: it would migrate once for each process, and flush what migrations made.

    `--create-db` migrates the template anew; `--reuse-db` leaves the clone for a look afterwards.
    """
    database = TestDatabase(worker=os.environ.get("PYTEST_XDIST_WORKER", ""))
    with django_db_blocker.unblock():
        database.make(anew=django_db_createdb)
    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: database.renew()
    yield database
    TransactionTestCase._fixture_teardown = original
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            database.drop()

"""Fixtures that several parts of the tests share: import them in a part's `conftest.py`.

Reference data are written once a process, into a database of their own. Other rows are written once a module, inside a
transaction that is rolled back after it; what a test changes is taken back after the test.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from backend.activities.cooperation import reference as cooperation
from backend.activities.initiatives import reference as initiatives
from backend.activities.training import reference as training
from backend.insight.evaluation import reference as evaluation
from backend.insight.statistics import reference as figures
from backend.privacy import reference as privacy
from backend.registry import reference as registry
from backend.territory import reference as territory
from tests.database import TestDatabase
from tests.factories.cast import Cast, make_cast
from tests.factories.room_rows import Rooms
from tests.factories.rooms import make_rooms


@pytest.fixture(scope="module")
def reference_rows(django_db_setup: TestDatabase, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, int]]:
    """The reference data, in a database of their own that many modules share."""
    with django_db_blocker.unblock(), django_db_setup.filled("reference", _load_reference) as loaded:
        yield loaded


def _load_reference() -> dict[str, int]:
    loaded: dict[str, int] = {}
    for each in (territory, registry, initiatives, training, cooperation, privacy, figures, evaluation):
        loaded |= each.load()
    return loaded


@pytest.fixture(scope="module")
def cast_rows(reference_rows: dict[str, int], django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The named cast of a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_cast()
        transaction.set_rollback(True)


@pytest.fixture
def reference(reference_rows: dict[str, int], db: None) -> dict[str, int]:
    """The reference data; gives the number of rows by list."""
    return reference_rows


@pytest.fixture
def cast(cast_rows: Cast, db: None) -> Cast:
    """The named cast, with the reference data; the test's own copy of the objects."""
    return copy.deepcopy(cast_rows)


@pytest.fixture(scope="module")
def rooms_rows(reference_rows: dict[str, int], django_db_blocker: DjangoDbBlocker) -> Iterator[Rooms]:
    """The cast and one row of every table of the other rooms."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_rooms(make_cast())
        transaction.set_rollback(True)


@pytest.fixture
def rooms(rooms_rows: Rooms, db: None) -> Rooms:
    """One row of every table of the other rooms; the test's own copy of the objects."""
    return copy.deepcopy(rooms_rows)

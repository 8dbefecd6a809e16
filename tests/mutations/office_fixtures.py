"""The office in a transaction that is taken back, for the folders whose tests send commands."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from backend.accounts.known_callers import forget
from tests.factories.cast import Cast
from tests.mutations.office import Office, Sender, make_office


@pytest.fixture(scope="module")
def office_rows(cast_rows: Cast, django_db_blocker: DjangoDbBlocker) -> Iterator[Office]:
    """The office of a module, written once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_office(copy.deepcopy(cast_rows))
        transaction.set_rollback(True)


@pytest.fixture
def office(office_rows: Office, db: None) -> Office:
    """Maple and its apps; the test's own copy of the objects."""
    forget()
    return copy.deepcopy(office_rows)


@pytest.fixture
def send(office: Office) -> Sender:
    """`send(app, mutation, input)` gives the payload."""
    return Sender(office)

"""The office in a transaction that is taken back, and the office that every connection sees."""

from __future__ import annotations

import pytest
from django.db import transaction

from backend.accounts.known_callers import forget
from backend.registry import reference as registry
from backend.territory import reference as territory
from tests.factories.cast import Cast, make_cast
from tests.factories.fixtures import cast, cast_rows, reference, reference_rows  # noqa: F401
from tests.mutations.office import Office, Sender, make_office


@pytest.fixture
def office(cast: Cast) -> Office:  # noqa: F811
    """Maple and its apps."""
    forget()
    return make_office(cast)


@pytest.fixture
def send(office: Office) -> Sender:
    """`send(app, mutation, input)` gives the payload."""
    return Sender(office)


@pytest.fixture
def committed(transactional_db: None) -> Sender:
    """The same in transactions of their own, as the platform serves; for clients that come at once."""
    forget()
    with transaction.atomic():
        territory.load()
        registry.load()
        return Sender(make_office(make_cast()))

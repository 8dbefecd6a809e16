"""The office in a transaction that is taken back, for the folders whose tests send commands."""

from __future__ import annotations

import pytest

from backend.accounts.known_callers import forget
from tests.factories.cast import Cast
from tests.mutations.office import Office, Sender, make_office


@pytest.fixture
def office(cast: Cast) -> Office:
    """Maple and its apps."""
    forget()
    return make_office(cast)


@pytest.fixture
def send(office: Office) -> Sender:
    """`send(app, mutation, input)` gives the payload."""
    return Sender(office)

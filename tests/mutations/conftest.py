"""The office that every connection sees, beside the one in a transaction that is taken back."""

from __future__ import annotations

import pytest
from django.db import transaction

from backend.accounts.known_callers import forget
from backend.registry import reference as registry
from backend.territory import reference as territory
from tests.factories.cast import make_cast
from tests.factories.fixtures import cast, cast_rows, reference, reference_rows  # noqa: F401
from tests.mutations.office import Sender, make_office
from tests.mutations.office_fixtures import office, office_rows, send  # noqa: F401


@pytest.fixture
def committed(transactional_db: None) -> Sender:
    """The same in transactions of their own, as the platform serves; for clients that come at once."""
    forget()
    with transaction.atomic():
        territory.load()
        registry.load()
        return Sender(make_office(make_cast()))

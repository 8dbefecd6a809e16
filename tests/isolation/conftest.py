"""Committed rows: the policies are read by transactions of their own."""

from __future__ import annotations

import pytest
from django.db import transaction

from backend.registry import reference as registry
from backend.territory import reference as territory


@pytest.fixture
def committed(transactional_db: None) -> None:
    """The reference data, committed; thrown away with the database after the test."""
    with transaction.atomic():
        territory.load()
        registry.load()

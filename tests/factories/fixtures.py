"""Fixtures that several parts of the tests share: import them in a part's `conftest.py`."""

from __future__ import annotations

import pytest
from django.db import transaction

from backend.insight.statistics import reference as figures
from backend.registry import reference as registry
from backend.territory import reference as territory
from tests.factories.cast import Cast, make_cast


@pytest.fixture()
def reference(db: None) -> dict[str, int]:
    """The reference data; gives the number of rows by list."""
    with transaction.atomic():
        return territory.load() | registry.load() | figures.load()


@pytest.fixture()
def cast(reference: dict[str, int]) -> Cast:
    """The named cast, with the reference data."""
    return make_cast()

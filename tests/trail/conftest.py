"""Fixtures of the trail: files of its own for each test, and a database that other roles can enter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.factories.cast import Cast, make_cast
from tests.factories.fixtures import cast, cast_rows, reference, reference_rows  # noqa: F401


@pytest.fixture(autouse=True)
def trail_files(tmp_path: Path, settings: Any) -> Path:
    """Anchors and erasures of this test alone."""
    settings.TRAIL_ANCHOR_FILE = tmp_path / "anchors.log"
    settings.ERASURE_LIST_FILE = tmp_path / "erasures.log"
    return tmp_path


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    """The cast, committed: other connections and roles see it."""
    from django.db import transaction

    from backend.registry import reference as registry
    from backend.territory import reference as territory

    with transaction.atomic():
        territory.load()
        registry.load()
    return make_cast()


@pytest.fixture
def as_owner(committed: Cast) -> Iterator[Any]:
    """Acting as the tables' owner, for tampering."""
    from backend.core.database.roles import acting_as

    with acting_as("owner"):
        yield committed

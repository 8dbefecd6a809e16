from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backend.accounts.known_callers import forget
from tests.factories.cast import Cast
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


@pytest.fixture(autouse=True)
def private_folder(settings: Any, tmp_path: Path) -> Path:
    """Files of a test lie in a folder of its own."""
    settings.PRIVATE_MEDIA_ROOT = tmp_path / "private"
    return tmp_path / "private"

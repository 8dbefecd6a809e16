from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.factories.fixtures import cast, cast_rows, reference, reference_rows  # noqa: F401
from tests.mutations.office_fixtures import office, office_rows, send  # noqa: F401


@pytest.fixture(autouse=True)
def private_folder(settings: Any, tmp_path: Path) -> Path:
    """Files of a test lie in a folder of its own."""
    settings.PRIVATE_MEDIA_ROOT = tmp_path / "private"
    return tmp_path / "private"

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.starting import runtime_folder


@pytest.fixture
def var(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A runtime folder of the test's own."""
    with runtime_folder(re.sub(r"[^a-z]+", "-", request.node.name.lower())[:30]) as folder:
        yield folder

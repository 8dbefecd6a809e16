from __future__ import annotations

import pytest

from tests.cases.plans.walk import Walk, make_walk
from tests.factories.cast import Cast
from tests.factories.fixtures import cast, cast_rows, reference, reference_rows  # noqa: F401


@pytest.fixture
def walk(cast: Cast) -> Walk:  # noqa: F811
    """Maple's and the technical school's chains."""
    return make_walk(cast)

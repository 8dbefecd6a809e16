"""The desk of maple with everybody who decides on its months."""

from __future__ import annotations

import pytest

from tests.cases.delivery.month import Month, make_month
from tests.factories.cast import Cast
from tests.factories.fixtures import cast, cast_rows, reference, reference_rows  # noqa: F401


@pytest.fixture
def month(cast: Cast) -> Month:  # noqa: F811
    """Maple's people and a teacher's measure."""
    return make_month(cast)

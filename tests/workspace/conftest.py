from __future__ import annotations

import pytest

from tests.cases.delivery.month import Month, make_month
from tests.cases.plans.walk import Walk, make_walk
from tests.cases.reimbursements.till import Till, make_till
from tests.factories.cast import Cast
from tests.factories.fixtures import cast, cast_rows, reference, reference_rows  # noqa: F401
from tests.mutations.office_fixtures import office, office_rows, send  # noqa: F401


@pytest.fixture
def walk(cast: Cast) -> Walk:  # noqa: F811
    """Maple's and the technical school's chains of plans."""
    return make_walk(cast)


@pytest.fixture
def month(cast: Cast) -> Month:  # noqa: F811
    """Maple's people of hours and months."""
    return make_month(cast)


@pytest.fixture
def till(cast: Cast) -> Till:  # noqa: F811
    """Maple's claims and payments."""
    return make_till(cast)

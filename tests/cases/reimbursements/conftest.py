"""The till in a transaction that is taken back."""

from __future__ import annotations

import pytest

from tests.cases.reimbursements.till import Till, make_till
from tests.factories.cast import Cast


@pytest.fixture
def till(cast: Cast) -> Till:
    return make_till(cast)

"""Who reaches a learner's encrypted identity: whoever reaches the learner, and changes it only where the learner is."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError

from backend.accounts.scope import scoped
from backend.cases.learners.identity import set_identity
from backend.cases.learners.models import LearnerIdentity
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db


def test_another_schools_author_neither_sees_nor_writes_it(cast: Cast) -> None:
    anna = cast.learners["Anna"]
    with scoped(cast.scope("author of maple")):
        set_identity(learner=anna, personal_code="050408-21234")
        assert LearnerIdentity.objects.filter(learner=anna).count() == 1
    with scoped(cast.scope("author of birch")):
        assert LearnerIdentity.objects.filter(learner=anna).count() == 0
        assert LearnerIdentity.objects.filter(learner=anna).update(no_code_reason="") == 0


def test_another_schools_author_cannot_add_one(cast: Cast) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), scoped(cast.scope("author of birch")):
        set_identity(learner=cast.learners["Anna"], personal_code="050408-21234")

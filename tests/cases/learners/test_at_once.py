"""Two who decide on one pair at the same time, on connections of their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from backend.cases.learners.merging import decide_duplicate
from backend.cases.learners.models import Learner
from backend.core.refusals import Code
from backend.registry import reference as registry
from backend.territory import reference as territory
from tests.cases.desk import make_desk
from tests.concurrency import Client, one_before_the_other
from tests.factories.case_rows import DuplicateFactory
from tests.factories.cast import make_cast
from tests.factories.rows import LearnerFactory, whole_state


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_wins(transactional_db: None) -> None:
    with transaction.atomic():
        territory.load()
        registry.load()
        desk = make_desk(make_cast())
        with whole_state():
            first, second = sorted(
                (LearnerFactory(registering_institution=desk.school) for _ in range(2)), key=lambda row: row.pk
            )
            pair = DuplicateFactory(pair=None, first=first, second=second)
    scope = desk.scope(desk.coordinator)

    def deciding(kept: Learner | None) -> Any:
        decision = {"decision": "SAME_PERSON", "kept_id": kept.pk} if kept else {"decision": "DIFFERENT"}
        return lambda: decide_duplicate(scope=scope, duplicate_candidate_id=pair.pk, reason="Reizē", **decision)

    won, lost = one_before_the_other(Client(scope, deciding(first), hold=True), Client(scope, deciding(second)))
    assert won.value().kept_id == first.pk
    assert lost.refusal is not None
    assert lost.refusal.codes == {Code.CONFLICT}
    with whole_state():
        assert Learner.objects.filter(merged_into__isnull=False).values_list("pk", flat=True).get() == second.pk

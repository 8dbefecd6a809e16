"""Commands to a plan in any order: after each, the queue of one person is what an oracle of its own says waits for them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from tests.cases.plans.test_commands_in_any_order import AUTHORS, HEADS, PEOPLE, STEPS, WRITING, Plans
from tests.cases.plans.walk import Walk
from tests.workspace.trying import waits

pytestmark = pytest.mark.django_db
KINDS = ("RECORD_APPLICATION", "SUBMIT_PLAN", "CORRECT_PLAN", "APPROVE_PLAN", "EVALUATE_PLAN", "CLOSE_PLAN")


class Queues(Plans):
    """The plan's oracle, and what it says of everybody's queue. The day lies before the plan's last: nothing is evaluated yet."""

    def _waits_for(self, person: str) -> set[str]:
        found = set()
        if self.status in WRITING and person in AUTHORS:
            found.add("SUBMIT_PLAN" if self.status == "DRAFT" else "CORRECT_PLAN")
        if self.status in WRITING and not self.applied and person in AUTHORS | {"coordinator"}:
            found.add("RECORD_APPLICATION")
        if self._may_approve(person):
            found.add("APPROVE_PLAN")
        if self.status == "EVALUATED" and person in HEADS | {"coordinator"}:
            found.add("CLOSE_PLAN")
        return found

    @invariant()
    def the_queue_is_what_waits(self) -> None:
        if not hasattr(self, "plan"):
            return
        # One of them after each command, in turn: whoever sees it wrongly is met within eight.
        person = PEOPLE[self.sent % len(PEOPLE)]
        shown = {kind for kind, key in waits(self.walk.scope(person), *KINDS) if key == self.plan.pk}
        assert shown == self._waits_for(person), (person, self.status)
        self.seen.update(f"waits {kind}" for kind in shown)


@pytest.mark.parametrize("sequences", [3, pytest.param(200, marks=pytest.mark.full)])
def test_queues_after_commands_in_any_order(walk: Walk, sequences: int) -> None:
    Queues.walk, Queues.seen = walk, Counter()
    run_state_machine_as_test(
        Queues,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=STEPS + 1,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
        _min_steps=STEPS + 1,
    )
    assert Queues.seen["sequences"] >= sequences
    assert Queues.seen["waits SUBMIT_PLAN"] > 0
    assert sum(Queues.seen[f"waits {kind}"] for kind in KINDS) > sequences

"""The story in transactions of their own, as the platform serves it, and what thirty hours cost there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.mutations.office import Sender
from tests.mutations.test_story import check_told, hours, story, teaching, work

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_in_transactions_of_their_own(committed: Sender) -> None:
    check_told(story(committed))


def test_thirty_hours_take_twelve_statements(committed: Sender) -> None:
    """The whole request: the token, the command with its key, and the answer."""
    measure = teaching(committed.office)
    committed.ask("journal", "{ viewer { appName } }")  # the caller has been met
    with CaptureQueriesContext(connection) as seen:
        payload = committed("journal", "recordConsultations", {"entries": hours(measure), "clientMutationId": "all"})
    assert len(payload["consultations"]) == 30
    # The bucket is drawn from each time in tests alone; the entry in the read log comes on top of the twelve.
    statements = [text for text in work(seen) if "core_ratebucket" not in text and "trail.append_reads" not in text]
    assert len(statements) <= 12, [text[:90] for text in statements]
    assert sum(entry["sql"] == "COMMIT" for entry in seen) == 2, "the command, then the reading of its answer"

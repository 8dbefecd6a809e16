"""The story in transactions of their own, as the platform serves it, and what thirty hours cost there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.cases.plans.models import Measure
from backend.core.identifiers import key_of, public_id
from tests.factories.rows import whole_state
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


def test_thirty_remote_hours_of_another_take_as_many(committed: Sender) -> None:
    """The order is one statement more; who gives the hours, and whether the caller may name them, come with the measure."""
    office = committed.office
    key = teaching(office)
    with whole_state():
        measure = Measure.objects.get(pk=key_of(key, tag=Measure.tag))
    order = {
        "institutionCode": "MAPLE",
        "number": "1-9/77",
        "signedOn": "2023-09-01",
        "validFrom": "2023-09-01",
        "validTo": "2023-12-31",
        "channels": ["Zoom"],
        "confirmation": "ziņa e-klasē",
        "providerIds": [office.desk.provider.public_id],
        "planIds": [public_id(tag="plan", key=measure.plan_id)],
    }
    made = committed("office", "recordRemoteOrder", order, selection="remoteOrder { id }")
    assert made["errors"] == []
    remote = {
        "providerId": office.desk.provider.public_id,
        "channel": "REMOTE",
        "remoteOrderId": made["remoteOrder"]["id"],
        "remoteChannel": "Zoom",
    }
    entries = [entry | remote for entry in hours(key)]
    committed.ask("journal", "{ viewer { appName } }")  # the caller has been met
    with CaptureQueriesContext(connection) as seen:
        payload = committed("journal", "recordConsultations", {"entries": entries, "clientMutationId": "far"})
    assert len(payload["consultations"]) == 30, payload
    statements = [text for text in work(seen) if "core_ratebucket" not in text and "trail.append_reads" not in text]
    assert len(statements) <= 12, [text[:90] for text in statements]

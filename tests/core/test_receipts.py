"""Keys of commands are remembered for ninety days."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from backend.accounts.scope import Scope, scoped
from backend.core import idempotency
from backend.core.clock import now
from backend.core.models import CommandReceipt

CALLERS = uuid4(), uuid4()


def _receipt(caller: UUID, *, days: float) -> None:
    with scoped(Scope(principal_id=caller)):
        CommandReceipt.objects.create(
            principal_id=caller,
            app_id=0,
            operation="registerLearner",
            key=f"{days} days",
            input_digest="0" * 64,
            answer="00",
            created_at=now() - dt.timedelta(days=days),
        )


def _kept(caller: UUID) -> set[str]:
    with scoped(Scope(principal_id=caller)):
        return set(CommandReceipt.objects.values_list("key", flat=True))


@pytest.mark.django_db(transaction=True)
def test_receipts_older_than_ninety_days_go_whoevers_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "_BATCH", 2)  # so that there is more than one batch
    with transaction.atomic():
        for caller in CALLERS:
            for days in (0, 89.9, 90.1, 200, 4_000):
                _receipt(caller, days=days)
    said = StringIO()
    call_command("purge_receipts", stdout=said)
    assert said.getvalue() == "6 receipts deleted.\n"
    for caller in CALLERS:
        assert _kept(caller) == {"0 days", "89.9 days"}
    call_command("purge_receipts", "--days", "1", stdout=said)
    assert _kept(CALLERS[0]) == {"0 days"}


def test_receipts_of_today_stay(db: None) -> None:
    with pytest.raises(CommandError, match="one day at least"):
        call_command("purge_receipts", "--days", "0")

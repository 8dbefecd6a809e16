"""Approving, withdrawing and changing hours at once, on connections of their own: one wins, the other is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from backend.cases.delivery import services
from backend.cases.delivery.models import Timesheet
from backend.core.refusals import Code
from backend.registry import reference as registry
from backend.territory import reference as territory
from tests.cases.delivery.month import MONDAY, Month, make_month
from tests.concurrency import Client, Outcome, all_at_once, one_before_the_other
from tests.factories.cast import make_cast
from tests.factories.rows import whole_state

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def standing(transactional_db: None) -> Month:
    """Committed, so that other connections see it."""
    with transaction.atomic():
        territory.load()
        registry.load()
        month = make_month(make_cast())
    return month


def _client(people: Month, who: str, service: Callable[..., Any], *, hold: bool = False, **given: Any) -> Client:
    scope = people.scope(who)
    return Client(scope, lambda: service(scope=scope, **given), hold=hold)


def _told(outcome: Outcome) -> set[Code]:
    assert outcome.error is None, outcome.error
    return outcome.refusal.codes if outcome.refusal else set()


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.full)])
def test_approve_and_withdraw_at_once_one_wins(standing: Month, rounds: int) -> None:
    standing.counted(standing.desk.measure())
    sheet = standing.approve("head")
    won = set()
    for number in range(rounds):
        version = standing.sheet().version
        clients = [
            _client(standing, "coordinator", services.approve_timesheet, timesheet_id=sheet.pk, expected_version=version),
            _client(
                standing,
                "head",
                services.withdraw_timesheet_approval,
                timesheet_id=sheet.pk,
                reason="Kļūda",
                expected_version=version,
            ),
        ]
        outcomes = all_at_once(clients if number % 2 else clients[::-1])
        assert sorted(map(_told, outcomes), key=len) == [set(), {Code.CONFLICT}], number
        status = standing.sheet().status
        won.add(status)
        if status == "APPROVED_BY_COORDINATOR":
            standing.withdraw("coordinator")
        else:
            standing.approve("head")
    assert won <= {"APPROVED_BY_COORDINATOR", "ENTERED"}


def test_who_waited_is_told_conflict_without_naming_a_version(standing: Month) -> None:
    standing.counted(standing.desk.measure())
    sheet = standing.approve("head")
    first, second = one_before_the_other(
        _client(standing, "coordinator", services.approve_timesheet, timesheet_id=sheet.pk, hold=True),
        _client(standing, "head", services.withdraw_timesheet_approval, timesheet_id=sheet.pk, reason="Kļūda"),
    )
    assert (_told(first), _told(second)) == (set(), {Code.CONFLICT})


def test_no_hour_slips_into_a_month_that_is_being_approved(standing: Month) -> None:
    measure = standing.desk.measure()
    standing.counted(measure)
    sheet = standing.sheet()
    entry = services.ConsultationEntry(measure.pk, MONDAY + dt.timedelta(days=1), dt.time(9), "Vēlāk")
    first, second = one_before_the_other(
        _client(standing, "head", services.approve_timesheet, timesheet_id=sheet.pk, hold=True),
        _client(standing, "provider", services.record_consultations, entries=[entry]),
    )
    assert (_told(first), _told(second)) == (set(), {Code.LOCKED})


def test_nor_into_one_that_is_being_submitted(standing: Month) -> None:
    standing.counted(standing.desk.measure())
    standing.approve("head")
    standing.approve("coordinator")
    other = standing.desk.measure()
    entry = services.ConsultationEntry(other.pk, MONDAY, dt.time(9), "Vēlāk")
    given = {"institution_id": standing.desk.school.pk, "month": MONDAY.replace(day=1)}
    first, second = one_before_the_other(
        _client(standing, "coordinator", services.submit_month, hold=True, **given),
        _client(standing, "second", services.record_consultations, entries=[entry]),
    )
    assert (_told(first), _told(second)) == (set(), {Code.LOCKED})
    with whole_state():
        assert Timesheet.objects.filter(institution=standing.desk.school, month=MONDAY.replace(day=1)).count() == 1


def test_an_hour_confirmed_and_corrected_at_once_is_one_of_both(standing: Month) -> None:
    (row,) = standing.record(standing.desk.measure())
    first, second = one_before_the_other(
        _client(standing, "provider", services.confirm_consultations, consultation_ids=[row.pk], side="PROVIDER", hold=True),
        _client(standing, "institution", services.correct_consultation, consultation_id=row.pk, reason="Cits", topic="Cits"),
    )
    assert (_told(first), _told(second)) == (set(), {Code.CONFLICT})

"""The generator's parts."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cases.plans.models import PlanStatus
from backend.demonstration.amounts import split_cents
from backend.demonstration.calendar import Timetable, next_school_day, school_days
from backend.demonstration.casework import path_to


@given(
    cents=st.integers(min_value=200, max_value=10_000_000),
    weights=st.lists(st.floats(min_value=0.01, max_value=100), min_size=1, max_size=200),
)
def test_a_split_is_exact_to_the_cent_and_near_to_its_weights(cents: int, weights: list[float]) -> None:
    total = Decimal(cents) / 100
    parts = split_cents(total, weights)
    assert sum(parts) == total
    assert min(parts) >= Decimal("0.01")
    for part, weight in zip(parts, weights, strict=True):
        exact = (cents - len(weights)) * weight / sum(weights) + 1
        assert abs(float(part * 100) - exact) <= 1.001


def test_too_few_cents_are_refused() -> None:
    with pytest.raises(ValueError, match="Fewer cents"):
        split_cents(Decimal("0.01"), [1, 1])


def test_school_days_leave_out_weekends_holidays_and_the_break() -> None:
    days = school_days(dt.date(2023, 3, 10), dt.date(2023, 3, 21))
    assert [day.day for day in days] == [10, 20, 21]
    assert dt.date(2023, 5, 1) not in school_days(dt.date(2023, 4, 24), dt.date(2023, 5, 8))
    assert next_school_day(dt.date(2023, 3, 10), after=1) == dt.date(2023, 3, 20)


def test_nobody_is_booked_twice_and_full_days_give_fewer() -> None:
    timetable = Timetable(Random(1))
    teacher, days = uuid.uuid4(), school_days(dt.date(2023, 2, 6), dt.date(2023, 2, 7))
    booked = [slot for _learner in range(20) for slot in timetable.book(people=(teacher, uuid.uuid4()), days=days, count=2)]
    assert len(booked) == len(set(booked)) == 18


def test_the_chain_of_a_state_institution_has_no_municipality() -> None:
    municipal, state = (path_to(PlanStatus.ACTIVE, is_state=is_state) for is_state in (False, True))
    start = [PlanStatus.DRAFT, PlanStatus.SUBMITTED, PlanStatus.APPROVED_BY_INSTITUTION]
    assert municipal == [*start, PlanStatus.APPROVED_BY_MUNICIPALITY, PlanStatus.ACTIVE]
    assert state == [*start, PlanStatus.ACTIVE]

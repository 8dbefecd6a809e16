"""Cents are exact, and business days come from one clock."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import override_settings

from backend.core import clock
from backend.core.money import euro


@pytest.mark.parametrize(("value", "expected"), [("31732.17", "31732.17"), ("0.005", "0.01"), ("-0.005", "-0.01"), (3, "3.00")])
def test_amounts_have_two_places_half_up(value: str | int, expected: str) -> None:
    assert str(euro(value)) == expected


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        euro(0.1)  # type: ignore[arg-type]


def test_three_thirds_are_not_a_cent_more() -> None:
    assert euro(Decimal(10) / 3) * 3 == Decimal("9.99")


@override_settings(DEMO_TODAY=dt.date(2023, 10, 16))
def test_the_demonstration_lives_on_its_own_day() -> None:
    assert clock.business_today() == dt.date(2023, 10, 16)
    assert clock.now().year > 2023, "real time goes on"


@override_settings(DEMO_TODAY=None)
def test_without_a_demonstration_the_day_is_latvian() -> None:
    before = dt.datetime.now(tz=dt.UTC).astimezone(clock.timezone.get_default_timezone()).date()
    assert clock.business_today() >= before

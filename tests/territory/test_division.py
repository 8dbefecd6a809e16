"""Figures are gathered by the division of a day, following successors."""

from __future__ import annotations

import datetime as dt

import pytest

from backend.territory.models import Municipality, Region
from backend.territory.selectors import institutions_in_division
from tests.factories.cast import Cast
from tests.factories.rows import InstitutionFactory

BEFORE, AFTER = dt.date(2025, 6, 30), dt.date(2025, 7, 1)


def _codes(keys: set[object], cast: Cast) -> set[str]:
    return {name for name, school in cast.schools.items() if school.pk in keys}


@pytest.mark.parametrize(("day", "expected"), [(BEFORE, {"maple", "linden"}), (AFTER, {"maple", "linden", "oak"})])
def test_madona_takes_over_varaklani(cast: Cast, day: dt.date, expected: set[str]) -> None:
    madona = Municipality.objects.get(code="LV-059")
    assert _codes(institutions_in_division(municipality=madona, on=day), cast) == expected


@pytest.mark.parametrize(("day", "expected"), [(BEFORE, {"oak"}), (AFTER, set())])
def test_varaklani_has_its_schools_until_it_ends(cast: Cast, day: dt.date, expected: set[str]) -> None:
    varaklani = Municipality.objects.get(code="LV-102")
    assert _codes(institutions_in_division(municipality=varaklani, on=day), cast) == expected


def test_a_chain_of_successors_is_followed_to_its_end(cast: Cast) -> None:
    first = Municipality.objects.get(code="OLD-VIESITE")
    school = InstitutionFactory(municipality=first)
    jekabpils, madona = Municipality.objects.get(code="LV-042"), Municipality.objects.get(code="LV-059")
    assert school.pk in institutions_in_division(municipality=jekabpils, on=dt.date(2023, 10, 16))
    Municipality.objects.filter(pk=jekabpils.pk).update(successor=madona, valid_to=dt.date(2024, 12, 31))
    assert school.pk in institutions_in_division(municipality=madona, on=dt.date(2025, 1, 1))
    assert school.pk not in institutions_in_division(municipality=madona, on=dt.date(2024, 12, 31))


def test_two_that_name_each_other_still_end(cast: Cast) -> None:
    one, other = Municipality.objects.get(code="LV-059"), Municipality.objects.get(code="LV-042")
    for row, successor in ((one, other), (other, one)):
        Municipality.objects.filter(pk=row.pk).update(successor=successor, valid_to=dt.date(2024, 12, 31))
    assert institutions_in_division(municipality=one, on=dt.date(2025, 1, 1)) == set()


def test_a_region_gathers_its_municipalities(cast: Cast) -> None:
    for region, expected in (("Vidzeme", {"maple", "linden", "oak"}), ("Zemgale", {"birch"}), ("Rīga", {"technical"})):
        keys = institutions_in_division(region=Region.objects.get(code=region), on=dt.date(2023, 10, 16))
        assert _codes(keys, cast) == expected

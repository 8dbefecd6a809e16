"""What speaks for two records being one person: names and dates as people write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.cases.learners.matching import LIKELY, Match, Person, compared, name_basis, near_dates, one_letter_apart, sounds
from backend.cases.learners.models import MatchBasis

BORN = dt.date(2009, 3, 12)


def _match(one: str, other: str, *, born: dt.date = BORN) -> Match | None:
    """The match of two names written "given family", the second born on a day."""
    (given, family), (other_given, other_family) = one.split(), other.split()
    return compared(Person(given, family, BORN), Person(other_given, other_family, born))


@pytest.mark.parametrize(
    ("one", "other", "basis"),
    [
        ("Anna Bērziņa", "anna BĒRZIŅA", MatchBasis.NAME),
        ("Anna Bērziņa", "Anna Berzina", MatchBasis.NAME_FOLDED),
        ("Aleksejs Ivanovs", "Алексей Иванов", MatchBasis.NAME_TRANSLITERATED),
        ("Jūlija Žukova", "Yulia Zhukova", MatchBasis.NAME_TRANSLITERATED),
        ("Šteina Anna", "Anna Steina", MatchBasis.NAME_SWAPPED),
        ("Kristīne Kalniņa", "Kristīne Kalniņas", MatchBasis.NAME_TRANSLITERATED),
        ("Kristīne Kalniņa", "Kristīne Kaltiņa", MatchBasis.NAME_NEAR),
        ("Roberts Liepiņš", "Robetrs Liepiņš", MatchBasis.NAME_NEAR),
    ],
)
def test_names_agree_in_ways_that_are_told_apart(one: str, other: str, basis: MatchBasis) -> None:
    match = _match(one, other)
    assert match is not None
    assert match.bases == (basis, MatchBasis.BIRTH_DATE)
    assert match.score >= LIKELY


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anna Bērziņa", "Inga Bērziņa"), ("Ilze Ozola", "Inta Ozola"), ("Jānis Kalns", "Pēteris Kalns"), ("Li Na", "Lu Na")],
)
def test_other_names_are_other_people(one: str, other: str) -> None:
    assert _match(one, other) is None


def test_one_of_the_two_must_be_sure() -> None:
    swapped_day = dt.date(2009, 12, 3)
    found = _match("Anna Bērziņa", "Anna Berzina", born=swapped_day)
    assert found == Match((MatchBasis.NAME_FOLDED, MatchBasis.BIRTH_DATE_NEAR), Decimal("0.780"))
    assert _match("Kristīne Kalniņa", "Kristīne Kaltiņa", born=swapped_day) is None
    assert _match("Anna Bērziņa", "Anna Bērziņa", born=dt.date(2001, 7, 30)) is None, "namesakes"


def test_near_dates_are_a_slip_of_the_pen_away() -> None:
    near = near_dates(BORN)
    assert {dt.date(2009, 12, 3), dt.date(2008, 3, 12), dt.date(2009, 3, 2), dt.date(2009, 3, 13)} <= near
    assert BORN not in near
    assert dt.date(2009, 4, 13) not in near
    assert dt.date(2008, 2, 28) in near_dates(dt.date(2008, 2, 29))


_LETTERS = st.text(alphabet="aābcčdeērt", max_size=7)
_PERSONS = st.builds(
    Person,
    given_name=st.sampled_from(["Anna", "Āna", "Анна", "Bruno", "O'Nīla", "Līva-Marija", "李", "ß"]),
    family_name=st.sampled_from(["Bērziņa", "Berzina", "Берзиня", "Anna", "Ozols", "Ozoliņš", "-", "Šmits"]),
    birth_date=st.dates(dt.date(2008, 12, 1), dt.date(2009, 2, 3)),
)


@settings(deadline=None)
@given(one=_PERSONS, other=_PERSONS)
def test_it_makes_no_difference_which_record_comes_first(one: Person, other: Person) -> None:
    assert compared(one, other) == compared(other, one)
    itself = compared(one, one)
    assert itself is not None
    assert itself.bases == (MatchBasis.NAME, MatchBasis.BIRTH_DATE)


@settings(deadline=None)
@given(one=_LETTERS, other=_LETTERS)
def test_one_letter_apart_is_what_the_table_of_edits_says(one: str, other: str) -> None:
    assert one_letter_apart(one, other) == (_edits(one, other) <= 1)


@settings(deadline=None)
@given(name=st.text(max_size=20))
def test_any_text_has_sounds_and_sounds_are_plain_letters(name: str) -> None:
    assert set(sounds(name)) <= set("abcdefghijklmnopqrstuvwxyz ")
    assert name_basis(Person(name, name, BORN), Person(name, name, BORN)) is MatchBasis.NAME


def _edits(one: str, other: str) -> int:
    """Letters added, taken, changed or swapped with a neighbour (optimal string alignment), by the book."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i, j in product(range(1, len(one) + 1), range(1, len(other) + 1)):
        cost = one[i - 1] != other[j - 1]
        table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + cost)
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one), len(other)]

"""Primary rules, cell keys, rounding and shares, one by one."""

from __future__ import annotations

import dataclasses
import random
from decimal import Decimal
from statistics import fmean
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.insight.disclosure.cellkey import MODULUS, cell_key, noise_for, perturbed, perturbed_sum, record_key
from backend.insight.disclosure.layout import lay_out
from backend.insight.disclosure.primary import judge
from backend.insight.disclosure.protection import View, protect
from backend.insight.disclosure.rounding import rounded
from backend.insight.disclosure.shapes import TOTAL, Category, Cell, Dimension, Measure, Table, Unit
from backend.insight.disclosure.shares import share
from tests.insight.disclosure.tables import PUBLIC, at_places, dimension, table

SECRET = b"a secret of the tests"
EURO = Measure("AMOUNTS", "Eiro", "Euro", Unit.EURO)


def _sensitive(given: Table) -> set[tuple[str, ...]]:
    laid = lay_out(given)
    return {at for at, found in at_places(given, judge(laid, PUBLIC).sensitive).items() if found}


@pytest.mark.parametrize(("count", "found"), [(0, False), (1, True), (4, True), (5, False)])
def test_small_counts(count: int, found: bool) -> None:
    assert (("a",) in _sensitive(table({("a",): count, ("b",): 40}, dimension("D", "a", "b")))) is found


@pytest.mark.parametrize("mark", ["special", "close"])
@pytest.mark.parametrize(("count", "found"), [(9, True), (10, False)])
def test_health_family_and_single_institutions_have_a_higher_threshold(mark: str, count: int, found: bool) -> None:
    marked = Dimension("D", "d", "d", (Category("a", "a", **{mark: True}), Category("b", "b")))
    assert (("a",) in _sensitive(table({("a",): count, ("b",): 9}, marked))) is found
    assert ("b",) not in _sensitive(table({("a",): count, ("b",): 9}, marked))


def test_all_or_none_of_a_group() -> None:
    """Everybody at p has the one risk, nobody at q has the overlapping one: both tell of each person there."""
    places = dimension("PLACE", "p", "q")
    one = table({("p", "x"): 20, ("q", "x"): 12, ("q", "y"): 30}, places, dimension("RISK", "x", "y", attribute=True))
    assert {("p", "x"), ("p", "y")} <= _sensitive(one)
    assert ("q", "x") not in _sensitive(one)
    plain = table({("p", "x"): 20, ("q", "x"): 12, ("q", "y"): 30}, places, dimension("KIND", "x", "y"))
    assert not _sensitive(plain)
    several = dimension("RISK", "x", "y", attribute=True, overlapping=True)
    cells = {("p", TOTAL): 20, ("p", "x"): 20, ("p", "y"): 8, ("q", TOTAL): 30, ("q", "x"): 12, (TOTAL, TOTAL): 50}
    cells |= {(TOTAL, "x"): 32, (TOTAL, "y"): 8}
    both = dataclasses.replace(one, dimensions=(places, several), cells={at: Cell(Decimal(n), n) for at, n in cells.items()})
    assert _sensitive(both) == {("p", "x"), ("q", "y")}
    protected = protect(tables=[both], view=View(PUBLIC)).published(0)
    assert protected["p", "x"] is protected["q", "y"] is None
    assert protected["p", TOTAL] is None  # it bounds its part from above: the interval would stop at the true value


@pytest.mark.parametrize(
    ("value", "people", "largest", "found"),
    [
        ("1000", 4, ("250", "250"), True),  # fewer than five recipients
        ("1000", 20, ("500", "360"), True),  # two make up 86 %
        ("1000", 20, ("500", "350"), False),  # 85 % exactly
        ("1000", 6, ("700", "245"), True),  # what is left, 55, is less than 10 % of 700 (and 94.5 %)
        ("1000", 20, ("200", "150"), False),
        ("0", 0, (), False),
    ],
)
def test_sums_of_euro(value: str, people: int, largest: tuple[str, ...], found: bool) -> None:
    places = dimension("PLACE", "p", "q")
    other = Cell(Decimal(90_000), 400, (Decimal(900), Decimal(800)))
    mine = Cell(Decimal(value), people, tuple(map(Decimal, largest)))
    whole = Cell(mine.value + other.value, people + 400, (Decimal(900), Decimal(800)))
    sums = Table("e", "e", "e", EURO, (places,), {("p",): mine, ("q",): other, (TOTAL,): whole})
    assert (("p",) in _sensitive(sums)) is found


def test_a_suppressed_sum_is_wide_open() -> None:
    """The interval reaches as far as the threshold's number of average contributions, on both sides of the true value."""
    places = dimension("PLACE", "p", "q", "r")
    sums = {"p": (300, 3, 100), "q": (2000, 40, 60), "r": (2500, 50, 60)}
    cells = {(code,): Cell(Decimal(v), n, (Decimal(top), Decimal(top))) for code, (v, n, top) in sums.items()}
    cells[TOTAL,] = Cell(Decimal(4800), 93, (Decimal(100), Decimal(100)))
    shown = protect(tables=[Table("e", "e", "e", EURO, (places,), cells)], view=View(PUBLIC)).published(0)
    assert shown["p",] is None
    hidden = [at for at, value in shown.items() if value is None]
    assert sum(float(cells[at].value) for at in hidden if at != (TOTAL,)) >= 5 * 100


def _records(number: int, seed: int) -> list[UUID]:
    chance = random.Random(seed)
    return [UUID(int=chance.getrandbits(128)) for _ in range(number)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(0, 10_000))
def test_the_same_group_has_the_same_noise_however_it_is_asked_for(number: int, seed: int) -> None:
    records = _records(number, seed)
    answers = set()
    for turn in range(3):
        random.Random(turn).shuffle(records)
        half = number // 2
        parts = [cell_key(record_key(secret=SECRET, record=each) for each in part) for part in (records[:half], records[half:])]
        answers.add(perturbed(count=number, key=cell_key(parts), profile=PUBLIC))
    assert len(answers) == 1
    answer = answers.pop()
    assert answer == 0 or answer >= 3
    assert abs(answer - number) <= PUBLIC.noise_reach
    assert number > 0 or answer == 0


def test_noise_is_unbiased_and_keyed() -> None:
    for count in range(1, 9):
        chances = noise_for(min(count, 7), 4, 2.0)
        assert abs(sum(move * chance for move, chance in chances)) < 1e-9
        assert abs(sum(chance for _move, chance in chances) - 1) < 1e-9
    chance = random.Random(7)
    drawn = [perturbed(count=40, key=chance.randrange(MODULUS), profile=PUBLIC) for _ in range(100_000)]
    assert abs(fmean(drawn) - 40) < 0.02
    assert 1.8 < fmean((each - 40) ** 2 for each in drawn) < 2.2
    record = _records(1, 3)[0]
    assert record_key(secret=SECRET, record=record) != record_key(secret=b"another", record=record)


def test_sums_outside_the_scope_carry_noise_of_a_person_s_size() -> None:
    chance = random.Random(5)
    drawn = []
    for _ in range(20_000):
        found = perturbed_sum(
            value=Decimal(5000), contributors=50, largest=Decimal(300), key=chance.randrange(MODULUS), profile=PUBLIC
        )
        assert found is not None
        drawn.append(float(found))
    assert abs(fmean(drawn) - 5000) < 3
    assert max(drawn) - min(drawn) > 300
    few = perturbed_sum(value=Decimal(50), contributors=4, largest=Decimal(20), key=1, profile=PUBLIC)
    assert few is None


def test_rounding_is_unbiased() -> None:
    chance = random.Random(11)
    drawn = [rounded(count=17, key=chance.randrange(MODULUS), base=3) for _ in range(100_000)]
    assert set(drawn) == {15, 18}
    assert abs(fmean(drawn) - 17) < 0.02
    assert {rounded(count=20, key=key, base=5) for key in (0, MODULUS - 1)} == {20}
    with pytest.raises(ValueError, match="base"):
        rounded(count=1, key=0, base=1)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (3, 9, None),
        (None, 50, None),
        (5, None, None),
        (1, 50, "<5"),
        (49, 50, ">95"),
        (5, 100, "5"),
        (1, 3 * 8, "<5"),
        (15, 40, "38"),
    ],
)
def test_shares_are_coded_at_the_edges(part: int | None, whole: int | None, text: str | None) -> None:
    assert share(part=part, whole=whole, profile=PUBLIC) == text

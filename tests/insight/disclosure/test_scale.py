"""Two hundred linked tables, protected and audited within two minutes (issue 7)."""

from __future__ import annotations

import time

import numpy as np
import pytest

from backend.insight.disclosure.protection import View, protect
from backend.insight.disclosure.shapes import Category, Dimension, Measure, Table
from tests.insight.disclosure.tables import PUBLIC, added_up, dimension

_TOWNS = [f"M{number}" for number in range(43)]
_TERRITORY = dimension(
    "TERRITORY", *(f"R{number}" for number in range(5)), *_TOWNS, **{town: f"R{number % 5}" for number, town in enumerate(_TOWNS)}
)
_CUTS = (
    dimension("SEMESTER", *(f"s{number}" for number in range(11))),
    dimension("KIND", *(f"k{number}" for number in range(6))),
    Dimension("RISK", "r", "r", tuple(Category(f"x{number}", "", special=number > 1) for number in range(4)), attribute=True),
    dimension("STAGE", *(f"g{number}" for number in range(12))),
)


def _tables(number: int) -> list[Table]:
    """Measures in 43 municipalities of very different sizes, each cut in four ways that share the territory's margins."""
    chance = np.random.default_rng(1)
    size, made = chance.lognormal(0, 1.1, 43), []
    whole = np.zeros(43)
    for place in range(number):
        cut = _CUTS[place % 4]
        width = len(cut.categories)
        if place % 4 == 0:
            counts = chance.poisson(size[:, None] * chance.lognormal(2, 0.8, (43, width)))
            whole = counts.sum(axis=1)
        else:
            shares = chance.dirichlet(np.ones(width) * 0.7)
            counts = np.stack([chance.multinomial(int(each), shares) for each in whole])
        leaves = {
            (town, category.code): int(counts[row, column])
            for row, town in enumerate(_TOWNS)
            for column, category in enumerate(cut.categories)
            if counts[row, column]
        }
        measure = Measure(f"M{place // 4}", "", "")
        cells = added_up(dimensions=(_TERRITORY, cut), leaves=leaves)
        made.append(Table(f"t{place}", "", "", measure, (_TERRITORY, cut), cells))
    return made


def _protected(number: int) -> tuple[int, int, float]:
    began = time.process_time()
    protected = protect(tables=_tables(number), view=View(PUBLIC))
    spent = time.process_time() - began
    hidden = sum(not each for shown in protected.shown for each in shown)
    assert hidden >= protected.summary.sensitive > 0
    return protected.summary.cells, hidden, spent


def test_eight_tables_leave_most_figures_open() -> None:
    """Not everything is hidden to be safe: with a fifth of the figures sensitive, two thirds stay open."""
    cells, hidden, _spent = _protected(8)
    assert hidden < cells / 3


@pytest.mark.full
def test_two_hundred_tables_within_two_minutes() -> None:
    cells, hidden, spent = _protected(200)
    assert cells > 90_000
    assert hidden < cells / 3
    assert spent < 120, f"{spent:.0f} s of processor time for {cells} cells"

"""Protected tables against the attacker: the oracle of the notes, and tables at random (case_management.md, f)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.insight.disclosure.attack import audit
from backend.insight.disclosure.complement import ImpossibleError, repair
from backend.insight.disclosure.protection import Protected, View, protect
from backend.insight.disclosure.shapes import TOTAL, Category, Dimension, Table
from backend.insight.disclosure.system import build
from tests.insight.disclosure.attacker import intervals
from tests.insight.disclosure.tables import PLANS, PUBLIC, dimension, grid, released_before, table

ORACLE = grid([(12, 7, 2), (18, 4, 9), (25, 11, 6)])
"""Row and column totals 21, 31, 42 and 55, 22, 17; 94 in all."""


def _handed_out(protected: Protected) -> list[tuple[Table, dict[Any, str | None]]]:
    return [(each, protected.published(number)) for number, each in enumerate(protected.tables)]


def _without(hidden: set[tuple[str, str]]) -> list[tuple[Table, dict[Any, str | None]]]:
    return [(ORACLE, {at: None if at in hidden else str(ORACLE.cell(at).value) for at in ORACLE.coordinates()})]


def _of(found: dict[Any, tuple[float, float]], row: str, column: str) -> tuple[float, float]:
    return found[ORACLE.key((row, column))]


def test_the_oracle_without_complements_is_recovered_exactly() -> None:
    found = intervals(handed_out=_without({("r1", "c3"), ("r2", "c2")}))
    assert _of(found, "r1", "c3") == (2, 2)
    assert _of(found, "r2", "c2") == (4, 4)
    system = build(tables=[ORACLE], profile=PUBLIC)
    bad, doubt = audit(system=system, suppressed=system.sensitive)
    assert sorted(system.values[bad]) == [2, 4]
    assert not (doubt.above[bad] + doubt.below[bad]).any()


def test_the_oracle_with_complements_stays_in_doubt() -> None:
    hidden = {("r1", "c3"), ("r2", "c2"), ("r1", "c2"), ("r2", "c3")}
    found = intervals(handed_out=_without(hidden))
    assert _of(found, "r1", "c3") == (0, 9)
    assert _of(found, "r2", "c2") == (2, 11)
    protected = protect(tables=[ORACLE], view=View(PUBLIC))
    assert {at for at, value in protected.published(0).items() if value is None} == hidden
    assert (protected.summary.sensitive, protected.summary.complementary) == (2, 2)


def test_the_audit_s_own_bounds_are_those_of_the_oracle() -> None:
    system = build(tables=[ORACLE], profile=dataclasses.replace(PUBLIC, threshold=100))
    hidden = np.array([at in {("r1", "c3"), ("r2", "c2"), ("r1", "c2"), ("r2", "c3")} for at in ORACLE.coordinates()])
    bad, doubt = audit(system=system, suppressed=hidden)  # a need that cannot be met makes it solve every bound
    at = {value: number for number, value in enumerate(system.values) if hidden[number]}
    assert bad.sum() == 4
    assert [(value - doubt.below[at[value]], value + doubt.above[at[value]]) for value in (2, 4)] == [(0, 9), (2, 11)]


def _hold(protected: Sequence[Protected], policy: dict[Any, int]) -> None:
    """No suppressed cell is narrower than its threshold, or stops at its true value (nought but upwards)."""
    handed_out = [pair for each in protected for pair in _handed_out(each)]
    values = {each.key(at): int(each.cell(at).value) for each, _published in handed_out for at in each.coordinates()}
    for key, (low, high) in intervals(handed_out=handed_out).items():
        true = values[key]
        assert high - low >= policy.get(key, 5), (key, true, low, high)
        assert low < true < high or (true == low == 0 < high), (key, true, low, high)


def _sensitive_are_hidden(protected: Protected) -> None:
    for each, published in _handed_out(protected):
        for at, value in published.items():
            assert value is None or not 0 < int(value) < 5, (each.code, at)


_COUNTS = st.integers(0, 30) | st.integers(0, 6)


@st.composite
def _country(draw: Any) -> list[Table]:
    """Two tables that share the territory's margins, and perhaps a third over a part of them."""
    regions, towns = ["A", "B"], ["a1", "a2", "a3", "b1", "b2"]
    territory = dimension("TERRITORY", *regions, *towns, **{town: town[0].upper() for town in towns})
    kinds, years = dimension("KIND", "k1", "k2", "k3"), dimension("YEAR", "y1", "y2")
    counts = {(town, kind, year): draw(_COUNTS) for town in towns for kind in ("k1", "k2", "k3") for year in ("y1", "y2")}
    by_kind: dict[tuple[str, str], int] = {}
    by_year: dict[tuple[str, str], int] = {}
    for (town, kind, year), value in counts.items():
        by_kind[town, kind] = by_kind.get((town, kind), 0) + value
        by_year[town, year] = by_year.get((town, year), 0) + value
    made = [table(by_kind, territory, kinds, code="kind"), table(by_year, territory, years, code="year")]
    if draw(st.booleans()):
        first = {(town, kind): value for (town, kind, year), value in counts.items() if year == "y1"}
        made.append(table(first, territory, kinds, code="first", fixed=(("YEAR", "y1"),)))
    return made


_QUICK = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
_MANY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _attack(tables: list[Table]) -> None:
    protected = protect(tables=tables, view=View(PUBLIC))
    _sensitive_are_hidden(protected)
    _hold([protected], {})


@_QUICK
@given(_country())
def test_linked_tables_at_random_hold(tables: list[Table]) -> None:
    _attack(tables)


@pytest.mark.full
@_MANY
@given(_country())
def test_many_linked_tables_at_random_hold(tables: list[Table]) -> None:
    _attack(tables)


def _attack_in_turn(tables: list[Table]) -> None:
    """Each table is a release of its own; the attacker keeps them all."""
    releases: list[Protected] = []
    for each in tables:
        earlier = tuple(released_before(table=past.tables[0], profile=PUBLIC, shown=past.shown[0]) for past in releases)
        try:
            releases.append(protect(tables=[each], view=View(PUBLIC, earlier)))
        except ImpossibleError:
            continue  # refused, and so never handed out
        _sensitive_are_hidden(releases[-1])
        _hold(releases, {})


@_QUICK
@given(_country())
def test_later_releases_give_away_nothing_of_earlier_ones(tables: list[Table]) -> None:
    _attack_in_turn(tables)


@pytest.mark.full
@_MANY
@given(_country())
def test_many_later_releases_give_away_nothing(tables: list[Table]) -> None:
    _attack_in_turn(tables)


def test_the_attacker_breaks_a_release_that_forgets_the_earlier_one() -> None:
    """The proof that the test above can fail: published without a look back, a second table opens the first."""
    first = protect(tables=[ORACLE], view=View(PUBLIC))
    halves = dimension("HALF", "h1", "h2")
    again = table(
        {(f"r{i}", f"c{j}", "h1"): int(ORACLE.cell((f"r{i}", f"c{j}")).value) for i in (1, 2, 3) for j in (1, 2, 3)},
        *ORACLE.dimensions,
        halves,
    )
    everything = (again, {at: str(again.cell(at).value) if at[0] != "r1" else None for at in again.coordinates()})
    assert intervals(handed_out=[*_handed_out(first), everything])[ORACLE.key(("r1", "c3"))] == (2, 2)
    past = released_before(table=ORACLE, profile=PUBLIC, shown=first.shown[0])
    second = protect(tables=[again], view=View(PUBLIC, (past,)))
    _hold([first, second], {})


def test_what_was_published_cannot_be_taken_back() -> None:
    """A town with one school: its figure went out, the school's own must stay above the higher threshold."""
    towns = dimension("TERRITORY", "t1", "t2")
    out = protect(tables=[table({("t1",): 7, ("t2",): 40}, towns)], view=View(PUBLIC))
    assert None not in out.published(0).values()
    schools = Dimension(
        "TERRITORY",
        "t",
        "t",
        (*towns.categories, Category("s1", "s1", parent="t1", close=True), Category("s2", "s2", parent="t2", close=True)),
    )
    past = released_before(table=out.tables[0], profile=PUBLIC, shown=out.shown[0])
    with pytest.raises(ImpossibleError):
        protect(tables=[table({("s1",): 7, ("s2",): 40}, schools)], view=View(PUBLIC, (past,)))
    alone = protect(tables=[table({("s1",): 7, ("s2",): 40}, schools)], view=View(PUBLIC))
    assert alone.published(0)[("t1",)] is None


def test_another_audience_s_releases_are_kept_too() -> None:
    """Partners hold a release with a lower threshold; what the public gets later must not open it."""
    lower = dataclasses.replace(PUBLIC, code="PARTNER", threshold=3, threshold_special=3, threshold_close=3)
    partners = protect(tables=[ORACLE], view=View(lower))
    past = released_before(table=ORACLE, profile=lower, shown=partners.shown[0])
    public = protect(tables=[ORACLE], view=View(PUBLIC), other_views=[View(lower, (past,))])
    assert public.summary.views == 2
    handed_out = [*_handed_out(partners), *_handed_out(public)]
    low, high = intervals(handed_out=handed_out)[ORACLE.key(("r1", "c3"))]
    assert low < 2 < high
    assert high - low >= 3


def test_two_tables_that_disagree_are_refused() -> None:
    other = grid([(12, 7, 3), (18, 4, 9), (25, 11, 6)])
    with pytest.raises(ValueError, match="differently"):
        build(tables=[ORACLE, other], profile=PUBLIC)


def test_a_family_is_hidden_together() -> None:
    """Learners and plans of the same group: whoever knows how they differ must gain nothing."""
    plans = dataclasses.replace(PLANS, family="people", tied=True)
    learners = dataclasses.replace(plans, code="LEARNERS")
    rows = dimension("ROW", "r1", "r2", "r3")
    columns = dimension("COLUMN", "c1", "c2", "c3")
    counts = {
        (row, column): 6 + 3 * place
        for place, (row, column) in enumerate((r, c) for r in ("r1", "r2", "r3") for c in ("c1", "c2", "c3"))
    }
    fewer = {at: value - (2 if at == ("r2", "c2") else 0) for at, value in counts.items()} | {("r2", "c2"): 4}
    protected = protect(
        tables=[table(counts, rows, columns, code="p", measure=plans), table(fewer, rows, columns, code="l", measure=learners)],
        view=View(PUBLIC),
    )
    assert protected.shown[0] == protected.shown[1]
    assert protected.published(0)["r2", "c2"] is None
    assert protected.published(0)[TOTAL, TOTAL] is not None


def test_a_repair_leads_through_a_family_to_its_other_tables() -> None:
    """Plans by kind share only their total with plans by place, to which learners by place are tied: what makes room for the one
    kind lies two tables away. Without the way there everything near it would be hidden, in place of two figures in each table.
    """
    plans = dataclasses.replace(PLANS, family="people", tied=True)
    kinds = Dimension("KIND", "k", "k", (Category("k1", "k1", special=True),))
    places = dimension("PLACE", "p1", "p2", "p3", "p4")
    counts = {("p1",): 3, ("p2",): 2, ("p3",): 2, ("p4",): 2}
    system = build(
        tables=[
            table({("k1",): 9}, kinds, code="kinds", measure=plans),  # nine is too few of this kind, and all there are
            table(counts, places, code="places", measure=plans),
            table(counts, places, code="learners", measure=dataclasses.replace(plans, code="LEARNERS")),
        ],
        profile=PUBLIC,
    )
    kind = int(system.of_tables[0][1])
    suppressed = np.arange(system.size) == kind
    bad, doubt = audit(system=system, suppressed=suppressed)
    assert np.flatnonzero(bad).tolist() == [kind]
    hidden = repair(system, suppressed, bad, doubt)
    assert not audit(system=system, suppressed=hidden)[0][kind]
    assert [int(hidden[found].sum()) for found in system.of_tables] == [2, 3, 3], (
        "the totals, and two of four places: one for each way"
    )

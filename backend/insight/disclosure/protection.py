"""Protecting the tables of a release: primary and complementary suppression, proved by the attacker's own means."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.insight.disclosure.attack import Doubt, audit
from backend.insight.disclosure.complement import cover_equations, repair, with_companions
from backend.insight.disclosure.layout import Flags
from backend.insight.disclosure.profiles import Earlier, Profile
from backend.insight.disclosure.shapes import Coordinates, Table
from backend.insight.disclosure.system import System, build

_ROUNDS = 40


@dataclass(frozen=True)
class View:
    """What one audience holds in its hands besides the new release: earlier releases, and the profile it is protected by."""

    profile: Profile
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True)
class Summary:
    """What an audit found: for the record of a release."""

    cells: int
    sensitive: int
    complementary: int
    views: int
    programmes: int
    seconds: float


@dataclass(frozen=True)
class Protected:
    """Tables with the cells that may be shown: `shown[i]` of the i-th table, in its order."""

    tables: tuple[Table, ...]
    shown: tuple[tuple[bool, ...], ...] = field(repr=False)
    summary: Summary

    def published(self, number: int) -> dict[Coordinates, str | None]:
        """Figures of a table as they are handed out; a suppressed one is None."""
        table = self.tables[number]
        pairs = zip(table.coordinates(), self.shown[number], strict=True)
        return {at: (str(table.cell(at).value) if shown else None) for at, shown in pairs}


def protect(*, tables: Sequence[Table], view: View, other_views: Sequence[View] = ()) -> Protected:
    """Hide as little as the heuristics find, and prove what is left against every view.

    `view` decides what is sensitive; `other_views` are audiences who will see this release beside others of their own.
    Raises ImpossibleError when what was published earlier gives a cell away.
    """
    began = time.monotonic()
    systems = [build(tables=tables, profile=each.profile, earlier=each.earlier) for each in (view, *other_views)]
    hidden = _first(systems[0])
    doubts = [Doubt.none(system.size) for system in systems]
    for _round in range(_ROUNDS):
        before = hidden.copy()
        for system, doubt in zip(systems, doubts, strict=True):
            hidden = _onto(systems[0], system, _protected(system, _into(systems[0], system, hidden), doubt), hidden)
        if (before == hidden).all():
            break
    _prove(systems, hidden)
    own = systems[0]
    marks = [hidden[found] for found in own.of_tables[: own.released]]
    sensitive = int((own.sensitive & hidden).sum())
    summary = Summary(
        cells=sum(len(each) for each in marks),
        sensitive=sensitive,
        complementary=int(hidden[: _own_size(own)].sum()) - sensitive,
        views=len(systems),
        programmes=sum(doubt.programmes for doubt in doubts),
        seconds=round(time.monotonic() - began, 2),
    )
    return Protected(tuple(tables), tuple(tuple(bool(not each) for each in found) for found in marks), summary)


def _first(system: System) -> Flags:
    """What is sensitive now, or was hidden and still has its value."""
    return with_companions(system, (system.sensitive & ~system.locked) | system.before)


def _protected(system: System, hidden: Flags, doubt: Doubt) -> Flags:
    """Hide more until nothing fails. Terminates: each round hides at least one cell more."""
    hidden = cover_equations(system, hidden | system.before)
    while True:
        bad, _doubt = audit(system=system, suppressed=hidden, doubt=doubt)
        if not bad.any():
            return hidden
        wider = repair(system, hidden, bad, doubt)
        if (wider == hidden).all():
            raise AssertionError("A repair hid nothing: the audit and the repair disagree.")
        hidden = cover_equations(system, wider)
        doubt.solved_above[:], doubt.solved_below[:] = False, False


def _own_size(system: System) -> int:
    """Variables of the release come first."""
    return int(max((int(found.max(initial=-1)) for found in system.of_tables[: system.released]), default=-1)) + 1


def _into(own: System, other: System, hidden: Flags) -> Flags:
    """What is hidden of the release, in another view's variables; the release's come first, in the same order."""
    marks = other.before.copy()
    size = _own_size(own)
    marks[:size] |= hidden[:size] & ~other.locked[:size]
    return marks


def _onto(own: System, other: System, marks: Flags, hidden: Flags) -> Flags:
    """The other way round."""
    if own is other:
        return marks
    wider, size = hidden.copy(), _own_size(own)
    wider[:size] |= marks[:size] & ~own.locked[:size]
    return wider


def _prove(systems: Sequence[System], hidden: Flags) -> None:
    """A last audit without any witness from before: nothing rests on bookkeeping."""
    for number, system in enumerate(systems):
        marks = hidden if number == 0 else _into(systems[0], system, hidden)
        bad, _doubt = audit(system=system, suppressed=marks, seed=2)
        if bad.any():
            raise AssertionError(f"{int(bad.sum())} cells are narrower than policy asks.")

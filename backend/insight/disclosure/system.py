"""All tables of a release, and of earlier ones, as one linear system: what an attacker knows besides the figures.

A variable is a cell, whatever tables it stands in. Equations say that parts add up to their whole; where they do not quite
(a learner of two schools is one learner), the attacker is given the difference, which can only help them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from backend.insight.disclosure.layout import Flags, Floats, Laid, Numbers, families, lay_out
from backend.insight.disclosure.primary import Judged, judge
from backend.insight.disclosure.profiles import Earlier, Profile
from backend.insight.disclosure.shapes import CellKey, Table, Unit


@dataclass
class System:
    """Variables with what protecting them takes, and the relations between them. Arrays have one place a variable."""

    values: Floats
    width: Floats
    up: Floats
    down: Floats
    whole: Flags
    """Counts: the attacker knows that they are whole numbers."""
    sensitive: Flags
    """By the rules, in the release that is made."""
    locked: Flags
    """Published earlier with the same value: it cannot be taken back."""
    before: Flags
    """Suppressed earlier with the same value."""
    equations: sp.csr_matrix
    limits: sp.csr_matrix
    """`limits @ x <= 0`: a part of an overlapping dimension is no greater than its whole."""
    of_tables: list[Numbers]
    """Variables of each table, in the table's order: those of the release, then the earlier ones."""
    released: int
    """How many of the tables are the release's."""
    together: list[Numbers]
    """Variables that are suppressed together."""
    membership: sp.csr_matrix
    """Which variables stand in which table: tables down, variables across."""
    open_cells: Flags
    """Cells of the release that were not published before: what may be hidden."""

    @property
    def size(self) -> int:
        """Number of variables."""
        return len(self.values)


def build(*, tables: Sequence[Table], profile: Profile, earlier: Sequence[Earlier] = ()) -> System:
    """The system of the tables of one release, seen together with those of earlier ones."""
    laid = [*map(lay_out, tables), *(lay_out(past.table) for past in earlier)]
    judged = [judge(each, profile) for each in laid[: len(tables)]]
    judged += [judge(then, past.profile) for then, past in zip(laid[len(tables) :], earlier, strict=True)]
    numbers = _Numbering()
    of_tables = [numbers.of(each, past=place >= len(tables)) for place, each in enumerate(laid)]
    size, relations = len(numbers.keys), _Relations()
    system = System(
        values=np.zeros(size),
        width=np.zeros(size),
        up=np.zeros(size),
        down=np.zeros(size),
        whole=np.zeros(size, dtype=bool),
        sensitive=np.zeros(size, dtype=bool),
        locked=np.zeros(size, dtype=bool),
        before=np.zeros(size, dtype=bool),
        equations=sp.csr_matrix((0, size)),
        limits=sp.csr_matrix((0, size)),
        of_tables=of_tables,
        released=len(tables),
        together=numbers.together(),
        membership=_membership(of_tables, size),
        open_cells=np.arange(size) < numbers.released,
    )
    for place, (each, found, verdict) in enumerate(zip(laid, of_tables, judged, strict=True)):
        _write(system, each, found, verdict)
        if place < len(tables):
            system.sensitive[found] |= verdict.sensitive.ravel()
        else:
            hidden = np.array(earlier[place - len(tables)].suppressed, dtype=bool)
            system.locked[found] |= ~hidden
            system.before[found] |= hidden
        relations.add(each, found.reshape(each.shape))
    system.before &= ~system.locked
    system.open_cells &= ~system.locked
    relations.tie(numbers.tied())
    system.equations, system.limits = relations.matrices(size)
    return system


def _write(system: System, laid: Laid, found: Numbers, judged: Judged) -> None:
    """Values and needs of a table's variables; where several tables judge one cell, the strictest counts."""
    system.values[found] = laid.values.ravel()
    system.whole[found] = laid.table.measure.unit == Unit.COUNT
    for name in ("width", "up", "down"):
        wanted = getattr(system, name)
        wanted[found] = np.maximum(wanted[found], getattr(judged, name).ravel())


def _membership(of_tables: list[Numbers], size: int) -> sp.csr_matrix:
    rows = np.repeat(np.arange(len(of_tables)), [len(each) for each in of_tables])
    columns = np.concatenate(of_tables) if of_tables else np.zeros(0, dtype=np.int64)
    return sp.csr_matrix((np.ones(len(columns)), (rows, columns)), shape=(len(of_tables), size))


class _Numbering:
    """Gives each cell its variable. A cell of an earlier release that still has its value is the same variable."""

    def __init__(self) -> None:
        self.keys: list[tuple[CellKey, float, str, bool]] = []
        self.now: dict[CellKey, int] = {}
        self.then: dict[tuple[CellKey, float], int] = {}

    def of(self, laid: Laid, *, past: bool) -> Numbers:
        """Variables of a table, in its order."""
        values = laid.values.ravel()
        found = np.empty(values.size, dtype=np.int64)
        for position, at in enumerate(laid.table.coordinates()):
            key, value = laid.table.key(at), float(values[position])
            found[position] = self._past(key, value, laid.table) if past else self._now(key, value, laid.table)
        return found

    def _now(self, key: CellKey, value: float, table: Table) -> int:
        if key not in self.now:
            self.now[key] = self._new(key, value, table)
        elif self.keys[self.now[key]][1] != value:
            raise ValueError(f"Two tables give the cell {key} differently; one of them is {table.code}.")
        return self.now[key]

    def _past(self, key: CellKey, value: float, table: Table) -> int:
        here = self.now.get(key)
        if here is not None and self.keys[here][1] == value:
            return here
        if (key, value) not in self.then:
            self.then[key, value] = self._new(key, value, table)
        return self.then[key, value]

    def _new(self, key: CellKey, value: float, table: Table) -> int:
        self.keys.append((key, value, table.measure.family, table.measure.tied))
        return len(self.keys) - 1

    @property
    def released(self) -> int:
        """Number of variables of the release; they come first."""
        return len(self.now)

    def together(self) -> list[Numbers]:
        """Groups of current variables of one family over the same codes."""
        groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[int]] = {}
        for (_measure, places), number in self.now.items():
            family = self.keys[number][2]
            if family:
                groups.setdefault((family, places), []).append(number)
        return [np.array(each, dtype=np.int64) for each in groups.values() if len(each) > 1]

    def tied(self) -> list[Numbers]:
        """Pairs of those groups whose difference an attacker may know."""
        pairs = []
        for group in self.together():
            tied = [int(number) for number in group if self.keys[number][3]]
            pairs += [np.array([tied[0], other], dtype=np.int64) for other in tied[1:]]
        return pairs


class _Relations:
    """Gathers equations and limits; the same equation out of several tables is kept once."""

    def __init__(self) -> None:
        self.sums: dict[int, list[Numbers]] = {}
        self.pairs: list[Numbers] = []
        self.differences: list[Numbers] = []

    def add(self, laid: Laid, variables: Numbers) -> None:
        """Relations of a table's cells: along each dimension, of each whole to its parts."""
        for axis, dimension in enumerate(laid.table.dimensions):
            along = np.moveaxis(variables, axis, 0).reshape(variables.shape[axis], -1)
            for whole, parts in families(dimension):
                if dimension.overlapping:
                    self.pairs += [np.stack([along[part], along[whole]], axis=1) for part in parts]
                else:
                    rows = np.concatenate([along[whole][:, None], np.sort(along[parts].T, axis=1)], axis=1)
                    self.sums.setdefault(rows.shape[1], []).append(rows)

    def tie(self, pairs: list[Numbers]) -> None:
        """Counts whose difference is taken as known."""
        self.differences = pairs

    def matrices(self, size: int) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """(equations, limits)."""
        blocks = [np.unique(np.concatenate(rows), axis=0) for rows in self.sums.values()]
        if self.differences:
            blocks.append(np.unique(np.stack(self.differences), axis=0))
        limits = [np.unique(np.concatenate(self.pairs), axis=0)] if self.pairs else []
        # the parts less their whole; of a limit, the part less the whole
        return _matrix(blocks, size, first=-1.0), _matrix(limits, size, first=1.0)


def _matrix(blocks: list[Numbers], size: int, *, first: float) -> sp.csr_matrix:
    """Rows of variables, the first with the coefficient `first`, the others with the opposite one."""
    parts = []
    for block in blocks:
        height, length = block.shape
        coefficients = np.tile([first, *[-first] * (length - 1)], height)
        rows = np.repeat(np.arange(height), length)
        parts.append(sp.csr_matrix((coefficients, (rows, block.ravel())), shape=(height, size)))
    return sp.csr_matrix(sp.vstack(parts)) if parts else sp.csr_matrix((0, size))

"""Complementary suppression: which further cells are hidden, so that the sensitive ones cannot be worked out from the rest.

First a quick pass over single equations, which hides a second cell where one alone would be recovered; then, for what the
attacker still narrows, the cheapest set of cells that gives the doubt asked for, by linear programming (the network heuristic
of Castro and of Fischetti and Salazar, over any system of equations).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from backend.insight.disclosure.attack import Doubt, failing, solve
from backend.insight.disclosure.layout import Flags, Floats, Numbers
from backend.insight.disclosure.system import System

_COVERED = 1e-3
"""Cost of moving a cell that is hidden already, beside 1 and more for one that is not."""


class ImpossibleError(ValueError):
    """What was published earlier gives cells away, whatever is hidden now. `variables` are theirs."""

    def __init__(self, variables: Numbers) -> None:
        self.variables = variables
        super().__init__(f"{len(variables)} cells follow from what was published before.")


def with_companions(system: System, suppressed: Flags) -> Flags:
    """With every cell whose family is hidden over the same group."""
    wider = suppressed.copy()
    for group in system.together:
        if wider[group].any():
            wider[group] = True
    return wider & ~system.locked


def cover_equations(system: System, suppressed: Flags) -> Flags:
    """Hide cells until no single equation gives a hidden one away, or bounds it too narrowly.

    In an equation whose whole is published, the hidden parts lie between nought and their sum: the sum must be as wide as the
    widest need among them, and more than any one of them.
    """
    hidden = with_companions(system, suppressed)
    rows, columns = system.equations.tocsr(), system.equations.tocsc()
    companions = {int(number): group for group in system.together for number in group}
    waiting = deque(_rows_of(columns, np.flatnonzero(hidden)))
    queued = set(waiting)
    while waiting:
        row = waiting.popleft()
        queued.discard(row)
        chosen = _lacking(system, rows, columns, row, hidden)
        if chosen is None:
            continue
        more = companions.get(chosen, np.array([chosen]))
        more = more[system.open_cells[more] & ~hidden[more]]
        hidden[more] = True
        for again in (*_rows_of(columns, more), row):
            if again not in queued:
                queued.add(again)
                waiting.append(again)
    return hidden


def _rows_of(matrix: sp.csc_matrix, variables: Numbers) -> list[int]:
    return sorted({int(row) for number in variables for row in matrix.indices[matrix.indptr[number] : matrix.indptr[number + 1]]})


def _lacking(system: System, rows: sp.csr_matrix, columns: sp.csc_matrix, row: int, hidden: Flags) -> int | None:
    """The cell to hide next in an equation; None when it has enough, or nothing left to hide."""
    begin, end = rows.indptr[row], rows.indptr[row + 1]
    members, signs = rows.indices[begin:end], rows.data[begin:end]
    mine = hidden[members]
    if not mine.any() or _enough(system, members[mine], signs[mine]):
        return None
    open_cells = members[~mine & system.open_cells[members] & (system.values[members] > 0)]
    if not len(open_cells):
        return None
    needed = float(system.width[members[mine]].max())
    values = system.values[open_cells]
    alone, wholes = _others(rows, columns, open_cells, hidden)
    # equations in which it would be the first one hidden, totals last; too small to give room costs more than just large enough
    price = alone + 2.0 * wholes + np.where(values < needed, 0.5, 0.0)
    return int(open_cells[np.lexsort((open_cells, values, price))[0]])


def _enough(system: System, members: Numbers, signs: Floats) -> bool:
    """Whether the hidden cells of one equation leave each other room."""
    if (signs < 0).any() and (signs > 0).any():
        return True  # the whole is hidden with some part: the rest of the system decides
    values = system.values[members]
    if len(members) < 2:
        return False
    total = float(values.sum())
    return total >= float(system.width[members].max()) and bool((total > values).all())


def _others(rows: sp.csr_matrix, columns: sp.csc_matrix, cells: Numbers, hidden: Flags) -> tuple[Floats, Floats]:
    """Of each cell: equations in which nothing is hidden yet, and equations of which it is the whole."""
    alone, wholes = np.zeros(len(cells)), np.zeros(len(cells))
    for place, number in enumerate(cells):
        for entry in range(columns.indptr[number], columns.indptr[number + 1]):
            row = columns.indices[entry]
            wholes[place] += columns.data[entry] < 0
            alone[place] += not hidden[rows.indices[rows.indptr[row] : rows.indptr[row + 1]]].any()
    return alone, wholes


def repair(system: System, suppressed: Flags, bad: Flags, doubt: Doubt) -> Flags:
    """Hide the cheapest cells that give each cell of `bad` its doubt. Raises ImpossibleError where none do."""
    known = np.flatnonzero(bad & _given_away(system))
    if len(known):
        raise ImpossibleError(known)
    hidden = suppressed.copy()
    lost: list[int] = []
    for number in np.flatnonzero(bad):
        if not failing(system, doubt, hidden)[number]:
            continue  # what was hidden for another cell serves this one too
        if not _made_room(system, hidden, int(number), doubt):
            more = _all_beside(system, hidden, int(number))
            if not more.any():
                lost.append(int(number))
            hidden |= more
    if lost:
        raise ImpossibleError(np.array(lost, dtype=np.int64))
    return with_companions(system, hidden)


def _given_away(system: System) -> Flags:
    """Cells that follow from what was published before, one equation after the other, whatever of this release is hidden."""
    known = system.locked.copy()
    size = abs(system.equations).sign()
    while True:
        unknown = sp.diags_array((~known).astype(float))
        left = sp.csr_matrix(size @ unknown)
        left.eliminate_zeros()
        alone = left[np.flatnonzero(np.diff(left.indptr) == 1)].indices
        if not len(alone):
            return known & ~system.locked
        known[alone] = True


def _made_room(system: System, hidden: Flags, number: int, doubt: Doubt) -> bool:
    """Hide the cheapest cells that give one cell its doubt, among as near ones as will do. False: none do.

    Which may move for its sake: those of its tables and what is hidden beside them; then all of the tables beside them; then all
    that any chain of shared cells leads to; then noughts there too. Where those do not do, nothing nearer does: so they are
    tried as soon as the nearest have failed, which spares what was given away before a search in between.
    """
    here = np.zeros(system.size, dtype=bool)
    here[number] = True
    cells = _beside(system, here)
    around = _beside(system, cells)
    filled, open_cells = system.values > 0, system.open_cells
    near = hidden & around
    if _widen(hidden, doubt, _moves(system, hidden, number, (cells & open_cells & filled) | near)):
        return True
    connected = around
    while (wider := _beside(system, connected)).sum() > connected.sum():
        connected = wider
    furthest = _moves(system, hidden, number, connected & (open_cells | hidden))
    if furthest is None:
        return False
    between = ((around & open_cells & filled) | near, connected & ((open_cells & filled) | hidden))
    return any(_widen(hidden, doubt, _moves(system, hidden, number, reach)) for reach in between) or _widen(
        hidden, doubt, furthest
    )


def _all_beside(system: System, hidden: Flags, number: int) -> Flags:
    """The last resort: every open cell of its tables, or of those beside them, or of all that are connected."""
    reach = np.zeros(system.size, dtype=bool)
    reach[number] = True
    while (wider := _beside(system, reach)).sum() > reach.sum():
        reach = wider
        more = reach & system.open_cells & ~hidden
        if more.any():
            return more
    return np.zeros(system.size, dtype=bool)


def _beside(system: System, cells: Flags) -> Flags:
    """Every cell that shares a table, or a family's group, with one of `cells`."""
    tables = np.asarray(system.membership[:, np.flatnonzero(cells)].sum(axis=1)).ravel() > 0
    return np.asarray(system.membership[tables].sum(axis=0)).ravel() > 0


_Moves = tuple[Numbers, list[Floats]]
"""Which cells move, and by how much each: up, and down."""


def _widen(hidden: Flags, doubt: Doubt, found: _Moves | None) -> bool:
    """Hide what moves. False where nothing was found."""
    if found is None:
        return False
    columns, ways = found
    for moves in ways:
        hidden[columns[np.abs(moves) > 1e-7]] = True
        doubt.see(columns, moves)
    return True


def _moves(system: System, hidden: Flags, number: int, reach: Flags) -> _Moves | None:
    """What lets one cell move as far as it must, up and down, among the cells in `reach`. None: impossible there."""
    down = float(system.down[number])
    up = max(float(system.up[number]), float(system.width[number]) - down)
    columns = np.flatnonzero(reach)
    equations = system.equations[:, columns]
    equations = equations[np.flatnonzero(np.diff(equations.indptr))]
    limits = system.limits[:, columns]
    room = np.maximum(-np.asarray(system.limits @ system.values).ravel(), 0.0)
    kept = np.flatnonzero(np.diff(limits.indptr))
    found = []
    for wanted in (up, -down):
        if wanted:
            sought = _Sought(columns, int(np.flatnonzero(columns == number)[0]), wanted)
            moves = _cheapest(system, hidden, sought, (equations, limits[kept], room[kept]))
            if moves is None:
                return None
            found.append(moves)
    return columns, found


@dataclass(frozen=True)
class _Sought:
    """A move that is looked for: of which of the cells that may move, and how far."""

    columns: Numbers
    place: int
    wanted: float


def _cheapest(
    system: System, hidden: Flags, sought: _Sought, relations: tuple[sp.csr_matrix, sp.csr_matrix, Floats]
) -> Floats | None:
    """Moves of the cells that bring one of them as far as sought, moving open cells as little, and as small ones, as can be.

    Each cell has two variables, up and down, so that its cost is that of its distance.
    """
    equations, limits, room = relations
    columns, place, wanted = sought.columns, sought.place, sought.wanted
    values, number = system.values[columns], len(sought.columns)
    cost = np.where(hidden[columns], _COVERED, 1.0 + np.log1p(values))
    most = abs(wanted) * 64 + float(system.width.max())
    lower, upper = np.zeros(2 * number), np.concatenate([np.full(number, most), np.minimum(values, most)])
    moving, still = (place, number + place) if wanted > 0 else (number + place, place)
    lower[moving] = upper[moving] = abs(wanted)
    upper[still] = 0.0
    answer = solve(
        goal=np.concatenate([cost, cost]),
        equations=sp.csr_matrix(sp.hstack([equations, -equations])),
        limits=sp.csr_matrix(sp.hstack([limits, -limits])),
        room=room,
        lower=lower,
        upper=upper,
    )
    return None if answer is None else answer[:number] - answer[number:]

"""The attacker: by linear programming, how near one can come to each suppressed cell, given everything that is published.

The whole system is one block-diagonal programme: components that share no suppressed cell are solved side by side in it. Most
cells are proved safe by witnesses: any two solutions that the published figures allow are two answers an attacker must allow
for, and one programme gives a solution for all cells at once. Only what stays unproved is solved for itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from backend.insight.disclosure.layout import Flags, Floats, Numbers
from backend.insight.disclosure.system import System

TOLERANCE = 1e-6
RANDOM_ROUNDS = 3


@dataclass
class Doubt:
    """How far below and above its true value each cell was seen to be possible. Arrays over all variables of the system.

    `solved_*`: the bound is the attacker's own, not only a witness.
    """

    below: Floats
    above: Floats
    solved_below: Flags
    solved_above: Flags
    programmes: int = 0

    @classmethod
    def none(cls, size: int) -> Doubt:
        """Nothing seen yet."""
        return cls(np.zeros(size), np.zeros(size), np.zeros(size, dtype=bool), np.zeros(size, dtype=bool))

    def see(self, variables: Numbers, moves: Floats) -> None:
        """A solution: by how much each of the variables differs from its true value in it."""
        self.above[variables] = np.maximum(self.above[variables], moves)
        self.below[variables] = np.maximum(self.below[variables], -moves)


@dataclass
class Hidden:
    """What the attacker does not know: suppressed variables and the relations among them."""

    variables: Numbers
    equations: sp.csc_matrix
    limits: sp.csc_matrix
    room: Floats
    """How far each limit is from binding."""
    component: Numbers
    far: float
    """No cell is looked for farther away than this from its true value."""


def hidden_part(system: System, suppressed: Flags) -> Hidden:
    """Suppressed variables with the relations that hold some of them."""
    variables = np.flatnonzero(suppressed)
    equations = _rows_with_some(system.equations, variables)
    limits = sp.csr_matrix(system.limits[:, variables])
    kept = np.flatnonzero(np.diff(limits.indptr))
    room = -np.asarray(system.limits[kept] @ system.values).ravel()
    relations = sp.vstack([equations, limits[kept]]) if equations.shape[0] + len(kept) else sp.csr_matrix((0, len(variables)))
    links = sp.bmat([[None, relations.T], [relations, None]]) if relations.shape[0] else sp.csr_matrix((len(variables),) * 2)
    _count, labels = connected_components(links, directed=False)
    far = 4.0 * float(system.values.max(initial=1.0) + system.width.max(initial=1.0))
    return Hidden(
        variables, equations.tocsc(), limits[kept].tocsc(), np.maximum(room, 0.0), labels[: len(variables)].astype(np.int64), far
    )


def _rows_with_some(matrix: sp.csr_matrix, variables: Numbers) -> sp.csr_matrix:
    part = sp.csr_matrix(matrix[:, variables])
    return part[np.flatnonzero(np.diff(part.indptr))]


def failing(system: System, doubt: Doubt, suppressed: Flags) -> Flags:
    """Suppressed cells for which not enough doubt was seen.

    An interval of whole numbers ends at whole numbers: it is rounded inwards first.
    """
    above, below = doubt.above + TOLERANCE, doubt.below + TOLERANCE
    above = np.where(system.whole, np.floor(above), above)
    below = np.where(system.whole, np.floor(below), below)
    enough = (above + below >= system.width) & (above >= system.up) & (below >= system.down)
    return suppressed & ~enough


def audit(*, system: System, suppressed: Flags, doubt: Doubt | None = None, seed: int = 1) -> tuple[Flags, Doubt]:
    """(cells that an attacker can narrow below what policy asks, the doubt that was seen of each cell).

    `doubt` may bring witnesses from before, as long as no cell was published since. Those that fail have their bounds solved.
    """
    doubt = doubt or Doubt.none(system.size)
    hidden = hidden_part(system, suppressed)
    chance = np.random.default_rng(seed)
    for _round in range(RANDOM_ROUNDS):
        bad = failing(system, doubt, suppressed)[hidden.variables]
        if not bad.any():
            return bad_of(system, hidden, bad), doubt
        goal = np.where(bad, chance.choice([-1.0, 1.0], len(bad)), 0.0)
        _solve(system, hidden, goal, np.isin(hidden.component, hidden.component[bad]), doubt)
    while True:
        bad = failing(system, doubt, suppressed)[hidden.variables]
        goal, chosen = _targets(hidden, bad, doubt)
        if not chosen.any():
            return bad_of(system, hidden, bad), doubt
        _solve(system, hidden, goal, np.isin(hidden.component, hidden.component[chosen]), doubt)
        upward, downward = hidden.variables[chosen & (goal > 0)], hidden.variables[chosen & (goal < 0)]
        doubt.solved_above[upward] = True
        doubt.solved_below[downward] = True


def bad_of(system: System, hidden: Hidden, bad: Flags) -> Flags:
    """Marks of hidden variables as marks of all."""
    marks = np.zeros(system.size, dtype=bool)
    marks[hidden.variables[bad]] = True
    return marks


def _targets(hidden: Hidden, bad: Flags, doubt: Doubt) -> tuple[Floats, Flags]:
    """One unproved cell of each component with a direction that was not solved yet."""
    goal, chosen = np.zeros(len(bad)), np.zeros(len(bad), dtype=bool)
    up_open, down_open = ~doubt.solved_above[hidden.variables], ~doubt.solved_below[hidden.variables]
    open_cells = np.flatnonzero(bad & (up_open | down_open))
    _labels, first = np.unique(hidden.component[open_cells], return_index=True)
    for place in open_cells[first]:
        chosen[place] = True
        goal[place] = 1.0 if up_open[place] else -1.0
    return goal, chosen


def _solve(system: System, hidden: Hidden, goal: Floats, part: Flags, doubt: Doubt) -> None:
    """The solution of the components in `part` that goes as far as it can along `goal`; it is a witness for every cell there."""
    columns = np.flatnonzero(part)
    variables = hidden.variables[columns]
    moves = solve(
        goal=-goal[columns],
        equations=hidden.equations[:, columns].tocsr(),
        limits=hidden.limits[:, columns].tocsr(),
        room=hidden.room,
        lower=-np.minimum(system.values[variables], hidden.far),
        upper=np.full(len(variables), hidden.far),
    )
    doubt.programmes += 1
    if moves is not None:
        doubt.see(variables, moves)


def solve(
    *, goal: Floats, equations: sp.csr_matrix, limits: sp.csr_matrix, room: Floats, lower: Floats, upper: Floats
) -> Floats | None:
    """Moves from the true values that keep every relation and make `goal @ moves` least; None when there are none."""
    rows, bounded = np.flatnonzero(np.diff(equations.indptr)), np.flatnonzero(np.diff(limits.indptr))
    answer = linprog(
        goal,
        A_eq=equations[rows] if len(rows) else None,
        b_eq=np.zeros(len(rows)) if len(rows) else None,
        A_ub=limits[bounded] if len(bounded) else None,
        b_ub=room[bounded] if len(bounded) else None,
        bounds=np.stack([lower, upper], axis=1),
        method="highs",
    )
    return np.asarray(answer.x, dtype=float) if answer.status == 0 else None

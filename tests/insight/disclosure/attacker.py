"""An attacker who knows nothing of our engine: published tables in, intervals out, one dense programme a bound."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from scipy.optimize import linprog

from backend.insight.disclosure.shapes import TOTAL, CellKey, Coordinates, Table

Published = Mapping[Coordinates, str | None]


def intervals(*, handed_out: Sequence[tuple[Table, Published]]) -> dict[CellKey, tuple[float, float]]:
    """Least and greatest value of every suppressed count, whole numbers, from the published ones and additivity alone."""
    known, hidden, equations = _read(handed_out)
    places = {key: number for number, key in enumerate(sorted(hidden))}
    rows, right = [], []
    for whole, parts in equations:
        row, side = np.zeros(len(places)), 0.0
        for key, sign in [(whole, -1.0), *((part, 1.0) for part in parts)]:
            if key in places:
                row[places[key]] += sign
            else:
                side -= sign * known[key]
        if row.any():
            rows.append(row)
            right.append(side)
    found = {}
    for key, place in places.items():
        bounds = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(places))
            goal[place] = sign
            options = {"A_eq": np.array(rows), "b_eq": np.array(right)} if rows else {}
            answer = linprog(goal, bounds=(0, None), **options)
            assert answer.status in (0, 3), answer.message
            bounds.append(sign * answer.fun if answer.status == 0 else sign * -math.inf)
        found[key] = (math.ceil(bounds[0] - 1e-6), math.floor(bounds[1] + 1e-6) if bounds[1] < math.inf else math.inf)
    return found


def _read(
    handed_out: Sequence[tuple[Table, Published]],
) -> tuple[dict[CellKey, float], set[CellKey], list[tuple[CellKey, list[CellKey]]]]:
    known: dict[CellKey, float] = {}
    hidden: set[CellKey] = set()
    equations: list[tuple[CellKey, list[CellKey]]] = []
    for table, published in handed_out:
        for at in product(*([TOTAL, *(each.code for each in dimension.categories)] for dimension in table.dimensions)):
            value = published[at]
            if value is None:
                hidden.add(table.key(at))
            else:
                known[table.key(at)] = float(value)
            for axis, dimension in enumerate(table.dimensions):
                parts = [each.code for each in dimension.categories if each.parent == at[axis]]
                if at[axis] != TOTAL and not parts:
                    continue
                equations.append((table.key(at), [table.key((*at[:axis], part, *at[axis + 1 :])) for part in parts]))
    return known, hidden - set(known), equations

"""Primary suppression: which cells are sensitive by themselves, and how wide an attacker's interval must stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backend.insight.disclosure.layout import Flags, Floats, Laid, families
from backend.insight.disclosure.profiles import Profile
from backend.insight.disclosure.shapes import Unit

LEAST_MOVE = 0.01
"""A cent: the least by which an interval of a sum must go beyond its true value."""


@dataclass(frozen=True)
class Judged:
    """A table's cells judged, arrays of its shape.

    `width`: the least width of the interval that an attacker may find for the cell, once it is suppressed. `up`, `down`: how far
    it must reach beyond the true value; `down` is 0 for nought, below which nothing lies.
    """

    sensitive: Flags
    width: Floats
    up: Floats
    down: Floats


def judge(laid: Laid, profile: Profile) -> Judged:
    """Every rule of the profile over a table.

    The width is the threshold for counts. For sums it is as many average contributions as the threshold says, or what the
    dominance and p-rule ask for where that is more (Handbook on Statistical Disclosure Control, 4.2: protection levels).
    """
    thresholds = np.full(laid.shape, profile.threshold, dtype=float)
    thresholds[laid.special] = np.maximum(thresholds[laid.special], profile.threshold_special)
    thresholds[laid.close] = np.maximum(thresholds[laid.close], profile.threshold_close)
    sums = laid.table.measure.unit != Unit.COUNT
    least = 1.0 if not sums else LEAST_MOVE
    if laid.table.measure.unit == Unit.EURO:
        thresholds = np.maximum(thresholds, profile.least_contributors)
    sensitive = (laid.contributors > 0) & (laid.contributors < thresholds)
    if not sums:
        sensitive |= (laid.values > 0) & (laid.values < thresholds)
    width = thresholds * _mean_contribution(laid) if sums else thresholds
    up = np.full(laid.shape, least)
    down = np.where(laid.values > 0, np.minimum(least, laid.values), 0.0)
    if laid.table.measure.unit == Unit.EURO:
        _concentrated(laid, profile, sensitive, up)
        width = np.maximum(width, up + down)
    if profile.group_disclosure:
        sensitive |= all_or_none(laid)
    return Judged(sensitive, width, up, down)


def _mean_contribution(laid: Laid) -> Floats:
    """Average contribution to each cell; to the whole table where a cell has none."""
    whole = laid.contributors.max(initial=0.0)
    typical = float(laid.values.max(initial=0.0)) / whole if whole else 1.0
    return np.where(laid.contributors > 0, laid.values / np.maximum(laid.contributors, 1), max(typical, LEAST_MOVE))


def _concentrated(laid: Laid, profile: Profile, sensitive: Flags, up: Floats) -> None:
    """Dominance (n, k) and the p-rule over sums of euro. Marks cells and raises how far above the true value doubt must reach."""
    n, k, p = profile.dominance_n, float(profile.dominance_k), float(profile.p_percent)
    for index, largest in laid.largest.items():
        value = float(laid.values[index])
        if k and (leading := sum(largest[:n])) * 100 > k * value:
            sensitive[index] = True
            up[index] = max(up[index], leading * 100 / k - value)
        second = largest[1] if len(largest) > 1 else 0.0
        rest = value - largest[0] - second
        if p and rest * 100 < p * largest[0]:
            sensitive[index] = True
            up[index] = max(up[index], largest[0] * p / 100 - rest)


def all_or_none(laid: Laid) -> Flags:
    """Cells of groups of which all, or none, have an attribute: to know the group is to know the attribute.

    Where categories exclude each other, a group that lies wholly in one of them makes all of them sensitive; where they
    overlap, each category that holds all or none of the group is.
    """
    found = np.zeros(laid.shape, dtype=bool)
    for axis, dimension in enumerate(laid.table.dimensions):
        if not dimension.attribute:
            continue
        values, marked = np.moveaxis(laid.values, axis, 0), np.moveaxis(found, axis, 0)
        for whole, parts in families(dimension):
            people, each = values[whole], values[parts]
            if dimension.overlapping:
                marked[parts] |= (people > 0) & ((each == 0) | (each >= people))
            elif len(parts) > 1:
                marked[parts] |= (people > 0) & ((each > 0).sum(axis=0) == 1)
    return found

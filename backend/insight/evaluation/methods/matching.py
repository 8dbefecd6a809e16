"""Matching on the propensity: the nearest of the compared for each exposed, with replacement, within a caliper.

Error: Abadie and Imbens 2006, with variances from the nearest neighbour on the same side.
"""

from __future__ import annotations

import math

import numpy as np
from sklearn.neighbors import NearestNeighbors

from backend.insight.evaluation.methods import guards
from backend.insight.evaluation.methods.answers import Answer, Estimate, Method, guarded, normal_interval
from backend.insight.evaluation.methods.guards import DEFAULTS, Thresholds
from backend.insight.evaluation.methods.propensity import (
    CLIP,
    Groups,
    effective_size,
    propensities,
    standardised_differences,
)

CALIPER = 0.2
"""Furthest neighbour, in standard deviations of the logit of the propensity (Austin 2011)."""


def nearest(groups: Groups, propensity: np.ndarray, *, caliper: float | None = CALIPER) -> tuple[np.ndarray, np.ndarray]:
    """(rows of the exposed that found somebody, row of the compared that each found)."""
    logit = _logit(propensity)
    treated, compared = np.flatnonzero(groups.exposed == 1), np.flatnonzero(groups.exposed == 0)
    distance, place = NearestNeighbors(n_neighbors=1).fit(logit[compared]).kneighbors(logit[treated])
    near = distance[:, 0] <= (caliper * float(logit.std()) if caliper is not None else math.inf)
    return treated[near], compared[place[near, 0]]


def matched_difference(groups: Groups, propensity: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> tuple[float, float]:
    """(mean difference within the pairs, standard error)."""
    treated, partner = pairs
    gaps = groups.outcome[treated] - groups.outcome[partner]
    value = float(gaps.mean())
    rows, times = np.unique(partner, return_counts=True)
    variance = ((gaps - value) ** 2).sum() + (times * (times - 1) * _variances(groups, propensity)[rows]).sum()
    return value, math.sqrt(float(variance)) / len(treated)


def matched(groups: Groups, *, measure: str, allowed: Thresholds = DEFAULTS) -> Answer:
    """Effect on the exposed who found somebody alike, where nearly all did and the pairs are alike."""
    propensity = propensities(groups)
    checks = [guards.overlap(method=Method.MATCHING, propensity=propensity, exposed=groups.exposed, allowed=allowed)]
    if not checks[0].passed:
        return Answer(guards=tuple(checks))
    pairs = nearest(groups, propensity)
    weight = np.zeros(len(groups.exposed))
    weight[pairs[0]] = 1.0
    np.add.at(weight, pairs[1], 1.0)
    kept = weight > 0
    left = standardised_differences(groups.kept(kept), weight[kept])
    size = effective_size(weight[kept & (groups.exposed == 0)])
    checks.append(guards.balance(method=Method.MATCHING, differences=left, allowed=allowed))
    checks.append(guards.effective_sample(method=Method.MATCHING, sizes=(float(len(pairs[0])), size), allowed=allowed))
    value, error = matched_difference(groups, propensity, pairs)
    low, high = normal_interval(value, error)
    found = Estimate(
        method=Method.MATCHING,
        measure=measure,
        value=value,
        low=low,
        high=high,
        exposed=len(pairs[0]),
        compared=len(np.unique(pairs[1])),
        effective_size=size,
    )
    return guarded(guards=checks, estimates=[found])


def _logit(propensity: np.ndarray) -> np.ndarray:
    clipped = np.clip(propensity, CLIP, 1 - CLIP)
    found: np.ndarray = np.log(clipped / (1 - clipped)).reshape(-1, 1)
    return found


def _variances(groups: Groups, propensity: np.ndarray) -> np.ndarray:
    """Variance of the outcome around each row, from its nearest neighbour on the same side."""
    found, logit = np.zeros(len(groups.exposed)), _logit(propensity)
    for side in (0, 1):
        rows = np.flatnonzero(groups.exposed == side)
        if len(rows) > 1:
            _distance, place = NearestNeighbors(n_neighbors=2).fit(logit[rows]).kneighbors(logit[rows])
            other = np.where(place[:, 0] == np.arange(len(rows)), place[:, 1], place[:, 0])
            found[rows] = (groups.outcome[rows] - groups.outcome[rows[other]]) ** 2 / 2
    return found

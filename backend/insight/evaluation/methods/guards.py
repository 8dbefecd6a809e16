"""Conditions that an estimate must meet. Each returns what was found beside what is allowed; none raises.

Thresholds are defaults of the house; a study may lay down stricter ones in its specification. Sources: balance |SMD| <= 0.1
(Austin 2009), effective sample >= 50 and at least two periods before (notes of the programme, evaluation), clusters >= 30
(Cameron and Miller 2015 warn below 20 to 50).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from backend.insight.evaluation.methods.answers import Guard, GuardKind, Method


@dataclass(frozen=True)
class Thresholds:
    """What is allowed."""

    largest_difference: float = 0.1
    """Largest standardised mean difference after weighting or matching."""
    least_effective: float = 50.0
    """Least effective size of the sample, of either side."""
    largest_outside: float = 0.1
    """Largest share of the exposed for whom nobody alike is among the compared."""
    least_propensity: float = 0.01
    """Beyond 1 minus this, a propensity counts as outside of the overlap."""
    least_p: float = 0.05
    """Least p-value of a test that an assumption must survive."""
    least_clusters: int = 30
    least_periods_before: int = 2
    least_points: int = 12
    """Least months before and after an interruption."""


DEFAULTS = Thresholds()


def thresholds(given: Mapping[str, float]) -> Thresholds:
    """The defaults with what a specification lays down. Raises ValueError for a name that there is not."""
    unknown = set(given) - {each.name for each in fields(Thresholds)}
    if unknown:
        raise ValueError(f"No guard has the threshold {', '.join(sorted(unknown))}.")
    return Thresholds(**given)  # type: ignore[arg-type]


def overlap(*, method: Method, propensity: np.ndarray, exposed: np.ndarray, allowed: Thresholds = DEFAULTS) -> Guard:
    """Share of the exposed who have nobody alike: a propensity above all of the compared, or next to certain."""
    treated = exposed == 1
    if not treated.any() or treated.all():
        return Guard(kind=GuardKind.OVERLAP, method=method, passed=False, value=1.0, threshold=allowed.largest_outside)
    most = min(float(np.quantile(propensity[~treated], 0.999)), 1 - allowed.least_propensity)
    outside = float(np.mean(propensity[treated] > most))
    return Guard(
        kind=GuardKind.OVERLAP,
        method=method,
        passed=outside <= allowed.largest_outside,
        value=outside,
        threshold=allowed.largest_outside,
    )


def balance(*, method: Method, differences: Mapping[str, float], allowed: Thresholds = DEFAULTS) -> Guard:
    """The largest standardised difference that is left."""
    worst = max((abs(value) for value in differences.values()), default=0.0)
    return Guard(
        kind=GuardKind.BALANCE,
        method=method,
        passed=bool(worst <= allowed.largest_difference),
        value=float(worst),
        threshold=allowed.largest_difference,
    )


def effective_sample(*, method: Method, sizes: tuple[float, float], allowed: Thresholds = DEFAULTS) -> Guard:
    """The smaller of the effective sizes of both sides."""
    least = float(min(sizes))
    return Guard(
        kind=GuardKind.EFFECTIVE_SAMPLE,
        method=method,
        passed=least >= allowed.least_effective,
        value=least,
        threshold=allowed.least_effective,
    )


def clusters(*, method: Method, number: int, allowed: Thresholds = DEFAULTS) -> Guard:
    """How many independent groups the error is reckoned over."""
    return Guard(
        kind=GuardKind.CLUSTERS,
        method=method,
        passed=number >= allowed.least_clusters,
        value=float(number),
        threshold=float(allowed.least_clusters),
    )


def immortal_time(*, method: Method, origin: pd.Series, exposed_from: pd.Series, exposed: pd.Series) -> Guard:
    """Nobody may count as exposed from a moment before exposure began: they could not have failed until then.

    `origin` is when each row begins to count, `exposed_from` when exposure began, both in the same unit; rows that are
    not exposed are not looked at. Value: share of the exposed rows that break it; allowed is none.
    """
    treated = exposed.astype(bool)
    wrong = float((exposed_from[treated].isna() | (exposed_from[treated] > origin[treated])).mean()) if treated.any() else 0.0
    return Guard(kind=GuardKind.IMMORTAL_TIME, method=method, passed=wrong == 0.0, value=wrong, threshold=0.0)


def survived_test(*, kind: GuardKind, method: Method, p: float, allowed: Thresholds = DEFAULTS) -> Guard:
    """An assumption that a test did not reject."""
    return Guard(kind=kind, method=method, passed=bool(p >= allowed.least_p), value=float(p), threshold=allowed.least_p)

"""What a measure costs, and what one learner more who stays costs."""

from __future__ import annotations

import math

import numpy as np

from backend.insight.evaluation.methods.answers import Answer, Estimate, Guard, Method, guarded, normal_interval
from backend.insight.evaluation.methods.propensity import cluster_error


def mean_cost(cost: np.ndarray, cluster: np.ndarray | None = None) -> tuple[float, float]:
    """(mean, standard error by cluster)."""
    value = float(cost.mean())
    return value, cluster_error(cost - value, cluster)


def fieller(*, above: tuple[float, float], below: tuple[float, float]) -> tuple[float, float, float]:
    """(ratio, low, high) of two independent estimates (value, error) with Fieller's interval of 95 %.

    Where the lower number is not told from 0, the ratio has no bound: the upper end is then infinite, and so is the lower one
    downwards where it cannot be told either.
    """
    (a, error_a), (b, error_b), z = above, below, 1.959963984540054
    ratio = a / b if b else math.inf
    leading = b**2 - (z * error_b) ** 2
    if leading <= 0:
        return ratio, -math.inf, math.inf
    middle = a * b / leading
    inside = (a * b) ** 2 - leading * (a**2 - (z * error_a) ** 2)
    half = math.sqrt(max(inside, 0.0)) / leading
    return ratio, middle - half, middle + half


def cost_of_outcome(
    *,
    cost: np.ndarray,
    hours: np.ndarray,
    cluster: np.ndarray | None,
    effect: tuple[float, float] | None,
    checks: tuple[Guard, ...],
    compared: int,
) -> Answer:
    """Euro a plan, euro a delivered hour, and euro for each learner more who stays.

    `cost` in euro and `hours` by plan; `effect`: (lowering of the share that leaves, its error), None where it was refused.
    `checks` are the guards of that effect: they guard the last of the three, which is left out as well where the effect
    cannot be told from none.
    """
    size = len(cost)
    if not size:
        return Answer(guards=checks)
    mean, error = mean_cost(cost, cluster)
    found = [_told("cost_per_plan", mean, *normal_interval(mean, error), size, compared)]
    if hours.sum() > 0:
        ratio = float(cost.sum() / hours.sum())
        spread = cluster_error(cost - ratio * hours, cluster) / float(hours.mean())
        found.append(_told("cost_per_hour", ratio, *normal_interval(ratio, spread), size, compared))
    if effect is None or not all(check.passed for check in checks):
        return Answer(guards=checks)
    value, low, high = fieller(above=(mean, error), below=effect)
    if math.isfinite(low) and math.isfinite(high) and value > 0:
        found.append(_told("cost_per_stay", value, low, high, size, compared))
    return guarded(guards=checks, estimates=found)


def _told(measure: str, value: float, low: float, high: float, exposed: int, compared: int) -> Estimate:  # noqa: PLR0917
    return Estimate(method=Method.COST, measure=measure, value=value, low=low, high=high, exposed=exposed, compared=compared)

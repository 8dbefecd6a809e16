"""Rates with Wilson intervals, and their difference."""

from __future__ import annotations

import math

import numpy as np
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from backend.insight.evaluation.methods.answers import Answer, Estimate, Method


def wilson(*, events: int, size: int) -> tuple[float, float, float]:
    """(rate, low, high), the Wilson score interval of 95 %. Raises ValueError without anybody."""
    if size <= 0:
        raise ValueError("A rate needs somebody.")
    low, high = proportion_confint(events, size, alpha=0.05, method="wilson")
    return events / size, float(low), float(high)


def described(*, exposed: np.ndarray, outcome: np.ndarray) -> Answer:
    """Rates of an outcome (0 or 1) on both sides and their plain difference, unadjusted (Newcombe's interval)."""
    treated = exposed == 1
    sizes = int(treated.sum()), int((~treated).sum())
    if min(sizes) == 0:
        return Answer()
    events = int(outcome[treated].sum()), int(outcome[~treated].sum())
    found = []
    for name, count, size in zip(("rate_exposed", "rate_compared"), events, sizes, strict=True):
        rate, low, high = wilson(events=count, size=size)
        found.append(_rate(name, rate, low, high, sizes))
    low, high = confint_proportions_2indep(events[0], sizes[0], events[1], sizes[1], method="newcomb", compare="diff")
    found.append(_rate("risk_difference", events[0] / sizes[0] - events[1] / sizes[1], low, high, sizes))
    return Answer(estimates=tuple(found))


def _rate(measure: str, value: float, low: float, high: float, sizes: tuple[int, int]) -> Estimate:
    return Estimate(
        method=Method.DESCRIPTIVE,
        measure=measure,
        value=value,
        low=float(low),
        high=float(high),
        exposed=sizes[0],
        compared=sizes[1],
    )


def mean_difference(*, exposed: np.ndarray, outcome: np.ndarray, pooled: bool = False) -> tuple[float, float]:
    """(difference of means, standard error): variances of each side apart, or one `pooled` over both."""
    one, other = outcome[exposed == 1], outcome[exposed == 0]
    value = float(one.mean() - other.mean())
    if pooled:
        within = ((one - one.mean()) ** 2).sum() + ((other - other.mean()) ** 2).sum()
        variance = within / (len(one) + len(other) - 2) * (1 / len(one) + 1 / len(other))
    else:
        variance = one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)
    return value, math.sqrt(float(variance))

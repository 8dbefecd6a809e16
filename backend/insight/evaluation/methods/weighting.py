"""Inverse probability weighting, its augmented form, and standardisation.

Errors are those of the influence functions, taken together by cluster. AIPW: Robins, Rotnitzky and Zhao 1994; for the effect
on the exposed as in Sant'Anna and Zhao 2020 with weights that sum to one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import statsmodels.api as sm

from backend.insight.evaluation.methods import guards
from backend.insight.evaluation.methods.answers import Answer, Estimate, Method, guarded, normal_interval
from backend.insight.evaluation.methods.guards import DEFAULTS, Thresholds
from backend.insight.evaluation.methods.propensity import (
    Groups,
    cluster_error,
    design,
    effective_sizes,
    propensities,
    standardised_differences,
    weights,
)


def weighted_difference(groups: Groups, weight: np.ndarray) -> tuple[float, float]:
    """(difference of weighted means, robust standard error). Weights are taken as known, which is conservative."""
    influence, means = np.zeros(len(weight)), []
    for side, sign in ((groups.exposed == 1, 1.0), (groups.exposed == 0, -1.0)):
        total = weight[side].sum()
        mean = float((weight[side] * groups.outcome[side]).sum() / total)
        influence[side] = sign * weight[side] * (groups.outcome[side] - mean) / total * len(weight)
        means.append(mean)
    return means[0] - means[1], cluster_error(influence, groups.cluster)


def augmented_difference(
    groups: Groups, propensity: np.ndarray, *, estimand: str, together: Sequence[str] | None = None
) -> tuple[float, float]:
    """(augmented difference, standard error): right when the model of exposure or that of the outcome is.

    The outcome has a model of each side; with `together` one of both, in which exposure acts with these covariates.
    """
    without = expected(groups, side=0, together=together)
    treated, outcome = groups.exposed == 1, groups.outcome
    weight = weights(exposed=groups.exposed, propensity=propensity, estimand=estimand)
    if estimand == "ATT":
        part = weight[~treated] / weight[~treated].sum()
        left = outcome - without
        value = float(left[treated].mean() - (part * left[~treated]).sum())
        influence = np.zeros(len(treated))
        share = treated.mean()
        influence[treated] = (left[treated] - left[treated].mean()) / share
        influence[~treated] = -part * (left[~treated] - (part * left[~treated]).sum()) * len(treated)
        return value, cluster_error(influence, groups.cluster)
    given = expected(groups, side=1, together=together)
    each = given - without + np.where(treated, 1, -1) * weight * (outcome - np.where(treated, given, without))
    value = float(each.mean())
    return value, cluster_error(each - value, groups.cluster)


def standardised_difference(groups: Groups, *, together: Sequence[str] | None = None) -> float:
    """The outcome expected for everybody with and without exposure (g-formula)."""
    given, without = (expected(groups, side=side, together=together) for side in (1, 0))
    return float((given - without).mean())


def expected(groups: Groups, *, side: int, together: Sequence[str] | None = None) -> np.ndarray:
    """The outcome expected of each row if everybody were on one side: logistic for an outcome of 0 and 1, else linear."""
    shape = design(groups.covariates)
    if together is not None:
        acting = groups.covariates[list(together)].to_numpy(dtype=float)
        seen, asked = (
            np.column_stack([shape, given, given[:, None] * acting])
            for given in (groups.exposed.astype(float), np.full(len(shape), float(side)))
        )
        return _fitted(seen, groups.outcome, asked)
    rows = groups.exposed == side
    return _fitted(shape[rows], groups.outcome[rows], shape)


def _fitted(seen: np.ndarray, outcome: np.ndarray, asked: np.ndarray) -> np.ndarray:
    if outcome.min() == outcome.max():
        return np.full(len(asked), float(outcome.mean()))
    if set(np.unique(outcome)) <= {0, 1}:
        found: np.ndarray = sm.GLM(outcome, seen, family=sm.families.Binomial()).fit(maxiter=100).predict(asked)
        return found
    linear: np.ndarray = asked @ sm.OLS(outcome, seen).fit().params
    return linear


def ipw(groups: Groups, *, estimand: str, measure: str, allowed: Thresholds = DEFAULTS) -> Answer:
    """Difference of weighted means, where both sides overlap, are alike and many enough."""
    propensity = propensities(groups)
    weight = weights(exposed=groups.exposed, propensity=propensity, estimand=estimand)
    return _answer(Method.IPW, groups, propensity, weight, measure, allowed, lambda: weighted_difference(groups, weight))


def aipw(groups: Groups, *, estimand: str, measure: str, allowed: Thresholds = DEFAULTS) -> Answer:
    """Augmented difference, under the same guards."""
    propensity = propensities(groups)
    weight = weights(exposed=groups.exposed, propensity=propensity, estimand=estimand)
    return _answer(
        Method.AIPW,
        groups,
        propensity,
        weight,
        measure,
        allowed,
        lambda: augmented_difference(groups, propensity, estimand=estimand),
    )


def _answer(  # noqa: PLR0917
    method: Method,
    groups: Groups,
    propensity: np.ndarray,
    weight: np.ndarray,
    measure: str,
    allowed: Thresholds,
    estimate: Callable[[], tuple[float, float]],
) -> Answer:
    sizes = effective_sizes(exposed=groups.exposed, weight=weight)
    checks = [guards.overlap(method=method, propensity=propensity, exposed=groups.exposed, allowed=allowed)]
    if min(groups.sizes) > 1:
        left = standardised_differences(groups, weight)
        checks.append(guards.balance(method=method, differences=left, allowed=allowed))
    checks.append(guards.effective_sample(method=method, sizes=sizes, allowed=allowed))
    if groups.cluster is not None:
        number = len(np.unique(groups.cluster))
        checks.append(guards.clusters(method=method, number=number, allowed=allowed))
    if not all(check.passed for check in checks):
        return Answer(guards=tuple(checks))
    value, error = estimate()
    low, high = normal_interval(value, error)
    exposed, compared = groups.sizes
    found = Estimate(
        method=method,
        measure=measure,
        value=value,
        low=low,
        high=high,
        exposed=exposed,
        compared=compared,
        effective_size=min(sizes),
    )
    return guarded(guards=checks, estimates=[found])

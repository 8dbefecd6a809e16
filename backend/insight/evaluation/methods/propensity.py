"""Propensity of being exposed: its model, weights, and how alike both sides are under them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm

CLIP = 1e-6


@dataclass(frozen=True)
class Groups:
    """Who is compared: `covariates` one column each, `exposed` and `outcome` by row, `cluster` whose errors go together."""

    covariates: pd.DataFrame
    exposed: np.ndarray
    outcome: np.ndarray
    cluster: np.ndarray | None = None

    @property
    def sizes(self) -> tuple[int, int]:
        """(exposed, compared)."""
        treated = int((self.exposed == 1).sum())
        return treated, len(self.exposed) - treated

    def kept(self, rows: np.ndarray) -> Groups:
        """The rows of a mask."""
        return Groups(
            covariates=self.covariates.loc[rows].reset_index(drop=True),
            exposed=self.exposed[rows],
            outcome=self.outcome[rows],
            cluster=None if self.cluster is None else self.cluster[rows],
        )


def design(covariates: pd.DataFrame) -> np.ndarray:
    """Covariates in units of their spread, those that do not vary left out, with a constant."""
    values = covariates.to_numpy(dtype=float)
    spread = values.std(axis=0)
    varying = spread > 0
    scaled = (values[:, varying] - values[:, varying].mean(axis=0)) / spread[varying]
    return np.column_stack([np.ones(len(values)), scaled])


def propensities(groups: Groups) -> np.ndarray:
    """Probability of being exposed given the covariates (logistic regression, not penalised), within 1e-6 of 0 and 1.

    A side without anybody, or sides that a covariate tells apart completely, come out as what was seen: the overlap guard
    then refuses.
    """
    if min(groups.sizes) == 0:
        return groups.exposed.astype(float)
    try:
        fitted = sm.GLM(groups.exposed, design(groups.covariates), family=sm.families.Binomial()).fit(maxiter=100)
    except (sm.tools.sm_exceptions.PerfectSeparationError, np.linalg.LinAlgError, ValueError):
        return groups.exposed.astype(float)
    found: np.ndarray = np.clip(fitted.fittedvalues, CLIP, 1 - CLIP)
    return found


def weights(*, exposed: np.ndarray, propensity: np.ndarray, estimand: str) -> np.ndarray:
    """Inverse probability weights: of the average over everybody (ATE), or over the exposed (ATT, odds for the compared).

    Raises ValueError for another estimand.
    """
    propensity = np.clip(propensity, CLIP, 1 - CLIP)
    if estimand == "ATE":
        found = np.where(exposed == 1, 1 / propensity, 1 / (1 - propensity))
    elif estimand == "ATT":
        found = np.where(exposed == 1, 1.0, propensity / (1 - propensity))
    else:
        raise ValueError("An estimand is ATE or ATT.")
    return found


def effective_size(weight: np.ndarray) -> float:
    """Kish's effective size of a weighted sample."""
    return float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0


def effective_sizes(*, exposed: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """(exposed, compared)."""
    return effective_size(weight[exposed == 1]), effective_size(weight[exposed == 0])


def standardised_differences(groups: Groups, weight: np.ndarray | None = None) -> dict[str, float]:
    """Difference of the covariates' (weighted) means in units of the exposed's unweighted spread, by covariate."""
    found, treated = {}, groups.exposed == 1
    weight = np.ones(len(treated)) if weight is None else weight
    for name in groups.covariates:
        values = groups.covariates[name].to_numpy(dtype=float)
        spread = float(values[treated].std(ddof=1)) or float(values.std(ddof=1))
        if spread > 0:
            means = [np.average(values[side], weights=weight[side]) for side in (treated, ~treated)]
            found[str(name)] = float((means[0] - means[1]) / spread)
    return found


def cluster_error(influence: np.ndarray, cluster: np.ndarray | None) -> float:
    """Standard error of a mean of influences (one each row, n of them), with those of a cluster taken together."""
    size = len(influence)
    sums = influence if cluster is None else np.bincount(pd.factorize(cluster)[0], weights=influence)
    correction = len(sums) / max(len(sums) - 1, 1)
    return float(np.sqrt(correction * (sums**2).sum()) / size)

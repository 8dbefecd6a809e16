"""Interrupted time series: counts by month with a level and a slope that change at a known moment, as rate ratios.

Quasi-Poisson regression with the months of the year as seasons (Bernal, Cummins and Gasparrini 2017).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm

from backend.insight.evaluation.methods.answers import (
    Answer,
    Estimate,
    Guard,
    GuardKind,
    Method,
    guarded,
    normal_interval,
)
from backend.insight.evaluation.methods.guards import DEFAULTS, Thresholds


def interrupted(frame: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """{"level", "slope": (logarithm of the rate ratio, standard error)}; slope by month.

    Rows: `month` (running number), `season` (month of the year), `count`, `size` (what the count is out of, or 1) and `after`
    (0 or 1). Errors are widened by over-dispersion and, with a window of three months, by what neighbouring months share.
    """
    rows = frame.sort_values("month")
    since = np.where(rows["after"] == 1, rows["month"] - rows.loc[rows["after"] == 1, "month"].min(), 0)
    seasons = pd.get_dummies(rows["season"], prefix="season", drop_first=True).to_numpy(dtype=float)
    middle = rows["month"] - rows["month"].mean()
    shape = np.column_stack([np.ones(len(rows)), rows["after"], since, middle, seasons]).astype(float)
    model = sm.GLM(rows["count"], shape, family=sm.families.Poisson(), offset=np.log(rows["size"]))
    scaled = model.fit(scale="X2")
    robust = model.fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True})
    errors = np.maximum(scaled.bse.to_numpy(), robust.bse.to_numpy())
    return {name: (float(scaled.params.iloc[place]), float(errors[place])) for place, name in ((1, "level"), (2, "slope"))}


def interrupted_series(*, frame: pd.DataFrame, allowed: Thresholds = DEFAULTS) -> Answer:
    """Rate ratios of level and slope, where there are months enough on both sides."""
    method = Method.INTERRUPTED_TIME_SERIES
    after = int((frame["after"] == 1).sum())
    before = len(frame) - after
    points = float(min(before, after))
    check = Guard(
        kind=GuardKind.EFFECTIVE_SAMPLE,
        method=method,
        passed=points >= allowed.least_points,
        value=points,
        threshold=float(allowed.least_points),
    )
    if not check.passed:
        return Answer(guards=(check,))
    found = []
    for name, (value, error) in interrupted(frame).items():
        low, high = np.exp(normal_interval(value, error))
        found.append(
            Estimate(
                method=method,
                measure=f"{name}_ratio",
                value=float(np.exp(value)),
                low=float(low),
                high=float(high),
                exposed=after,
                compared=before,
            )
        )
    return guarded(guards=[check], estimates=found)

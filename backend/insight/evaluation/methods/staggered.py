"""Difference in differences where units begin at different times: effects by group and period, and the event study.

Callaway and Sant'Anna 2021, without covariates: each group (units that begin together) is compared, from the period before it
begins, with units that never begin or have not yet. Errors by a multiplier bootstrap over clusters. Plain two-way fixed
effects are right only where all begin together, and are refused otherwise (Goodman-Bacon 2021).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from scipy.stats import chi2

from backend.insight.evaluation.methods import guards
from backend.insight.evaluation.methods.answers import Answer, Estimate, Guard, GuardKind, Method, guarded, normal_interval
from backend.insight.evaluation.methods.guards import DEFAULTS, Thresholds

NEVER = np.inf
DRAWS = 999
LEAST_IN_CELL = 5
"""A group and period with fewer on either side is left out."""


@dataclass(frozen=True)
class Cell:
    """The effect on one group in one period, and each unit's influence on it."""

    group: float
    period: int
    value: float
    size: int
    influence: np.ndarray

    @property
    def since(self) -> int:
        """Periods since the group began: below 0 before."""
        return int(self.period - self.group)


@dataclass(frozen=True)
class Panel:
    """Units by period: `values[unit, period]`, NaN where not seen; when each begins (`NEVER`) and its cluster."""

    values: np.ndarray
    begins: np.ndarray
    cluster: np.ndarray


@dataclass(frozen=True)
class Study:
    """Cells and what they add up to; errors from the same draws, so that they can be compared."""

    cells: list[Cell]
    effect: tuple[float, float]
    """(mean effect in the periods asked for, weighted by the units of the cells; its standard error)."""
    by_distance: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Event study: (effect, standard error) by periods since the beginning."""
    trend_p: float = float("nan")
    """p-value of a joint test that the effects before the beginning are nil; NaN where there are none."""


def panel(frame: pd.DataFrame) -> Panel:
    """From rows `unit`, `period` (whole numbers from 0), `outcome`, `begins` (a period, or empty for never), `cluster`."""
    units, place = np.unique(frame["unit"].to_numpy(), return_inverse=True)
    values = np.full((len(units), int(frame["period"].max()) + 1), np.nan)
    values[place, frame["period"].to_numpy(dtype=int)] = frame["outcome"].to_numpy(dtype=float)
    first = frame.drop_duplicates("unit").sort_values("unit", kind="stable")
    order = np.argsort(first["unit"].to_numpy(), kind="stable")
    begins = first["begins"].astype(float).fillna(NEVER).to_numpy()[order]
    return Panel(values=values, begins=begins, cluster=pd.factorize(first["cluster"].to_numpy()[order])[0])


def cells(data: Panel, *, never_only: bool = False) -> list[Cell]:
    """Effects of each group in each period that can be told, beside the period before the group began."""
    found = []
    for group in np.unique(data.begins[np.isfinite(data.begins)]):
        base = int(group) - 1
        if base < 0:
            continue
        for period in range(data.values.shape[1]):
            if period != base:
                cell = _cell(data, float(group), base, period, never_only=never_only)
                if cell is not None:
                    found.append(cell)
    return found


def _cell(data: Panel, group: float, base: int, period: int, *, never_only: bool) -> Cell | None:
    change = data.values[:, period] - data.values[:, base]
    seen = np.isfinite(change)
    later = NEVER if never_only else max(period, base) + 1
    treated = seen & (data.begins == group)
    other = seen & (data.begins >= later) & (data.begins != group)
    if min(treated.sum(), other.sum()) < LEAST_IN_CELL:
        return None
    means = change[treated].mean(), change[other].mean()
    influence = np.zeros(len(change))
    influence[treated] = (change[treated] - means[0]) / treated.sum()
    influence[other] = -(change[other] - means[1]) / other.sum()
    return Cell(group=group, period=period, value=float(means[0] - means[1]), size=int(treated.sum()), influence=influence)


def estimate(data: Panel, *, at: Iterable[int] | None = None, seed: int = 1, draws: int = DRAWS) -> Study:
    """The study of a panel. `at`: which periods since the beginning count as its effect; None: all from 0 on.

    Raises ValueError where no group can be compared.
    """
    found, asked = cells(data), None if at is None else set(at)
    after = [cell for cell in found if cell.since >= 0 and (asked is None or cell.since in asked)]
    if not after:
        raise ValueError("No group has a period before it began and anybody to be compared with.")
    distances = sorted({cell.since for cell in found})
    parts = [after, *([cell for cell in found if cell.since == distance] for distance in distances)]
    values, influence = zip(*(_together(part) for part in parts), strict=True)
    drawn = _draws(np.array(influence), data.cluster, seed=seed, draws=draws)
    errors = _spread(drawn)
    before = [place + 1 for place, distance in enumerate(distances) if distance < -1]
    return Study(
        cells=found,
        effect=(values[0], float(errors[0])),
        by_distance={distance: (values[place + 1], float(errors[place + 1])) for place, distance in enumerate(distances)},
        trend_p=_joint_p(np.array([values[place] for place in before]), drawn[:, before]) if before else float("nan"),
    )


def _together(part: list[Cell]) -> tuple[float, np.ndarray]:
    """Cells weighted by their units."""
    share = np.array([cell.size for cell in part], dtype=float)
    share /= share.sum()
    value = float(sum(weight * cell.value for weight, cell in zip(share, part, strict=True)))
    return value, sum(weight * cell.influence for weight, cell in zip(share, part, strict=True))


def _draws(influence: np.ndarray, cluster: np.ndarray, *, seed: int, draws: int) -> np.ndarray:
    """Deviations of each estimate over draws of a sign for each cluster: draws x estimates."""
    number = int(cluster.max()) + 1
    sums = np.array([np.bincount(cluster, weights=row, minlength=number) for row in influence])
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(draws, number))
    found: np.ndarray = signs @ sums.T * np.sqrt(number / max(number - 1, 1))
    return found


def _spread(drawn: np.ndarray) -> np.ndarray:
    """Standard errors from the middle half of the draws, which a few large clusters do not blow up."""
    quarters = np.quantile(drawn, (0.25, 0.75), axis=0)
    found: np.ndarray = (quarters[1] - quarters[0]) / 1.3489795003921634
    return found


def _joint_p(values: np.ndarray, drawn: np.ndarray) -> float:
    covariance = np.atleast_2d(np.cov(drawn, rowvar=False))
    statistic = float(values @ np.linalg.pinv(covariance) @ values)
    return float(chi2.sf(statistic, df=np.linalg.matrix_rank(covariance)))


def difference_in_differences(
    *, frame: pd.DataFrame, measure: str, at: Iterable[int] | None = None, seed: int, allowed: Thresholds = DEFAULTS
) -> Answer:
    """The staggered effect, where there are clusters enough and both sides moved alike in two periods before and more."""
    method = Method.DIFFERENCE_IN_DIFFERENCES
    if frame.empty:
        return Answer(guards=(guards.clusters(method=method, number=0, allowed=allowed),))
    data = panel(frame)
    begun = np.isfinite(data.begins)
    clusters = len(np.unique(data.cluster))
    checks: list[Guard] = [guards.clusters(method=method, number=clusters, allowed=allowed)]
    sizes = int(begun.sum()), int((~begun).sum())
    checks.append(guards.effective_sample(method=method, sizes=(float(sizes[0]), float(sizes[1])), allowed=allowed))
    if not all(check.passed for check in checks):
        return Answer(guards=tuple(checks))
    try:
        study = estimate(data, at=at, seed=seed)
    except ValueError:
        return Answer(guards=(*checks, _no_periods_before(allowed)))
    before = -min(study.by_distance, default=0)
    if before < allowed.least_periods_before:
        return Answer(guards=(*checks, _no_periods_before(allowed, before)))
    checks.append(guards.survived_test(kind=GuardKind.PRE_TREND, method=method, p=study.trend_p, allowed=allowed))
    found = [_told(measure, study.effect, sizes)]
    found += [_told(f"{measure}@{distance}", pair, sizes) for distance, pair in study.by_distance.items()]
    return guarded(guards=checks, estimates=found)


def _no_periods_before(allowed: Thresholds, before: int = 0) -> Guard:
    return Guard(
        kind=GuardKind.PRE_TREND,
        method=Method.DIFFERENCE_IN_DIFFERENCES,
        passed=False,
        value=float(before),
        threshold=float(allowed.least_periods_before),
    )


def _told(measure: str, pair: tuple[float, float], sizes: tuple[int, int]) -> Estimate:
    low, high = normal_interval(*pair)
    return Estimate(
        method=Method.DIFFERENCE_IN_DIFFERENCES,
        measure=measure,
        value=pair[0],
        low=low,
        high=high,
        exposed=sizes[0],
        compared=sizes[1],
    )


def two_way(frame: pd.DataFrame) -> tuple[float, float]:
    """(effect, cluster-robust error) by two-way fixed effects; right where all that ever begin do so together.

    Raises ValueError for staggered beginnings. Rows as for `panel`.
    """
    if frame["begins"].dropna().nunique() > 1:
        raise ValueError("Units begin at different times: two-way fixed effects would mix the effects of some with others.")
    rows = frame.assign(now=(frame["begins"].notna() & (frame["period"] >= frame["begins"])).astype(float))
    places = pd.factorize(rows["cluster"])[0]
    fitted = smf.ols("outcome ~ now + C(unit) + C(period)", rows).fit(cov_type="cluster", cov_kwds={"groups": places})
    return float(fitted.params["now"]), float(fitted.bse["now"])

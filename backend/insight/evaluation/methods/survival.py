"""Time until an event: Kaplan-Meier, restricted mean, competing risks (the log-rank test: `log_rank`).

Frames have one row each subject: `entry` and `exit` (days since the origin), `event` (0 censored, 1 the event, above 1 other
ends), `exposed` (0 or 1, fixed at the start) and `weight`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

from backend.insight.evaluation.methods import guards
from backend.insight.evaluation.methods.answers import Answer, Estimate, Guard, Method, guarded, normal_interval
from backend.insight.evaluation.methods.guards import DEFAULTS, Thresholds


def fitted(frame: pd.DataFrame, *, side: int) -> KaplanMeierFitter:
    """Kaplan-Meier of one side, with its delayed entries and weights where there are any."""
    rows = frame[frame["exposed"] == side]
    return KaplanMeierFitter().fit(
        rows["exit"],
        event_observed=rows["event"] == 1,
        entry=rows.get("entry"),
        weights=rows.get("weight"),
    )


def kaplan_meier(*, frame: pd.DataFrame, horizon: float, immortal: Guard, allowed: Thresholds = DEFAULTS) -> Answer:
    """Share that is left at the horizon on both sides, and the difference of the shares, with Greenwood's errors."""
    sizes = _sizes(frame)
    checks = [immortal, guards.effective_sample(method=Method.KAPLAN_MEIER, sizes=_effective(frame), allowed=allowed)]
    if not all(check.passed for check in checks):
        return Answer(guards=tuple(checks))
    shares, found = [], []
    for side, name in ((1, "survival_exposed"), (0, "survival_compared")):
        share, error = greenwood(frame[frame["exposed"] == side], horizon=horizon)
        shares.append((share, error))
        found.append(_estimate(Method.KAPLAN_MEIER, name, share, error, sizes, bounds=(0.0, 1.0)))
    difference, error = _difference(shares)
    found.append(_estimate(Method.KAPLAN_MEIER, "survival_difference", difference, error, sizes))
    return guarded(guards=checks, estimates=found)


def greenwood(rows: pd.DataFrame, *, horizon: float) -> tuple[float, float]:
    """(Kaplan-Meier share at the horizon, its standard error), weights counted as a sample's and not as people."""
    weight = rows["weight"].to_numpy(dtype=float) if "weight" in rows else np.ones(len(rows))
    times, deaths, risk = _steps(rows, weight)
    until = times <= horizon
    share = float(np.prod(1 - deaths[until] / risk[until]))
    inflation = (weight**2).sum() / weight.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = deaths[until] / (risk[until] * (risk[until] - deaths[until]))
    return share, share * float(np.sqrt(inflation * terms[np.isfinite(terms)].sum()))


def _steps(rows: pd.DataFrame, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(moments of events, weight of the events at each, weight at risk just before each)."""
    leave = rows["exit"].to_numpy(dtype=float)
    enter = rows["entry"].to_numpy(dtype=float) if "entry" in rows else np.full(len(rows), -np.inf)
    event = rows["event"].to_numpy() == 1
    times, place = np.unique(leave[event], return_inverse=True)
    deaths = np.bincount(place, weights=weight[event], minlength=len(times))
    return times, deaths, _at_or_after(leave, weight, times) - _at_or_after(enter, weight, times)


def _at_or_after(moments: np.ndarray, weight: np.ndarray, times: np.ndarray) -> np.ndarray:
    order = np.argsort(moments, kind="stable")
    left = np.concatenate([np.cumsum(weight[order][::-1])[::-1], [0.0]])
    found: np.ndarray = left[np.searchsorted(moments[order], times, side="left")]
    return found


def restricted_mean(*, frame: pd.DataFrame, horizon: float, immortal: Guard, allowed: Thresholds = DEFAULTS) -> Answer:
    """Difference of the mean time until the event, within the horizon."""
    sizes = _sizes(frame)
    checks = [immortal, guards.effective_sample(method=Method.RMST, sizes=_effective(frame), allowed=allowed)]
    if not all(check.passed for check in checks):
        return Answer(guards=tuple(checks))
    value, error = rmst_difference(frame, horizon=horizon)
    return guarded(guards=checks, estimates=[_estimate(Method.RMST, "rmst_difference", value, error, sizes)])


def rmst_difference(frame: pd.DataFrame, *, horizon: float) -> tuple[float, float]:
    """(difference of restricted means, standard error): the areas under both curves from the first moment of both on."""
    parts = []
    for side in (1, 0):
        rows = frame[frame["exposed"] == side]
        weight = rows["weight"].to_numpy(dtype=float) if "weight" in rows else np.ones(len(rows))
        mean = float(restricted_mean_survival_time(fitted(frame, side=side), t=horizon))
        times, deaths, risk = _steps(rows, weight)
        times, deaths, risk = (values[times <= horizon] for values in (times, deaths, risk))
        curve = np.cumprod(1 - deaths / risk)
        widths = np.diff(np.append(times, horizon))
        area = np.cumsum((curve * widths)[::-1])[::-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = area**2 * deaths / (risk * (risk - deaths))
        inflation = (weight**2).sum() / weight.sum() if len(weight) else 0.0
        parts.append((mean, float(np.sqrt(inflation * terms[np.isfinite(terms)].sum()))))
    return _difference(parts)


def competing_risks(*, frame: pd.DataFrame, horizon: float, seed: int, immortal: Guard, allowed: Thresholds = DEFAULTS) -> Answer:
    """Share with the event (1) by the horizon where other ends (2 and more) compete with it: Aalen-Johansen, by side."""
    sizes = _sizes(frame)
    checks = [immortal, guards.effective_sample(method=Method.COMPETING_RISKS, sizes=_effective(frame), allowed=allowed)]
    if not all(check.passed for check in checks):
        return Answer(guards=tuple(checks))
    parts, found = [], []
    for side, name in ((1, "incidence_exposed"), (0, "incidence_compared")):
        share, error = aalen_johansen(frame[frame["exposed"] == side], horizon=horizon, seed=seed)
        parts.append((share, error))
        found.append(_estimate(Method.COMPETING_RISKS, name, share, error, sizes, bounds=(0.0, 1.0)))
    difference, error = _difference(parts)
    found.append(_estimate(Method.COMPETING_RISKS, "incidence_difference", difference, error, sizes))
    return guarded(guards=checks, estimates=found)


def aalen_johansen(rows: pd.DataFrame, *, horizon: float, seed: int) -> tuple[float, float]:
    """(share with the event by the horizon, its standard error). Ties are parted by a jitter drawn from `seed`.

    Without competing ends it is one minus Kaplan-Meier's share. Weights scale the error as Kish's effective size does.
    """
    weight = rows["weight"] if "weight" in rows else pd.Series(np.ones(len(rows)), index=rows.index)
    model = AalenJohansenFitter(jitter_level=0.0001, seed=seed, calculate_variance=False)
    model.fit(
        rows["exit"].astype(float),
        rows["event"].astype(int),
        event_of_interest=1,
        entry=rows["entry"].astype(float) if "entry" in rows else None,
        weights=weight,
    )
    curve = model.cumulative_density_.iloc[:, 0]
    share = float(curve[curve.index <= horizon].iloc[-1])
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    return share, float(np.sqrt(share * (1 - share) / effective))


def _difference(parts: list[tuple[float, float]]) -> tuple[float, float]:
    return parts[0][0] - parts[1][0], float(np.hypot(parts[0][1], parts[1][1]))


def _sizes(frame: pd.DataFrame) -> tuple[int, int]:
    treated = int((frame["exposed"] == 1).sum())
    return treated, len(frame) - treated


def _effective(frame: pd.DataFrame) -> tuple[float, float]:
    from backend.insight.evaluation.methods.propensity import effective_sizes

    weight = frame["weight"].to_numpy(dtype=float) if "weight" in frame else np.ones(len(frame))
    return effective_sizes(exposed=frame["exposed"].to_numpy(), weight=weight)


def _estimate(
    method: Method,
    measure: str,
    value: float,
    error: float,
    sizes: tuple[int, int],
    *,
    bounds: tuple[float, float] | None = None,
) -> Estimate:
    low, high = normal_interval(value, error)
    if bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return Estimate(method=method, measure=measure, value=value, low=low, high=high, exposed=sizes[0], compared=sizes[1])

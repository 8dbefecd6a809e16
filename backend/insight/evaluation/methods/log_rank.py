"""The log-rank test, also of weighted sides: whether both meet the event alike, and how many do beside how many were expected.

Weighted as in Xie and Liu 2005: without weights it is the test of Mantel and Cox (`lifelines.statistics.logrank_test`, to which
a test of ours holds it). Frames as in `survival`: `exit`, `event` (1 the event), `exposed`, perhaps `weight`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2

from backend.insight.evaluation.methods import guards
from backend.insight.evaluation.methods.answers import Z95, Answer, Estimate, Guard, Method, guarded
from backend.insight.evaluation.methods.guards import DEFAULTS, Thresholds
from backend.insight.evaluation.methods.propensity import effective_sizes


@dataclass(frozen=True)
class LogRank:
    """Events of the exposed, how many were expected of them if both sides failed alike, and the variance of the difference."""

    observed: float
    expected: float
    variance: float

    @property
    def statistic(self) -> float:
        """Chi-square with one degree of freedom."""
        return (self.observed - self.expected) ** 2 / self.variance if self.variance > 0 else 0.0

    @property
    def p(self) -> float:
        """p-value of the test that both sides fail alike."""
        return float(chi2.sf(self.statistic, df=1))


def log_rank(frame: pd.DataFrame) -> LogRank:
    """The test over a frame of subjects who are all there from the beginning. Weights count as a sample's, not as people."""
    leave = frame["exit"].to_numpy(dtype=float)
    event = frame["event"].to_numpy() == 1
    treated = frame["exposed"].to_numpy() == 1
    weight = frame["weight"].to_numpy(dtype=float) if "weight" in frame else np.ones(len(frame))
    times, place = np.unique(leave[event], return_inverse=True)

    def failing(values: np.ndarray) -> np.ndarray:
        return np.bincount(place, weights=values[event], minlength=len(times))

    def at_risk(values: np.ndarray) -> np.ndarray:
        order = np.argsort(leave, kind="stable")
        left = np.append(np.cumsum(values[order][::-1])[::-1], 0.0)
        found: np.ndarray = left[np.searchsorted(leave[order], times, side="left")]
        return found

    everybody, there = failing(weight), at_risk(weight)
    share = at_risk(weight * treated) / there
    people, failed = at_risk(np.ones(len(leave))), failing(np.ones(len(leave)))
    # The hypergeometric variance of each moment, with the squares of the weights in place of the numbers on each side.
    squares = (1 - share) ** 2 * at_risk(weight**2 * treated) + share**2 * at_risk(weight**2 * ~treated)
    each = failed * (people - failed) / (people * np.maximum(people - 1, 1)) * squares
    return LogRank(
        observed=float(failing(weight * treated).sum()), expected=float((everybody * share).sum()), variance=float(each.sum())
    )


def compared_events(*, frame: pd.DataFrame, immortal: Guard, allowed: Thresholds = DEFAULTS) -> Answer:
    """Events of the exposed beside those expected if both sides met them alike, as a ratio.

    Its interval holds 1 exactly where the test does not reject at 5 %. Hazards that cross hide from the test, so that it says
    nothing of how the effect runs: the Cox regression of the same study is guarded for that.
    """
    weight = frame["weight"].to_numpy(dtype=float) if "weight" in frame else np.ones(len(frame))
    exposed = frame["exposed"].to_numpy()
    sizes = effective_sizes(exposed=exposed, weight=weight)
    checks = [immortal, guards.effective_sample(method=Method.LOG_RANK, sizes=sizes, allowed=allowed)]
    if not all(check.passed for check in checks):
        return Answer(guards=tuple(checks))
    found = log_rank(frame)
    if found.expected <= 0 or found.variance <= 0:
        return Answer(guards=tuple(checks))
    half = Z95 * float(np.sqrt(found.variance))
    told = Estimate(
        method=Method.LOG_RANK,
        measure="observed_to_expected",
        value=found.observed / found.expected,
        low=max(found.observed - half, 0.0) / found.expected,
        high=(found.observed + half) / found.expected,
        exposed=int((exposed == 1).sum()),
        compared=int((exposed != 1).sum()),
        effective_size=min(sizes),
        p=found.p,
    )
    return guarded(guards=checks, estimates=[told])

"""Cox regression, with an exposure that may begin in the middle: rows are spells (start, stop], several each subject."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter
from lifelines.statistics import proportional_hazard_test
from scipy.stats import norm

from backend.insight.evaluation.methods import guards
from backend.insight.evaluation.methods.answers import Answer, Estimate, Guard, GuardKind, Method, guarded, normal_interval
from backend.insight.evaluation.methods.guards import DEFAULTS, Thresholds

LATE = "_exposed_late"


@dataclass(frozen=True)
class Fitted:
    """A Cox model: coefficients and errors by covariate, p-values of the test for proportional hazards."""

    coefficients: pd.Series
    errors: pd.Series
    proportional: pd.Series
    log_likelihood: float
    concordance: float


def fit(
    frame: pd.DataFrame,
    *,
    covariates: Sequence[str],
    duration: str = "stop",
    event: str = "event",
    entry: str | None = None,
    cluster: str | None = None,
    strata: Sequence[str] = (),
) -> Fitted:
    """Cox regression (Efron's ties), with the test of Grambsch and Therneau for each covariate where nobody enters late.

    `cluster` names the column whose rows go together: the errors are robust then.
    """
    columns = [*covariates, duration, event, *([entry] if entry else []), *([cluster] if cluster else []), *strata]
    model = CoxPHFitter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lifelines warns of what the guards check
        model.fit(
            frame[columns],
            duration_col=duration,
            event_col=event,
            entry_col=entry,
            cluster_col=cluster,
            strata=list(strata) or None,
        )
        test = None if entry else proportional_hazard_test(model, frame[columns], time_transform="rank")
    return Fitted(
        coefficients=model.params_,
        errors=model.standard_errors_,
        proportional=pd.Series(dtype=float) if test is None else test.summary["p"].astype(float),
        log_likelihood=float(model.log_likelihood_),
        concordance=float(model.concordance_index_),
    )


def spells(frame: pd.DataFrame, *, exposed_from: str = "exposed_from") -> pd.DataFrame:
    """Rows cut where exposure begins: `exposed` 0 until then and 1 after it. Rows have `start`, `stop`, `event`.

    Nobody is exposed in time before exposure: that time could not have held the event of somebody exposed.
    """
    begins = frame[exposed_from]
    inside = begins.notna() & (begins > frame["start"]) & (begins < frame["stop"])
    whole = frame[~inside].copy()
    whole["exposed"] = (whole[exposed_from].notna() & (whole[exposed_from] <= whole["start"])).astype(int)
    before, after = frame[inside].copy(), frame[inside].copy()
    before["stop"], before["event"], before["exposed"] = before[exposed_from], 0, 0
    after["start"], after["exposed"] = after[exposed_from], 1
    return pd.concat([whole, before, after], ignore_index=True)


def late_p(frame: pd.DataFrame, *, covariates: Sequence[str], cluster: str, strata: Sequence[str] = ()) -> float:
    """p-value of a test that exposure acts alike before and after the median moment of the events (proportional hazards).

    Spells are cut at that moment, and exposure acts once more in the later ones: lifelines has no residuals for late entry.
    """
    middle = float(frame.loc[frame["event"] == 1, "stop"].median())
    pieces = spells(frame.rename(columns={"exposed": "_exposed"}).assign(_middle=middle), exposed_from="_middle")
    pieces = pieces.rename(columns={"exposed": "_late", "_exposed": "exposed"})
    pieces[LATE] = pieces["exposed"] * pieces["_late"]
    if pieces.loc[pieces["event"] == 1].groupby("exposed")["_late"].nunique().min() < 2:
        return 1.0  # nothing on one side to tell the halves apart by
    model = fit(pieces, covariates=["exposed", LATE, *covariates], entry="start", cluster=cluster, strata=strata)
    return float(2 * norm.sf(abs(model.coefficients[LATE] / model.errors[LATE])))


def hazard_ratio(
    *,
    frame: pd.DataFrame,
    covariates: Sequence[str],
    cluster: str,
    immortal: Guard,
    strata: Sequence[str] = (),
    allowed: Thresholds = DEFAULTS,
) -> Answer:
    """How many times as fast the exposed meet the event, at the same covariates. Rows are spells, cut where exposure begins."""
    subjects = frame.groupby(cluster)["exposed"].max()
    sizes = int(subjects.sum()), int((subjects == 0).sum())
    checks = [
        immortal,
        guards.clusters(method=Method.COX, number=len(subjects), allowed=allowed),
        guards.effective_sample(method=Method.COX, sizes=(float(sizes[0]), float(sizes[1])), allowed=allowed),
    ]
    if not all(check.passed for check in checks):
        return Answer(guards=tuple(checks))
    model = fit(frame, covariates=["exposed", *covariates], entry="start", cluster=cluster, strata=strata)
    p = late_p(frame, covariates=covariates, cluster=cluster, strata=strata)
    checks.append(guards.survived_test(kind=GuardKind.PROPORTIONAL_HAZARDS, method=Method.COX, p=p, allowed=allowed))
    value, error = float(model.coefficients["exposed"]), float(model.errors["exposed"])
    low, high = normal_interval(value, error)
    found = Estimate(
        method=Method.COX,
        measure="hazard_ratio",
        value=float(np.exp(value)),
        low=float(np.exp(low)),
        high=float(np.exp(high)),
        exposed=sizes[0],
        compared=sizes[1],
    )
    return guarded(guards=checks, estimates=[found])

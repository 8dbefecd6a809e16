"""How strong a cause that no table shows would have to be, to explain an adjusted effect away.

E-value: VanderWeele and Ding 2017, for the estimate and for the end of its interval that lies nearest to no effect.
"""

from __future__ import annotations

import math
from dataclasses import replace

from backend.insight.evaluation.methods.answers import Answer, Estimate
from backend.insight.evaluation.methods.propensity import Groups

MEASURE = "e_value"


def e_value(risk_ratio: float) -> float:
    """How strong an unseen cause would have to be, with exposure and outcome both, to explain a risk ratio away.

    As a risk ratio, 1 upwards; a protective ratio is taken by its inverse. Raises ValueError for a ratio that is not positive.
    """
    if not risk_ratio > 0:
        raise ValueError("A risk ratio is positive.")
    ratio = risk_ratio if risk_ratio >= 1 else 1 / risk_ratio
    return ratio + math.sqrt(ratio * (ratio - 1))


def with_e_value(answer: Answer, groups: Groups) -> Answer:
    """The answer with the E-value of its difference of shares, which must be that of the exposed (ATT), beside it.

    Value: of the estimate. Interval: of both ends of the effect's interval, 1 where it holds no effect: then nothing has to be
    explained away. The share of the exposed is taken as known. Left out where a share without exposure would not lie above
    nought.
    """
    return replace(answer, estimates=tuple(each for effect in answer.estimates for each in (effect, *_beside(effect, groups))))


def _beside(effect: Estimate, groups: Groups) -> tuple[Estimate, ...]:
    share = float(groups.outcome[groups.exposed == 1].mean())
    without = [share - difference for difference in (effect.value, effect.low, effect.high)]
    if share <= 0 or min(without) <= 0:
        return ()
    value, *ends = (e_value(share / each) for each in without)
    low = 1.0 if effect.low <= 0 <= effect.high else min(ends)
    return (replace(effect, measure=MEASURE, value=value, low=low, high=max(ends)),)

"""A study's computation: from its specification and the rows that were read to estimates and guards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from backend.insight.evaluation import frames
from backend.insight.evaluation.methods import (
    cost,
    guards,
    hazards,
    log_rank,
    matching,
    rates,
    sensitivity,
    series,
    staggered,
    survival,
    weighting,
)
from backend.insight.evaluation.methods.answers import Answer, Guard, Method
from backend.insight.evaluation.methods.guards import Thresholds, thresholds
from backend.insight.evaluation.methods.propensity import propensities, weights
from backend.insight.evaluation.specification import Specification

Tables = dict[str, pd.DataFrame]
Say = Callable[[str, int], None]
"""Called with the method that comes next, and per cent done."""


def compute(*, specification: Specification, tables: Tables, seed: int, say: Say | None = None) -> dict[str, Any]:
    """All methods of a study in their order: `{"estimates": [...], "guards": [...]}`, aggregates only.

    A method that a guard refused has guards and no estimate. Raises ValueError for a specification that names what is not known.
    """
    allowed = thresholds(specification.thresholds)
    computed: dict[str, list[dict[str, Any]]] = {"estimates": [], "guards": []}
    prepared = _Prepared(specification, tables, allowed, seed)
    for place, name in enumerate(specification.methods):
        if say is not None:
            say(name, 20 + 75 * place // len(specification.methods))
        for outcome, answer in prepared.answers(Method(name)):
            computed["estimates"] += [{**asdict(each), "outcome": outcome} for each in answer.estimates]
            computed["guards"] += [asdict(each) for each in answer.guards]
    return computed


class _Prepared:
    """The rows of a study, prepared once for its methods."""

    def __init__(self, specification: Specification, tables: Tables, allowed: Thresholds, seed: int) -> None:
        self.study, self.tables, self.allowed, self.seed = specification, tables, allowed, seed
        self.rows = frames.after_first_plan(tables["panel"]) if specification.population == "after_first_plan" else pd.DataFrame()

    def answers(self, method: Method) -> list[tuple[str, Answer]]:
        """(outcome, answer) of one method."""
        known: dict[Method, Callable[[], list[tuple[str, Answer]]]] = {
            Method.DESCRIPTIVE: lambda: [("left_in_semester", self._described())],
            Method.MATCHING: lambda: [("left_in_semester", self._adjusted(Method.MATCHING))],
            Method.IPW: lambda: [("left_in_semester", self._adjusted(Method.IPW))],
            Method.AIPW: lambda: [("left_in_semester", self._adjusted(Method.AIPW))],
            Method.KAPLAN_MEIER: lambda: [("days_until_leaving", self._curve(Method.KAPLAN_MEIER))],
            Method.LOG_RANK: lambda: [("days_until_leaving", self._compared())],
            Method.RMST: lambda: [("days_until_leaving", self._curve(Method.RMST))],
            Method.COMPETING_RISKS: lambda: [("left_or_ended", self._competing())],
            Method.COX: lambda: [("days_until_leaving", self._cox())],
            Method.DIFFERENCE_IN_DIFFERENCES: self._differences,
            Method.INTERRUPTED_TIME_SERIES: lambda: [("confirmed_hours", self._series())],
            Method.COST: lambda: [("left_in_semester", self._cost())],
        }
        return known[method]()

    def _described(self) -> Answer:
        return rates.described(exposed=self.rows["exposed"].to_numpy(), outcome=self.rows["left"].to_numpy())

    def _adjusted(self, method: Method) -> Answer:
        given = frames.groups(self.rows, self.study.covariates)
        if method == Method.MATCHING:
            return matching.matched(given, measure="risk_difference", allowed=self.allowed)
        estimand = str(self.study.parameters["estimand"])
        adjust = weighting.ipw if method == Method.IPW else weighting.aipw
        answer = adjust(given, estimand=estimand, measure="risk_difference", allowed=self.allowed)
        told = method == Method.AIPW and estimand == "ATT"
        return sensitivity.with_e_value(answer, given) if told else answer

    def _curve(self, method: Method) -> Answer:
        frame, landmark, horizon = self._from_landmark
        drawn = survival.kaplan_meier if method == Method.KAPLAN_MEIER else survival.restricted_mean
        immortal = self._immortal(method, frame, landmark)
        return drawn(frame=frame, horizon=horizon, immortal=immortal, allowed=self.allowed)

    def _compared(self) -> Answer:
        frame, landmark, _horizon = self._from_landmark
        return log_rank.compared_events(
            frame=frame, immortal=self._immortal(Method.LOG_RANK, frame, landmark), allowed=self.allowed
        )

    @cached_property
    def _from_landmark(self) -> tuple[pd.DataFrame, int, int]:
        """(weighted subjects who are there on the landmark's day, landmark, horizon), in days of the semester."""
        landmark, horizon = int(self.study.parameters["landmark"]), int(self.study.parameters["horizon"])
        return self._weighted(frames.curves(self.rows, landmark=landmark, horizon=horizon)), landmark, horizon

    def _competing(self) -> Answer:
        landmark, horizon = int(self.study.parameters["landmark"]), int(self.study.parameters["competing_horizon"])
        frame = self._weighted(frames.competing(self.rows, landmark=landmark, horizon=horizon))
        immortal = self._immortal(Method.COMPETING_RISKS, frame, landmark)
        return survival.competing_risks(frame=frame, horizon=horizon, seed=self.seed, immortal=immortal, allowed=self.allowed)

    def _immortal(self, method: Method, frame: pd.DataFrame, landmark: int) -> Guard:
        origin = pd.Series(float(landmark), index=frame.index)
        return guards.immortal_time(method=method, origin=origin, exposed_from=frame["exposed_from"], exposed=frame["exposed"])

    def _weighted(self, frame: pd.DataFrame) -> pd.DataFrame:
        """With odds weights, so that those without a plan are like those with one."""
        rows = self.rows.loc[frame["row"]].reset_index(drop=True).assign(exposed=frame["exposed"].to_numpy())
        given = frames.groups(rows, self.study.covariates)
        return frame.assign(weight=weights(exposed=given.exposed, propensity=propensities(given), estimand="ATT"))

    def _cox(self) -> Answer:
        frame, columns = frames.risk_spells(self.rows, self.study.covariates)
        immortal = guards.immortal_time(
            method=Method.COX, origin=frame["start"], exposed_from=frame["exposed_from"], exposed=frame["exposed"]
        )
        return hazards.hazard_ratio(
            frame=frame, covariates=columns, cluster="learner", strata=["semester"], immortal=immortal, allowed=self.allowed
        )

    def _differences(self) -> list[tuple[str, Answer]]:
        found = []
        for outcome, measure in (("log_unexcused", "log_ratio"), ("mark", "mean_difference")):
            frame = frames.watched_first(
                self.tables["panel"], seen_before=int(self.study.parameters["seen_before"]), outcome=outcome
            )
            answer = staggered.difference_in_differences(
                frame=frame, measure=measure, at=self.study.parameters["at"], seed=self.seed, allowed=self.allowed
            )
            found.append((outcome, answer))
        return found

    def _series(self) -> Answer:
        frame = frames.monthly(self.tables["months"], interrupted_on=str(self.study.parameters["interrupted_on"]))
        return series.interrupted_series(frame=frame, allowed=self.allowed)

    def _cost(self) -> Answer:
        given = frames.groups(self.rows, self.study.covariates)
        effect = weighting.aipw(given, estimand="ATT", measure="risk_difference", allowed=self.allowed)
        spent = self.rows[self.rows["exposed"] == 1].merge(self.tables["costs"], on="plan", how="left")
        lowered = None
        if effect.estimates:
            (found,) = effect.estimates
            lowered = (-found.value, (found.high - found.low) / (2 * 1.959963984540054))
        return cost.cost_of_outcome(
            cost=spent["euro"].fillna(0.0).to_numpy(dtype=float),
            hours=spent["hours"].fillna(0).to_numpy(dtype=float),
            cluster=spent["learner"].to_numpy(),
            effect=lowered,
            checks=tuple(_as(Method.COST, check) for check in effect.guards),
            compared=int(np.sum(given.exposed == 0)),
        )


def _as(method: Method, check: Guard) -> Guard:
    return Guard(kind=check.kind, method=method, passed=check.passed, value=check.value, threshold=check.threshold)

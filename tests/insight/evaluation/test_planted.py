"""What is planted in the country is found within its interval, the planted bias is repaired, and guards fire when they must."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backend.demonstration.country import figures, population
from backend.insight.evaluation import frames
from backend.insight.evaluation.computing import compute
from backend.insight.evaluation.methods import rates, weighting
from backend.insight.evaluation.standing import COST, FIGURES, LEAVING, STAYING
from tests.insight.evaluation import world

SCALE, SEED = 0.08, 7


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    """A country of its own: the seed is fixed, so nothing here hangs on luck."""
    return world.panel(world.world(scale=SCALE, seed=SEED))


def found(result: dict[str, Any], method: str, measure: str, outcome: str = "") -> dict[str, Any]:
    return next(
        each
        for each in result["estimates"]
        if (each["method"], each["measure"]) == (method, measure) and outcome in ("", each["outcome"])
    )


def covers(each: dict[str, Any], truth: float) -> bool:
    return bool(each["low"] <= truth <= each["high"])


def by_aipw(seed: int) -> tuple[dict[str, Any], dict[str, Any], float]:
    """(plain difference, AIPW's, the planted one) of a country of its own."""
    panel = world.panel(world.world(scale=SCALE, seed=seed))
    study = dataclasses.replace(LEAVING, methods=("DESCRIPTIVE", "AIPW"))
    result = compute(specification=study, tables={"panel": panel}, seed=1)
    naive, adjusted = (found(result, method, "risk_difference") for method in ("DESCRIPTIVE", "AIPW"))
    return naive, adjusted, world.planted_difference(frames.after_first_plan(panel))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plain_comparison_hides_the_effect_and_aipw_finds_it(seed: int) -> None:
    naive, adjusted, truth = by_aipw(seed)
    assert truth < -0.01
    assert not covers(naive, truth)
    assert covers(adjusted, truth)
    assert abs(adjusted["value"] - truth) < abs(naive["value"] - truth) / 2


@pytest.mark.full
def test_in_forty_countries_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    held, misses = 0, []
    for seed in range(1, 41):
        naive, adjusted, truth = by_aipw(seed)
        assert not covers(naive, truth), seed
        held += covers(adjusted, truth)
        misses.append(adjusted["value"] - truth)
    # 38 of 40, give or take three standard errors of that share; and no leaning that 40 countries could show.
    assert held >= 34
    assert abs(np.mean(misses)) < 3 * np.std(misses, ddof=1) / np.sqrt(len(misses)) + 0.001


def test_the_hazard_is_halved(panel: pd.DataFrame) -> None:
    result = compute(specification=dataclasses.replace(STAYING, methods=("COX", "RMST")), tables={"panel": panel}, seed=1)
    assert covers(found(result, "COX", "hazard_ratio"), float(np.exp(population.LEAVE_EFFECT)))
    assert found(result, "COX", "hazard_ratio")["high"] < 1
    assert found(result, "RMST", "rmst_difference")["value"] > 0


def test_absences_and_marks_change_as_planted(panel: pd.DataFrame) -> None:
    result = compute(specification=FIGURES, tables={"panel": panel}, seed=1)
    absences = found(result, "DIFFERENCE_IN_DIFFERENCES", "log_ratio", "log_unexcused")
    marks = found(result, "DIFFERENCE_IN_DIFFERENCES", "mean_difference", "mark")
    assert covers(absences, figures.UNEXCUSED_EFFECT)
    assert covers(marks, figures.MARK_EFFECT)
    assert absences["high"] < 0 < marks["low"]
    before = [each for each in result["estimates"] if each["measure"] in ("log_ratio@-2", "mean_difference@-2")]
    assert len(before) == 2
    assert all(covers(each, 0.0) for each in before)


def test_the_cost_of_one_who_stays_follows_from_the_effect(panel: pd.DataFrame) -> None:
    plans = panel["plan"].dropna()
    costs = pd.DataFrame({"plan": plans, "hours": 20, "euro": 400.0})
    result = compute(specification=COST, tables={"panel": panel, "costs": costs}, seed=1)
    assert found(result, "COST", "cost_per_plan")["value"] == pytest.approx(400)
    assert found(result, "COST", "cost_per_hour")["value"] == pytest.approx(20)


# -- guards -----------------------------------------------------------------------------------------------------------
def refusals(result: dict[str, Any]) -> set[tuple[str, str]]:
    return {(guard["method"], guard["kind"]) for guard in result["guards"] if not guard["passed"]}


def test_without_overlap_nothing_is_estimated(panel: pd.DataFrame) -> None:
    """Only those whom the figures show in trouble have a plan: nobody is left to compare them with."""
    rows = frames.histories(panel)
    trouble = (rows["past_unexcused"] > 2.1).to_numpy()
    destroyed = rows.assign(plan_day=np.where(trouble | (rows["earlier_plans"] == 0), 15.0, np.nan))
    result = compute(specification=LEAVING, tables={"panel": destroyed[panel.columns]}, seed=1)
    assert {("AIPW", "OVERLAP"), ("IPW", "OVERLAP"), ("MATCHING", "OVERLAP")} <= refusals(result)
    assert {each["method"] for each in result["estimates"]} <= {"DESCRIPTIVE"}


def test_plans_that_begin_after_the_landmark_are_not_counted_from_it(panel: pd.DataFrame) -> None:
    from backend.insight.evaluation.methods import guards
    from backend.insight.evaluation.methods.answers import Method

    rows = frames.after_first_plan(panel)
    frame = frames.curves(rows, landmark=30, horizon=120)
    wrong = frame.assign(exposed_from=frame["exposed_from"] + 60)
    for given, passes in ((frame, True), (wrong, False)):
        checked = guards.immortal_time(
            method=Method.KAPLAN_MEIER,
            origin=pd.Series(30.0, index=given.index),
            exposed_from=given["exposed_from"],
            exposed=given["exposed"],
        )
        assert checked.passed is passes


def test_a_trend_before_is_seen(panel: pd.DataFrame) -> None:
    rows = frames.histories(panel)
    begins = rows["period"].where(rows["exposed"] == 1).groupby(rows["learner"]).transform("min")
    drift = np.where(begins.notna(), 0.5 * (rows["period"] - begins.fillna(0)), 0.0)
    result = compute(specification=FIGURES, tables={"panel": rows.assign(mark=rows["mark"] + drift)[panel.columns]}, seed=1)
    assert ("DIFFERENCE_IN_DIFFERENCES", "PRE_TREND") in refusals(result)
    assert not [each for each in result["estimates"] if each["outcome"] == "mark"]


def test_a_few_schools_are_too_few(panel: pd.DataFrame) -> None:
    few = panel[panel["institution"].isin(sorted(panel["institution"].unique())[:12])]
    result = compute(specification=FIGURES, tables={"panel": few}, seed=1)
    assert ("DIFFERENCE_IN_DIFFERENCES", "CLUSTERS") in refusals(result)
    assert result["estimates"] == []


# -- coverage ---------------------------------------------------------------------------------------------------------
def null_cohort(seed: int, *, size: int = 600) -> Any:
    """Learners of whom one figure decides both who is exposed and what happens; exposure does nothing."""
    from backend.insight.evaluation.methods.propensity import Groups

    rng = np.random.default_rng(seed)
    figure = rng.normal(size=size)
    exposed = (rng.random(size) < 1 / (1 + np.exp(-0.8 * figure))).astype(int)
    outcome = (rng.random(size) < 1 / (1 + np.exp(1.0 - 0.9 * figure))).astype(int)
    return Groups(covariates=pd.DataFrame({"figure": figure}), exposed=exposed, outcome=outcome)


def coverage(number: int) -> tuple[float, float]:
    """(share of null cohorts whose AIPW interval holds 0, share whose plain interval does)."""
    from backend.insight.evaluation.methods.propensity import propensities

    adjusted = plain = 0
    for seed in range(number):
        groups = null_cohort(seed)
        for estimand in ("ATT",):
            value, error = weighting.augmented_difference(groups, propensities(groups), estimand=estimand)
            adjusted += abs(value) <= 1.959963984540054 * error
        value, error = rates.mean_difference(exposed=groups.exposed, outcome=groups.outcome)
        plain += abs(value) <= 1.959963984540054 * error
    return adjusted / number, plain / number


def test_a_hundred_null_cohorts_are_covered() -> None:
    adjusted, plain = coverage(100)
    # 95 of 100, give or take three and a half standard errors of that share.
    assert 0.87 <= adjusted <= 1.0
    assert plain < 0.3


@pytest.mark.full
def test_a_thousand_null_cohorts_are_covered() -> None:
    adjusted, _plain = coverage(1000)
    assert 0.93 <= adjusted <= 0.97

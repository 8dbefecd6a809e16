"""The methods give what textbooks and papers give on the data sets that they print, within the digits that they print."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lifelines.datasets import load_leukemia
from lifelines.statistics import logrank_test

from backend.insight.evaluation.methods import (
    guards,
    hazards,
    log_rank,
    propensity,
    rates,
    sensitivity,
    staggered,
    survival,
    weighting,
)
from backend.insight.evaluation.methods.answers import Answer, Estimate, Guard, GuardKind, Method
from tests.insight.evaluation import samples


def fits(value: float, printed: str) -> bool:
    """Whether a value rounds to what is printed."""
    places = len(printed.partition(".")[2])
    return abs(value - float(printed)) <= 0.5 * 10**-places + 1e-9


# -- survival ---------------------------------------------------------------------------------------------------------
def test_cox_regression_of_the_rossi_study() -> None:
    """Rossi, Berk and Lenihan 1980, as Allison and Fox give it: 432 men, 114 arrests."""
    men = samples.table("rossi")
    assert (len(men), men["arrest"].sum()) == (432, 114)
    covariates = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
    found = hazards.fit(men, covariates=covariates, duration="week", event="arrest")
    printed = {
        "fin": ("-0.3794", "0.1914"),
        "age": ("-0.0574", "0.0220"),
        "race": ("0.3139", "0.3080"),
        "wexp": ("-0.1498", "0.2122"),
        "mar": ("-0.4337", "0.3819"),
        "paro": ("-0.0849", "0.1958"),
        "prio": ("0.0915", "0.0286"),
    }
    for name, (coefficient, error) in printed.items():
        assert fits(found.coefficients[name], coefficient), name
        assert fits(found.errors[name], error), name
    assert fits(found.log_likelihood, "-658.75")
    assert fits(found.concordance, "0.640")
    assert fits(found.proportional["age"], "0.001")
    assert fits(found.proportional["wexp"], "0.007")
    assert found.proportional["fin"] > 0.05


def test_cutting_the_spells_of_the_rossi_study_changes_nothing_in_it() -> None:
    """The same men as spells with delayed entry: the likelihood is the same, so the coefficients are."""
    men = samples.table("rossi").assign(start=0.0)
    men["man"] = range(len(men))
    men = men.rename(columns={"week": "stop", "arrest": "event"}).assign(exposed_from=np.where(men["fin"] == 1, 0.0, np.nan))
    cut = men.assign(exposed_from=np.where(men["stop"] > 10, 10.0, np.nan))
    pieces = hazards.spells(cut)
    assert len(pieces) > len(men)
    found = hazards.fit(pieces, covariates=["fin", "age", "prio"], entry="start")
    whole = hazards.fit(men, covariates=["fin", "age", "prio"])
    assert found.coefficients.to_numpy() == pytest.approx(whole.coefficients.to_numpy(), abs=1e-5)


def test_log_rank_and_medians_of_the_flies_of_walton() -> None:
    flies = samples.table("waltons").rename(columns={"T": "exit", "E": "event"})
    flies["exposed"] = (flies["group"] == "miR-137").astype(int)
    assert flies["exposed"].value_counts().to_dict() == {0: 129, 1: 34}
    assert fits(log_rank.log_rank(flies).statistic, "122.249")
    assert [survival.fitted(flies, side=side).median_survival_time_ for side in (0, 1)] == [58, 26]


def test_log_rank_is_the_library_s_and_weights_count_people_of_a_sample() -> None:
    """Unweighted: lifelines, ties and all. A weight for everybody changes nothing; weights of one side bring it to the other."""
    flies = samples.table("waltons").rename(columns={"T": "exit", "E": "event"})
    flies["exposed"] = (flies["group"] == "miR-137").astype(int)
    one, other = (flies[flies["exposed"] == side] for side in (1, 0))
    library = logrank_test(one["exit"], other["exit"], event_observed_A=one["event"], event_observed_B=other["event"])
    ours = log_rank.log_rank(flies)
    assert (ours.statistic, ours.p) == pytest.approx((library.test_statistic, library.p_value))
    assert log_rank.log_rank(flies.assign(weight=3.5)).statistic == pytest.approx(ours.statistic)
    same = pd.concat([flies.assign(exposed=0), flies.assign(exposed=1)])
    assert log_rank.log_rank(same).statistic == pytest.approx(0, abs=1e-9)
    mixed = pd.concat([same, flies[flies["group"] == "miR-137"].assign(exposed=1, weight=0.0)]).fillna({"weight": 1.0})
    assert log_rank.log_rank(mixed).observed == pytest.approx(log_rank.log_rank(mixed).expected), (
        "who weighs nothing is not there"
    )


def test_events_beside_those_expected_and_the_guards_of_the_test() -> None:
    flies = samples.table("waltons").rename(columns={"T": "exit", "E": "event"})
    flies["exposed"] = (flies["group"] == "miR-137").astype(int)
    given, allowed = flies.assign(exposed_from=0.0), guards.Thresholds(least_effective=30)

    def checked(begins: float) -> Guard:
        origin = pd.Series(0.0, index=given.index)
        begun = given["exposed_from"] + begins
        return guards.immortal_time(method=Method.LOG_RANK, origin=origin, exposed_from=begun, exposed=given["exposed"])

    (told,) = log_rank.compared_events(frame=given, immortal=checked(0), allowed=allowed).estimates
    assert told.low > 1
    assert told.p is not None
    assert told.p < 0.001
    assert log_rank.compared_events(frame=given, immortal=checked(5), allowed=allowed).refused
    few = log_rank.compared_events(frame=given, immortal=checked(0))
    assert [guard.kind for guard in few.guards if not guard.passed] == [GuardKind.EFFECTIVE_SAMPLE]


def test_remission_of_leukaemia() -> None:
    """Freireich and others 1963: 42 children, 6-MP against placebo."""
    children = load_leukemia()
    frame = children.rename(columns={"t": "exit", "status": "event", "Rx": "exposed"})
    found = hazards.fit(frame.rename(columns={"exit": "stop"}), covariates=["exposed"])
    assert (fits(found.coefficients["exposed"], "1.572"), fits(found.errors["exposed"], "0.412")) == (True, True)
    assert fits(np.exp(found.coefficients["exposed"]), "4.82")
    assert fits(log_rank.log_rank(frame).statistic, "16.793")
    assert [survival.fitted(frame, side=side).median_survival_time_ for side in (0, 1)] == [23, 8]


def test_our_greenwood_error_is_that_of_the_library() -> None:
    children = load_leukemia().rename(columns={"t": "exit", "status": "event", "Rx": "exposed"})
    treated = children[children["exposed"] == 0]
    share, error = survival.greenwood(treated, horizon=10)
    # Collett, table 2.4 and after: S(10) = 0.7529 with error 0.0963.
    assert (fits(share, "0.7529"), fits(error, "0.0963")) == (True, True)


def test_without_competing_ends_the_incidence_is_one_minus_survival() -> None:
    children = load_leukemia().rename(columns={"t": "exit", "status": "event", "Rx": "exposed"})
    treated = children[children["exposed"] == 0]
    incidence, _error = survival.aalen_johansen(treated, horizon=10.5, seed=1)
    assert incidence == pytest.approx(1 - survival.greenwood(treated, horizon=10)[0], abs=0.01)


# -- effects ----------------------------------------------------------------------------------------------------------
def test_the_experiment_of_the_nsw() -> None:
    """LaLonde 1986 in the sample of Dehejia and Wahba: the error is 671.0 with a variance of each side, 632.85 with one."""
    people = samples.nsw()
    exposed, outcome = people["treat"].to_numpy(), people["re78"].to_numpy()
    value, error = rates.mean_difference(exposed=exposed, outcome=outcome)
    assert (fits(value, "1794.34"), fits(error, "671.0")) == (True, True)
    assert fits(rates.mean_difference(exposed=exposed, outcome=outcome, pooled=True)[1], "632.85")
    assert people["treat"].sum() == 185


def test_the_trained_beside_everybody_need_weights_and_the_guards_know_it() -> None:
    groups = samples.earnings(samples.nsw_beside_cps())
    assert groups.sizes == (185, 15_992)
    assert fits(rates.mean_difference(exposed=groups.exposed, outcome=groups.outcome)[0], "-8497.52")
    scores = propensity.propensities(groups)
    # Cunningham, Causal Inference: The Mixtape, chapter 5: weights that sum to one, before any trimming.
    everybody = propensity.weights(exposed=groups.exposed, propensity=scores, estimand="ATE")
    assert fits(weighting.weighted_difference(groups, everybody)[0], "-7238.14")
    odds = propensity.weights(exposed=groups.exposed, propensity=scores, estimand="ATT")
    assert weighting.weighted_difference(groups, odds)[0] == pytest.approx(1794, abs=671)
    assert fits(propensity.standardised_differences(groups)["re75"], "-3.76")
    assert abs(propensity.standardised_differences(groups, odds)["re75"]) < 0.1
    for answer in (
        weighting.ipw(groups, estimand="ATE", measure="difference"),
        weighting.aipw(groups, estimand="ATE", measure="difference"),
    ):
        assert answer.refused
        assert answer.estimates == ()
        assert GuardKind.BALANCE in {guard.kind for guard in answer.guards if not guard.passed}


def test_weight_gained_by_who_stopped_smoking() -> None:
    """NHEFS, Hernán and Robins, What If: chapters 12 and 13."""
    groups = samples.nhefs()
    assert len(groups.exposed) == 1566
    assert fits(rates.mean_difference(exposed=groups.exposed, outcome=groups.outcome)[0], "2.54")
    answer = weighting.ipw(groups, estimand="ATE", measure="difference")
    (found,) = answer.estimates
    assert (fits(found.value, "3.44"), fits(found.low, "2.41"), fits(found.high, "4.47")) == (True, True, True)
    scores = propensity.propensities(groups)
    share = groups.exposed.mean()
    weight = propensity.weights(exposed=groups.exposed, propensity=scores, estimand="ATE")
    stabilised = weight * np.where(groups.exposed == 1, share, 1 - share)
    assert (fits(stabilised.mean(), "0.999"), fits(stabilised.max(), "4.30")) == (True, True)
    acting = ["smokeintensity"]
    assert fits(weighting.standardised_difference(groups, together=acting), "3.52")
    value, error = weighting.augmented_difference(groups, scores, estimand="ATE", together=acting)
    assert (fits(value, "3.46"), fits(error, "0.489")) == (True, True)


def test_asking_otherwise_for_organ_donors() -> None:
    value, error = staggered.two_way(samples.organ_donations())
    assert (fits(value, "-0.0225"), fits(error, "0.0067")) == (True, True)


def test_e_value() -> None:
    assert sensitivity.e_value(1.8) == pytest.approx(3.0)
    assert sensitivity.e_value(1 / 1.8) == pytest.approx(3.0)
    with pytest.raises(ValueError, match="positive"):
        sensitivity.e_value(0.0)


@pytest.mark.parametrize(
    ("effect", "low", "high", "told"),
    [
        # A share of 9 in 100 that is 5 without exposure is the ratio 1.8 of the oracle; its interval's ends are 1.125 and 4.5.
        (0.04, 0.01, 0.07, (3.0, 1.5, 8.4686)),
        (-0.04, -0.07, -0.01, (2.2457, 1.4625, 2.9537)),  # 9 in 100 where 13 were expected
        (0.04, -0.01, 0.07, (3.0, 1.0, 8.4686)),  # no effect is possible: nothing to explain
        (0.04, 0.01, 0.10, None),  # below nought without exposure: no ratio
    ],
)
def test_e_value_beside_an_effect(effect: float, low: float, high: float, told: tuple[float, float, float] | None) -> None:
    exposed = np.repeat([1, 0], 100)
    groups = propensity.Groups(pd.DataFrame({"x": exposed}), exposed, np.r_[np.ones(9), np.zeros(191)])
    given = Estimate(method=Method.AIPW, measure="risk_difference", value=effect, low=low, high=high, exposed=100, compared=100)
    beside = sensitivity.with_e_value(Answer(estimates=(given,)), groups).estimates
    assert beside[0] == given
    assert [(each.measure, each.exposed) for each in beside[1:]] == ([("e_value", 100)] if told else [])
    if told:
        assert (beside[1].value, beside[1].low, beside[1].high) == pytest.approx(told, abs=1e-3)

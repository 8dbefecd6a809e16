"""Data sets with published results, as the methods take them (origin: tests/data/README.md; NHEFS and the others: causaldata)."""

from __future__ import annotations

from pathlib import Path

import causaldata
import numpy as np
import pandas as pd

from backend.insight.evaluation.methods.propensity import Groups

DATA = Path(__file__).parents[2] / "data" / "evaluation"


def table(name: str) -> pd.DataFrame:
    """One of our own copies."""
    return pd.read_csv(DATA / f"{name}.csv")


def nsw() -> pd.DataFrame:
    """The experiment: 185 trained, 260 not."""
    return table("nsw_mixtape")


def nsw_beside_cps() -> pd.DataFrame:
    """The trained of the experiment beside 15,992 people who were in no experiment."""
    trained = nsw()
    others = causaldata.cps_mixtape.load_pandas().data
    return pd.concat([trained[trained["treat"] == 1], others], ignore_index=True)


def earnings(people: pd.DataFrame) -> Groups:
    """Groups with the covariates that the oracle names: powers of age, earnings before, and who had none."""
    covariates = pd.DataFrame(
        {
            "age": people["age"],
            "age2": people["age"] ** 2,
            "age3": people["age"] ** 3,
            "educ": people["educ"],
            "educ2": people["educ"] ** 2,
            "marr": people["marr"],
            "nodegree": people["nodegree"],
            "black": people["black"],
            "hisp": people["hisp"],
            "re74": people["re74"],
            "re75": people["re75"],
            "u74": (people["re74"] == 0).astype(float),
            "u75": (people["re75"] == 0).astype(float),
            "educ_re74": people["educ"] * people["re74"],
        }
    ).astype(float)
    return Groups(
        covariates=covariates,
        exposed=people["treat"].to_numpy(dtype=int),
        outcome=people["re78"].to_numpy(dtype=float),
    )


def nhefs() -> Groups:
    """1,566 smokers; exposed: stopped; outcome: weight gained in eleven years (Hernán and Robins, chapters 12 and 13)."""
    people = causaldata.nhefs_complete.load_pandas().data
    columns = {name: people[name].astype(float) for name in ("sex", "race", "age", "smokeintensity", "smokeyrs", "wt71")}
    for name in ("age", "smokeintensity", "smokeyrs", "wt71"):
        columns[f"{name}2"] = columns[name] ** 2
    for name in ("education", "exercise", "active"):
        levels = np.unique(people[name].astype(float))
        columns |= {f"{name}_{level:.0f}": (people[name].astype(float) == level).astype(float) for level in levels[1:]}
    return Groups(
        covariates=pd.DataFrame(columns).reset_index(drop=True),
        exposed=people["qsmk"].to_numpy(dtype=int),
        outcome=people["wt82_71"].to_numpy(dtype=float),
    )


def organ_donations() -> pd.DataFrame:
    """Rates of 27 states over six quarters; California asked otherwise from the fourth on (Kessler and Roth)."""
    rates = causaldata.organ_donations.load_pandas().data
    return pd.DataFrame(
        {
            "unit": rates["State"],
            "cluster": rates["State"],
            "period": rates["Quarter_Num"] - 1,
            "outcome": rates["Rate"],
            "begins": np.where(rates["State"] == "California", 3.0, np.nan),
        }
    )

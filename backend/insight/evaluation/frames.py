"""From the rows that were read to the frames that methods take. Pure pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd

from backend.insight.evaluation.methods.propensity import Groups

LEAST_MISSED = 0.5
"""Lessons missed in place of none, so that there is a logarithm."""
NEVER_AGAIN = 99
"""Semesters since the last plan, where there was none."""


def histories(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel with what was known at each semester's beginning: figures and plans of all semesters before it, none later."""
    rows = panel.copy()
    codes = sorted(rows["semester"].unique())
    rows["period"] = rows["semester"].map({code: place for place, code in enumerate(codes)})
    rows = rows.sort_values(["learner", "period"], kind="stable").reset_index(drop=True)
    rows["exposed"] = rows["plan_day"].notna().astype(int)
    rows["left"] = rows["left_day"].notna().astype(int)
    for name in ("unexcused", "mark", "left_day", "plan_day", "final_day", "held"):
        rows[name] = pd.to_numeric(rows[name], errors="coerce")
    rows["log1p_unexcused"] = np.log1p(rows["unexcused"])
    # An effect on a logarithm of one more than the count would come out too small where counts are small (Chen and Roth 2024).
    rows["log_unexcused"] = np.log(rows["unexcused"].clip(lower=LEAST_MISSED) / rows["held"].where(rows["held"] > 0))
    learner = rows["learner"]
    for name, source in (("past_unexcused", "log1p_unexcused"), ("past_mark", "mark")):
        known = rows[source].notna()
        total = rows[source].fillna(0).groupby(learner).cumsum() - rows[source].fillna(0)
        number = known.astype(int).groupby(learner).cumsum() - known.astype(int)
        rows[name] = (total / number.replace(0, np.nan)).astype(float)
        rows[f"{name}_seen"] = number
    rows["semesters_seen"] = rows["past_unexcused_seen"]
    rows["earlier_plans"] = rows["exposed"].groupby(learner).cumsum() - rows["exposed"]
    seen = rows["past_unexcused_seen"].replace(0, np.nan)
    told = rows["exposed"].where(rows["log1p_unexcused"].notna(), 0)
    # Figures of a semester with a plan carry its effect: who had more plans looks better than they are.
    rows["past_plan_share"] = ((told.groupby(learner).cumsum() - told) / seen).astype(float)
    latest = rows["period"].where(rows["exposed"] == 1).groupby(learner).shift().groupby(learner).ffill()
    gap = (rows["period"] - latest).fillna(NEVER_AGAIN)
    for name, distance in (("plan_last_semester", 1), ("plan_two_ago", 2), ("plan_three_ago", 3)):
        rows[name] = (gap == distance).astype(float)
    rows["first_seen"] = rows.groupby("learner")["period"].transform("min")
    return rows


def after_first_plan(panel: pd.DataFrame) -> pd.DataFrame:
    """Semesters that are over, of learners with a plan before and figures from before."""
    rows = histories(panel)
    return rows[(rows["earlier_plans"] > 0) & (rows["semesters_seen"] > 0) & (rows["over"] == 1)].reset_index(drop=True)


def covariates(rows: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Columns to adjust for; a semester becomes a column each, a missing mark the mean beside a column that says so."""
    found: dict[str, pd.Series] = {}
    for name in names:
        if name == "semester":
            found |= {
                f"semester_{code}": (rows["semester"] == code).astype(float) for code in sorted(rows["semester"].unique())[1:]
            }
        elif name == "no_mark":
            found[name] = rows["past_mark"].isna().astype(float)
        else:
            column = rows[name].astype(float)
            found[name] = column.fillna(column.mean() if column.notna().any() else 0.0)
    return pd.DataFrame(found).reset_index(drop=True)


def groups(rows: pd.DataFrame, names: tuple[str, ...]) -> Groups:
    """Who has a plan in a semester beside who has none; the outcome is leaving in it, clusters are learners."""
    return Groups(
        covariates=covariates(rows, names),
        exposed=rows["exposed"].to_numpy(),
        outcome=rows["left"].to_numpy(),
        cluster=rows["learner"].to_numpy(),
    )


def curves(rows: pd.DataFrame, *, landmark: int, horizon: int) -> pd.DataFrame:
    """Subjects who are there on the landmark's day, exposed if their plan began by then; until leaving, at most `horizon`."""
    last = rows["left_day"].fillna(rows["length"]).astype(float)
    there = last > landmark
    return pd.DataFrame(
        {
            "exit": np.minimum(last, horizon)[there],
            "event": (rows["left_day"].notna() & (rows["left_day"] <= horizon)).astype(int)[there],
            "exposed": (rows["plan_day"].notna() & (rows["plan_day"] <= landmark)).astype(int)[there],
            "exposed_from": rows["plan_day"][there],
            "row": rows.index[there],
        }
    ).reset_index(drop=True)


def competing(rows: pd.DataFrame, *, landmark: int, horizon: int) -> pd.DataFrame:
    """As `curves`, until learners leave (1) or end otherwise (2), at most `horizon` days from the semester's beginning."""
    final = rows["final_day"].astype(float)
    there = final.isna() | (final > landmark)
    inside = final.notna() & (final <= horizon)
    event = np.where(inside & (rows["final_reason"] == "LEFT"), 1, np.where(inside, 2, 0))
    return pd.DataFrame(
        {
            "exit": final.fillna(horizon).clip(upper=horizon)[there],
            "event": event[there],
            "exposed": (rows["plan_day"].notna() & (rows["plan_day"] <= landmark)).astype(int)[there],
            "exposed_from": rows["plan_day"][there],
            "row": rows.index[there],
        }
    ).reset_index(drop=True)


def risk_spells(rows: pd.DataFrame, names: tuple[str, ...]) -> tuple[pd.DataFrame, list[str]]:
    """(semesters as spells that are cut on the day on which a plan began, columns to adjust for). Days of the semester."""
    from backend.insight.evaluation.methods.hazards import spells

    frame = covariates(rows, tuple(name for name in names if name != "semester"))
    frame = frame.loc[:, frame.std() > 0]
    columns = list(frame)
    frame["start"] = 0.0
    frame["stop"] = rows["left_day"].fillna(rows["length"]).astype(float).clip(lower=1.0)
    frame["event"] = rows["left"]
    frame["exposed_from"] = rows["plan_day"].astype(float).clip(lower=0.0)
    frame["learner"] = pd.factorize(rows["learner"])[0]
    frame["semester"] = rows["period"]
    return spells(frame), columns


def watched_first(panel: pd.DataFrame, *, seen_before: int, outcome: str) -> pd.DataFrame:
    """Rows for `staggered.panel`: learners seen long enough before their first plan, beside those who never had one."""
    rows = histories(panel)
    rows["begins"] = rows["period"].where(rows["exposed"] == 1).groupby(rows["learner"]).transform("min")
    kept = rows["begins"].isna() | (rows["begins"] - rows["first_seen"] >= seen_before)
    rows = rows[kept & rows[outcome].notna()]
    where = rows.groupby("learner")["institution"].transform("first")
    return pd.DataFrame(
        {
            "unit": rows["learner"],
            "period": rows["period"],
            "outcome": rows[outcome].astype(float),
            "begins": rows["begins"],
            "cluster": where,
        }
    ).reset_index(drop=True)


def monthly(months: pd.DataFrame, *, interrupted_on: str) -> pd.DataFrame:
    """Rows for `series.interrupted`: months of school with plans in them, numbered from the first one on."""
    days = pd.to_datetime(months["month"])
    frame = pd.DataFrame(
        {
            "month": (days.dt.year - days.dt.year.min()) * 12 + days.dt.month,
            "season": days.dt.month,
            "count": months["count"].astype(float),
            "size": months["size"].astype(float),
            "after": (days >= pd.Timestamp(interrupted_on)).astype(int),
        }
    )
    return frame[(frame["size"] > 0) & ~frame["season"].isin((7, 8))].reset_index(drop=True)

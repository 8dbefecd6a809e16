"""What a result says, in plain words, in the language of the reader (lv, en)."""

from __future__ import annotations

import math
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

METHODS = {
    "DESCRIPTIVE": gettext_lazy("plain comparison, not adjusted"),
    "KAPLAN_MEIER": gettext_lazy("curves of those who stay (Kaplan-Meier)"),
    "LOG_RANK": gettext_lazy("log-rank test"),
    "RMST": gettext_lazy("mean time within the period (RMST)"),
    "COX": gettext_lazy("Cox regression"),
    "COMPETING_RISKS": gettext_lazy("competing risks (Aalen-Johansen)"),
    "MATCHING": gettext_lazy("matching"),
    "IPW": gettext_lazy("weighting (IPW)"),
    "AIPW": gettext_lazy("weighting with a model of the outcome (AIPW)"),
    "DIFFERENCE_IN_DIFFERENCES": gettext_lazy("difference in differences"),
    "INTERRUPTED_TIME_SERIES": gettext_lazy("interrupted time series"),
    "COST": gettext_lazy("cost"),
}
OUTCOMES = {
    "left_in_semester": gettext_lazy("left education early in the semester"),
    "days_until_leaving": gettext_lazy("days until leaving"),
    "left_or_ended": gettext_lazy("left early, where other ends compete"),
    "log_unexcused": gettext_lazy("lessons missed without excuse"),
    "mark": gettext_lazy("mean mark"),
    "confirmed_hours": gettext_lazy("confirmed consultations"),
}
MEASURES = {
    "rate_exposed": gettext_lazy("share with the plan"),
    "rate_compared": gettext_lazy("share without the plan"),
    "risk_difference": gettext_lazy("difference of shares, in percentage points"),
    "e_value": gettext_lazy("how strong an unseen cause would have to be (E-value)"),
    "observed_to_expected": gettext_lazy("those who left beside those expected"),
    "survival_exposed": gettext_lazy("share that stays, with the plan"),
    "survival_compared": gettext_lazy("share that stays, without the plan"),
    "survival_difference": gettext_lazy("difference of the shares that stay, in percentage points"),
    "rmst_difference": gettext_lazy("difference in days"),
    "hazard_ratio": gettext_lazy("hazard ratio"),
    "incidence_exposed": gettext_lazy("share that leaves, with the plan"),
    "incidence_compared": gettext_lazy("share that leaves, without the plan"),
    "incidence_difference": gettext_lazy("difference of the shares that leave, in percentage points"),
    "log_ratio": gettext_lazy("logarithm of the ratio"),
    "ratio": gettext_lazy("ratio (1 is no difference)"),
    "mean_difference": gettext_lazy("difference in points"),
    "level_ratio": gettext_lazy("ratio of the level"),
    "slope_ratio": gettext_lazy("ratio of the slope by month"),
    "cost_per_plan": gettext_lazy("euro for a plan"),
    "cost_per_hour": gettext_lazy("euro for an hour"),
    "cost_per_stay": gettext_lazy("euro for one learner more who stays"),
}
SHARES = {name for name in MEASURES if name.startswith(("rate_", "risk_", "survival_", "incidence_"))}
POINTS = {name for name in SHARES if name.endswith("_difference")}
RATIOS = {"hazard_ratio", "level_ratio", "slope_ratio", "ratio"}
HEADLINES = ("AIPW", "COX", "DIFFERENCE_IN_DIFFERENCES", "INTERRUPTED_TIME_SERIES", "COST")
"""Methods whose estimate the summary tells; the others stand beside them."""
MAIN = ("risk_difference", "hazard_ratio", "log_ratio", "mean_difference", "level_ratio")
COSTS = ("cost_per_plan", "cost_per_hour", "cost_per_stay")
"""Told all three."""
GUARDS = {
    "OVERLAP": pgettext_lazy("guard", "those with and without the plan overlap"),
    "BALANCE": pgettext_lazy("guard", "they are alike after adjusting"),
    "EFFECTIVE_SAMPLE": pgettext_lazy("guard", "the effective sample is large enough"),
    "PRE_TREND": pgettext_lazy("guard", "both sides moved alike before"),
    "PROPORTIONAL_HAZARDS": pgettext_lazy("guard", "the effect is the same all through the period"),
    "IMMORTAL_TIME": pgettext_lazy("guard", "nobody counts as exposed before exposure began"),
    "CLUSTERS": pgettext_lazy("guard", "there are enough independent groups"),
}


def text_of(texts: dict[str, str]) -> str:
    """A text of a specification in the reader's language, Latvian where there is no other."""
    return texts.get((get_language() or "lv")[:2]) or texts["lv"]


def measure_name(code: str) -> str:
    """What is estimated; `code@3`: that many semesters after the plan began, below 0 before."""
    name, _at, distance = code.partition("@")
    known = str(MEASURES[name])
    if not distance:
        return known
    return _("{measure}, semester {distance} from the beginning").format(measure=known, distance=f"{int(distance):+d}")


def number(value: float, measure: str) -> str:
    """A value as people read it: per cent, percentage points for what lies between them, euro, or a plain number."""
    name = measure.partition("@")[0]
    if name in POINTS:
        return _decimal(100 * value, 1)
    if name in SHARES:
        return _unbroken(_("{value} %").format(value=_decimal(100 * value, 1)))
    if name in COSTS:
        return _unbroken(_("{value} euro").format(value=_decimal(value, 0 if abs(value) >= 1000 else 2)))
    return _decimal(value, 2)


def _unbroken(text: str) -> str:
    """The number and its unit on one line."""
    return text.replace(" ", "\u00a0")


def _decimal(value: float, places: int) -> str:
    written = f"{value:z.{places}f}".replace("-", "−")
    return written.replace(".", ",") if (get_language() or "lv")[:2] == "lv" else written


def interval(each: dict[str, Any]) -> str:
    """A value with its interval."""
    value, low, high = (number(each[part], each["measure"]) for part in ("value", "low", "high"))
    return _("{value} (95 % interval from {low} to {high})").format(value=value, low=low, high=high)


def p_value(each: dict[str, Any]) -> str:
    """The p-value of a test as people read it; empty for an estimate that is no test."""
    p = each.get("p")
    if p is None:
        return ""
    return f"p < {_decimal(0.001, 3)}" if p < 0.001 else f"p = {_decimal(p, 3)}"


def guard_message(guard: dict[str, Any]) -> str:
    """What a guard found and what it means."""
    name, found = str(GUARDS[guard["kind"]]), guard["value"]
    said = {"check": name, "found": "-" if found is None else _measured(found), "allowed": _measured(guard["threshold"] or 0)}
    if guard["passed"]:
        return _("Met: {check} (found {found}, allowed {allowed}).").format(**said)
    method = str(METHODS[guard["method"]])
    return _("Not met: {check} (found {found}, allowed {allowed}). No estimate by this method: {method}.").format(
        method=method, **said
    )


def _measured(value: float) -> str:
    """What a guard looks at: a share or a p-value with three places, people and groups whole."""
    return _decimal(value, 0 if abs(value) >= 2 or value == 0 else 3)


def checks(result: dict[str, Any]) -> list[dict[str, Any]]:
    """What was checked, each once however many methods rest on it: whether it was met, and in words."""
    told = {guard_message(guard): bool(guard["passed"]) for guard in result["guards"]}
    return [{"passed": passed, "message": message} for message, passed in told.items()]


def headline(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The estimates that the summary tells: of the methods that adjust, the main measure of each outcome."""
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for method in HEADLINES:
        for measure in (*MAIN, *COSTS):
            for each in result["estimates"]:
                if each["method"] == method and each["measure"] == measure:
                    told.setdefault((method, measure if measure in COSTS else each["outcome"]), each)
    return list(told.values())


def summary(result: dict[str, Any]) -> str:
    """What was found and what was not, for readers who are no statisticians."""
    parts = [_sentence(each) for each in headline(result)]
    hidden, naive = (_estimate(result, *named) for named in (("AIPW", "e_value"), ("DESCRIPTIVE", "risk_difference")))
    if hidden is not None and hidden["low"] > 1:
        wording = _(
            "A cause that no table shows would have to make both the plan and the outcome {value} times as likely, or as "
            "unlikely, to explain the whole of it; {low} times would be enough to leave it open whether there is any effect "
            "(E-value)."
        )
        parts.append(wording.format(**{part: number(hidden[part], hidden["measure"]) for part in ("value", "low")}))
    if naive is not None:
        wording = _(
            "Compared plainly, without regard to who gets a plan, the difference in percentage points would be {value}: that is "
            "no effect."
        )
        parts.append(wording.format(value=interval(naive)))
    failed = {(guard["method"], guard["kind"]): guard for guard in result["guards"] if not guard["passed"]}
    parts += [guard_message(guard) for guard in failed.values()]
    if not headline(result):
        parts.insert(0, _("The study gives no answer: its conditions were not met."))
    return " ".join(parts)


def _estimate(result: dict[str, Any], method: str, measure: str) -> dict[str, Any] | None:
    return next((each for each in result["estimates"] if (each["method"], each["measure"]) == (method, measure)), None)


def _sentence(each: dict[str, Any]) -> str:
    if each["measure"] == "log_ratio":
        each = {**each, "measure": "ratio", **{part: math.exp(each[part]) for part in ("value", "low", "high")}}
    outcome, value = str(OUTCOMES[each["outcome"]]), interval(each)
    nothing = 1.0 if each["measure"] in RATIOS else 0.0
    if each["measure"] in COSTS:
        what = str(MEASURES[each["measure"]])
        return _("{what}: {value}.").format(what=what[:1].upper() + what[1:], value=value)
    said = {"outcome": outcome[:1].upper() + outcome[1:], "value": value, "measure": str(MEASURES[each["measure"]])}
    if each["low"] <= nothing <= each["high"]:
        return _("{outcome}: no effect can be told from these data; {measure} {value}.").format(**said)
    if each["value"] < nothing:
        return _("{outcome}: lower with the measure; {measure} {value}.").format(**said)
    return _("{outcome}: higher with the measure; {measure} {value}.").format(**said)

"""What a method answers: estimates with their intervals, and what was checked before they were given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Z95 = 1.959963984540054
"""Quantile of the normal distribution for a two-sided interval of 95 %."""


class Method(StrEnum):
    """Method of an estimate (planned schema, `StudyMethod`)."""

    DESCRIPTIVE = "DESCRIPTIVE"
    KAPLAN_MEIER = "KAPLAN_MEIER"
    LOG_RANK = "LOG_RANK"
    RMST = "RMST"
    COX = "COX"
    COMPETING_RISKS = "COMPETING_RISKS"
    MATCHING = "MATCHING"
    IPW = "IPW"
    AIPW = "AIPW"
    DIFFERENCE_IN_DIFFERENCES = "DIFFERENCE_IN_DIFFERENCES"
    INTERRUPTED_TIME_SERIES = "INTERRUPTED_TIME_SERIES"
    COST = "COST"


class GuardKind(StrEnum):
    """A condition that an estimate must meet (planned schema, `StudyGuardKind`)."""

    OVERLAP = "OVERLAP"
    BALANCE = "BALANCE"
    EFFECTIVE_SAMPLE = "EFFECTIVE_SAMPLE"
    PRE_TREND = "PRE_TREND"
    PROPORTIONAL_HAZARDS = "PROPORTIONAL_HAZARDS"
    IMMORTAL_TIME = "IMMORTAL_TIME"
    CLUSTERS = "CLUSTERS"


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One number with its 95 % interval. `measure` is a code that is put in words by the page (`wording.MEASURES`)."""

    method: Method
    measure: str
    value: float
    low: float
    high: float
    exposed: int = 0
    compared: int = 0
    effective_size: float | None = None
    p: float | None = None
    """p-value, where the method is a test."""

    def covers(self, truth: float) -> bool:
        """Whether the interval holds a value."""
        return self.low <= truth <= self.high


@dataclass(frozen=True, kw_only=True)
class Guard:
    """One condition, for one method, and whether it was met. `value` and `threshold` are what was found and what is allowed."""

    kind: GuardKind
    method: Method
    passed: bool
    value: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Estimates and guards of one method. Without all guards passed there are no estimates: the guards say why."""

    estimates: tuple[Estimate, ...] = ()
    guards: tuple[Guard, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a guard refused."""
        return any(not guard.passed for guard in self.guards)


def guarded(*, guards: Sequence[Guard], estimates: Sequence[Estimate]) -> Answer:
    """The estimates where every guard passed and each number is finite, else the guards alone."""
    sound = all(math.isfinite(number) for each in estimates for number in (each.value, each.low, each.high))
    if all(guard.passed for guard in guards) and sound:
        return Answer(estimates=tuple(estimates), guards=tuple(guards))
    return Answer(guards=tuple(guards))


def normal_interval(value: float, error: float) -> tuple[float, float]:
    """(low, high) of the 95 % interval around a value with a standard error."""
    return value - Z95 * error, value + Z95 * error

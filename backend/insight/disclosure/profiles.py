"""How strictly a release is protected, and what was handed out before.

The numbers are reference data (`statistics.ReleaseProfile`), not constants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from backend.insight.disclosure.shapes import Table


@dataclass(frozen=True)
class Profile:
    """Thresholds and rules for one audience. Counts from 1 up to, not including, the threshold are sensitive."""

    code: str
    threshold: int
    threshold_special: int
    """For what tells of health, family or another special class."""
    threshold_close: int
    """For the figures of one institution."""
    group_disclosure: bool
    """Whether a group all or none of which has an attribute is sensitive."""
    dominance_n: int
    dominance_k: Decimal
    """Percent of a sum that its `dominance_n` greatest contributions may make up. 0 switches the rule off."""
    p_percent: Decimal
    """How near, in percent, the second greatest contributor may come to the greatest one's contribution. 0: off."""
    least_contributors: int
    """Fewer people or recipients behind a sum of euro are sensitive."""
    share_denominator: int
    """A share is given only of this many."""
    share_edge: int
    """Shares below this percentage, and above 100 less it, are given as "<" and ">" only."""
    rounding_base: int
    """For the simple mode of the table builder."""
    rounds: bool = False
    """Whether the builder rounds in place of cell-key noise."""
    noise_reach: int = 4
    """The greatest cell-key noise."""
    noise_variance: Decimal = Decimal("2.0")

    def as_json(self) -> dict[str, Any]:
        """For the record of a release."""
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Profile:
        """The profile that `as_json` wrote down."""
        decimals = {"dominance_k", "p_percent", "noise_variance"}
        values: dict[str, Any] = {name: Decimal(value) if name in decimals else value for name, value in stored.items()}
        return cls(**values)


@dataclass(frozen=True)
class Earlier:
    """A table of an earlier release: its exact figures then, and which of its cells (in the table's order) were suppressed."""

    table: Table
    profile: Profile
    suppressed: Sequence[bool] = field(repr=False)

"""What a sample of a mutation says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.mutations.office import Office

Given = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """`make` gives an input for rows that it makes first; `other` is what another command under the same key would differ in."""

    make: Callable[[Office], Given]
    other: Given
    app: str = "journal"
    makes: bool = True
    """Whether it makes the row that it answers with, or changes one."""
    version: int = 1
    """Of the row that it is based on."""
    foreign: tuple[str, ...] = field(default=())
    instead: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By an input that is not given: inputs that must be left out when it is."""
    leaves: str = ""
    """The path at which the same command again answers NOT_FOUND, where what it was about is gone after the first."""

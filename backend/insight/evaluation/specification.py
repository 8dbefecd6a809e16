"""A study's specification: what is asked, of whom, beside whom, how, and what is left out. Frozen before data are read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Specification:
    """Everything that a computation needs. Codes name what `frames.py` and `computing.py` know; texts are lv and en."""

    code: str
    title: dict[str, str]
    question: dict[str, str]
    estimand: dict[str, str]
    """What is estimated, for whom, against what."""
    population: str
    """Whose rows are read: `after_first_plan`, `watched_first`, `months_of_hours`."""
    exposure: str
    outcome: str
    comparison: str
    methods: tuple[str, ...]
    exclusions: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    """Of the guards, where they differ from the house's (`methods.guards.Thresholds`)."""


def as_json(specification: Specification) -> dict[str, Any]:
    """The specification as plain JSON."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(specification)))
    return plain


def from_json(given: dict[str, Any]) -> Specification:
    """The specification that a registered study holds. Raises TypeError for one that lacks a part or has one too many."""
    parts = dict(given)
    parts.update({name: tuple(given[name]) for name in ("methods", "exclusions", "covariates") if name in given})
    return Specification(**parts)


def hash_of(given: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the canonical form: keys in order, no spaces, UTF-8."""
    canonical = json.dumps(given, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()

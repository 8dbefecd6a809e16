"""The shape of the semester report (contract, `semesterReport`)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from decimal import Decimal

from backend.registry.models import RiskGroup, SpecialistRole


@dataclass(frozen=True)
class RiskIdentifications:
    """Risks of one group judged at the start: how often, on how many plans, of how many learners. Never mix the three."""

    group: RiskGroup
    identifications: int
    plans: int
    learners: int


@dataclass(frozen=True)
class MeasureCount:
    """Measures of one kind: planned, and those under which something was given (a confirmed hour, a settled amount)."""

    kind: str
    planned: int
    delivered: int


@dataclass(frozen=True)
class ConsultationHours:
    """Consultations that both sides confirmed, by the specialist's role."""

    role: SpecialistRole
    hours: int
    learners: int


@dataclass(frozen=True)
class ReimbursementTotal:
    """Approved and paid amounts of one kind, net of reversals, in euro with two places."""

    kind: str
    learners: int
    amount: Decimal


@dataclass(frozen=True)
class SemesterReport:
    """One semester's figures over the institutions asked for."""

    semester: str
    plans: int
    learners: int
    risk_identifications: tuple[RiskIdentifications, ...]
    measures: tuple[MeasureCount, ...]
    consultations: tuple[ConsultationHours, ...]
    reimbursements: tuple[ReimbursementTotal, ...]
    generated_at: dt.datetime
    as_of: dt.datetime
    """At which moment's knowledge; `generated_at` unless an earlier one was asked for."""
    division_on: dt.date
    """By which day's territorial division a municipality or a region was gathered."""
    content_hash: str = ""
    """SHA-256, in hexadecimal, over the figures in canonical JSON: two reports with the same figures have the same."""


def content_hash(report: SemesterReport) -> str:
    """Hash over the figures: over nothing that says how, when and for when they were gathered."""
    figures = asdict(report)
    for around in ("generated_at", "as_of", "division_on", "content_hash"):
        del figures[around]
    canonical = json.dumps(figures, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=plain_figure)
    return hashlib.sha256(canonical.encode()).hexdigest()


def plain_figure(value: object) -> str:
    """A figure as canonical JSON writes it: amounts as text with two places. Raises TypeError for anything else."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    raise TypeError(f"{type(value)} has no canonical form.")

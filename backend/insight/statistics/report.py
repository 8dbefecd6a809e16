"""The shape of the semester report (contract, `semesterReport`)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any

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
class Figures:
    """What is counted: plans, unique learners and identifications of risks always apart."""

    plans: int
    learners: int
    risk_identifications: tuple[RiskIdentifications, ...]
    measures: tuple[MeasureCount, ...]
    consultations: tuple[ConsultationHours, ...]
    reimbursements: tuple[ReimbursementTotal, ...]


@dataclass(frozen=True)
class SemesterReport(Figures):
    """One semester's figures over the institutions asked for."""

    semester: str
    generated_at: dt.datetime
    as_of: dt.datetime
    """At which moment's knowledge; `generated_at` unless an earlier one was asked for."""
    division_on: dt.date
    """By which day's territorial division a municipality or a region was gathered."""
    content_hash: str = ""
    """SHA-256, in hexadecimal, over the figures in canonical JSON: two reports with the same figures have the same."""


def report_of(
    figures: Figures, *, semester: str, generated_at: dt.datetime, as_of: dt.datetime, division_on: dt.date
) -> SemesterReport:
    """The report that says these figures, with their hash."""
    return SemesterReport(
        semester=semester,
        generated_at=generated_at,
        as_of=as_of,
        division_on=division_on,
        content_hash=_hash(_canonical(figures, semester)),
        **_members(figures),
    )


def figures_as_json(figures: Figures, *, semester: str) -> dict[str, Any]:
    """The figures that the hash is over, as plain JSON: over nothing that says how, when and for when they were gathered."""
    plain: dict[str, Any] = json.loads(_canonical(figures, semester))
    return plain


def figures_of(report: SemesterReport) -> dict[str, Any]:
    """The figures of a report as plain JSON: what a snapshot keeps."""
    return figures_as_json(report, semester=report.semester)


def hash_of_figures(figures: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of figures as a snapshot keeps them: the report's `content_hash`."""
    return _hash(_text(figures))


def _members(figures: Figures) -> dict[str, Any]:
    return {each.name: getattr(figures, each.name) for each in fields(Figures)}


def _canonical(figures: Figures, semester: str) -> str:
    plain = asdict(Figures(**_members(figures))) | {"semester": semester}
    return _text(plain)


def _text(plain: dict[str, Any]) -> str:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    raise TypeError(f"{type(value)} has no canonical form.")

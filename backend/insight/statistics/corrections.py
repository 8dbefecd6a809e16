"""What changed in a semester's figures after it was closed: sealed figures beside those of now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backend.accounts.scope import Scope
from backend.insight.statistics.kept import report_snapshots
from backend.insight.statistics.models import SemesterClosure, SnapshotUnit
from backend.insight.statistics.reach import Reach
from backend.insight.statistics.recount import recounted
from backend.insight.statistics.report import Figures, figures_as_json
from backend.territory.models import Semester

_LISTS = {
    "risk_identifications": ("riskIdentifications", "group"),
    "measures": ("measures", "kind"),
    "consultations": ("consultations", "role"),
    "reimbursements": ("reimbursements", "kind"),
}


@dataclass(frozen=True)
class Correction:
    """A figure, by its path in the report such as `reimbursements.CATERING.amount`, as it was sealed and as it is now."""

    figure: str
    sealed: str
    now: str


def corrections(*, scope: Scope, semester: Semester, reach: Reach, figures: Figures) -> list[Correction]:
    """Figures of a closed semester that differ from what they were at its closing; none while it is open.

    The country's are compared with the snapshot that was sealed, those of a unit with what was known at that moment. One or two
    statements; six more for a unit. A figure that one side lacks is 0.
    """
    closure = SemesterClosure.objects.filter(semester=semester, reopened_at=None).first()
    if closure is None:
        return []
    sealed = _sealed(scope, closure) if reach.keys is None else None
    if sealed is None:
        known = recounted(scope=scope, semester=semester, reach=reach, as_of=closure.closed_at)
        sealed = _plain(known, semester)
    return list(differing(sealed, _plain(figures, semester)))


def differing(sealed: Mapping[str, Any], present: Mapping[str, Any]) -> Iterator[Correction]:
    """Figures that differ between two reports in canonical form (`report.figures_as_json`), in the order of their paths."""
    before, after = dict(_flat(sealed)), dict(_flat(present))
    for figure in sorted(before.keys() | after.keys()):
        zero = "0.00" if figure.endswith(".amount") else "0"
        then, here = before.get(figure, zero), after.get(figure, zero)
        if then != here:
            yield Correction(figure, then, here)


def _sealed(scope: Scope, closure: SemesterClosure) -> dict[str, Any] | None:
    """The snapshot's figures; None for who may not read it."""
    found = report_snapshots(scope=scope).filter(pk=closure.snapshot_id, unit=SnapshotUnit.STATE)
    figures: dict[str, Any] | None = found.values_list("figures", flat=True).first()
    return figures


def _plain(figures: Figures, semester: Semester) -> dict[str, Any]:
    return figures_as_json(figures, semester=semester.code)


def _flat(figures: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in figures.items():
        if name in _LISTS:
            shown, key = _LISTS[name]
            for line in value:
                yield from ((f"{shown}.{line[key]}.{part}", str(number)) for part, number in line.items() if part != key)
        elif name != "semester":
            yield name, str(value)

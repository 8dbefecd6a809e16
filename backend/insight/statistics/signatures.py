"""What a closing of a semester signed, held against its signature.

The signature of a snapshot is its content hash, sealed in the trail with the snapshot and the closing that names it: the block's
head stands in the anchor file, outside the database. Whoever changes the figures afterwards would have to change the hash, the
closing, their entries, the block and a file that the database's keepers do not hold (docs/decisions/0190-what-closing-signs.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.core.trail.proofs import Proof, proof_of
from backend.insight.statistics.models import ReportSnapshot, SemesterClosure
from backend.insight.statistics.report import hash_of_figures


@dataclass(frozen=True)
class Signature:
    """One snapshot and whether it is what was signed."""

    semester: str
    number: int
    content_hash: str
    proof: Proof
    problems: tuple[str, ...]
    """What speaks against it; none where it is what was signed, or waits for its seal."""

    @property
    def stands(self) -> bool:
        """Whether it is sealed and unchanged."""
        return self.proof.sealed and not self.problems


def signatures() -> Iterator[Signature]:
    """Every snapshot that the transaction reaches, the oldest first. Needs one that reaches the whole state, or the loader."""
    for snapshot in ReportSnapshot.objects.select_related("semester").order_by("made_at", "id"):
        proof = proof_of(model=ReportSnapshot, key=snapshot.pk)
        problems = list(proof.problems)
        if hash_of_figures(snapshot.figures) != snapshot.content_hash:
            problems.append("its figures do not give its hash")
        for closing in SemesterClosure.objects.filter(snapshot=snapshot):
            if closing.content_hash != snapshot.content_hash:
                problems.append("the closing names another hash")
            problems += [f"the closing: {problem}" for problem in proof_of(model=SemesterClosure, key=closing.pk).problems]
        yield Signature(snapshot.semester.code, snapshot.number, snapshot.content_hash, proof, tuple(problems))

"""The read log: every read of a learner's record and every export, with the reason why it was allowed.

Called by whoever answers a read (compiler, resolvers, documents, exports), once an answer: one statement a page of
learners. `app` can add entries, and only as the caller in its scope; it can neither change nor remove one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import connection

from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.core.classification import DataClass
from backend.core.trail.context import Channel

NO_REASON = ("", "", "")


class ReadKind(StrEnum):
    """Looked at, or taken out of the house."""

    READ = "READ"
    EXPORT = "EXPORT"


@dataclass(frozen=True)
class LearnerRead:
    """What was read of one learner: through which institution, and which object (type tag and key) carried it."""

    learner_id: UUID
    institution_id: UUID | None
    object_type: str
    object_id: UUID | None = None


def record_reads(
    *,
    scope: Scope,
    reads: Iterable[LearnerRead],
    area: Area,
    channel: Channel | str,
    purpose: str = "",
    classes: Iterable[DataClass] = (DataClass.PERSONAL,),
    kind: ReadKind = ReadKind.READ,
) -> int:
    """Append one entry a learner read, with the nearest assignment that opens `area` there; how many were appended.

    Needs the transaction that `scope` was entered in: the database takes the principal from it. One statement, none
    without reads. `purpose` is the caller's own words (break-glass, an export's stated purpose); never a name.
    """
    page = list(reads)
    if not page:
        return 0
    reasons = {institution: _reason(scope, area, institution) for institution in {read.institution_id for read in page}}
    roles, levels, units = zip(*(reasons[read.institution_id] for read in page), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "select trail.append_reads(%s, %s, %s, %s::text[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::uuid[],"
            " %s::text[], %s::uuid[])",
            [
                str(kind),
                str(channel),
                purpose,
                sorted(str(data_class) for data_class in classes),
                list(roles),
                list(levels),
                list(units),
                [read.learner_id for read in page],
                [read.institution_id for read in page],
                [read.object_type for read in page],
                [read.object_id for read in page],
            ],
        )
    return len(page)


def _reason(scope: Scope, area: Area, institution: UUID | None) -> tuple[str, str, str]:
    holding = scope.holding_for(area, [institution] if institution else [])
    return (holding.role, holding.level, holding.unit_code) if holding else NO_REASON

"""The read log: every read of a learner's record and every export, with the reason why it was allowed.

Called by whoever answers a read (compiler, resolvers, documents, exports), once an answer: one statement a page of
learners. `app` can add entries, and only as the caller in its scope; it can neither change nor remove one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from backend.accounts.roles import Area
from backend.accounts.scope import Holding, Scope, nearest_first
from backend.core.classification import DataClass
from backend.core.trail.context import Channel

NO_REASON = ("", "", "")


def is_on() -> bool:
    """Whether reads are logged; off only where a benchmark measures without (`backend.accounts.checks`)."""
    return bool(settings.READ_LOG)


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


# -- noted while a statement runs ------------------------------------------------------------------------------------------
NOTES = "app.read"
"""A setting, local to the transaction, in which a compiled statement notes whom it shows (`graphql_schema.compiler.noting`):
`learner/institution/object/place;` for each, the object left out where it is the learner."""


@dataclass(frozen=True)
class NotedKind:
    """What is common to the rows noted under one place: type tag, the area that opened them, the classes shown."""

    object_type: str
    area: Area
    classes: frozenset[DataClass]


APPEND_NOTED = f"""select trail.append_noted(current_setting('{NOTES}', true), {{}}), set_config('{NOTES}', '', true)"""
"""SQL that appends what was noted and forgets it; in the braces the places of the parameters that `noted_parameters` gives."""
NOTED_CASTS = ("text", "text", "text[]", "text[]", "integer[]", "text[]", "text[]", "text[]", "text[]", "text[]")


def noted_parameters(*, scope: Scope, kinds: Iterable[NotedKind], channel: Channel | str, purpose: str = "") -> list[Any]:
    """What `trail.append_noted` has to know beside the notes: the kinds by place, and the assignments that opened them."""
    page = list(kinds)
    areas = dict.fromkeys(kind.area for kind in page)
    reasons = [reason for area in areas for reason in _reasons(scope, area)]
    return [
        str(channel),
        purpose,
        [kind.object_type for kind in page],
        [str(kind.area) for kind in page],
        [_mask(kind.classes) for kind in page],
        *(list(column) for column in zip(*reasons, strict=True)),
    ]


def _mask(classes: frozenset[DataClass]) -> int:
    return (DataClass.PERSONAL in classes) + 2 * (DataClass.SPECIAL in classes)


def _reasons(scope: Scope, area: Area) -> list[tuple[str, str, str, str, str]]:
    """(area, role, level, unit, institutions) of each assignment that opens an area, the nearest first; `*` for all."""
    held = nearest_first(scope.opening(area))
    if not held:
        return [(str(area), *NO_REASON, "*")]
    return [(str(area), one.role, one.level, one.unit_code, _covered(one, alone=len(held) == 1)) for one in held]


def _covered(holding: Holding, *, alone: bool) -> str:
    """With one assignment alone, whatever was reached was reached through it."""
    return "*" if alone or holding.whole_state else " ".join(sorted(str(key) for key in holding.institution_ids))

"""The read log of a document that was resolved: one entry a learner whose record the answer shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any, cast
from uuid import UUID

from django.db.models import F
from django.db.models.constants import LOOKUP_SEP

from backend.accounts.read_log import LearnerRead, is_on, record_reads
from backend.accounts.roles import Area
from backend.core.classification import DataClass
from backend.core.trail.context import Channel
from graphql_schema.engine.classes import Classes
from graphql_schema.engine.context import Context, Shown

Place = tuple[UUID | None, UUID | None]
"""A learner, if the row names one, and the institution through which the row was reached."""


def log_reads(context: Context, *, purpose: str = "") -> int:
    """Append what the operation has shown to the read log; how many learners. Needs the transaction of the operation.

    The object is the learner's own row where that was shown, else the first by type and key; the classes are those of all
    that was shown of them.
    """
    if not context.reads or not is_on():
        return 0
    places = context.places | _places(context, set(context.reads) - set(context.places))
    first: dict[UUID, tuple[Shown, UUID | None]] = {}
    classes: dict[UUID, Classes] = defaultdict(frozenset)
    for key, shown in sorted(context.reads.items(), key=lambda item: _rank(item[1])):
        learner, institution = places[key]
        if learner is None:
            continue  # the row is about nobody in particular
        first.setdefault(learner, (shown, institution))
        classes[learner] |= shown.classes
    pages: dict[tuple[Area, Classes], list[LearnerRead]] = defaultdict(list)
    for learner, (shown, institution) in first.items():
        assert shown.declared.policy is not None  # noqa: S101  (checked when the schema is built)
        read = LearnerRead(learner, institution, shown.declared.tag, shown.row.pk)
        pages[shown.declared.policy.area, classes[learner]].append(read)
    for (area, told), reads in pages.items():
        record_reads(
            scope=context.scope,
            reads=reads,
            area=area,
            channel=Channel.CASE_API,
            purpose=purpose,
            classes=told or {DataClass.INTERNAL},
        )
    return len(first)


def place_now(context: Context, key: tuple[str, UUID]) -> None:
    """Keep where a row that was shown belongs: a removed one is found while its history is read, and not afterwards."""
    if key in context.reads:
        context.places |= _places(context, {key})


def _rank(shown: Shown) -> tuple[bool, str, str]:
    return (shown.declared.learner != "pk", shown.declared.tag, str(shown.row.pk))


def _places(context: Context, keys: Collection[tuple[str, UUID]]) -> dict[tuple[str, UUID], Place]:
    """Where some rows that were shown belong; one statement a type whose rows do not say so themselves."""
    found: dict[tuple[str, UUID], Place] = {}
    by_type: dict[str, list[Shown]] = defaultdict(list)
    for key, shown in context.reads.items():
        if key in keys:
            by_type[key[0]].append(shown)
    for name, page in by_type.items():
        declared = page[0].declared
        assert declared.policy is not None  # noqa: S101
        through = declared.policy.reached_through(context.scope)
        if isinstance(through, F) and LOOKUP_SEP not in declared.learner:
            path: str = cast("Any", through).name
            found |= {(name, one.row.pk): (getattr(one.row, declared.learner), getattr(one.row, path)) for one in page}
            continue
        located = type(page[0].row)._default_manager.filter(pk__in=[one.row.pk for one in page]).annotate(_through=through)
        for key, learner, institution in located.values_list("pk", declared.learner, "_through"):
            found[name, key] = (learner, institution)
    return found

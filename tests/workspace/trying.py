"""What a queue shows, and what the services would take: tried out and taken back."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction

from backend.accounts.scope import Scope, scoped
from backend.core.refusals import Code, Refusal
from backend.workspace.models import WorkItem
from backend.workspace.queue import work_items

Item = tuple[str, Any]
"""Kind, and the key of what it is about."""


def queue(scope: Scope, *, everyones: bool = False) -> list[WorkItem]:
    """What waits for a caller, in order."""
    with scoped(scope):
        return list(work_items(scope=scope, everyones=everyones))


def waits(scope: Scope, *kinds: str) -> set[Item]:
    """Kind and subject of what waits for a caller, of these kinds or of all; nothing waits twice."""
    found = queue(scope)
    assert len({item.pk for item in found}) == len(found)
    return {(item.kind, item.subject_id) for item in found if not kinds or item.kind in kinds}


def accepted(scope: Scope, service: Callable[..., Any], *, but_for: Collection[Code] = (), **given: Any) -> bool:
    """Whether a service takes a command from a caller, `but_for` what the same caller mends first; nothing stays of it."""
    codes: set[Code] = set()
    with transaction.atomic():
        try:
            with scoped(scope):
                service(scope=scope, **given)
        except Refusal as refusal:
            codes = {problem.code for problem in refusal.problems}
        transaction.set_rollback(True)
    return codes <= set(but_for)

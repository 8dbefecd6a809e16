"""Pairs of records that wait for somebody to say whether they are one person."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import CharField, Value

from backend.accounts.models import Role
from backend.accounts.policy import NOTHING
from backend.accounts.roles import ACTS, Act, Area
from backend.cases.learners.models import DuplicateCandidate, DuplicateStatus
from backend.cases.learners.policies import DUPLICATES
from backend.registry.desk import ROLE, Desk, Waiting


def waiting(desk: Desk) -> Iterator[Waiting]:
    """Pairs to decide on: both records are the caller's to decide about (`merging.decide_duplicate`)."""
    visible = DUPLICATES.visible(desk.scope)
    (role,) = ACTS[Act.DECIDE_DUPLICATE][1]
    held = [each for each in desk.scope.writing(Area.LEARNERS) if each.role == role]
    if visible == NOTHING or not (held or desk.everyones):
        return
    rows = DuplicateCandidate.objects.filter(visible, status=DuplicateStatus.OPEN).order_by()
    if not desk.everyones and not any(each.whole_state for each in held):
        places: frozenset[UUID] = frozenset().union(*(each.institution_ids for each in held))
        rows = rows.filter(DUPLICATES.owned_by(places))
    yield Waiting(
        kind="DECIDE_DUPLICATE",
        room=Area.LEARNERS,
        tag=DuplicateCandidate.tag,
        rows=rows.annotate(**{ROLE: Value(str(Role(role)), output_field=CharField())}),
        since="found_at",
        institution="",
    )

"""The work queue: what waits for whom, since when, until when.

Each room says in its `waiting.py` what its steps wait for; here the rooms' rows become one list, so that it can be filtered,
ordered and paged as one. One statement, whatever the rooms.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    DateTimeField,
    Expression,
    F,
    QuerySet,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import MD5, Cast, Coalesce, Concat

from backend.accounts.scope import Scope
from backend.cases.delivery import waiting as delivery
from backend.cases.learners import waiting as learners
from backend.cases.plans import waiting as plans
from backend.cases.reimbursements import waiting as reimbursements
from backend.core.database.derived import rows_of, source_of
from backend.registry.desk import ROLE, Desk, Waiting
from backend.workspace.models import WorkItem

NEVER = dt.date(9999, 12, 31)
ROOMS = (plans.waiting, delivery.waiting, reimbursements.waiting, learners.waiting)


def work_items(*, scope: Scope, everyones: bool = False) -> QuerySet[WorkItem]:
    """What waits for the caller, the most pressing first; with `everyones`, what waits for anybody in the rooms the caller reads.

    For the caller: exactly what the services would take from them next. Their token must write the room, they hold the role at
    the institution, it is not their own, and nobody else has to do something before. Three statements at most.
    """
    if not scope.holdings:
        return WorkItem.objects.none()
    desk = Desk(scope=scope, everyones=everyones)
    source = source_of(*(_columns(waiting, scope.on) for room in ROOMS for waiting in room(desk)))
    return WorkItem.objects.none() if source is None else rows_of(WorkItem, source).order_by("due_order", "id")


def _columns(waiting: Waiting, today: dt.date) -> QuerySet[Any, Any]:
    """The columns of `WorkItem`, in one order for all kinds."""
    told = [Value(waiting.kind), Value(":"), Cast(F(waiting.subject), CharField())]
    if waiting.further:
        told += [Value(":"), Cast(F(waiting.further), CharField())]
    due = Cast(waiting.due if waiting.due is not None else Value(None), DateField())
    late = Case(When(w_due__lt=today, then=Value(True)), default=Value(False), output_field=BooleanField())
    columns: dict[str, Expression] = {
        "w_id": Cast(MD5(Concat(*told, output_field=CharField())), UUIDField()),
        "w_kind": _text(waiting.kind),
        "w_room": _text(waiting.room.room),
        "w_role": Cast(F(ROLE), CharField()),
        "w_institution": _key(waiting.institution),
        "w_semester": _key(waiting.semester),
        "w_learner": _key(waiting.learner),
        "w_assignee": _key(waiting.assignee),
        "w_tag": _text(waiting.tag),
        "w_subject": _key(waiting.subject),
        "w_detail": Cast(F(waiting.detail), CharField()) if waiting.detail else _text(""),
        "w_since": Cast(F(waiting.since), DateTimeField()),
        "w_due": due,
    }
    rows = waiting.rows.annotate(**columns)
    rows = rows.annotate(w_order=Coalesce("w_due", Value(NEVER), output_field=DateField()), w_overdue=late)
    found: QuerySet[Any, Any] = rows.values_list(*columns, "w_order", "w_overdue")
    return found


def _text(value: str) -> Expression:
    return Cast(Value(value), CharField())


def _key(path: str) -> Expression:
    return Cast(F(path) if path else Value(None), UUIDField())

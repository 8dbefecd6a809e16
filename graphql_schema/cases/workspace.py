"""The work queue: what waits for the caller, or for others within reach."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from backend.cases.delivery.models import TimesheetStep
from backend.cases.plans.models import PlanStep
from backend.cases.reimbursements.models import ClaimDecision
from backend.core.classification import DataClass
from backend.workspace.causes import causes_of
from backend.workspace.models import WorkItem, WorkKind
from backend.workspace.policies import WORK
from backend.workspace.queue import work_items
from backend.workspace.titles import title_of
from graphql_schema.cases.shared import ID, account, institution_filters, semester_filters
from graphql_schema.engine.connections import ConnectionRows, root_connection
from graphql_schema.engine.context import Context
from graphql_schema.engine.declarations import (
    ANY_TOKEN,
    Argument,
    Column,
    Filter,
    FilterKind,
    Gathered,
    ObjectType,
    Order,
    Pointer,
    Relation,
    RootField,
    Value,
    Worded,
)

WORK_ITEM = ObjectType(
    name="WorkItem",
    description="Something that waits for somebody (darāmais): it follows from the state of things and goes with the step.",
    needs=ANY_TOKEN,
    model=WorkItem,
    select=lambda scope: work_items(scope=scope, everyones=True),
    policy=WORK,
    learner="learner_id",
    order=("due_order", "id"),
    orders=(
        Order(name="DUE_ON", columns=("due_order",), description="By day due; what has none comes last."),
        Order(name="OPENED_AT", columns=("opened_at",), description="By since when it waits."),
    ),
    filters=(
        *institution_filters(path="institution"),
        *semester_filters(path="semester"),
        Filter(name="kind", lookup="kind", kind=FilterKind.CHOICES, enum=WorkKind, description="Of these kinds."),
        Filter(name="overdue", lookup="is_overdue", kind=FilterKind.YES_NO, description="Overdue, or not."),
        Filter(name="dueTo", lookup="due_on__lte", kind=FilterKind.DATE, description="Due on this day or earlier."),
        Filter(name="role", lookup="role", kind=FilterKind.TEXTS, description="Waiting for one of these roles."),
    ),
    fields=(
        ID,
        Column(name="kind", enum=WorkKind, description="What is to be done."),
        Pointer(
            name="subject",
            tag_attr="subject_tag",
            key_attr="subject_id",
            data_class=DataClass.INTERNAL,
            description=(
                "The plan, consultation, timesheet, claim, payment, agreement or pair of records that it is about; where a month "
                "is to be submitted, the institution."
            ),
        ),
        Worded(
            name="title",
            compute=title_of,
            data_class=DataClass.INTERNAL,
            description="What it is, in words, in the language of `Accept-Language`.",
        ),
        Relation(name="institution", to="Institution", description="The institution."),
        Relation(name="learner", to="Learner", description="The learner, where it is about one."),
        Column(name="role", description="Role that it waits for; of several that may, the caller's."),
        account("assignee", "Who is to do it, where it is one person."),
        Column(name="openedAt", description="Since when it waits."),
        Column(name="dueOn", description="Day by which it is due, by the calendar of deadlines."),
        Column(name="isOverdue", description="Whether that day has passed."),
        Gathered(
            name="causes",
            to="WorkCause",
            gather=lambda scope, keys: causes_of(scope=scope, item_ids=keys),
            depends=((PlanStep, "actor"), (TimesheetStep, "actor"), (ClaimDecision, "actor")),
            length=5,
            description="What came before it, the latest first, each with whom it waited for and how long: why it is late.",
        ),
    ),
)


def _told(name: str, kind: Any, description: str, **more: Any) -> Value:
    return Value(name=name, kind=kind, description=description, data_class=more.pop("data_class", DataClass.INTERNAL), **more)


WORK_CAUSE = ObjectType(
    name="WorkCause",
    description="What had to be done before an item of work: for whom it waited, and how long.",
    needs=ANY_TOKEN,
    fields=(
        _told("kind", WorkKind, "What had to be done."),
        _told("role", str, "Role that it waited for; empty where the step does not tell."),
        _told("actor", "Account", "Who did it.", nullable=True, data_class=DataClass.PERSONAL),
        _told("openedAt", dt.datetime, "Since when it waited."),
        _told("endedAt", dt.datetime, "When it was done."),
        _told("days", int, "How many days it waited, by the calendar in Latvia."),
    ),
)


def _queue(context: Context, *, others: bool | None = None, **arguments: Any) -> ConnectionRows:
    rows = work_items(scope=context.scope, everyones=bool(others))
    largest: int = settings.GRAPHQL_LIMITS["both"]["page"]
    return root_connection(WORK_ITEM, context, arguments, largest=largest, among=rows)


WORK_QUEUE = RootField(
    name="workQueue",
    lists="WorkItem",
    needs=ANY_TOKEN,
    resolve=_queue,
    nullable=True,
    cost=5,
    arguments=(
        Argument(
            name="others",
            kind=bool | None,
            description="Also what waits for others, in the rooms that the caller reads; by default only what the caller may do.",
        ),
    ),
    description=(
        "What waits for the caller's roles and the services would take from the caller next, with due dates; the most pressing "
        "first unless ordered otherwise."
    ),
)

TYPES = (WORK_ITEM, WORK_CAUSE)
ROOTS = (WORK_QUEUE,)

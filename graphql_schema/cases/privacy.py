"""Who read a learner's record, and what changed in a thing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

import strawberry
from django.apps import apps
from django.conf import settings

from backend.core.classification import DataClass
from backend.core.identifiers import key_of, parse_public_id, public_id
from backend.core.trail.history import as_removed
from backend.privacy.access import access_log
from backend.privacy.history import Change, changes_of, is_kept
from backend.privacy.models import AccessChannel, AccessLogEntry, ChangeKind, HistoryEntry
from graphql_schema.cases.shared import ID, account, key_filter
from graphql_schema.engine.access import class_of
from graphql_schema.engine.connections import ConnectionRows, PageArguments, PageOfRows, root_connection
from graphql_schema.engine.context import Context, Shown
from graphql_schema.engine.cursors import Keyset
from graphql_schema.engine.declarations import (
    ANY_TOKEN,
    Argument,
    Column,
    Derived,
    FieldSource,
    Filter,
    FilterKind,
    ObjectType,
    Order,
    Relation,
    RootField,
    Value,
)
from graphql_schema.engine.loading import Batch, may_show, one
from graphql_schema.engine.narrowing import with_offset
from graphql_schema.engine.reads import place_now

_BETWEEN = (
    Filter(name="from", lookup="at__gte", kind=FilterKind.MOMENT, description="At this moment or later."),
    Filter(name="to", lookup="at__lte", kind=FilterKind.MOMENT, description="At this moment or earlier."),
)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Name of the type by its tag: the schema's, or, where it has none, the model's."""
    from graphql_schema.cases.schema import case_schema

    names = {model.tag: model.__name__ for model in apps.get_models() if hasattr(model, "tag")}
    return names | {tag: declared.name for tag, declared in case_schema().declarations.by_tag().items()}


ACCESS_LOG_ENTRY = ObjectType(
    name="AccessLogEntry",
    description="One reading of a learner's record. It is found in `accessLog` alone.",
    needs=ANY_TOKEN,
    model=AccessLogEntry,
    select=lambda scope: AccessLogEntry.objects.none(),
    order=("-at", "-id"),
    orders=(Order(name="AT", columns=("at",), description="By moment."),),
    filters=(
        *_BETWEEN,
        key_filter("readerId", "reader_id", "usr", "By this reader."),
        Filter(name="channel", lookup="channel", kind=FilterKind.CHOICES, enum=AccessChannel, description="Through these doors."),
    ),
    fields=(
        ID,
        Column(name="at", description="When."),
        account("reader", "Who read; null where the caller may not know names, or nobody signed in."),
        Column(name="appName", description="The app through which."),
        Column(name="channel", enum=AccessChannel, description="Through which door."),
        Column(name="reason", description="Why access was granted: role, level and unit, or emergency, sharing, export."),
        Column(name="purpose", description="What for, where it was said."),
        Relation(name="institution", to="Institution", description="The institution in whose name."),
        Derived(
            name="subjects",
            kind=list[str],
            depends=("object_type",),
            compute=lambda row: [_names().get(row.object_type, row.object_type)],
            description="What was read, by type, such as SupportPlan.",
        ),
    ),
)


@dataclass(frozen=True)
class FieldChange:
    """A field of a type with its values before and after, as text."""

    field: str
    before: str | None
    after: str | None


FIELD_CHANGE = ObjectType(
    name="FieldChange",
    description="One field that changed.",
    needs=ANY_TOKEN,
    fields=(
        Value(name="field", kind=str, data_class=DataClass.INTERNAL, description="The field, by its name in the type."),
        Value(
            name="before",
            kind=str,
            nullable=True,
            data_class=DataClass.SPECIAL,
            description="Value before, as text; null where it was empty or was erased.",
        ),
        Value(
            name="after",
            kind=str,
            nullable=True,
            data_class=DataClass.SPECIAL,
            description="Value after, as text; null where it is empty or was erased.",
        ),
    ),
)

HISTORY_ENTRY = ObjectType(
    name="HistoryEntry",
    description="One change of a thing. What an erasure blanked stays blank. It is found in `history` alone.",
    needs=ANY_TOKEN,
    model=HistoryEntry,
    select=lambda scope: HistoryEntry.objects.none(),
    order=("-id",),
    filters=(
        *_BETWEEN,
        Filter(name="kind", lookup="kind", kind=FilterKind.CHOICES, enum=ChangeKind, description="Of these kinds."),
    ),
    fields=(
        ID,
        Column(name="at", description="When."),
        account("actor", "Who changed it; null where the caller may not know names, or the platform did."),
        Column(name="appName", description="The app through which."),
        Column(name="channel", enum=AccessChannel, description="Through which door."),
        Column(name="kind", enum=ChangeKind, description="What happened."),
        Column(name="version", description="Version after the change, where the thing has versions."),
        Value(
            name="changes",
            kind="FieldChange",
            list_of=True,
            length=10,
            data_class=DataClass.INTERNAL,
            description="Fields that changed, as far as the caller may read them.",
        ),
        Column(name="sealedInBlock", description="Number of the sealed block it lies in; null until the next block is closed."),
    ),
)


# -- who read ------------------------------------------------------------------------------------------------------------
def _largest() -> int:
    largest: int = settings.GRAPHQL_LIMITS["both"]["page"]
    return largest


def _access(context: Context, *, learner_id: str, **arguments: Any) -> ConnectionRows | None:
    key = key_of(learner_id, tag="lrn")
    rows = access_log(scope=context.scope, learner_id=key) if key is not None else None
    if rows is None:
        return None
    return root_connection(ACCESS_LOG_ENTRY, context, arguments, largest=_largest(), among=rows)


ACCESS_LOG = RootField(
    name="accessLog",
    lists="AccessLogEntry",
    needs=ANY_TOKEN,
    resolve=_access,
    cost=5,
    arguments=(Argument(name="learnerId", kind=strawberry.ID, description="The learner."),),
    description="Who read a learner's record, the latest first; null where the caller may not know.",
)


# -- what changed --------------------------------------------------------------------------------------------------------
def _history(context: Context, *, id: str, **arguments: Any) -> ConnectionRows | None:
    page = PageArguments.of(arguments, largest=_largest())
    keyset = Keyset(model=HistoryEntry, order=HISTORY_ENTRY.order)
    parsed = parse_public_id(id)
    declared = context.declarations.by_tag().get(parsed[0]) if parsed is not None else None
    if parsed is None or declared is None or declared.model is None or not context.may(declared.needs):
        return None
    if not declared.model._meta.managed or not is_kept(declared.model):
        return None
    shown = _shown_fields(declared, parsed[1], context)
    if shown is None:
        with as_removed(model=declared.model, key=parsed[1]):
            shown = _shown_fields(declared, parsed[1], context)
            place_now(context, (declared.name, parsed[1]))
    if shown is None:
        return None
    entries = [_told(change, shown) for change in changes_of(model=declared.model, key=parsed[1])]
    wanted = [entry for entry in entries if _meets(entry, arguments.get("filters") or {})]
    return ConnectionRows(
        keyset=keyset,
        page=page,
        load=partial(_page, wanted, keyset, page),
        count=lambda: len(wanted),
        shown=lambda rows: None,
    )


def _meets(entry: HistoryEntry, filters: dict[str, Any]) -> bool:
    first, last, kinds = with_offset(filters.get("from")), with_offset(filters.get("to")), filters.get("kind")
    if first is not None and entry.at < first:
        return False
    return (last is None or entry.at <= last) and (kinds is None or entry.kind in kinds)


def _page(entries: list[HistoryEntry], keyset: Keyset, page: PageArguments) -> PageOfRows:
    """One page of entries that are all there; they run from the newest."""
    rows = entries[::-1] if page.backwards else entries
    if page.cursor is not None:
        (key,) = keyset.values(page.cursor)
        rows = [row for row in rows if (row.pk.int > key.int if page.backwards else row.pk.int < key.int)]
    more, rows = len(rows) > page.size, rows[: page.size]
    if page.backwards:
        rows.reverse()
    Batch(rows)
    return PageOfRows(rows, more=more)


def _shown_fields(declared: ObjectType, key: UUID, context: Context) -> dict[str, FieldSource] | None:
    """By column, the fields of the type whose values the caller is shown in a row; None where the row is not reached."""
    row = one(declared, context, key=key)
    if row is None:
        return None
    found: dict[str, FieldSource] = {}
    for source in declared.fields:
        if isinstance(source, Relation) and not context.may(context.declarations.types[source.to].needs):
            continue
        if isinstance(source, Column | Relation) and context.may(source.needs) and may_show(source, declared, row, context):
            column = getattr(declared.model._meta.get_field(source.attr), "column", None)  # type: ignore[union-attr]
            found.setdefault(str(column), source)
    _note_classes(declared, row, found, context)
    return found


def _note_classes(declared: ObjectType, row: Any, shown: dict[str, FieldSource], context: Context) -> None:
    """The read of a record's history is a read of all that the history shows."""
    key = (declared.name, row.pk)
    if key in context.reads:
        told = {class_of(source, declared) for source in shown.values()} & {DataClass.PERSONAL, DataClass.SPECIAL}
        context.reads[key] = Shown(declared, row, context.reads[key].classes | frozenset(told))


def _told(change: Change, shown: dict[str, FieldSource]) -> HistoryEntry:
    change.entry.changes = list(_changes(change, shown))  # type: ignore[attr-defined]
    return change.entry


def _changes(change: Change, shown: dict[str, FieldSource]) -> Iterator[FieldChange]:
    for column, source in shown.items():
        before, after = (_text(values.get(column), source) for values in (change.before, change.after))
        if before != after:
            yield FieldChange(source.name, before, after)


def _text(value: Any, source: FieldSource) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(source, Relation) or source.name == "id":
        return _named(value, source)
    return str(value)


def _named(value: Any, source: FieldSource) -> str:
    """An id as the API writes it; a key that is no id (a level of the scale) as it is."""
    from graphql_schema.cases.schema import case_schema

    if not hasattr(value, "hex") or not isinstance(source, Relation):
        return str(value)
    return public_id(tag=case_schema().declarations.types[source.to].tag, key=value)


HISTORY = RootField(
    name="history",
    lists="HistoryEntry",
    needs=ANY_TOKEN,
    resolve=_history,
    cost=10,
    arguments=(Argument(name="id", kind=strawberry.ID, description="Id of the thing."),),
    description=(
        "What changed in a thing, the newest first, a removed one included; null where it is absent or not within the caller's "
        "reach."
    ),
)

TYPES = (ACCESS_LOG_ENTRY, FIELD_CHANGE, HISTORY_ENTRY)
ROOTS = (ACCESS_LOG, HISTORY)

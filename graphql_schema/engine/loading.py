"""Rows in batches: the first of the siblings that needs a relation loads it for all of them.

So the number of statements is the number of relations a document names, however many rows there are and under however
many aliases.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from backend.accounts.policy import NOTHING
from graphql_schema.engine.context import Context
from graphql_schema.engine.declarations import (
    FieldSource,
    Found,
    Gathered,
    ObjectType,
    Pointer,
    Reckoned,
    Relation,
    Sealed,
)

_BATCH = "_graphql_batch"


class Batch:
    """Rows that were loaded together, and what has been loaded for all of them since."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows = list(rows)
        self.memo: dict[Hashable, Any] = {}
        for row in self.rows:
            row.__dict__[_BATCH] = self

    def once(self, key: Hashable, load: Callable[[], Any]) -> Any:
        """The value of `load()`, run at the first call with this key."""
        if key not in self.memo:
            self.memo[key] = load()
        return self.memo[key]


def batch_of(row: Any) -> Batch:
    """The batch of a row; a row that came alone is its own."""
    batch: Batch | None = row.__dict__.get(_BATCH)
    return batch or Batch([row])


def reachable(declared: ObjectType, context: Context) -> QuerySet[Any]:
    """The selector's rows of a type for the caller. Raises Refusal FORBIDDEN without the token scope."""
    context.require(declared.needs)
    context.check_time()
    assert declared.select is not None  # noqa: S101  (checked when the schema is built)
    return declared.select(context.scope)


def one(declared: ObjectType, context: Context, *, key: UUID | None) -> Any | None:
    """One row by its key; None when absent or not reached."""
    if key is None:
        context.require(declared.needs)
        return None
    return next(iter(many(declared, context, keys=[key]).values()), None)


def many(declared: ObjectType, context: Context, *, keys: Iterable[UUID], under: ObjectType | None = None) -> dict[UUID, Any]:
    """Rows by their keys, as one batch, in one statement. `under`: whose rows lead to them and name the same learners."""
    wanted = set(keys)
    if not wanted:
        return {}
    batch = Batch(reachable(declared, context).filter(pk__in=wanted).order_by())
    context.shown(declared, batch.rows, under=under)
    return {row.pk: row for row in batch.rows}


def related(source: Relation, owner: ObjectType, declared: ObjectType, row: Any, context: Context) -> Any | None:
    """The row that a foreign key of `owner` points to, loaded for all siblings at once."""
    attname = row._meta.get_field(source.attr).attname
    batch = batch_of(row)

    def load() -> dict[UUID, Any]:
        keys = {getattr(sibling, attname) for sibling in batch.rows if may_show(source, owner, sibling, context)} - {None}
        return many(declared, context, keys=keys, under=None if source.elsewhere else owner)

    found: dict[UUID, Any] = batch.once(("relation", source.attr), load)
    return found.get(getattr(row, attname)) if may_show(source, owner, row, context) else None


def pointed(source: Pointer, owner: ObjectType, row: Any, context: Context) -> Any | None:
    """The row that a tag and a key name, loaded for all siblings at once: one statement a type."""
    batch = batch_of(row)
    types = context.declarations.by_tag()

    def load() -> dict[tuple[str, UUID], Any]:
        keys: dict[str, set[UUID]] = {}
        for sibling in batch.rows:
            keys.setdefault(getattr(sibling, source.tag_attr), set()).add(getattr(sibling, source.key_attr))
        return {
            (tag, key): found
            for tag, wanted in sorted(keys.items())
            if tag in types and context.may(types[tag].needs)
            for key, found in many(types[tag], context, keys=wanted, under=owner).items()
        }

    found: dict[tuple[str, UUID], Any] = batch.once(("pointer", source.name), load)
    return found.get((getattr(row, source.tag_attr), getattr(row, source.key_attr)))


def found_row(source: Found, owner: ObjectType, declared: ObjectType, row: Any, context: Context) -> Any | None:
    """The row that the database finds for a row of `owner`, in two statements for all siblings."""
    context.require(source.needs)
    if not may_show(source, owner, row, context):
        return None
    batch = batch_of(row)

    def load() -> dict[UUID, Any]:
        showing = [sibling.pk for sibling in batch.rows if may_show(source, owner, sibling, context)]
        siblings = type(row)._default_manager.filter(pk__in=showing).order_by()
        keys = dict(siblings.annotate(_found=source.expression(context.scope)).values_list("pk", "_found"))
        rows = many(declared, context, keys=set(keys.values()) - {None}, under=None if source.elsewhere else owner)
        return {key: rows[other] for key, other in keys.items() if other in rows}

    found: dict[UUID, Any] = batch.once(("found", source.name), load)
    return found.get(row.pk)


def may_show(source: FieldSource, declared: ObjectType, row: Any, context: Context) -> bool:
    """Whether the caller reads a field in this row; asked once for all siblings where it differs from row to row."""
    condition = context.readable(source, declared)
    if condition == NOTHING or not condition:
        return condition != NOTHING
    batch = batch_of(row)

    def load() -> set[UUID]:
        keys = [sibling.pk for sibling in batch.rows]
        return set(type(row)._default_manager.filter(condition, pk__in=keys).values_list("pk", flat=True))

    readable: set[UUID] = batch.once(("readable", declared.name, source.name), load)
    return row.pk in readable


def opened(source: Sealed, declared: ObjectType, row: Any, context: Context) -> str | None:
    """A sealed text, opened for all siblings at once; None where there is none or the caller does not read it."""
    batch = batch_of(row)

    def load() -> dict[UUID, str | None]:
        keys = [sibling.pk for sibling in batch.rows if may_show(source, declared, sibling, context)]
        via = f"{source.via}_id"
        stored = list(source.beside._default_manager.filter(**{f"{via}__in": keys}).values_list(via, source.attr)) if keys else []
        return dict(zip((key for key, _ in stored), source.open(stored), strict=True))

    texts: dict[UUID, str | None] = batch.once(("sealed", source.name), load)
    return texts.get(row.pk)


def reckoned(source: Reckoned, declared: ObjectType, row: Any, context: Context) -> Any:
    """What the database computes of a row, in one statement for all siblings; None where the caller does not read it."""
    if not may_show(source, declared, row, context):
        return None
    batch = batch_of(row)

    def load() -> dict[UUID, Any]:
        rows = type(row)._default_manager.filter(pk__in=[sibling.pk for sibling in batch.rows]).order_by()
        return dict(rows.annotate(_reckoned=source.expression(context.scope)).values_list("pk", "_reckoned"))

    values: dict[UUID, Any] = batch.once(("reckoned", source.name), load)
    return values.get(row.pk)


def gathered_rows(source: Gathered, declared: ObjectType, row: Any, context: Context) -> list[Any] | None:
    """What the domain works out for a row, in one call for all siblings; None where the caller does not read it."""
    batch = batch_of(row)
    if not may_show(source, declared, row, context):
        return None

    def load() -> Mapping[UUID, Any]:
        context.check_time()
        return source.gather(context.scope, [sibling.pk for sibling in batch.rows])

    found: Mapping[UUID, Any] = batch.once(("gathered", source.name), load)
    return list(found.get(row.pk, ()))

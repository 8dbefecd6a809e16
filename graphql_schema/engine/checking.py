"""What a declared type must say before a schema is built of it."""

from __future__ import annotations

from graphql_schema.engine.cursors import check_orderable
from graphql_schema.engine.declarations import Children, Filter, FilterKind, ObjectType
from graphql_schema.engine.kinds import SchemaError


def check_type(declared: ObjectType) -> None:
    """Raise SchemaError for a type that says too little, or whose lists could not be ordered."""
    if not declared.description:
        raise SchemaError(f"{declared.name} has no description.")
    if not declared.needs:
        raise SchemaError(f"{declared.name} declares no token scope.")
    if declared.model is None:
        return
    if declared.select is None:
        raise SchemaError(f"{declared.name} has no selector.")
    if declared.learner and declared.policy is None:
        raise SchemaError(f"{declared.name} names a learner and has no policy.")
    for order in declared.orders:
        check_orderable(model=declared.model, columns=order.columns)
    check_orderable(model=declared.model, columns=declared.order)
    for item in declared.filters:
        _check_filter(item, declared)


def _check_filter(item: Filter, declared: ObjectType) -> None:
    if not item.description:
        raise SchemaError(f"The filter {declared.name}.{item.name} has no description.")
    if any(isinstance(source, Children) and source.name == item.through and not source.via for source in declared.fields):
        raise SchemaError(f"The filter {declared.name}.{item.name} looks through {item.through}, to which no key leads.")
    if item.kind is FilterKind.ID and not item.tag:
        raise SchemaError(f"The filter {declared.name}.{item.name} names no type tag.")
    if item.kind is FilterKind.CHOICES and item.enum is None:
        raise SchemaError(f"The filter {declared.name}.{item.name} names no enum.")

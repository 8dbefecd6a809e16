"""Whether what runs is a part of what is planned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLEnumType, GraphQLSchema, find_breaking_changes, is_introspection_type, is_specified_scalar_type


def differences(*, plan: GraphQLSchema, running: GraphQLSchema) -> list[str]:
    """Where the running schema is not a part of the plan, a line each; empty when it is one.

    Each type, field, argument, input field and enum value that runs is planned with an equal type, nullability included;
    and from what runs to the plan no step would break a client, such as a compulsory argument that does not run yet.
    """
    found = [
        line
        for name, kind in running.type_map.items()
        if not is_introspection_type(kind) and not is_specified_scalar_type(kind)
        for line in _of_type(name, kind, plan.type_map.get(name))
    ]
    return found + [f"plan: {change.description}" for change in find_breaking_changes(running, plan)]


def _of_type(name: str, running: Any, planned: Any) -> Iterator[str]:
    if planned is None:
        yield f"{name} runs and is not planned."
    elif type(running) is not type(planned):
        yield f"{name} is another kind of type in the plan."
    elif isinstance(running, GraphQLEnumType):
        yield from (f"{name}.{value} runs and is not planned." for value in running.values if value not in planned.values)
    else:
        if missing := {each.name for each in getattr(running, "interfaces", ())} - {
            each.name for each in getattr(planned, "interfaces", ())
        }:
            yield f"{name} implements {', '.join(sorted(missing))}, which is not planned."
        for field, item in getattr(running, "fields", {}).items():
            yield from _of_field(f"{name}.{field}", item, planned.fields.get(field))


def _of_field(where: str, running: Any, planned: Any) -> Iterator[str]:
    if planned is None:
        yield f"{where} runs and is not planned."
        return
    if str(running.type) != str(planned.type):
        yield f"{where} runs as {running.type} and is planned as {planned.type}."
    for argument, item in getattr(running, "args", {}).items():
        yield from _of_field(f"{where}({argument}:)", item, planned.args.get(argument))

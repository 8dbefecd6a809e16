"""Territory and semesters named by id or by code (contract, "Case API: how it speaks")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import strawberry
from django.db.models import Model

from backend.core.identifiers import key_of
from backend.territory.models import Institution, Municipality, Region
from graphql_schema.engine.declarations import Argument
from graphql_schema.http.parameters import bad_request

UNITS: tuple[tuple[str, type[Model]], ...] = (("institution", Institution), ("municipality", Municipality), ("region", Region))
NOT_GIVEN: Any = object()


def named(model: type[Model], name: str, arguments: Mapping[str, Any]) -> Any:
    """The row named by id or code; None when there is none, `NOT_GIVEN` when neither was given.

    Members may carry the schema's names or Python's. Raises Refusal BAD_REQUEST when both are given.
    """
    public_id, code = (arguments.get(f"{name}_{by.lower()}", arguments.get(f"{name}{by}")) for by in ("Id", "Code"))
    if public_id is not None and code is not None:
        raise bad_request(f"Give either {name}Id or {name}Code.")
    if public_id is not None:
        key = key_of(public_id, tag=model.tag)  # type: ignore[attr-defined]
        return model._default_manager.filter(pk=key).first() if key is not None else None
    if code is not None:
        return model._default_manager.filter(code=code).first()
    return NOT_GIVEN


def naming_arguments(**described: tuple[str, str]) -> tuple[Argument, ...]:
    """`<name>Id` and `<name>Code` for each name, with their two descriptions."""
    return tuple(
        argument
        for name, (by_id, by_code) in described.items()
        for argument in (
            Argument(name=f"{name}Id", kind=strawberry.ID | None, description=by_id),
            Argument(name=f"{name}Code", kind=str | None, description=by_code),
        )
    )


AS_OF = Argument(name="asOf", kind=dt.datetime | None, description="As it was known at this moment; default: now.")


def moment_of(as_of: dt.datetime | None) -> dt.datetime | None:
    """`asOf`. Raises Refusal BAD_REQUEST for a moment without its offset."""
    if as_of is not None and as_of.tzinfo is None:
        raise bad_request("Give asOf with its offset from UTC, such as 2023-10-16T12:00:00+03:00.")
    return as_of


def unit_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The territorial unit that was named, by its kind; None in place of one that is not there.

    Raises Refusal BAD_REQUEST for more than one.
    """
    units = {name: named(model, name, arguments) for name, model in UNITS}
    given = {name: unit for name, unit in units.items() if unit is not NOT_GIVEN}
    if len(given) > 1:
        raise bad_request("Name one unit at most: an institution, a municipality or a region.")
    return given

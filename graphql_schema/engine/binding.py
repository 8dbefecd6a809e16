"""From a mutation's input to the keyword arguments of its service, and from the service's paths back to the input's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.core.identifiers import key_of
from backend.core.refusals import Code, Problems
from backend.core.text import has_unseen_signs
from graphql_schema.engine.commands import Amount, Input, Items, Key, Named

NO_ROW = UUID(int=0)
"""A key that no row has. It stands for a malformed id and an unknown code, so that the service answers them like any row
that is absent or out of reach, together with everything else that is wrong."""

_EURO = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


@dataclass
class Bound:
    """Keyword arguments, what was wrong before the service was asked, and how its paths are called in the input."""

    arguments: dict[str, Any] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    paths: dict[str, str] = field(default_factory=dict)

    def path(self, named: str) -> str | None:
        """The input's path for a service's, as `entries.3.heldOn` for `entries.3.held_on`; None for the whole."""
        return self.paths.get(named, camel_case(named)) or None


def bound(inputs: Iterable[Input], given: Mapping[str, Any]) -> Bound:
    """Arguments for a service from the values of an input object. Reads the database where a row is named by its code."""
    made = Bound()
    made.arguments = _object(made, inputs, given, inner="", outer="")
    if has_unseen_signs(given.get("clientMutationId") or ""):
        made.problems.add(Code.INVALID, _("It holds control signs that cannot be read. Type it anew."), "client_mutation_id")
    return made


def camel_case(path: str) -> str:
    """`entries.3.held_on` -> `entries.3.heldOn`."""
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), path)


def _object(made: Bound, inputs: Iterable[Input], given: Mapping[str, Any], *, inner: str, outer: str) -> dict[str, Any]:
    """Arguments of one object. `inner` and `outer` are its path as the service and as the input call it, with a dot."""
    arguments: dict[str, Any] = {}
    for item in inputs:
        made.paths[inner + item.attr] = outer + item.name
        if isinstance(item, Named):
            arguments |= _row(made, item, given, inner=inner, outer=outer)
            continue
        value = given.get(item.name)
        if value is None:
            continue  # null and left out are the same: the service's own default
        if isinstance(item, Items):
            arguments[item.attr] = [
                item.item.make(
                    **_object(made, item.item.inputs, part, inner=f"{inner}{item.attr}.{n}.", outer=f"{outer}{item.name}.{n}.")
                )
                for n, part in enumerate(value)
            ]
        elif isinstance(item, Key) and item.list_of:
            arguments[item.attr] = [key_of(part, tag=item.tag) or NO_ROW for part in value]
        elif isinstance(item, Key):
            arguments[item.attr] = key_of(value, tag=item.tag) or NO_ROW
        elif isinstance(item, Amount):
            arguments[item.attr] = _euro(made.problems, value, inner + item.attr)
        else:
            arguments[item.attr] = value
    return arguments


def _row(made: Bound, item: Named, given: Mapping[str, Any], *, inner: str, outer: str) -> dict[str, Any]:
    by_id, by_code = f"{item.name}Id", f"{item.name}Code"
    public_id, code = given.get(by_id), given.get(by_code)
    named = inner + item.attr
    made.paths[named] = outer + (by_id if code is None else by_code)
    if public_id is not None and code is not None:
        wording = _("Give either {by_id} or {by_code}, not both.")
        made.problems.add(Code.INVALID, format_lazy(wording, by_id=by_id, by_code=by_code), named)
    elif public_id is not None:
        return {item.attr: key_of(public_id, tag=item.model.tag) or NO_ROW}  # type: ignore[attr-defined]
    elif code is not None and item.code_attr:
        return {item.code_attr: code}
    elif code is not None:
        return {item.attr: _key_of_code(item, code)}
    elif item.required:
        wording = _("Name it by {by_id} or {by_code}.")
        made.problems.add(Code.REQUIRED, format_lazy(wording, by_id=by_id, by_code=by_code), named)
    return {}


def _key_of_code(item: Named, code: str) -> UUID:
    if has_unseen_signs(code):  # which the database would not take
        return NO_ROW
    return item.model._default_manager.filter(code=code).values_list("pk", flat=True).first() or NO_ROW


def _euro(problems: Problems, text: str, named: str) -> Decimal:
    if not _EURO.fullmatch(text):
        problems.add(Code.INVALID, _("Write the amount in euro with a point before the cents, such as 31.50."), named)
        return Decimal(0)
    return Decimal(text)

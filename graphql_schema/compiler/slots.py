"""What changes from request to request: slots, which become the numbered parameters of a statement.

Django writes parts of the statement (selectors, filters, keysets). A slot goes through it as an expression, comes out in
its list of parameters, and is numbered here. Values that a user gives are always slots; only constants of our own code
stand in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Field
from django.db.models.expressions import Expression
from psycopg import sql

from backend.accounts.scope import Scope

_ANY = "any of:"
_PLACEHOLDER = re.compile(r"%[s%]")
_SLOT = re.compile("\0([0-9]+)\0")  # the null character stands in no text that PostgreSQL takes


class NotCompilable(Exception):
    """The document, or these variables, are for the other engine. The message says why."""


@dataclass(frozen=True)
class Values:
    """Where one request's parameters come from."""

    variables: Mapping[str, Any]
    scope: Scope
    word: str = ""
    """Drawn for this request where marks are left in the answer (`posts`)."""


@dataclass(frozen=True)
class Slot:
    """A parameter. Slots with the same key are one; `bind` gives a text, a list of texts, or None."""

    key: Hashable
    cast: str
    bind: Callable[[Values], str | Sequence[str | None] | None] = field(compare=False)


class SlotExpression(Expression):
    """A slot among Django's expressions."""

    def __init__(self, slot: Slot, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.slot = slot

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self.slot]


class AnyOf(Expression):
    """A slot that holds an array, for Django's `__in`: becomes `= any (array)`, which an index serves."""

    def __init__(self, slot: Slot) -> None:
        super().__init__(output_field=None)
        self.slot = slot

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return f"({_ANY}%s)", [self.slot]


class Outer(Expression):
    """A column of an outer level of the statement."""

    def __init__(self, text: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.text = text

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return self.text.replace("%", "%%"), []


class Parameters:
    """The parameters of one statement. A piece of it may be dropped, so numbers are given at the end (`finished`)."""

    def __init__(self) -> None:
        self._slots: list[Slot] = []
        self._places: dict[Slot, int] = {}

    def text(self, slot: Slot) -> str:
        """A slot in a piece of the statement."""
        if slot not in self._places:
            self._places[slot] = len(self._slots)
            self._slots.append(slot)
        return f"\0{self._places[slot]}\0::{slot.cast}"

    def finished(self, statement: str) -> tuple[str, tuple[Slot, ...]]:
        """The whole statement with `$1`, `$2`, …, and the slots in that order."""
        used: dict[int, int] = {}

        def write(match: re.Match[str]) -> str:
            return f"${used.setdefault(int(match[1]), len(used) + 1)}"

        text = _SLOT.sub(write, statement)
        return text, tuple(self._slots[place] for place in used)

    def numbered(self, statement: str, values: Sequence[Any]) -> str:
        """Django's statement and parameters as one text: slots in place, constants of our own code written out."""
        waiting = iter(values)

        def write(match: re.Match[str]) -> str:
            if match[0] == "%%":
                return "%"
            value = next(waiting)
            return self.text(value) if isinstance(value, Slot) else quoted(value)

        text = _PLACEHOLDER.sub(write, statement).replace(f" IN ({_ANY}", " = any (")
        if _ANY in text:
            raise NotCompilable("An array stands where only `in` can take one.")
        return text


def quoted(value: Any) -> str:
    """A constant of our own code as SQL."""
    return sql.Literal(value).as_string(None)

"""JSON written as text, piece by piece: literals and SQL expressions joined with `||`.

PostgreSQL's own constructors look up the type of each argument for each row and copy what is nested at every level; joined
texts cost less than half of that (docs/decisions/0093-answers-as-text.md). What this asks in return: an expression is
valid JSON by itself and never NULL, and whatever may hold any character goes through `to_json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graphql_schema.compiler.slots import quoted


@dataclass(frozen=True)
class Sql:
    """An expression of the type text: a piece of JSON, never NULL."""

    text: str


Json = tuple[str | Sql, ...]
"""A JSON value in pieces; a plain `str` is JSON text as it stands."""
NULL: Json = ("null",)


def constant(value: str) -> Json:
    """A text of our own code as JSON."""
    return (json.dumps(value, ensure_ascii=False),)


def plain(expression: str) -> Json:
    """A text, perhaps NULL, that is JSON between quotes as it stands: digits, hex, base64, what a format gives."""
    return or_null(f"'\"' || {expression} || '\"'")


def any_text(expression: str) -> Json:
    """A text, perhaps NULL, that may hold any character."""
    return or_null(f"to_json({expression})::text")


def or_null(expression: str) -> Json:
    """A text that is JSON as it stands, or NULL."""
    return (Sql(f"coalesce({expression}, 'null')"),)


def yes_no(expression: str) -> Json:
    """A boolean, perhaps NULL."""
    return (Sql(f"case when {expression} then 'true' when not {expression} then 'false' else 'null' end"),)


def only_where(condition: str, value: Json) -> Json:
    """A value where a condition holds, else null."""
    return (Sql(f"case when {condition} then {joined(value)} else 'null' end"),)


def json_object(pairs: Iterable[tuple[str, Json]]) -> Json:
    """A JSON object with its keys in this order; response keys are GraphQL names and need no escape."""
    pieces: list[str | Sql] = []
    for key, value in pairs:
        pieces += [f'{"," if pieces else ""}"{key}":', *value]
    return _merged(["{", *pieces, "}"])


def json_list(item: str, *, order: str = "", among: str = "") -> Json:
    """A JSON list of the rows of a level. `item`: an expression that gives each one's JSON."""
    return (Sql(f"coalesce('[' || string_agg({item}, ','{order}){among} || ']', '[]')"),)


def joined(value: Json) -> str:
    """The SQL of a value. In halves, so that a large piece is copied few times, whatever stands around it."""
    parts = [part.text if isinstance(part, Sql) else quoted(part) for part in _merged(value)]
    return _halves(parts)


def _halves(parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({_halves(parts[:middle])} || {_halves(parts[middle:])})"


def _merged(value: Iterable[str | Sql]) -> Json:
    """With neighbouring literals as one."""
    pieces: list[str | Sql] = []
    for part in value:
        if isinstance(part, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += part
        else:
            pieces.append(part)
    return tuple(pieces)

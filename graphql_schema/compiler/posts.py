"""Declared steps after the statement: a field that Python computes from columns of its row.

The statement leaves a mark in the answer: a text that begins with a word drawn for this one request, so that no stored
text can pass for a mark. The mark carries the columns; here they become a row again and the field's own function runs.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BinaryField, Field, Model, OuterRef, Subquery
from graphql import GraphQLOutputType, get_nullable_type, is_leaf_type, is_list_type

from graphql_schema.compiler.rows import Level, database_type
from graphql_schema.compiler.slots import NotCompilable, Slot
from graphql_schema.engine.declarations import Derived, Sealed

_MARK = re.compile(rb'"([0-9a-f]{32}):(\d+):([A-Za-z0-9+/=]*)"')


@dataclass(frozen=True)
class Post:
    """One derived field: what it reads, computes and gives."""

    source: Derived
    model: type[Model]
    fields: tuple[Field[Any, Any], ...]
    kind: GraphQLOutputType

    def columns(self, level: Level) -> str:
        """SQL of what the mark carries."""
        return ", ".join(_plain(field, level.column(field.name)) for field in self.fields)

    def json(self, rows: list[list[Any]]) -> list[bytes]:
        """The field's JSON from the values of its columns, for each row."""
        names = [field.attname for field in self.fields]
        made = [
            self.model.from_db(
                connection.alias, names, [field.to_python(value) for field, value in zip(self.fields, values, strict=True)]
            )
            for values in rows
        ]
        return [orjson.dumps(_serialized(self.kind, self.source.compute(row))) for row in made]


@dataclass(frozen=True)
class Opening:
    """One sealed field: its ciphertexts, opened for the whole answer at once."""

    source: Sealed

    def columns(self, level: Level) -> str:
        """SQL of what the mark carries: the row's key and the ciphertext beside it."""
        beside = self.source.beside._default_manager.filter(**{self.source.via: OuterRef("pk")}).order_by()
        sealed = isinstance(self.source.beside._meta.get_field(self.source.attr), BinaryField)
        kind = "bytea" if sealed else "text"
        stored = level.computed(f"_{self.source.attr}", Subquery(beside.values(self.source.attr)[:1]), kind)
        cipher = stored if sealed else f"convert_to({stored}, 'UTF8')"
        return f"{level.column('id')}, encode({cipher}, 'base64')"

    def json(self, rows: list[list[Any]]) -> list[bytes]:
        """The opened texts."""
        ciphers = [(UUID(key), None if cipher is None else base64.b64decode(cipher)) for key, cipher in rows]
        return [orjson.dumps(text) for text in self.source.open(ciphers)]


Step = Post | Opening


def mark(post: Step, level: Level, *, number: int, word: str) -> str:
    """SQL of a mark; `word` is the parameter with the word of the request."""
    content = f"encode(convert_to(json_build_array({post.columns(level)})::text, 'UTF8'), 'base64')"
    return f"{word} || ':{number}:' || translate({content}, E'\\n', '')"


def word_slot() -> Slot:
    """The parameter that holds the word of a request; bound by `running`."""
    return Slot("word of the request", "text", lambda values: values.word)


def resolved(answer: bytes, posts: Sequence[Step], word: str) -> bytes:
    """The answer with every mark of this request replaced; each step runs once for all its marks."""
    expected = word.encode()
    marks: dict[int, dict[bytes, bytes]] = {}
    for found, number, content in _MARK.findall(answer):
        if found == expected:
            marks.setdefault(int(number), {})[content] = b""
    for place, contents in marks.items():
        rows = [orjson.loads(base64.b64decode(content)) for content in contents]
        marks[place] = dict(zip(contents, posts[place].json(rows), strict=True))

    def replace(match: re.Match[bytes]) -> bytes:
        return marks[int(match[2])][match[3]] if match[1] == expected else match[0]

    return _MARK.sub(replace, answer)


def post_for(source: Derived, level: Level, kind: GraphQLOutputType) -> Post:
    """Raises NotCompilable for a column that does not pass through JSON and back."""
    assert level.declared.model is not None  # noqa: S101  (only nodes have levels)
    # In the model's own order, whatever the declaration's: `from_db` takes values in no other.
    order = [field.name for field in level.declared.model._meta.concrete_fields]
    fields = tuple(level.field(name) for name in sorted(source.depends, key=lambda name: order.index(level.field(name).name)))
    return Post(source, level.declared.model, fields, kind)


def _plain(field: Any, column: str) -> str:
    if isinstance(field, ArrayField):
        return column
    kind = database_type(field)
    if kind == "bytea":
        return f"encode({column}, 'base64')"
    if kind in {"text", "bigint", "boolean", "uuid", "date", "jsonb"}:
        return column
    if kind in {"numeric", "timestamp with time zone", "time"}:
        return f"{column}::text"
    raise NotCompilable(f"A derived field reads a column of the type {kind}.")


def _serialized(kind: Any, value: Any) -> Any:
    kind = get_nullable_type(kind)
    if value is None:
        return None
    if is_list_type(kind):
        return [_serialized(kind.of_type, item) for item in value]
    if not is_leaf_type(kind):
        raise NotCompilable("A derived field gives an object.")
    return kind.serialize(value)

"""What a type is made of, as data: the source of each field, its class, and the token scope that opens it.

    Column      a column of the row
    Derived     computed in Python from named columns of the row
    Reckoned    computed by the database: a count or a sum over rows around, as a column of the same statement
    Worded      words about the row, in the language of the request
    Relation    a foreign key to one row of another type
    Pointer     a row of any type, named by tag and key
    Found       one row of another type that the database looks up, where no foreign key leads to it
    Children    the rows of another type that point here, or that a condition finds, as a connection
    Sealed      a text kept encrypted beside the row, opened in Python for many rows at once
    Gathered    plain objects that a selector of the domain works out for many rows at once
    Value       a member of a plain object that a root field computed (reports, the viewer)

The names are those of the schema; `attr` names the model's field or the object's attribute (default: the same in
snake case). Whoever executes a document reads these declarations: nothing is resolved in any other way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Choices, Expression, Model, Q, QuerySet, Subquery

from backend.accounts.policy import Policy
from backend.accounts.scope import Scope
from backend.core.classification import DataClass

if TYPE_CHECKING:
    from graphql_schema.engine.commands import Mutation

ANY_TOKEN = "any valid token"  # noqa: S105
"""Stands for a token scope where none in particular is needed."""


def snake_case(name: str) -> str:
    """`givenName` -> `given_name`."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


@dataclass(frozen=True, kw_only=True)
class FieldSource:
    """What every field declares."""

    name: str
    description: str
    attr: str = ""
    needs: str = ""
    """Token scope beyond its type's; empty: none."""
    data_class: DataClass | None = None
    """Empty for columns: taken from the model field's classification."""
    cost: int | None = None
    shown_where: Callable[[Scope], Q] | None = None
    """Condition for the rows in which this caller is shown the field at all, besides what the role reads; Q(): all of them."""

    def __post_init__(self) -> None:
        if not self.attr:
            object.__setattr__(self, "attr", snake_case(self.name))


@dataclass(frozen=True, kw_only=True)
class Column(FieldSource):
    """A column. Its GraphQL type follows from the model field; a field with choices names its enum."""

    enum: type[Choices] | None = None
    as_float: bool = False
    """A decimal that is no amount of money (a coordinate)."""


@dataclass(frozen=True, kw_only=True)
class Derived(FieldSource):
    """Computed from other columns of the same row."""

    kind: Any
    depends: tuple[str, ...]
    compute: Callable[[Any], Any]
    nullable: bool = False


@dataclass(frozen=True, kw_only=True)
class Worded(FieldSource):
    """Words about the row, put together in the language of the request (lv, en)."""

    compute: Callable[[Any], Any]
    """From the row to a text that is translated when it is read."""


@dataclass(frozen=True, kw_only=True)
class Reckoned(FieldSource):
    """Computed by the database from rows around, for the rows of a page alone.

    The expression stands on the type's model and must not depend on what the caller happens to see: it counts rows that
    everybody sees who sees this one (`shown_where` says in which rows that holds), or asks a function of the database.
    """

    kind: type[int] | type[Decimal]
    """A number, or euro."""
    expression: Callable[[Scope], Expression]
    made_of: tuple[tuple[type[Model], str], ...] = ()
    """Stored fields of other models that it tells of: it is kept to the roles that read them."""
    nullable: bool = False


@dataclass(frozen=True, kw_only=True)
class Relation(FieldSource):
    """A foreign key. Null where the caller does not reach the row, unless every caller reaches that type."""

    to: str
    elsewhere: bool = False
    """Whether nothing holds the row it leads to to the same learner."""


@dataclass(frozen=True, kw_only=True)
class Pointer(FieldSource):
    """A row of any type, named by a type tag and a key in two columns; null where the caller does not reach it."""

    tag_attr: str
    key_attr: str


@dataclass(frozen=True, kw_only=True)
class Found(FieldSource):
    """One row whose key the database works out, where nothing stored leads to it. Null where there is none, or it is not reached.

    The expression stands on the type's model, as that of `Reckoned` does.
    """

    to: str
    expression: Callable[[Scope], Expression | Subquery]
    made_of: tuple[tuple[type[Model], str], ...] = ()
    """Stored fields that finding it tells of: it is kept to the roles that read them."""
    elsewhere: bool = False
    """Whether nothing holds the row it leads to to the same learner."""


Own = Callable[[str], Any]
"""A column of a row, by the name of its field: its value, or the column itself where the condition becomes SQL."""


@dataclass(frozen=True, kw_only=True)
class Children(FieldSource):
    """Rows of type `to` whose foreign key `via` points to this row, as a connection.

    With `by` they belong to it by an equal value instead: `via` there is `by` here. With `where` alone no key leads here: the
    condition, given this row's columns, finds them, and may find a row for several.
    """

    to: str
    via: str = ""
    by: str = ""
    where: Callable[[Own], Q] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.via) == bool(self.where):
            raise ValueError(f"{self.name} is found either by a key or by a condition.")

    def belonging(self, own: Own) -> Q:
        """Condition for the rows that belong to a row with these columns."""
        return self.where(own) if self.where else Q(**{self.column: own(self.by or "id")})

    @property
    def column(self) -> str:
        """Column of the rows by which they are found."""
        return self.via if self.by else f"{self.via}_id"


@dataclass(frozen=True, kw_only=True)
class Sealed(FieldSource):
    """A ciphertext in a row of `beside`, whose one-to-one `via` points to this row; who reads it follows from its class."""

    beside: type[Model]
    via: str
    open: Callable[[Sequence[tuple[UUID, bytes | None]]], list[str | None]]
    """From (key of this row, ciphertext) to what is shown, in the same order; one call for all rows of a level."""


@dataclass(frozen=True, kw_only=True)
class Gathered(FieldSource):
    """A list of plain objects of the declared type `to`, worked out by the domain: one call for all rows of a level.

    It has no form in SQL: a document that asks for it is answered by the other engine. `depends` names the stored fields that
    the objects tell of, on any model of the type's policy; who does not read all of them gets null.
    """

    to: str
    gather: Callable[[Scope, Sequence[UUID]], Mapping[UUID, Sequence[Any]]]
    """From the caller and the keys of rows to the objects of each; a row that is not named has none."""
    depends: tuple[tuple[type[Model], str], ...]
    length: int = 10
    """Usual length of the list, for the price."""


@dataclass(frozen=True, kw_only=True)
class Value(FieldSource):
    """A member of a plain object."""

    kind: Any
    """A Python type, or the name of a declared type; `list_of` makes it a list."""
    list_of: bool = False
    nullable: bool = False
    length: int = 10
    """Usual length of the list, for the price."""


class FilterKind(StrEnum):
    """How a filter's value is read."""

    ID = "id"
    TEXT = "text"
    CHOICES = "choices"
    """One of several enum values."""
    TEXTS = "one of several texts"
    DATE = "date"
    MOMENT = "moment"
    """With its offset from UTC."""
    INTEGER = "integer"
    NUMBER = "number with a fraction"
    YES_NO = "yes or no"
    VALID_ON = "a day from `lookup` to `until`"
    FILLED = "whether `lookup` and `alternatives` all hold a value"
    SEMESTER = "the semester of this id or code, which the days from `lookup` to `until` touch"
    WITH_ALSO = "also the rows in which `lookup` holds a value, which are left out otherwise"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A condition of `filters`; several are all required.

    `lookup` is a Django lookup on the type's own row, or, with `through`, on the rows of that `Children` field which the
    caller reaches: a filter must never tell of a row that a list would not show. `of` names relations to rows of another
    type; `through` is a field of that type then, and one of them that fits is enough.
    """

    name: str
    lookup: str
    description: str
    kind: FilterKind = FilterKind.TEXT
    tag: str = ""
    enum: type[Choices] | None = None
    through: str = ""
    of: tuple[str, ...] = ()
    where: Callable[[QuerySet[Any]], Q] | None = None
    """For `SEMESTER`: the condition itself, given the semester, where no period says it; `lookup`, `until`: what it compares."""
    alternatives: tuple[str, ...] = ()
    """Further columns, of which one that fits is enough."""
    until: str = "valid_to"
    """Last day, for `VALID_ON`; null while it goes on."""
    within: Callable[[Scope], Q] | None = None
    """Condition for the rows in which this caller may compare `lookup`; the alternatives are compared in all."""
    where_read: bool = False
    """Compare only in rows in which the caller reads the column, where other filters are refused unless it is read in all."""
    prepare: Callable[[str], str | None] | None = None
    """What a text becomes before it is compared with a column of which few rows have the same value; None finds nothing."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """A value of `orderBy.field`: the columns it sorts by, none of them nullable; of a row that each row names too."""

    name: str
    columns: tuple[str, ...]
    description: str


@dataclass(frozen=True, kw_only=True)
class Search:
    """What `search` looks into. `folded` columns hold text without case and diacritics already."""

    columns: tuple[str, ...]
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class ObjectType:
    """A type of the schema. With a model it is a node; without, a plain object."""

    name: str
    description: str
    needs: str
    """Token scope that opens the type."""
    fields: tuple[FieldSource, ...]
    model: type[Model] | None = None
    select: Callable[[Scope], QuerySet[Any]] | None = None
    """The selector: rows that a scope reaches."""
    policy: Policy | None = None
    """Whose rows these are. With one, fields are kept to the roles that read their class (`engine.access`)."""
    learner: str = ""
    """Path to the key of the learner that a row names: a row that is shown is a read of that learner's record."""
    select_few: Callable[[Scope], QuerySet[Any]] | None = None
    """The same rows, in the form that is quick where a filter through another type leaves few of them; empty: `select`."""
    open_to_all: bool = False
    """Whether every caller reaches every row (reference data), so that a relation to it is never null."""
    order: tuple[str, ...] = ("id",)
    """Default order, Django's way; the key is added where it is missing."""
    orders: tuple[Order, ...] = ()
    filters: tuple[Filter, ...] = ()
    search: Search | None = None
    plural: str = ""
    """Name of the root connection; empty: none."""

    @property
    def always_names_learner(self) -> bool:
        """Whether each row names a learner, so that what hangs on it is about the same one."""
        if not self.learner or self.learner == "pk" or self.model is None:
            return bool(self.learner)
        model, found = self.model, None
        for part in self.learner.split("__"):
            found = model._meta.get_field(part)
            if getattr(found, "null", False):
                return False
            model = getattr(found, "related_model", None) or model
        return True

    @property
    def tag(self) -> str:
        """Type tag of the node's ids."""
        assert self.model is not None  # noqa: S101
        return str(self.model.tag)  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True)
class Argument:
    """An argument of a root field, or a member of an object that one is."""

    name: str
    kind: Any
    """A Python type, choices, a list of either, any of them `| None`; or an `InputObject`, which may be left out."""
    description: str


@dataclass(frozen=True, kw_only=True)
class InputObject:
    """An object as an argument. All members may be left out; the resolver gets those given, under the schema's names."""

    name: str
    description: str
    members: tuple[Argument, ...]


@dataclass(frozen=True, kw_only=True)
class RootField:
    """A root field with a resolver of its own: `resolve(context, **arguments)`."""

    name: str
    description: str
    needs: str
    resolve: Callable[..., Any]
    to: Any = None
    arguments: tuple[Argument, ...] = ()
    cost: int | None = None
    nullable: bool = True
    lists: str = ""
    """Where the field is a list of rows: their type. The field takes that type's list arguments besides its own, and `resolve`
    answers a connection (`engine.loading.root_connection`); `to` is not looked at."""
    picked_by: tuple[str, ...] = ()
    """Where the field is one row of the type `to`: the arguments of which exactly one names it, `id` or a column."""


@dataclass
class Declarations:
    """All types, root fields and mutations of a schema."""

    types: dict[str, ObjectType] = field(default_factory=dict)
    roots: dict[str, RootField] = field(default_factory=dict)
    mutations: dict[str, Mutation] = field(default_factory=dict)

    def add(self, *declared: ObjectType | RootField | Mutation) -> None:
        """Declare types, root fields and mutations; a name can be given once."""
        for item in declared:
            book: dict[str, Any] = self.mutations
            if isinstance(item, ObjectType | RootField):
                book = self.types if isinstance(item, ObjectType) else self.roots
            if item.name in book:
                raise ValueError(f"{item.name} is declared twice.")
            book[item.name] = item

    def by_tag(self) -> dict[str, ObjectType]:
        """Node types by the tag of their ids."""
        return {declared.tag: declared for declared in self.types.values() if declared.model is not None}

    def child(self, parent: ObjectType, item: Filter) -> Children:
        """The `Children` field that a filter of a type looks through."""
        if item.of:
            leading = next(source for source in parent.fields if isinstance(source, Relation) and source.attr == item.of[0])
            parent = self.types[leading.to]
        return next(source for source in parent.fields if isinstance(source, Children) and source.name == item.through)

"""What a mutation is made of, as data: the service it calls, its input field by field, and the type it answers with.

    Plain     a text, number, yes or no, day or time of day
    Amount    euro, written as a text
    Choice    a value of an enum
    Key       the id of a row
    Named     a row by id or by code: two fields, of which exactly one is given
    Items     a list of objects

Each input stands for one keyword argument of the service (`attr`, by default the name in snake case; `_id` is added for
`Named`). `scope`, `client_mutation_id` and, where the service takes it, `expected_version` are not declared: every mutation
has them. The schema is not built when declaration and service do not fit (`graphql_schema.engine.mutations`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Choices, Model

from graphql_schema.engine.declarations import snake_case


@dataclass(frozen=True, kw_only=True)
class Input:
    """What every input declares."""

    name: str
    description: str
    attr: str = ""
    required: bool = False

    def __post_init__(self) -> None:
        if not self.attr:
            object.__setattr__(self, "attr", snake_case(self.name))

    @property
    def arguments(self) -> tuple[str, ...]:
        """Keyword arguments of the service that it gives."""
        return (self.attr,)


@dataclass(frozen=True, kw_only=True)
class Plain(Input):
    """A value that the service takes as it is: `str`, `int`, `bool`, `date`, `time` or `datetime`."""

    kind: type = str
    list_of: bool = False


@dataclass(frozen=True, kw_only=True)
class Amount(Input):
    """Euro as a text such as 31.50; the service gets a Decimal."""


@dataclass(frozen=True, kw_only=True)
class Choice(Input):
    """A value of some choices; the service gets the stored value."""

    enum: type[Choices]


@dataclass(frozen=True, kw_only=True)
class Key(Input):
    """The id of a row, such as `learnerId`, or a list of ids. A malformed one reaches the service as a key that no row has."""

    tag: str
    list_of: bool = False


@dataclass(frozen=True, kw_only=True)
class Named(Input):
    """A row by id or by code: `institution` makes `institutionId` and `institutionCode`, the service gets `institution_id`.

    With `code_attr` the code goes to the service as well, for a list where which row a code means depends on more than the code.
    """

    model: type[Model]
    code_attr: str = ""

    def __post_init__(self) -> None:
        if not self.attr:
            object.__setattr__(self, "attr", f"{snake_case(self.name)}_id")

    @property
    def arguments(self) -> tuple[str, ...]:
        return (self.attr, self.code_attr) if self.code_attr else (self.attr,)


@dataclass(frozen=True, kw_only=True)
class InputObject:
    """An input type of its own, an item of a list; the service gets it as `make(**arguments)`."""

    name: str
    description: str
    inputs: tuple[Input, ...]
    make: Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Items(Input):
    """A list of objects."""

    item: InputObject


@dataclass(frozen=True, kw_only=True)
class Extra:
    """A field of a mutation's payload beside the rows: what is told once, with the answer alone."""

    name: str
    description: str
    kind: Any
    of: Callable[[Any], Any]
    """From what the service returned."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A field of the payload besides the object: computed after the command, in the transaction that reads its answer.

    `compute` takes the caller's `scope`, the `row` that was made or changed (None where there is none) and the service's
    `arguments`. A repeated key computes it again, so it must follow from what is stored.
    """

    name: str
    description: str
    kind: type
    """A Strawberry type whose attributes the value has."""
    compute: Callable[..., Any]
    list_of: bool = False


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """A command of the API. `service` is keyword-only and made by `@command`, which gives it its transaction and its key."""

    name: str
    description: str
    needs: str
    """Token scope that opens it."""
    service: Callable[..., Any]
    to: str
    """Type of what it answers with."""
    inputs: tuple[Input, ...]
    result: str = ""
    """Name of the payload's field; empty: that of the type, with a small letter."""
    list_of: bool = False
    length: int = 10
    """Longest answer, for the price, where it is a list."""
    rows: Callable[[Any], Any] | None = None
    """From what the service returned to the row or rows of the answer; None: it returned them themselves."""
    extras: tuple[Extra, ...] = ()
    beside: tuple[Beside, ...] = ()
    cost: int = 10
    """Points of the command itself; what is read of its answer is priced as in a query."""

    def __post_init__(self) -> None:
        if not self.result:
            object.__setattr__(self, "result", self.to[0].lower() + self.to[1:])

    @property
    def stem(self) -> str:
        """`RegisterLearner`: what its input and payload types begin with."""
        return self.name[0].upper() + self.name[1:]

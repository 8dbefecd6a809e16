"""How a service refuses: with every problem it found, each with a code, a place in the input and a remedy.

A service collects what is wrong (`Problems`) and raises one `Refusal` before it writes; what the database refuses becomes
a `Refusal` too (`backend.core.database.answers`). The codes are the contract's; messages are lazy translations that name
what to do. A message never says whether a row that the caller may not see exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NoReturn

from django.utils.functional import Promise, lazy

Message = str | Promise


def _join(*parts: object) -> str:
    return ", ".join(str(part) for part in parts)


listed = lazy(_join, str)
"""Parts joined by commas when the message is read, so that translations among them are in the reader's language."""


class Code(StrEnum):
    """Why a mutation was refused (contract, mutation codes)."""

    REQUIRED = "REQUIRED"
    """Something that must be given is missing."""
    INVALID = "INVALID"
    """A value that cannot be right."""
    NOT_FOUND = "NOT_FOUND"
    """Absent, malformed or not yours: never told apart."""
    NOT_ALLOWED = "NOT_ALLOWED"
    """The caller's roles do not include this act."""
    CONFLICT = "CONFLICT"
    """Somebody else changed or holds what this would change."""
    DUPLICATE = "DUPLICATE"
    """There is one already."""
    UNMET_CONDITION = "UNMET_CONDITION"
    """Something else has to be done first."""
    OUT_OF_PERIOD = "OUT_OF_PERIOD"
    """A date outside the period that allows it."""
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    """More than what was planned or is allowed."""
    LOCKED = "LOCKED"
    """Closed to changes until someone reopens it."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `field` is the path in the service's input, as in `entries.3.topic`; empty: the whole.

    `about` is the public id of a part of what the command is about, where the problem is that part's alone.
    """

    code: Code
    message: Message
    field: str = ""
    about: str = ""

    def under(self, prefix: str) -> Problem:
        """The same problem inside a larger input."""
        return replace(self, field=f"{prefix}.{self.field}" if self.field else prefix)


class Refusal(Exception):
    """Nothing was written. Holds all problems, at least one."""

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("A refusal names at least one problem.")
        super().__init__("; ".join(f"{problem.field or '-'} {problem.code}" for problem in problems))
        self.problems = problems

    @property
    def codes(self) -> set[Code]:
        """The codes of all problems."""
        return {problem.code for problem in self.problems}


@dataclass
class Problems:
    """Collects what is wrong, so that one answer names it all."""

    found: list[Problem] = field(default_factory=list)

    def add(self, code: Code, message: Message, field: str = "") -> None:
        """Note a problem."""
        self.found.append(Problem(code, message, field))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note several."""
        self.found.extend(problems)

    def refuse(self) -> None:
        """Raise Refusal when anything was noted."""
        if self.found:
            raise Refusal(*self.found)

    def __bool__(self) -> bool:
        return bool(self.found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.found)


def refuse(code: Code, message: Message, field: str = "") -> NoReturn:
    """Raise a Refusal of one problem."""
    raise Refusal(Problem(code, message, field))

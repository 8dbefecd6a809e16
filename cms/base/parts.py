"""What many pages share, kept in this process under the number of the site's generation (docs/decisions/0184).

Only while an answer is made that anybody may get: `SiteCacheMiddleware` says so, with the number that it read before. What is
kept is for reading; nobody changes it. A request under another number begins anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from backend.core.clock import business_today
from cms.base.selectors import is_for_everybody

T = TypeVar("T")
MOST = 1_000
"""Parts at a time; what comes beyond is made each time."""
_number: ContextVar[int | None] = ContextVar("number_of_the_site", default=None)


@dataclass
class _Shelf:
    """What the parts hold for, and the parts: one value, so that a thread sees both or neither."""

    content: tuple[tuple[int, dt.date] | None, dict[Hashable, Any]] = (None, {})


_shelf = _Shelf()


@contextmanager
def under(number: int) -> Iterator[None]:
    """Parts made inside are kept under `number`, which was read before any of them is made."""
    token = _number.set(number)
    try:
        yield
    finally:
        _number.reset(token)


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gave under this number, or gives now. The key says all that it depends on beside number and day."""
    number = _number.get()
    if number is None or not is_for_everybody():
        return make()
    holds_for = (number, business_today())
    there, parts = _shelf.content
    if there != holds_for:
        parts = {}
        _shelf.content = (holds_for, parts)
    if key not in parts:
        made = make()
        if len(parts) >= MOST:
            return made
        parts[key] = made
    return cast("T", parts[key])


def has(key: Hashable) -> bool:
    """Whether `kept` would answer without making anything."""
    there, parts = _shelf.content
    return are_kept() and there == (_number.get(), business_today()) and key in parts


def are_kept() -> bool:
    """Whether `kept` keeps anything now."""
    return _number.get() is not None and is_for_everybody()


def forget() -> None:
    """Keep nothing of what was: between tests, whose numbers repeat."""
    _shelf.content = (None, {})

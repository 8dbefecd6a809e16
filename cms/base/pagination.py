"""Lists a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest


def page_of(items: Sequence[Any], *, request: HttpRequest, per_page: int, count: int | None = None) -> Page[Any]:
    """The page that `?page=` asks for; a number that is none, or too large, gives the nearest one.

    With `count`, nothing is asked for the number of items: the caller knows it.
    """
    paginator = Paginator(items, per_page)
    if count is not None:
        paginator.count = count  # type: ignore[misc]
    return paginator.get_page(request.GET.get("page"))

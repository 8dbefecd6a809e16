"""Lists a page at a time."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def page_of(items: QuerySet[Any], *, request: HttpRequest, per_page: int) -> Page[Any]:
    """The page that `?page=` asks for; a number that is none, or too large, gives the nearest one."""
    return Paginator(items, per_page).get_page(request.GET.get("page"))

"""Which pages the public may see, in which language, and what else exists of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from wagtail.models import Page, PageViewRestriction

from backend.core.clock import business_today
from backend.core.database.statements import Listed, rows
from cms.base.languages import locale_ids

P = TypeVar("P", bound=Page)
Row = TypeVar("Row")
_passed: ContextVar[frozenset[int]] = ContextVar("restrictions_passed", default=frozenset())


@contextmanager
def behind(restrictions: Iterable[int]) -> Iterator[None]:
    """Inside, `published` counts pages behind these restrictions too: the page that is shown lies behind them itself.

    For the reader of that page alone, who has the password or is in the group: nothing made inside may be kept.
    """
    token = _passed.set(frozenset(restrictions))
    try:
        yield
    finally:
        _passed.reset(token)


def is_for_everybody() -> bool:
    """Whether what is made now may be shown to anybody."""
    return not _passed.get()


def published(pages: QuerySet[P]) -> QuerySet[P]:
    """Only live pages outside every restricted part of the tree, but for the part that the reader is in (`behind`).

    Wagtail's own `public()` asks for the restrictions in a query of its own each time; here they are part of this one, or
    known already: mostly there are none.
    """
    known = restricted_paths()
    if known is not None:
        pages = pages.filter(live=True)
        for restricted_path in known:
            pages = pages.exclude(path__startswith=restricted_path)
        return pages
    path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    restricted = PageViewRestriction.objects.alias(page_path=path).filter(page_path__startswith=F("page__path"))
    if passed := _passed.get():
        restricted = restricted.exclude(pk__in=passed)
    return pages.filter(live=True).exclude(Exists(restricted))


CARD = ("title", "url_path", "path", "depth", "locale_id", "translation_key", "summary")
"""Columns of a page that a card of any kind shows. A card reads no other: each would be a statement of its own."""


def restricted_paths() -> list[str] | None:
    """Where restricted parts of the tree begin, for an answer to anybody; None where that is not kept (`cms.base.parts`)."""
    from cms.base import parts

    if not parts.are_kept():
        return None
    every = PageViewRestriction.objects.order_by()
    return parts.kept("restricted", lambda: rows("restricted", lambda: every.values_list("page__path", flat=True)))


def readable_in(pages: QuerySet[P], *, language: str) -> QuerySet[P]:
    """Published pages of `language`, and those that exist only in another one (shown with that said)."""
    own = locale_ids().get(language)
    translated = Page.objects.filter(translation_key=OuterRef("translation_key"), locale_id=own, live=True)
    return published(pages).filter(Q(locale_id=own) | ~Exists(translated))


def asked(key: Hashable, make: Callable[[], QuerySet[Any, Row]], /, **given: Any) -> list[Row]:
    """Rows of a statement that is compiled once (`backend.core.database.statements.rows`).

    What `published` and `readable_in` depend on, and the business day, need not be in the key.
    """
    return rows((key, *_state()), make, **given)


def listed(key: Hashable, make: Callable[[], QuerySet[Any, Row]]) -> Listed[Row]:
    """The same for a list that is shown a page at a time."""
    return Listed((key, *_state()), make)


def _state() -> tuple[Hashable, ...]:
    known = restricted_paths()
    return (None if known is None else tuple(known), _passed.get(), tuple(locale_ids().items()), business_today())

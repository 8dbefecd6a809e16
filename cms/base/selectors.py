"""Which pages the public may see, in which language, and what else exists of them."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from wagtail.models import Page, PageViewRestriction

from cms.base.languages import locale_ids

P = TypeVar("P", bound=Page)


def published(pages: QuerySet[P]) -> QuerySet[P]:
    """Only live pages outside every restricted part of the tree.

    Wagtail's own `public()` asks for the restrictions in a query of its own each time; here they are part of this one.
    """
    path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    restricted = PageViewRestriction.objects.alias(page_path=path).filter(page_path__startswith=F("page__path"))
    return pages.filter(live=True).exclude(Exists(restricted))


def readable_in(pages: QuerySet[P], *, language: str) -> QuerySet[P]:
    """Published pages of `language`, and those that exist only in another one (shown with that said)."""
    own = locale_ids().get(language)
    translated = Page.objects.filter(translation_key=OuterRef("translation_key"), locale_id=own, live=True)
    return published(pages).filter(Q(locale_id=own) | ~Exists(translated))

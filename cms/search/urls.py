"""Addresses of the search, below each language."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from cms.search import views

pages: list[URLPattern | URLResolver] = i18n_patterns(
    # Translators: address of the search page: /lv/meklet/
    path(_("search/"), include([path("", views.search, name="search"), path("words/", views.words, name="search-words")]))
)
"""They come before the page tree, which answers everything else below a language."""

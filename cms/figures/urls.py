"""Addresses of the studies, below each language."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from cms.figures import studies

pages: list[URLPattern | URLResolver] = i18n_patterns(
    # Translators: address of the pages of studies: /lv/petijumi/
    path(_("studies/"), include([path("", studies.studies, name="studies"), path("<slug:code>/", studies.study, name="study")]))
)
"""They come before the page tree, which answers everything else below a language."""

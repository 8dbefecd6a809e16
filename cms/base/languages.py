"""The site's two languages and the addresses of pages, without a query for each page."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils import translation
from wagtail.models import Locale, Page

_codes: dict[int, str] = {}


def reader_language() -> str:
    """Language in which this request is answered: "lv" or "en"."""
    return (translation.get_language() or settings.LANGUAGE_CODE)[:2]


def language_code(locale_id: int) -> str:
    """Language of a locale. Locales are made once and never renamed, so what was read once is remembered."""
    if locale_id not in _codes:
        _codes.update(Locale.objects.values_list("pk", "language_code"))
    return _codes[locale_id]


def locale_ids() -> dict[str, int]:
    """Key of each language's locale: {"lv": 1, "en": 2}.

    Read anew when the memory holds none, so that a first start, where locales are just being made, is right too.
    """
    if len(_codes) < len(settings.WAGTAIL_CONTENT_LANGUAGES):
        _codes.clear()
        _codes.update(Locale.objects.values_list("pk", "language_code"))
    return {code: pk for pk, code in _codes.items()}


def forget_locales() -> None:
    """Empty the memory: after locales were made, and between tests."""
    _codes.clear()


def address(page: Page) -> str:
    """Path of a page on this site: its language, then its slugs below that language's first page.

    The tree has one first page per language directly under the root (docs/decisions/0010), so the stored path tells.
    """
    return address_of(url_path=page.url_path, locale_id=page.locale_id)


def address_of(*, url_path: str, locale_id: int) -> str:
    """As `address`, from the two stored values alone."""
    below = url_path.lstrip("/").partition("/")[2]
    return _first_part(language_code(locale_id), get_script_prefix()) + (below if below.isascii() else quote(below))


@cache
def _first_part(code: str, _script: str) -> str:
    """Address of a language's first page. A page asks for some hundred addresses, and Django's `reverse` is slow."""
    with translation.override(code):
        return reverse("wagtail_serve", args=[""])

"""The menu and the ways between languages, from one query a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from wagtail.models import Page

from backend.core.database.statements import Given
from backend.core.text import sort_key
from cms.base import parts
from cms.base.languages import address_of, language_code, locale_ids, reader_language
from cms.base.selectors import asked, published
from cms.home.models import HomePage

_HOME_DEPTH = 2
_FIELDS = ("pk", "title", "url_path", "depth", "path", "locale_id", "translation_key", "show_in_menus", "content_type__model")


@dataclass(frozen=True)
class Entry:
    """One page in a menu."""

    pk: int
    title: str
    url: str
    language: str
    depth: int
    path: str
    translation_key: Any
    in_menu: bool
    kind: str
    """Model of the page, in small letters: newsindexpage."""


@dataclass(frozen=True)
class Tree:
    """First pages of all languages, their direct children, and the translations of the page that is shown."""

    entries: list[Entry] = field(default_factory=list)

    def home(self, language: str) -> Entry | None:
        """First page of a language."""
        return next((entry for entry in self.entries if entry.depth == _HOME_DEPTH and entry.language == language), None)

    def menu(self, language: str) -> list[Entry]:
        """Sections of the main menu, in the order of the tree."""
        return [entry for entry in self._sections(language) if entry.in_menu]

    def foot(self, language: str) -> list[Entry]:
        """Pages that stand only at the foot (accessibility, privacy)."""
        return [entry for entry in self._sections(language) if not entry.in_menu]

    def translation(self, key: Any, language: str) -> Entry | None:
        """The entry that is the same page in `language`."""
        return next((entry for entry in self.entries if entry.translation_key == key and entry.language == language), None)

    def section_addresses(self, language: str) -> dict[str, str]:
        """Addresses of the sections by the model of their page."""
        return {entry.kind: entry.url for entry in self._sections(language)}

    def entry(self, pk: int | None) -> Entry | None:
        """The entry of a page, where the tree holds it."""
        return next((entry for entry in self.entries if entry.pk == pk), None)

    def address_of_page(self, pk: int | None) -> str:
        """Address of a first page or section; empty for any other page."""
        return next((entry.url for entry in self.entries if entry.pk == pk), "")

    def above(self, page: Page) -> list[Entry]:
        """Entries on the way from the first page down to `page`, itself left out."""
        return [entry for entry in self.entries if page.path.startswith(entry.path) and entry.path != page.path]

    def _sections(self, language: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.depth == _HOME_DEPTH + 1 and entry.language == language]


def tree_of(request: HttpRequest, *, page: Page | None = None) -> Tree:
    """The tree as it is now, with the translations of `page`; read once a request and page."""
    key = page.translation_key if page is not None and page.depth > _HOME_DEPTH + 1 else None
    kept, kept_key = getattr(request, "site_tree", (None, None))
    if kept is None or (key is not None and kept_key != key):
        sections, same = Q(depth__in=(_HOME_DEPTH, _HOME_DEPTH + 1)), Q(translation_key=Given("key"))
        if key is None:
            kept = parts.kept("tree", lambda: Tree(_entries("sections", sections)))
        elif parts.has("tree"):
            above = parts.kept("tree", lambda: Tree(_entries("sections", sections)))
            kept = Tree([*above.entries, *_entries("translations", same, key=key)])
        else:
            kept = Tree(_entries("sections and translations", sections | same, key=key))
            parts.kept("tree", lambda: Tree([entry for entry in kept.entries if entry.depth <= _HOME_DEPTH + 1]))
        request.site_tree = (kept, key)  # type: ignore[attr-defined]
    return kept


def _entries(name: str, wanted: Q, **given: Any) -> list[Entry]:
    found = asked(name, lambda: published(Page.objects.filter(wanted)).order_by("path").values(*_FIELDS), **given)
    return [_entry(row) for row in found]


def sections_with_pages(*, language: str) -> list[tuple[Entry, list[Entry]]]:
    """Sections of a language with every published page below each, in Latvian order of their titles. One statement."""
    locale = locale_ids().get(language)
    entries = _entries(f"pages of {language}", Q(depth__gt=_HOME_DEPTH, locale_id=locale))
    return [
        (
            section,
            sorted(
                (entry for entry in entries if entry.path.startswith(section.path) and entry.pk != section.pk),
                key=lambda entry: sort_key(entry.title),
            ),
        )
        for section in entries
        if section.depth == _HOME_DEPTH + 1
    ]


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(
        pk=row["pk"],
        title=row["title"],
        url=address_of(url_path=row["url_path"], locale_id=row["locale_id"]),
        language=language_code(row["locale_id"]),
        depth=row["depth"],
        path=row["path"],
        translation_key=row["translation_key"],
        in_menu=row["show_in_menus"],
        kind=row["content_type__model"],
    )


def translations_of(page: Page, *, request: HttpRequest) -> dict[str, str]:
    """Addresses of the published translations of `page` by language, its own left out; only real ones."""
    entries = [entry for entry in tree_of(request, page=page).entries if entry.translation_key == page.translation_key]
    return {entry.language: entry.url for entry in entries if entry.pk != page.pk}


def _homes() -> dict[int, HomePage]:
    return {home.locale_id: home for home in asked("homes", lambda: published(HomePage.objects.all()))}


def home_of(request: HttpRequest) -> HomePage | None:
    """First page of the request's language with what the foot of every page says; None before the site is loaded."""
    found: HomePage | None = getattr(request, "site_home", None)
    if found is None:
        homes = parts.kept("homes", _homes)
        language = reader_language()
        found = homes.get(locale_ids().get(language)) or next(iter(homes.values()), None)
        request.site_home = found  # type: ignore[attr-defined]
    return found

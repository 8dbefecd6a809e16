"""Pages and documents that texts refer to: their addresses for one text, or for the texts of many pages in two statements.

A link to a page that the public may not read stays words: no address of a draft stands in a public text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.html import escape
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from backend.core.database.statements import Several, rows
from cms.base.languages import address
from cms.base.selectors import asked, published
from cms.files.models import SiteDocument


@dataclass(frozen=True)
class Known:
    """What was read ahead: addresses of public pages, and documents, by their keys."""

    pages: dict[int, str] = field(default_factory=dict)
    documents: dict[int, SiteDocument] = field(default_factory=dict)


_known: ContextVar[Known | None] = ContextVar("what_texts_refer_to", default=None)
_LINK = re.compile(r'<a [^>]*?linktype=\\?"(page|document)\\?"[^>]*>')
_KEY = re.compile(r'\bid=\\?"(\d+)\\?"')


def known_for(streams: Iterable[list[dict[str, Any]]]) -> Known:
    """What the raw values of streams refer to. At most two statements."""
    keys: dict[str, set[int]] = {"page": set(), "document": set()}
    for stream in streams:
        text = json.dumps(stream)
        for link in _LINK.finditer(text):
            key = _KEY.search(link[0])
            if key:
                keys[link[1]].add(int(key[1]))
        keys["document"].update(
            block["value"]["document"] for block in stream if block["type"] == "download" and block["value"].get("document")
        )
    return Known(pages=_addresses(keys["page"]), documents=_documents(keys["document"]))


@contextmanager
def using(known: Known) -> Iterator[None]:
    """Texts rendered inside take from `known` and ask the database for nothing."""
    token = _known.set(known)
    try:
        yield
    finally:
        _known.reset(token)


def documents(keys: Iterable[int]) -> dict[int, SiteDocument]:
    """Documents by their keys: those known, or read now."""
    known = _known.get()
    return known.documents if known is not None else _documents(set(keys))


class OwnPageLinks(PageLinkHandler):
    """Addresses follow from the stored path (docs/decisions/0010)."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        """One opening tag each."""
        known = _known.get()
        keys = [int(attrs["id"]) if attrs.get("id", "").isdigit() else 0 for attrs in attrs_list]
        found = known.pages if known is not None else _addresses(set(keys) - {0})
        return [f'<a href="{escape(found[key])}">' if key in found else "<a>" for key in keys]


class OwnDocumentLinks(DocumentLinkHandler):
    """As Wagtail's, from what is known."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        """One opening tag each."""
        keys = [int(attrs["id"]) if attrs.get("id", "").isdigit() else 0 for attrs in attrs_list]
        found = documents(set(keys) - {0})
        return [f'<a href="{escape(found[key].url)}">' if key in found else "<a>" for key in keys]


def _addresses(keys: set[int]) -> dict[int, str]:
    found = asked("addresses of pages", _linked, keys=list(keys)) if keys else []
    return {page.pk: address(page) for page in found}


def _linked() -> QuerySet[Page]:
    return published(Page.objects.filter(pk__in=Several("keys", of="bigint"))).only("url_path", "locale_id").order_by()


def _documents(keys: set[int]) -> dict[int, SiteDocument]:
    every = SiteDocument.objects
    found = rows("documents", lambda: every.filter(pk__in=Several("keys", of="bigint")), keys=list(keys)) if keys else []
    return {document.pk: document for document in found}

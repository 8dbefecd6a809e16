"""What a page gives to the search. A page class declares it the Wagtail way: in `search_fields`."""

from __future__ import annotations

import hashlib
import html
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, ReferenceIndex
from wagtail.search import index

from cms.base.languages import language_code
from cms.files.models import SiteDocument
from cms.search.latvian.words import clean
from cms.search.reading import KINDS, text_of

EDITION = 2
"""Raise it when the same content gives other keys: every row is then made anew."""

_OWN_COLUMNS = frozenset({"title", "summary", "url_path", "live", "slug"})


@dataclass(frozen=True)
class Content:
    """What one entry is made from."""

    page_id: int
    document_id: int | None
    language: str
    kind: str
    title: str
    summary: str
    text: str
    audiences: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    page_language: str = ""
    """Language of the page that offers the file; empty for a page's own text."""

    @property
    def traits(self) -> str:
        """What facets count, in one text: kind, language of the page, audiences, topics."""
        return json.dumps([self.kind, self.page_language or self.language, self.audiences, self.topics], ensure_ascii=False)

    @property
    def fingerprint(self) -> str:
        """Hash of all of it and of the edition of the keys."""
        whole = json.dumps([EDITION, self.__dict__], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()


def content_of(page: Page) -> Content:
    """What a page says: every field of its `search_fields`, with its audiences and topics where it has any."""
    audiences = getattr(page, "audiences", None)
    topics = getattr(page, "topics", None)
    return Content(
        page_id=page.pk,
        document_id=None,
        language=language_code(page.locale_id),
        kind=page._meta.model_name or "page",
        title=clean(page.title, longest=255),
        summary=clean(getattr(page, "summary", "") or page.search_description),
        text=clean(" ".join(_field_texts(page))),
        audiences=sorted(audiences) if isinstance(audiences, list) else [],
        topics=sorted(topic.code for topic in topics.all()) if hasattr(topics, "all") else [],
    )


def documents_of(page: Page) -> list[SiteDocument]:
    """Files with text that the published page offers, however it does: a field, a block, a link. Only public ones."""
    ReferenceIndex.create_or_update_for_object(page)
    kind = ContentType.objects.get_for_model(SiteDocument)
    references = ReferenceIndex.get_references_for_object(page).filter(to_content_type=kind)
    found = SiteDocument.objects.filter(pk__in=[int(key) for key in references.values_list("to_object_id", flat=True)])
    return [
        document
        for document in found.select_related("collection").order_by("pk")
        if document.file_extension.lower() in KINDS and not document.collection.get_view_restrictions().exists()
    ]


def document_content(document: SiteDocument, *, page: Content) -> Content:
    """What a file says, under the page that offers it."""
    return Content(
        page_id=page.page_id,
        document_id=document.pk,
        language=document.language,
        kind=page.kind,
        title=clean(document.title, longest=255),
        summary="",
        text=clean(text_of(Path(document.file.path))),
        audiences=page.audiences,
        topics=page.topics,
        page_language=page.language,
    )


def document_fingerprint(document: SiteDocument, *, page: Content) -> str:
    """Hash of all that the entry of a file is made from, without reading the file."""
    known = [EDITION, document.pk, document.file_hash or document.get_file_hash(), document.title, document.language]
    whole = json.dumps([*known, page.traits], ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()


def _field_texts(page: Page) -> list[str]:
    texts: list[str] = []
    for each in page.get_search_fields():
        if isinstance(each, index.SearchField) and each.field_name not in _OWN_COLUMNS:
            texts.append(_plain(each.get_value(page)))
        elif isinstance(each, index.RelatedFields):
            texts.extend(_related_texts(getattr(page, each.field_name, None), each))
    return texts


def _related_texts(related: Any, declared: index.RelatedFields) -> list[str]:
    rows = related.all() if hasattr(related, "all") else [related] if related is not None else []
    names = [each.field_name for each in declared.fields if isinstance(each, index.SearchField)]
    return [_plain(getattr(row, name, "")) for row in rows for name in names]


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " ".join(_plain(part) for part in value)
    text = str(value) if value is not None else ""
    return html.unescape(re.sub(r"<[^>]+>", " ", text)) if "<" in text else html.unescape(text)

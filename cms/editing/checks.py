"""What an editor is told before a text goes out, each with how to mend it.

A fault keeps the page back until it is mended; a hint is said and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext as _
from wagtail.blocks import ListBlock, StreamBlock, StructBlock
from wagtail.blocks.list_block import ListValue
from wagtail.blocks.stream_block import StreamValue
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.rich_text import RichText

from cms.base.languages import language_code
from cms.base.selectors import published

_FILE_NAME = re.compile(r"[\w.-]*[\w-]\.(?:pdf|docx?|xlsx?|pptx?|od[ts]|csv|txt|zip|jpe?g|png|gif|webp|avif|svg)", re.IGNORECASE)
_CAMERA_NAME = re.compile(r"(?:img|dsc|dscn|pxl|screenshot|attels|foto|image)[\s_-]*\d+", re.IGNORECASE)
_SAYS_NOTHING = frozenset(
    {"šeit", "spied šeit", "skatīt šeit", "saite", "lasīt vairāk", "here", "click here", "link", "read more"}
)
Placed = tuple[str, str, Any]
"""Kind of block, name of its field in a larger block, value."""


class Weight(StrEnum):
    """Whether the page has to wait for it."""

    FAULT = "fault"
    HINT = "hint"


@dataclass(frozen=True)
class Finding:
    """One thing to mend: what it is, where, and how."""

    code: str
    weight: Weight
    message: str
    remedy: str

    @property
    def is_fault(self) -> bool:
        """Whether it keeps the page back."""
        return self.weight == Weight.FAULT


def findings_of(page: Page) -> list[Finding]:
    """Everything that is to be said of a page as it stands in memory, faults first, each once, in the reader's language."""
    found = [*_pictures(page), *_links(page), *_headings(page), *_speech(page), *_translation(page)]
    return sorted(dict.fromkeys(found), key=lambda finding: not finding.is_fault)


def faults_of(page: Page) -> list[Finding]:
    """What keeps the page back."""
    return [finding for finding in findings_of(page) if finding.is_fault]


def names_a_file(text: str) -> bool:
    """Whether a text is the name of a file, which tells a reader nothing."""
    text = text.strip()
    return bool(_FILE_NAME.fullmatch(text.replace(" ", "_")) or _CAMERA_NAME.fullmatch(text))


def _pictures(page: Page) -> Iterator[Finding]:
    for kind, name, value in _placed(page):
        if kind != "image" or name != "alt":
            continue
        text = str(value or "").strip()
        if not text:
            yield Finding(
                "ALT_MISSING", Weight.FAULT, _("A picture has no text alternative."),
                _("Open the picture's block and say in a sentence what the picture tells those who do not see it."),
            )  # fmt: skip
        elif names_a_file(text):
            yield Finding(
                "ALT_FILE_NAME", Weight.FAULT, _("The text alternative of a picture is the name of a file: “%s”.") % text,
                _("Write what the picture tells, not what its file is called."),
            )  # fmt: skip


def _links(page: Page) -> Iterator[Finding]:
    pages: dict[int, str] = {}
    for kind, name, value in _placed(page):
        if kind == "download" and name == "document" and value is not None and names_a_file(value.title):
            yield _file_name(value.title)
        if not isinstance(value, RichText):
            continue
        for link in _Links(value.source).links:
            text = " ".join(link.text.split())
            if names_a_file(text):
                yield _file_name(text)
            elif not text or text.lower().strip(" .:!()»›→") in _SAYS_NOTHING or text.startswith(("http://", "https://", "www.")):
                yield Finding(
                    "LINK_SAYS_NOTHING", Weight.FAULT, _("The words of a link do not say where it leads: “%s”.") % text,
                    _("Make the link of words that name what opens, so that it makes sense by itself."),
                )  # fmt: skip
            if link.page is not None:
                pages[link.page] = text
    open_now = set(published(Page.objects.filter(pk__in=pages)).values_list("pk", flat=True)) if pages else set()
    for key, text in pages.items():
        if key not in open_now:
            yield Finding(
                "LINK_TO_DRAFT", Weight.HINT, _("A link leads to a page that is not published: “%s”.") % text,
                _("Publish that page first, put both into one bundle, or take the link out."),
            )  # fmt: skip


def _file_name(text: str) -> Finding:
    return Finding(
        "LINK_FILE_NAME", Weight.FAULT, _("The words of a link are the name of a file: “%s”.") % text,
        _("Give the document a title that people understand, or write words that say what is in the file."),
    )  # fmt: skip


def _headings(page: Page) -> Iterator[Finding]:
    level = 1
    for kind, name, value in _placed(page):
        if name or kind not in {"heading", "subheading"}:
            continue
        own = 2 if kind == "heading" else 3
        if own > level + 1:
            yield Finding(
                "HEADING_ORDER", Weight.FAULT, _("A subheading stands before any heading: “%s”.") % str(value),
                _("Make it a heading, or put a heading above it: readers who listen find their way by the levels."),
            )  # fmt: skip
        level = own


def _speech(page: Page) -> Iterator[Finding]:
    if not getattr(page, "youtube_id", ""):
        return
    if not getattr(page, "transcript", None):
        yield Finding(
            "TRANSCRIPT_MISSING", Weight.FAULT, _("The video has no transcript."),
            _("Write down what is said, in the field “Transcript”: for those who do not hear, and for the search."),
        )  # fmt: skip
    if not getattr(page, "has_captions", True):
        yield Finding(
            "CAPTIONS_MISSING", Weight.HINT, _("The video has no captions."),
            _("Add captions where the video lies and tick “the video has captions”."),
        )  # fmt: skip


def _translation(page: Page) -> Iterator[Finding]:
    others = Page.objects.filter(translation_key=page.translation_key, live=True).exclude(locale_id=page.locale_id)
    if page.depth and page.depth > 1 and not others.exists():
        only = {"lv": _("It is shown as “Only in Latvian”."), "en": _("It is shown as “Only in English”.")}
        yield Finding(
            "TRANSLATION_MISSING", Weight.HINT,
            _("The page has no published translation.") + " " + only.get(language_code(page.locale_id), ""),
            _("Choose “Translate” in the page's menu and write the translation; nothing is translated by machine."),
        )  # fmt: skip


def _placed(page: Page) -> Iterator[Placed]:
    """Every value in the page's streams, in their order, with what kind of block it stands in."""
    for each in page._meta.get_fields():
        if isinstance(each, StreamField):
            yield from _inside(getattr(page, each.name), kind="", name="")


def _inside(value: Any, *, kind: str, name: str) -> Iterator[Placed]:
    if isinstance(value, StreamValue):
        for child in value:
            yield from _value(child.block, child.value, kind=child.block_type, name="")
    else:
        yield kind, name, value


def _value(block: Any, value: Any, *, kind: str, name: str) -> Iterator[Placed]:
    if isinstance(block, StructBlock):
        for field, inner in block.child_blocks.items():
            yield from _value(inner, value.get(field), kind=kind, name=field)
    elif isinstance(block, ListBlock):
        for item in value if isinstance(value, ListValue | list) else []:
            yield from _value(block.child_block, item, kind=kind, name=name)
    elif isinstance(block, StreamBlock):
        yield from _inside(value, kind=kind, name=name)
    else:
        yield kind, name, value


@dataclass
class _Link:
    page: int | None
    text: str = ""


class _Links(HTMLParser):
    """Links of a rich text as it is stored."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.links: list[_Link] = []
        self._open: _Link | None = None
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            given = dict(attrs)
            key = given.get("id") or ""
            self._open = _Link(int(key) if given.get("linktype") == "page" and key.isdigit() else None)
            self.links.append(self._open)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.text += data

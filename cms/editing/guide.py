"""The editors' guide as the editor shows it: the same file that stands in the documentation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.text import slugify

from cms.base.content_files import blocks_in

FILES = {"lv": "rokasgramata.md", "en": "guide.md"}


@dataclass(frozen=True)
class Part:
    """A heading (`level` 2 or 3) with its anchor, or (0) running text as HTML."""

    level: int
    text: Any
    anchor: str = ""


@lru_cache(maxsize=4)
def guide(language: str) -> tuple[Part, ...]:
    """The guide in `language`: our own files, written in the notation of the content files."""
    name = FILES.get(language, FILES["lv"])
    text = (settings.ROOT / "docs" / "editor" / name).read_text(encoding="utf-8")
    _title, _line, body = text.partition("\n\n")
    parts = []
    for kind, value in blocks_in(body, name=name):
        if kind in ("heading", "subheading"):
            parts.append(Part(2 if kind == "heading" else 3, value, slugify(value)))
        else:
            parts.append(Part(0, SafeString(value)))
    return tuple(parts)

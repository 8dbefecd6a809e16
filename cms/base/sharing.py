"""The picture that stands for a page where it is shared (Open Graph): its title on the site's own pattern.

The address carries a digest of what is drawn, so a changed title is a new address and a cache may keep a picture for good.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.urls import reverse
from PIL import Image, ImageDraw, ImageFont
from wagtail.models import Page

from cms.base.languages import language_code

SIZE = (1200, 630)
_STATIC = Path(__file__).resolve().parents[2] / "site_templates" / "static"
_GROUND, _TITLE, _SMALL, _SUN, _CORAL = "#0e4a3d", "#f6f1e3", "#bfe0cf", "#f3b53f", "#e2643f"
_LEFT, _WIDTH = 80, 1040
_STYLE = "1"
"""Part of the digest: raise it when the drawing changes."""


def card_address(page: Page) -> str:
    """Path of the page's picture."""
    return reverse("share-card", args=[page.pk, digest_of(page)])


def digest_of(page: Page) -> str:
    """Sixteen hexadecimal digits that follow from all that is drawn."""
    drawn = "\0".join((_STYLE, page.title, _kind(page), language_code(page.locale_id)))
    return hashlib.sha256(drawn.encode()).hexdigest()[:16]


def card_file(page: Page) -> Path:
    """The picture as a file, drawn when it is asked for the first time."""
    storage = FileSystemStorage(location=settings.MEDIA_ROOT)
    name = f"images/shared/{page.pk}-{digest_of(page)}.png"
    if not storage.exists(name):
        import io

        stream = io.BytesIO()
        draw_card(title=page.title, kind=_kind(page)).save(stream, "PNG", optimize=True)
        target = Path(storage.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        # Written whole or not at all: two visitors may come at the same moment.
        part = target.with_name(f"{target.name}.{hashlib.sha256(str(id(stream)).encode()).hexdigest()[:8]}.part")
        part.write_bytes(ContentFile(stream.getvalue()).read())
        part.replace(target)
    return Path(storage.path(name))


def draw_card(*, title: str, kind: str) -> Image.Image:
    """The title in at most four lines, as large as they fit, above a band of leaves; the kind of page over it."""
    image = Image.new("RGB", SIZE, _GROUND)
    pen = ImageDraw.Draw(image)
    for place in range(12):
        left, top = place * 100, 530
        pen.rectangle((left, top, left + 100, 630), fill=(_SMALL, _SUN, "#2f8a68")[place % 3])
        pen.pieslice((left - 100, top, left + 100, top + 200), 270, 360, fill=(_CORAL, _GROUND, _TITLE)[place % 3])
    sans = ImageFont.truetype(str(_STATIC / "fonts" / "pumpurs-sans.woff2"), 34)
    latvian = ImageFont.truetype(str(_STATIC / "fonts" / "pumpurs-serif.woff2"), 34)
    pen.text((_LEFT, 60), "PuMPuRS", font=sans, fill=_SUN)
    pen.text((_LEFT + pen.textlength("PuMPuRS", font=sans) + 24, 60), kind, font=latvian, fill=_SMALL)
    lines, font = _fitted(title, pen)
    top = 130
    for line in lines:
        pen.text((_LEFT, top), line, font=font, fill=_TITLE)
        top += int(font.size * 1.18)
    return image


def _fitted(title: str, pen: ImageDraw.ImageDraw) -> tuple[list[str], ImageFont.FreeTypeFont]:
    for size in (84, 72, 62, 54, 46):
        font = ImageFont.truetype(str(_STATIC / "fonts" / "pumpurs-serif.woff2"), size)
        lines = _broken(title, font, pen)
        if len(lines) * size * 1.18 <= 380:
            return lines, font
    return [*lines[:6], lines[6] + " …"] if len(lines) > 7 else lines, font


def _broken(title: str, font: ImageFont.FreeTypeFont, pen: ImageDraw.ImageDraw) -> list[str]:
    lines: list[str] = []
    for word in title.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and pen.textlength(longer, font=font) <= _WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _kind(page: Page) -> str:
    """What kind of page it is, in its own language."""
    from django.utils import translation

    with translation.override(language_code(page.locale_id)):
        name = str(page.specific_class._meta.verbose_name) if page.specific_class else ""
    return name if name and name.casefold() != page.title.casefold() else ""

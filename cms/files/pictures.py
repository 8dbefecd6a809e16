"""How pictures are sent: AVIF where the browser knows it, else WebP, cut around the focal point that the editor set.

One place says formats and qualities, so that lists can fetch the renditions of all their pictures in one statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from django.conf import settings
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.images.models import Filter

from backend.core.database.statements import Several, rows
from cms.files.models import SiteImage, SiteRendition

_QUALITY = {"avif": "avifquality-50", "webp": "webpquality-72"}

CARD_POSTER = "fill-640x360"
PAGE_POSTER = "fill-1120x630"
CARD_PREVIEW = "max-220x300"
PAGE_PREVIEW = "max-440x600"
IN_TEXT = "width-1120"
"""`fill` cuts around the focal point; `max` and `width` keep the whole picture and never enlarge it."""


def specs(operation: str) -> tuple[str, ...]:
    """Wagtail's names of the renditions of an operation, the smallest format first, the one every browser knows last."""
    return tuple(f"{operation}|format-{name}|{_QUALITY[name]}" for name in settings.SITE_PICTURE_FORMATS)


def at_once(keys: Iterable[int], operation: str) -> dict[int, SiteImage]:
    """Pictures by their keys with the renditions that exist, in one statement, or two where some were never drawn."""
    wanted = set(keys)
    found: dict[int, SiteImage] = {}
    rows = SiteRendition.objects.filter(image__in=wanted, filter_spec__in=specs(operation)).select_related("image")
    for rendition in rows if wanted else []:
        image = found.setdefault(rendition.image_id, rendition.image)
        rendition.image = image
        image.__dict__.setdefault("prefetched_renditions", []).append(rendition)
    missing = wanted - set(found)
    return found | (SiteImage.objects.in_bulk(missing) if missing else {})


def drawn(image: SiteImage, operation: str) -> list[SiteRendition]:
    """Of a picture from `at_once`, the renditions that exist, in the order of `specs`; nothing is drawn."""
    order = specs(operation)
    found = [each for each in getattr(image, "prefetched_renditions", []) if each.filter_spec in order]
    return sorted(found, key=lambda each: order.index(each.filter_spec))


def renditions_of(image: SiteImage, operation: str) -> list[SiteRendition]:
    """The renditions in the order of `specs`, made where they are missing."""
    found = image.get_renditions(*_filters(specs(operation)))
    return [found[spec] for spec in specs(operation)]


@cache
def _filters(names: tuple[str, ...]) -> list[Filter]:
    """Wagtail reads a name anew for each picture, which takes longer than the rest of it."""
    return [Filter(spec=name) for name in names]


def have_renditions(images: Iterable[SiteImage | None], operation: str) -> None:
    """Put the renditions that exist of an operation at hand. One statement for all, none where there is no picture."""
    there = [image for image in images if image is not None]
    found: dict[int, list[SiteRendition]] = {image.pk: [] for image in there}
    drawn_before = rows(("renditions", specs(operation)), lambda: _renditions(operation), keys=list(found)) if found else []
    for rendition in drawn_before:
        found[rendition.image_id].append(rendition)
    for image in there:
        image.prefetched_renditions = found[image.pk]
        for rendition in found[image.pk]:
            rendition.image = image


def _renditions(operation: str) -> QuerySet[SiteRendition]:
    return SiteRendition.objects.filter(image__in=Several("keys", of="bigint"), filter_spec__in=specs(operation))


def picture(image: SiteImage, operation: str, *, alt: str, **attributes: str) -> SafeString:
    """A `picture` element. `attributes` (loading, fetchpriority) go to its image; empty ones are left out."""
    renditions = renditions_of(image, operation)
    *better, last = renditions
    sources = format_html_join("", '<source srcset="{}" type="image/{}">', _sources(better))
    given = [(name, value) for name, value in attributes.items() if value]
    more = format_html_join("", ' {}="{}"', given)
    img = format_html(
        '<img src="{}" width="{}" height="{}" alt="{}"{}>', last.url, last.width, last.height, alt, more
    )  # alt="" stays: it says that the picture tells nothing
    return format_html("<picture>{}{}</picture>", sources, img) if better else img


def _sources(renditions: Sequence[SiteRendition]) -> list[tuple[str, str]]:
    return [(rendition.url, rendition.file.name.rpartition(".")[2]) for rendition in renditions]

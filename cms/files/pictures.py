"""How pictures are sent: AVIF where the browser knows it, else WebP, cut around the focal point that the editor set.

One place says formats and qualities, so that lists can fetch the renditions of all their pictures in one statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Prefetch
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cms.files.models import SiteImage, SiteRendition

_QUALITY = {"avif": "avifquality-50", "webp": "webpquality-72"}

CARD_POSTER = "fill-640x360"
PAGE_POSTER = "fill-1120x630"
CARD_PREVIEW = "max-220x300"
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
    found = image.get_renditions(*specs(operation))
    return [found[spec] for spec in specs(operation)]


def at_hand(path: str, *operations: str) -> Prefetch[str]:
    """To be given to `prefetch_related`: the renditions of the pictures at `path`, in one statement for all rows."""
    wanted = [spec for operation in operations for spec in specs(operation)]
    return Prefetch(f"{path}__renditions", SiteRendition.objects.filter(filter_spec__in=wanted), to_attr="prefetched_renditions")


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

"""New materials and new versions as RSS 2.0."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_date
from django.utils.feedgenerator import Enclosure

from cms.base.feeds import answer, feed_of, noon_of
from cms.base.languages import address
from cms.base.selectors import published

if TYPE_CHECKING:
    from cms.materials.models import MaterialsIndexPage

ITEMS = 50
"""Materials in the feed."""


def rss(*, index: MaterialsIndexPage, request: HttpRequest) -> HttpResponse:
    """What is new in the index's own language, the newest first; a new version of a material is a new item."""
    from cms.materials.models import MaterialPage
    from cms.materials.selectors import with_new_on

    home = settings.BASE_URL
    feed = feed_of(index, request=request)
    materials = with_new_on(published(MaterialPage.objects.child_of(index)))
    since = _day(request.GET.get("since", ""))
    if since:
        materials = materials.filter(new_on__gte=since)
    found = materials.defer("body").select_related("document").prefetch_related("versions").order_by("-new_on", "-pk")
    for material in found[:ITEMS]:
        versions = sorted(material.versions.all(), key=lambda row: row.date)
        latest = versions[-1] if versions else None
        link = home + address(material)
        text = f"{material.summary} {latest.label}: {latest.changes}" if latest else material.summary
        file = material.document
        feed.add_item(
            title=material.title,
            link=link,
            description=text,
            pubdate=noon_of(material.new_on),
            unique_id=f"{link}#{material.new_on:%Y-%m-%d}",
            unique_id_is_permalink=False,
            enclosures=[Enclosure(home + file.url, str(file.file_size or 0), file.content_type)],
        )
    return answer(feed)


def _day(text: str) -> dt.date | None:
    """The day that was asked for; none where it is not one."""
    try:
        return parse_date(text)
    except ValueError:
        return None

"""RSS 2.0 of an index page's own language: a feed does not mix languages."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed

from cms.base.languages import address, language_code
from cms.base.models import SitePage


def feed_of(index: SitePage, *, request: HttpRequest) -> Rss201rev2Feed:
    """An empty feed with the title, summary, language and addresses of `index`."""
    return Rss201rev2Feed(
        title=f"{settings.WAGTAIL_SITE_NAME}: {index.title}",
        link=settings.BASE_URL + address(index),
        description=index.summary,
        language=language_code(index.locale_id),
        feed_url=settings.BASE_URL + request.path,
    )


def noon_of(day: dt.date) -> dt.datetime:
    """The moment a feed gives for what has a day only, in local time."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def answer(feed: Rss201rev2Feed) -> HttpResponse:
    """The feed as a response."""
    return HttpResponse(feed.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")

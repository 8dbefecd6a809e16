"""The news as RSS 2.0."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed

from cms.base.languages import address, language_code
from cms.base.selectors import published

if TYPE_CHECKING:
    from cms.news.models import NewsIndexPage

ITEMS = 30
"""Articles in the feed."""


def rss(*, index: NewsIndexPage, request: HttpRequest) -> HttpResponse:
    """The newest articles of the index's own language: a feed does not mix languages."""
    from cms.news.models import NewsArticlePage

    home = settings.BASE_URL
    feed = Rss201rev2Feed(
        title=f"{settings.WAGTAIL_SITE_NAME}: {index.title}",
        link=home + address(index),
        description=index.summary,
        language=language_code(index.locale_id),
        feed_url=home + request.path,
    )
    articles = published(NewsArticlePage.objects.child_of(index)).defer("body").order_by("-date", "-pk")[:ITEMS]
    for article in articles:
        link = home + address(article)
        noon = timezone.make_aware(dt.datetime.combine(article.date, dt.time(12)))
        feed.add_item(title=article.title, link=link, description=article.summary, pubdate=noon, unique_id=link)
    return HttpResponse(feed.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")

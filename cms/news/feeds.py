"""The news as RSS 2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cms.base.feeds import answer, feed_of, noon_of
from cms.base.languages import address
from cms.base.selectors import published

if TYPE_CHECKING:
    from cms.news.models import NewsIndexPage

ITEMS = 30
"""Articles in the feed."""


def rss(*, index: NewsIndexPage, request: HttpRequest) -> HttpResponse:
    """The newest articles of the index's own language: a feed does not mix languages."""
    from cms.news.models import NewsArticlePage

    feed = feed_of(index, request=request)
    articles = published(NewsArticlePage.objects.child_of(index)).defer("body").order_by("-date", "-pk")[:ITEMS]
    for article in articles:
        link = settings.BASE_URL + address(article)
        day = noon_of(article.date)
        feed.add_item(title=article.title, link=link, description=article.summary, pubdate=day, unique_id=link)
    return answer(feed)

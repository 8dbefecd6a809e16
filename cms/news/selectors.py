"""Articles that the public may read."""

from __future__ import annotations

from django.db.models import QuerySet

from cms.base.selectors import CARD, asked, readable_in
from cms.news.models import NewsArticlePage


def articles_for(*, language: str) -> QuerySet[NewsArticlePage]:
    """Articles a reader of `language` is offered, newest first: also those that exist only in the other language."""
    return (
        readable_in(NewsArticlePage.objects.all(), language=language)
        .only(*CARD, "date", "date_precision")
        .order_by("-date", "-pk")
    )


def latest_articles(*, language: str, count: int) -> list[NewsArticlePage]:
    """The newest `count` of them, those in the reader's own language first."""
    articles = asked(("latest articles", language, count), lambda: articles_for(language=language)[: count * 3])
    from cms.base.languages import language_code

    return sorted(articles, key=lambda article: language_code(article.locale_id) != language)[:count]

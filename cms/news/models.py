"""News of the project (Jaunumi)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.search import index

from backend.core.classification import public
from cms.base.blocks import BodyBlock
from cms.base.fields import BodyField
from cms.base.models import SitePage


class DatePrecision(models.TextChoices):
    """How exactly the source tells when it was: some of the project's old texts name a month or a year only."""

    DAY = "day", pgettext_lazy("known to the", "day")
    MONTH = "month", pgettext_lazy("known to the", "month")
    YEAR = "year", pgettext_lazy("known to the", "year")


class NewsIndexPage(RoutablePageMixin, SitePage):
    """All articles, newest first, and their feed."""

    template = "pages/news_index.html"
    per_page = 10

    parent_page_types = ["home.HomePage"]
    subpage_types = ["news.NewsArticlePage"]

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """One page of articles; the page number comes from `?page=`."""
        from cms.base.pagination import page_of
        from cms.base.selectors import listed
        from cms.news.selectors import articles_for

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        articles = listed(("articles", self.language), lambda: articles_for(language=self.language))
        context["articles"] = page_of(articles, request=request, per_page=self.per_page)
        return context

    @path("rss/", name="feed")
    def feed(self, request: HttpRequest) -> HttpResponse:
        """The newest articles as RSS 2.0."""
        from cms.news.feeds import rss

        return rss(index=self, request=request)


class NewsArticlePage(SitePage):
    """One article, with where its facts come from."""

    template = "pages/news_article.html"

    date = public(models.DateField(_("date of the event"), db_index=True))
    date_precision = public(models.CharField(_("known to the"), max_length=5, choices=DatePrecision, default=DatePrecision.DAY))
    body = public(BodyField(BodyBlock(), verbose_name=_("text")))
    source_name = public(models.CharField(_("source of the facts"), max_length=200, blank=True))
    source_url = public(models.URLField(_("address of the source"), max_length=500, blank=True))
    topics = public(ParentalManyToManyField("base.Topic", blank=True, related_name="articles", verbose_name=_("topics")))

    content_panels = [
        *SitePage.content_panels,
        FieldRowPanel([FieldPanel("date"), FieldPanel("date_precision")]),
        FieldPanel("body"),
        FieldPanel("topics"),
        MultiFieldPanel([FieldPanel("source_name"), FieldPanel("source_url")], _("Source")),
    ]
    search_fields = [*SitePage.search_fields, index.SearchField("body"), index.FilterField("date")]
    parent_page_types = ["news.NewsIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def clean(self) -> None:
        """An address of a source needs its name, so that the link says where it leads."""
        super().clean()
        if self.source_url and not self.source_name:
            raise ValidationError({"source_name": _("Name the source.")})

    def structured_data(self, *, url: str, base: str) -> dict[str, Any]:
        """schema.org NewsArticle."""
        from cms.base.sharing import card_address

        changed = self.updated_on or (self.last_published_at and self.last_published_at.date()) or self.date
        publisher = {"@type": "Organization", "name": "Izglītības kvalitātes valsts dienests", "url": "https://www.ikvd.gov.lv"}
        return {
            "@type": "NewsArticle",
            "headline": self.title,
            "description": self.description,
            "datePublished": self.date.isoformat(),
            "dateModified": max(changed, self.date).isoformat(),
            "image": [base + card_address(self)],
            "inLanguage": self.language,
            "author": publisher,
            "publisher": publisher,
            "isBasedOn": self.source_url or None,
        }

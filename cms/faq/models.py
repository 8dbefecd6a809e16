"""Frequently asked questions (Jautājumi un atbildes) with the codes that staff know them by: IAP-01, DLUV-07."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.search import index

from backend.core.classification import public
from cms.base.blocks import BodyBlock
from cms.base.fields import BodyField
from cms.base.languages import address
from cms.base.models import SitePage


class Series(models.TextChoices):
    """Series of questions; the code begins with its letters."""

    IAP = "IAP", _("Individual support plan")
    DLUV = "DLUV", _("Record of working time")


SHEET = {"lv": "druka/", "en": "print/"}
"""Address of the sheet to print below the page, by its language. The other language's word leads there too."""


class FaqIndexPage(RoutablePageMixin, SitePage):
    """All questions by series, and all answers on one sheet to print."""

    template = "pages/faq_index.html"

    parent_page_types = ["home.HomePage"]
    subpage_types = ["faq.QuestionPage"]

    class Meta:
        verbose_name = _("questions and answers")
        verbose_name_plural = _("questions and answers")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Questions by series, in the order of their numbers."""
        from cms.base.selectors import asked
        from cms.faq.selectors import questions_for

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        questions = asked(("questions", self.language), lambda: questions_for(language=self.language))
        labels = dict(Series.choices)
        context["groups"] = [(key, labels[key], list(rows)) for key, rows in groupby(questions, key=lambda row: row.series)]
        return context

    @path("druka/", name="print_lv")
    @path("print/", name="print_en")
    def sheet(self, request: HttpRequest) -> HttpResponse:
        """Every answer on one sheet; each language's sheet is the translation of the other's."""
        return self.render(request, template="pages/faq_print.html", context_overrides={"route_below": SHEET})

    @path("<str:code>/", name="by_code")
    def by_code(self, request: HttpRequest, code: str) -> HttpResponse:
        """`/IAP-01/` leads to the question of that code, whatever its address. Raises Http404 for an unknown one."""
        from cms.faq.selectors import questions_for

        series, _dash, number = code.upper().partition("-")
        found = None
        if series in Series.values and number.isascii() and number.isdigit():
            found = questions_for(language=self.language).filter(series=series, number=int(number[:4])).first()
        if found is None:
            raise Http404
        return redirect(address(found))

    def structured_data(self, *, url: str, base: str) -> dict[str, Any]:
        """schema.org CollectionPage: each question has a page of its own."""
        return {"@type": "CollectionPage", "name": self.title, "inLanguage": self.language}


class QuestionPage(SitePage):
    """One question. Its summary is the short answer; code and address stay for good."""

    template = "pages/question.html"

    series = public(models.CharField(_("series"), max_length=10, choices=Series))
    number = public(models.PositiveSmallIntegerField(_("number")))
    date = public(models.DateField(_("answered on"), null=True, blank=True))
    body = public(BodyField(BodyBlock(), blank=True, verbose_name=_("answer")))
    source_name = public(models.CharField(_("source of the facts"), max_length=200, blank=True))
    source_url = public(models.URLField(_("address of the source"), max_length=500, blank=True))
    topics = public(ParentalManyToManyField("base.Topic", blank=True, related_name="questions", verbose_name=_("topics")))

    content_panels = [
        *SitePage.content_panels,
        FieldRowPanel([FieldPanel("series"), FieldPanel("number"), FieldPanel("date")]),
        FieldPanel("body"),
        FieldPanel("topics"),
        MultiFieldPanel([FieldPanel("source_name"), FieldPanel("source_url")], _("Source")),
    ]
    search_fields = [
        *SitePage.search_fields,
        index.SearchField("code", boost=5),
        index.SearchField("body"),
        index.FilterField("series"),
    ]
    parent_page_types = ["faq.FaqIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    @property
    def code(self) -> str:
        """The code people quote: IAP-01, DLUV-12."""
        return f"{self.series}-{self.number:02d}"

    def clean(self) -> None:
        """A code is given once in a language."""
        super().clean()
        same = QuestionPage.objects.filter(series=self.series, number=self.number, locale_id=self.locale_id)
        if self.number is not None and same.exclude(pk=self.pk).exists():
            raise ValidationError({"number": _("Another question has this code.")})

    def structured_data(self, *, url: str, base: str) -> dict[str, Any]:
        """schema.org FAQPage with the one question; the summary is its answer."""
        answer = {"@type": "Answer", "text": self.summary}
        question = {"@type": "Question", "name": self.title, "acceptedAnswer": answer}
        return {"@type": "FAQPage", "inLanguage": self.language, "mainEntity": [question]}

"""Young people's own projects (jaunatnes iniciatīvu projekti): calls of municipalities and what came of them (domain.md 6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.search import index

from backend.core.classification import public
from backend.core.clock import business_today
from backend.core.money import EuroField
from cms.base.blocks import BodyBlock
from cms.base.fields import BodyField
from cms.base.models import SitePage


class CallState(models.TextChoices):
    """Where a call stands on a day."""

    ANNOUNCED = "ANNOUNCED", _("announced")
    OPEN = "OPEN", _("open for projects")
    CLOSED = "CLOSED", _("closed")


class InitiativesIndexPage(SitePage):
    """What the projects are, the calls, and the projects they led to."""

    template = "pages/initiatives_index.html"

    body = public(BodyField(BodyBlock(), blank=True, verbose_name=_("text")))

    content_panels = [*SitePage.content_panels, FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["youth.CallPage", "youth.ProjectPage"]

    class Meta:
        verbose_name = _("youth initiatives")
        verbose_name_plural = _("youth initiatives")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Calls, the newest first, and projects."""
        from cms.base.selectors import asked
        from cms.youth.selectors import calls_for, projects_for

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["calls"] = asked(("calls", self.language), lambda: calls_for(language=self.language))
        context["projects"] = asked(("projects", self.language), lambda: projects_for(language=self.language))
        return context


class CallPage(SitePage):
    """A call for projects (uzsaukums)."""

    template = "pages/call.html"

    year = public(models.PositiveSmallIntegerField(_("year")))
    opens_on = public(models.DateField(_("projects are taken from"), null=True, blank=True))
    closes_on = public(models.DateField(_("until"), null=True, blank=True))
    grant = public(EuroField(_("grant of a project, euro"), null=True, blank=True))
    municipality_count = public(models.PositiveSmallIntegerField(_("municipalities"), null=True, blank=True))
    project_count = public(models.PositiveSmallIntegerField(_("approved projects"), null=True, blank=True))
    is_example = public(models.BooleanField(_("example"), default=False))
    body = public(BodyField(BodyBlock(), blank=True, verbose_name=_("text")))
    source_name = public(models.CharField(_("source of the facts"), max_length=200, blank=True))
    source_url = public(models.URLField(_("address of the source"), max_length=500, blank=True))

    content_panels = [
        *SitePage.content_panels,
        FieldRowPanel([FieldPanel("year"), FieldPanel("opens_on"), FieldPanel("closes_on"), FieldPanel("is_example")]),
        FieldRowPanel([FieldPanel("grant"), FieldPanel("municipality_count"), FieldPanel("project_count")]),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("source_name"), FieldPanel("source_url")], _("Source")),
    ]
    search_fields = [*SitePage.search_fields, index.SearchField("body"), index.FilterField("year")]
    parent_page_types = ["youth.InitiativesIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("call for youth projects")
        verbose_name_plural = _("calls for youth projects")
        constraints = [
            models.CheckConstraint(
                name="youth_call_period",
                condition=Q(opens_on__isnull=True) | Q(closes_on__isnull=True) | Q(closes_on__gte=F("opens_on")),
            )
        ]

    def clean(self) -> None:
        """The call closes after it opened."""
        super().clean()
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise ValidationError({"closes_on": _("The last day lies before the first.")})

    def state_on(self, day: dt.date) -> CallState:
        """Where the call stands on a day; one whose dates nobody knows is judged by its year."""
        if self.opens_on is None and self.closes_on is None:
            return CallState.CLOSED if self.year < day.year else CallState.ANNOUNCED
        if self.opens_on and day < self.opens_on:
            return CallState.ANNOUNCED
        return CallState.CLOSED if self.closes_on and day > self.closes_on else CallState.OPEN

    @property
    def state(self) -> CallState:
        """Where the call stands on the business day."""
        return self.state_on(business_today())

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The projects of this call."""
        from cms.youth.selectors import projects_of

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["projects"] = projects_of(call=self)
        return context


class ProjectPage(SitePage):
    """A project of young people, and what came of it."""

    template = "pages/project.html"
    read_with = ("municipality", "call")

    call = public(
        models.ForeignKey(
            "youth.CallPage", on_delete=models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("call")
        )
    )
    municipality = public(
        models.ForeignKey(
            "territory.Municipality",
            on_delete=models.PROTECT,
            null=True,
            blank=True,
            related_name="+",
            verbose_name=_("municipality"),
        )
    )
    organisation = public(
        models.CharField(_("carried out by"), max_length=200, blank=True, help_text=_("The organisation, never a person."))
    )
    starts_on = public(models.DateField(_("first day"), null=True, blank=True))
    ends_on = public(models.DateField(_("last day"), null=True, blank=True))
    months = public(models.PositiveSmallIntegerField(_("months"), null=True, blank=True))
    participants = public(models.PositiveSmallIntegerField(_("young people"), null=True, blank=True))
    ages = public(models.CharField(_("their ages"), max_length=40, blank=True))
    is_example = public(models.BooleanField(_("example"), default=False))
    body = public(BodyField(BodyBlock(), blank=True, verbose_name=_("what was done and what it gave")))
    source_name = public(models.CharField(_("source of the facts"), max_length=200, blank=True))
    source_url = public(models.URLField(_("address of the source"), max_length=500, blank=True))
    topics = public(ParentalManyToManyField("base.Topic", blank=True, related_name="projects", verbose_name=_("topics")))

    content_panels = [
        *SitePage.content_panels,
        FieldRowPanel([FieldPanel("call"), FieldPanel("municipality"), FieldPanel("is_example")]),
        FieldPanel("organisation"),
        FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on"), FieldPanel("months")]),
        FieldRowPanel([FieldPanel("participants"), FieldPanel("ages")]),
        FieldPanel("body"),
        FieldPanel("topics"),
        MultiFieldPanel([FieldPanel("source_name"), FieldPanel("source_url")], _("Source")),
    ]
    search_fields = [*SitePage.search_fields, index.SearchField("body"), index.SearchField("organisation")]
    parent_page_types = ["youth.InitiativesIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("youth project")
        verbose_name_plural = _("youth projects")
        constraints = [
            models.CheckConstraint(
                name="youth_project_period",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            )
        ]

    def clean(self) -> None:
        """The project ends after it began."""
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day lies before the first.")})

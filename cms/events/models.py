"""Events (Pasākumi): seminars, supervisions, workshops, conferences, programmes, consultation days (domain.md 7)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
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
from cms.base import parts
from cms.base.blocks import BodyBlock
from cms.base.fields import BodyField
from cms.base.models import SitePage


class EventKind(models.TextChoices):
    """Kinds of the contract (TrainingKind), so that an event can later stand for one of the training service."""

    SEMINAR = "SEMINAR", _("Seminar")
    SUPERVISION = "SUPERVISION", _("Supervision")
    WORKSHOP = "WORKSHOP", _("Workshop")
    CONFERENCE = "CONFERENCE", _("Conference")
    PROGRAMME = "PROGRAMME", _("Further education programme")
    CONSULTATION_DAY = "CONSULTATION_DAY", _("Consultation day")


class EventsIndexPage(SitePage):
    """Coming and past events, with a filter that is a plain form, and the calendar to subscribe to."""

    template = "pages/events_index.html"
    per_page = 12

    parent_page_types = ["home.HomePage"]
    subpage_types = ["events.EventPage"]

    class Meta:
        verbose_name = _("events")
        verbose_name_plural = _("events")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The filter as sent and one page of the events that fit it: the coming ones unless the past is asked for."""
        from cms.base.pagination import page_of
        from cms.base.selectors import listed
        from cms.events.forms import EventFilter
        from cms.events.selectors import events_for, filter_rows

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        events = parts.kept(("events", self.language), lambda: filter_rows(language=self.language))
        form = EventFilter(request.GET or None, language=self.language, events=events)
        chosen = form.criteria()
        found = listed(("events", self.language, *chosen.items()), lambda: events_for(language=self.language, **chosen))
        context |= {
            "form": form,
            "past": form.past,
            "filtered": form.is_narrowed,
            "events": page_of(found, request=request, per_page=self.per_page, count=form.count),
            "calendar": calendar_address(self),
        }
        return context


class EventPage(SitePage):
    """One event. Registration comes with the training service; until then the page says how to apply."""

    template = "pages/event.html"
    read_with = ("region",)

    kind = public(models.CharField(_("kind"), max_length=20, choices=EventKind))
    starts_on = public(models.DateField(_("first day"), db_index=True))
    ends_on = public(models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty: the same day.")))
    start_time = public(models.TimeField(_("from"), null=True, blank=True))
    end_time = public(models.TimeField(_("to"), null=True, blank=True))
    place = public(models.CharField(_("place"), max_length=250, blank=True))
    is_online = public(models.BooleanField(_("online"), default=False))
    region = public(
        models.ForeignKey(
            "territory.Region",
            on_delete=models.PROTECT,
            null=True,
            blank=True,
            related_name="+",
            verbose_name=_("region"),
            help_text=_("Empty: the whole country."),
        )
    )
    for_whom = public(models.CharField(_("for whom"), max_length=250, blank=True))
    places = public(models.PositiveSmallIntegerField(_("number of places"), null=True, blank=True))
    apply_by = public(models.DateField(_("apply by"), null=True, blank=True))
    how_to_apply = public(models.TextField(_("how to apply"), max_length=600, blank=True))
    is_cancelled = public(models.BooleanField(_("cancelled"), default=False))
    is_example = public(
        models.BooleanField(
            _("example"), default=False, help_text=_("Made up to show what the page of an event holds; marked as such.")
        )
    )
    body = public(BodyField(BodyBlock(), blank=True, verbose_name=_("programme and text")))
    source_name = public(models.CharField(_("source of the facts"), max_length=200, blank=True))
    source_url = public(models.URLField(_("address of the source"), max_length=500, blank=True))
    topics = public(ParentalManyToManyField("base.Topic", blank=True, related_name="events", verbose_name=_("topics")))

    content_panels = [
        *SitePage.content_panels,
        FieldRowPanel([FieldPanel("kind"), FieldPanel("is_cancelled"), FieldPanel("is_example")]),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
                FieldRowPanel([FieldPanel("start_time"), FieldPanel("end_time")]),
                FieldRowPanel([FieldPanel("place"), FieldPanel("is_online"), FieldPanel("region")]),
            ],
            _("When and where"),
        ),
        MultiFieldPanel(
            [FieldPanel("for_whom"), FieldPanel("places"), FieldPanel("apply_by"), FieldPanel("how_to_apply")], _("Taking part")
        ),
        FieldPanel("body"),
        FieldPanel("topics"),
        MultiFieldPanel([FieldPanel("source_name"), FieldPanel("source_url")], _("Source")),
    ]
    search_fields = [
        *SitePage.search_fields,
        index.SearchField("body"),
        index.SearchField("place"),
        index.SearchField("for_whom"),
        index.FilterField("starts_on"),
        index.FilterField("kind"),
    ]
    parent_page_types = ["events.EventsIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(name="event_days", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")))
        ]

    def clean(self) -> None:
        """Days and hours run forwards; an end needs a beginning."""
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day lies before the first.")})
        if self.end_time and not self.start_time:
            raise ValidationError({"start_time": _("Say when it begins.")})
        if self.start_time and self.end_time and self.last_day == self.starts_on and self.end_time <= self.start_time:
            raise ValidationError({"end_time": _("It ends before it begins.")})

    @property
    def last_day(self) -> dt.date:
        """The last day, which is the first one where no other is given."""
        return self.ends_on or self.starts_on

    @property
    def is_over(self) -> bool:
        """Whether it lies before the business day."""
        return self.last_day < business_today()

    @property
    def starts_at(self) -> dt.datetime | dt.date:
        """The moment it begins in Latvia, or the day where no hour is given."""
        return _moment(self.starts_on, self.start_time)

    @property
    def ends_at(self) -> dt.datetime | dt.date:
        """The moment it ends in Latvia, or the last day."""
        return _moment(self.last_day, self.end_time)

    @property
    def calendar(self) -> str:
        """Address of this event as a calendar file."""
        from cms.base.languages import address

        return address(self).rstrip("/") + ".ics"

    def structured_data(self, *, url: str, base: str) -> dict[str, Any] | None:
        """schema.org Event; an invented one is not announced to anybody."""
        if self.is_example:
            return None
        state = "EventCancelled" if self.is_cancelled else "EventScheduled"
        mode = "OnlineEventAttendanceMode" if self.is_online else "OfflineEventAttendanceMode"
        place = (
            {"@type": "VirtualLocation", "url": url}
            if self.is_online
            else {"@type": "Place", "name": self.place, "address": "LV"}
        )
        return {
            "@type": "Event",
            "name": self.title,
            "description": self.description,
            "startDate": self.starts_at.isoformat(),
            "endDate": self.ends_at.isoformat(),
            "eventStatus": f"https://schema.org/{state}",
            "eventAttendanceMode": f"https://schema.org/{mode}",
            "location": place,
            "inLanguage": self.language,
            "isAccessibleForFree": True,
            "organizer": {
                "@type": "Organization",
                "name": "Izglītības kvalitātes valsts dienests",
                "url": "https://www.ikvd.gov.lv",
            },
        }


def _moment(day: dt.date, time: dt.time | None) -> dt.datetime | dt.date:
    return dt.datetime.combine(day, time, tzinfo=ZoneInfo(settings.TIME_ZONE)) if time else day


def calendar_address(page: EventsIndexPage) -> str:
    """Address of the calendar of all events: /lv/pasakumi/kalendars.ics, /en/events/calendar.ics."""
    from cms.base.languages import address

    return address(page) + ("calendar.ics" if page.language == "en" else "kalendars.ics")

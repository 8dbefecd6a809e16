"""Calendar files: of one event, and of all of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Page

from cms.base.languages import locale_ids
from cms.base.selectors import published
from cms.events.ics import calendar_file
from cms.events.models import EventPage, EventsIndexPage
from cms.events.selectors import events_for

NAMES = ("kalendars", "calendar")


@require_safe
@cache_control(public=True, max_age=3600)
def calendar(request: HttpRequest, path: str) -> HttpResponse:
    """`<events>/kalendars.ics`: coming and past events; `<events>/<event>.ics`: one. Raises Http404 for anything else."""
    locale = locale_ids().get((get_language() or "")[:2])
    home = Page.objects.filter(depth=2, locale_id=locale).order_by("path").values_list("url_path", flat=True).first()
    section, _slash, name = path.rpartition("/")
    if home is None or not section:
        raise Http404
    if name in NAMES:
        found = published(EventsIndexPage.objects.filter(locale_id=locale, url_path=f"{home}{section}/")).first()
        if found is None:
            raise Http404
        events = events_for(language=found.language, past=None)
        return calendar_file(events=events, name=f"PuMPuRS: {found.title}", file_name=f"{name}.ics")
    event = published(EventPage.objects.filter(locale_id=locale, url_path=f"{home}{path}/")).first()
    if event is None:
        raise Http404
    return calendar_file(events=[event], name=event.title, file_name=f"{event.slug}.ics")

"""Events as iCalendar (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse

from cms.base.languages import address
from cms.events.models import EventPage

_FOLD = 75  # octets of a line


def calendar_file(*, events: Iterable[EventPage], name: str, file_name: str) -> HttpResponse:
    """A calendar of those events. Times are in UTC, so that no description of a time zone is needed."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//IKVD//PuMPuRS//LV", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{_text(name)}", "X-WR-TIMEZONE:Europe/Riga", "REFRESH-INTERVAL;VALUE=DURATION:PT12H"]
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    response = HttpResponse("".join(f"{_folded(line)}\r\n" for line in lines), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{file_name}"'
    return response


def _event(event: EventPage) -> list[str]:
    url = settings.BASE_URL + address(event)
    # The key of a page and its language never change, so a calendar finds the event again after any edit.
    uid = f"{event.translation_key}-{event.language}@{urlsplit(settings.BASE_URL).hostname}"
    changed = event.last_published_at or dt.datetime(2017, 3, 16, tzinfo=dt.UTC)
    where = ", ".join(part for part in (event.place, "tiešsaistē" if event.is_online and event.language == "lv" else "") if part)
    lines = ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{_utc(changed)}", f"LAST-MODIFIED:{_utc(changed)}"]
    lines += [_when("DTSTART", event.starts_at), _end(event), f"SUMMARY:{_text(event.title)}"]
    lines += [f"DESCRIPTION:{_text(event.summary)}", f"URL:{url}", f"CATEGORIES:{_text(event.get_kind_display())}"]
    lines += [f"LOCATION:{_text(where)}"] if where else []
    return [*lines, f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}", "END:VEVENT"]


def _end(event: EventPage) -> str:
    """The end; of whole days it is the day after (RFC 5545 3.6.1)."""
    start, end = event.starts_at, event.ends_at
    if isinstance(start, dt.datetime):
        return _when("DTEND", end if isinstance(end, dt.datetime) else start + dt.timedelta(hours=1))
    return _when("DTEND", event.last_day + dt.timedelta(days=1))


def _when(name: str, moment: dt.datetime | dt.date) -> str:
    if isinstance(moment, dt.datetime):
        return f"{name}:{_utc(moment)}"
    return f"{name};VALUE=DATE:{moment:%Y%m%d}"


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _text(value: object) -> str:
    escaped = str(value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines of at most 75 octets; a letter of two octets is never torn."""
    parts, current, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _FOLD:
            parts.append(current)
            current, size = " ", 1
        current, size = current + letter, size + width
    return "\r\n".join([*parts, current])

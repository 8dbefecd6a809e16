"""Events: the list, the page, the calendar."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client, override_settings

from cms.base.selectors import published
from cms.events.ics import calendar_file
from cms.events.models import EventPage
from cms.events.selectors import events_for
from tests.cms.markup import Markup

pytestmark = pytest.mark.django_db
TODAY = dt.date(2023, 10, 16)


@pytest.fixture(autouse=True)
def _demonstration_day() -> object:
    with override_settings(DEMO_TODAY=TODAY):
        yield


def _unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_the_list_shows_what_is_coming_and_the_past_when_asked(client: Client, site: int) -> None:
    coming = client.get("/lv/pasakumi/").content.decode()
    past = client.get("/lv/pasakumi/?when=past").content.decode()
    assert "seminars-planu-sagatavotajiem" in coming
    assert "konference-2019-jelgava" not in coming
    assert "konference-2019-jelgava" in past
    assert "seminars-planu-sagatavotajiem" not in past


def test_an_event_passes_into_the_past_with_the_business_day(site: int) -> None:
    event = EventPage.objects.get(slug="programma-darbs-jaunatnes-joma")
    for day, there in ((dt.date(2023, 12, 12), True), (dt.date(2023, 12, 13), False)):
        with override_settings(DEMO_TODAY=day):
            assert (event in list(events_for(language="lv"))) is there


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 6),
        ("kind=SEMINAR", 2),
        ("region=Latgale", 3),
        ("region=Latgale&kind=CONFERENCE&when=past", 2),
        ("kind=nonsense&region=Atlantis&when=never", 6),
        ("kind=%00", 6),
    ],
)
def test_the_filter_narrows_and_its_counts_are_true(client: Client, site: int, query: str, found: int) -> None:
    html = client.get(f"/lv/pasakumi/?{query}").content.decode()
    assert html.count("card card-event") == found
    for field in ("when", "kind", "region"):
        select = re.search(rf'<select name="{field}".*?</select>', html, re.S)
        assert select
        options = re.findall(r'<option value="(\w*)"( selected)?>[^<]*\((\d+)\)', select[0])
        chosen = next((number for _value, selected, number in options if selected), options[0][2])
        assert int(chosen) == found, field


def test_each_count_is_what_choosing_it_would_show(client: Client, site: int) -> None:
    html = client.get("/lv/pasakumi/?region=Latgale").content.decode()
    select = re.search(r'<select name="kind".*?</select>', html, re.S)
    assert select
    counts = dict(re.findall(r'<option value="(\w+)">[^<]*\((\d+)\)', select[0]))
    assert len(counts) == 6
    for kind, number in counts.items():
        shown = client.get(f"/lv/pasakumi/?region=Latgale&kind={kind}").content.decode()
        assert shown.count("card card-event") == int(number), kind


def test_the_calendar_holds_every_event_by_the_rules(client: Client, site: int) -> None:
    response = client.get("/lv/pasakumi/kalendars.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    text = response.content.decode()
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = _unfolded(text)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == published(EventPage.objects.all()).count() >= 12
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(set(uids)) == len(uids)
    # 26 October 2023, 10 to 13 o'clock in Latvia, is summer time still; 8 November is not.
    assert "DTSTART:20231026T070000Z" in lines
    assert "DTSTART:20231108T130000Z" in lines
    assert "DTSTART;VALUE=DATE:20190301" in lines
    assert "DTEND;VALUE=DATE:20190302" in lines, "the end of a whole day is the next one"
    assert "STATUS:CANCELLED" in lines


def test_english_readers_get_the_same_events(client: Client, site: int) -> None:
    assert client.get("/en/events/calendar.ics").content.count(b"BEGIN:VEVENT") >= 12
    page = Markup(client.get("/en/events/").content.decode())
    assert page.all("link", rel="alternate", type="text/calendar")[0]["href"] == "/en/events/calendar.ics"


def test_an_event_has_a_calendar_file_of_its_own(client: Client, site: int) -> None:
    event = EventPage.objects.get(slug="seminars-planu-sagatavotajiem")
    text = client.get(event.calendar).content.decode()
    assert text.count("BEGIN:VEVENT") == 1
    assert f"URL:{settings.BASE_URL}/lv/pasakumi/seminars-planu-sagatavotajiem/" in _unfolded(text)


def test_a_calendar_is_of_published_events_only(client: Client, site: int) -> None:
    event = EventPage.objects.get(slug="seminars-planu-sagatavotajiem")
    event.unpublish()
    assert client.get(event.calendar).status_code == 404
    assert "seminars-planu-sagatavotajiem" not in client.get("/lv/pasakumi/kalendars.ics").content.decode()
    for path in ("/lv/kalendars.ics", "/lv/jaunumi/kalendars.ics", "/lv/pasakumi/nav.ics", "/en/pasakumi/kalendars.ics"):
        assert client.get(path).status_code == 404, path


def test_text_in_a_calendar_is_escaped(site: int) -> None:
    event = EventPage.objects.get(slug="seminars-planu-sagatavotajiem")
    event.title = "Viens, divi; trīs\\četri\r\nBEGIN:VEVENT"
    lines = _unfolded(calendar_file(events=[event], name="x", file_name="x.ics").content.decode())
    assert "SUMMARY:Viens\\, divi\\; trīs\\\\četri\\nBEGIN:VEVENT" in lines
    assert lines.count("BEGIN:VEVENT") == 1


def test_an_event_that_ends_before_it_begins_is_refused(site: int) -> None:
    event = EventPage.objects.get(slug="seminars-planu-sagatavotajiem")
    event.ends_on = event.starts_on - dt.timedelta(days=1)
    with pytest.raises(ValidationError) as refused:
        event.full_clean()
    assert "ends_on" in refused.value.message_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        EventPage.objects.filter(pk=event.pk).update(ends_on=event.ends_on)
    event.refresh_from_db()
    event.end_time = dt.time(9)
    with pytest.raises(ValidationError) as refused:
        event.full_clean()
    assert "end_time" in refused.value.message_dict


def test_what_is_over_or_cancelled_takes_no_applications(client: Client, site: int) -> None:
    assert 'id="apply"' in client.get("/lv/pasakumi/seminars-planu-sagatavotajiem/").content.decode()
    assert 'id="apply"' not in client.get("/lv/pasakumi/konference-2019-jelgava/").content.decode()
    cancelled = client.get("/lv/pasakumi/seminars-kavejumu-uzskaite/").content.decode()
    assert 'id="apply"' not in cancelled
    assert "Atcelts" in cancelled

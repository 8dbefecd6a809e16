"""Periods of the reference list as people read them."""

from __future__ import annotations

import re

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

_FORMS = [
    (re.compile(r"^(?P<from>\d{4})/(?P<to>\d{4})$"), gettext_noop("school year %(from)s/%(to)s")),
    (re.compile(r"^(?P<from>\d{4})/(?P<to>\d{4})-(?P<number>[12])$"), gettext_noop("%(from)s/%(to)s, semester %(number)s")),
    (re.compile(r"^to (?P<from>\d{4})/(?P<to>\d{4}) end$"), gettext_noop("by the end of %(from)s/%(to)s")),
    (re.compile(r"^(?P<month>\d{2})\.(?P<year>\d{4})$"), gettext_noop("%(month)s %(year)s")),
    (re.compile(r"^(?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>\d{4})$"), gettext_noop("%(day)s %(month)s %(year)s")),
    (re.compile(r"^to (?P<until>\d{2})\.(?P<year>\d{4})$"), gettext_noop("by %(until)s %(year)s")),
    (re.compile(r"^to (?P<day>\d{2})\.(?P<until>\d{2})\.(?P<year>\d{4})$"), gettext_noop("by %(day)s %(until)s %(year)s")),
    (re.compile(r"^to (?P<year>\d{4})$"), gettext_noop("by %(year)s")),
    (re.compile(r"^(?P<year>\d{4}) \(autumn\)$"), gettext_noop("autumn %(year)s")),
    (re.compile(r"^(?P<year>\d{4})$"), gettext_noop("year %(year)s")),
]


def written(period: str) -> str:
    """A school year, semester or date as the reader's language writes it; what has no rule stays as the source words it."""
    for pattern, text in _FORMS:
        if match := pattern.match(period):
            return _(text) % {name: _part(name, value) for name, value in match.groupdict().items()}
    return period


def _part(name: str, value: str) -> str:
    """A part of a date as it is read: months by name, days without a leading nought."""
    if name == "day":
        return str(int(value))
    if name in {"month", "until"} and 1 <= int(value) <= 12:
        month = str(MONTHS[int(value)])
        return _until(int(value)) if name == "until" else month
    return value


def _until(month: int) -> str:
    """The name of a month after "until", which has a form of its own in Latvian."""
    names = [
        pgettext("until the month", "January"), pgettext("until the month", "February"), pgettext("until the month", "March"),
        pgettext("until the month", "April"), pgettext("until the month", "May"), pgettext("until the month", "June"),
        pgettext("until the month", "July"), pgettext("until the month", "August"), pgettext("until the month", "September"),
        pgettext("until the month", "October"), pgettext("until the month", "November"), pgettext("until the month", "December"),
    ]  # fmt: skip
    return names[month - 1]

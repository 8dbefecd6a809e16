"""Periods of the reference list as people read them."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

_FORMS = [
    (re.compile(r"^(?P<from>\d{4})/(?P<to>\d{4})$"), gettext_noop("school year %(from)s/%(to)s")),
    (re.compile(r"^(?P<from>\d{4})/(?P<to>\d{4})-(?P<number>[12])$"), gettext_noop("%(from)s/%(to)s, semester %(number)s")),
    (re.compile(r"^to (?P<from>\d{4})/(?P<to>\d{4}) end$"), gettext_noop("by the end of %(from)s/%(to)s")),
    (re.compile(r"^to (?P<date>.+)$"), gettext_noop("by %(date)s")),
    (re.compile(r"^(?P<year>\d{4}) \(autumn\)$"), gettext_noop("autumn %(year)s")),
    (re.compile(r"^(?P<year>\d{4})$"), gettext_noop("year %(year)s")),
]


def written(period: str) -> str:
    """A school year, semester or date as the reader's language writes it; what has no rule stays as the source words it."""
    for pattern, text in _FORMS:
        if match := pattern.match(period):
            return _(text) % match.groupdict()
    return period

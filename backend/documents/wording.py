"""What every document says in the same way: its language, days and moments, and when it was made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backend.core.clock import business_today, now

LANGUAGE, REGION = "lv", "LV"
"""Of the document, whatever the reader's: it is signed in the state language."""


@contextmanager
def in_latvian() -> Iterator[None]:
    """Texts are read in the document's language."""
    with translation.override(LANGUAGE):
        yield


def day(value: dt.date) -> str:
    """`16.10.2023.`"""
    return date_format(value, "d.m.Y.")


def moment(value: dt.datetime) -> str:
    """`16.10.2023. 14:05`, as the clock on the wall in Latvia shows it."""
    return date_format(timezone.localtime(value), "d.m.Y. H:i")


def month(value: dt.date) -> str:
    """`2023. gada oktobris`."""
    return _("%(month)s %(year)d") % {"month": date_format(value, "F").lower(), "year": value.year}


def euro(amount: Decimal) -> str:
    """`31,50 EUR`."""
    return f"{amount:.2f} EUR".replace(".", ",")


def made_line(at: dt.datetime | None = None) -> str:
    """`Sagatavots 16.10.2023. 14:05`: now, on the day that the case work lives on (contract, "Two clocks"), unless a moment is
    given.
    """
    told = moment(at) if at else f"{day(business_today())} {timezone.localtime(now()):%H:%M}"
    return _("Made on %(moment)s") % {"moment": told}

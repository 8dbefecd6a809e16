"""Checks of single values that services share. Each returns the value to store and notes what is wrong."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.core.refusals import Code, Problems
from backend.core.text import has_unseen_signs, nfc

_FIRST_YEAR = 1900


def line(problems: Problems, value: str, field: str, *, longest: int, required: bool = True) -> str:
    """One line of text in NFC without outer white space; at most `longest` signs."""
    return _text(problems, nfc(value), field, longest=longest, required=required, lines=False)


def paragraphs(problems: Problems, value: str, field: str, *, longest: int = 20_000, required: bool = False) -> str:
    """Text of several lines, breaks as line feeds, in NFC."""
    plain = nfc(value.replace("\r\n", "\n").replace("\r", "\n"))
    return _text(problems, plain, field, longest=longest, required=required, lines=True)


def name(problems: Problems, value: str, field: str, *, longest: int = 100) -> str:
    """A person's name: a line with at least one letter. Spelling is nobody's to judge: any script, hyphen, apostrophe."""
    found = line(problems, value, field, longest=longest)
    if found and not any(unicodedata.category(sign).startswith("L") for sign in found):
        problems.add(Code.INVALID, _("A name has at least one letter. Write it as in the person's document."), field)
    return found


def date(problems: Problems, value: dt.date, field: str) -> dt.date:
    """A date that a calendar of our time can hold: protects the arithmetic of periods."""
    if not _FIRST_YEAR <= value.year <= dt.date.max.year - 100:
        problems.add(Code.INVALID, _("The year cannot be right. Write the date as year-month-day."), field)
    return value


def amount(problems: Problems, value: Decimal, field: str, *, largest: Decimal) -> Decimal:
    """Euro above zero with whole cents, at most `largest`."""
    if not value.is_finite() or value <= 0:
        problems.add(Code.INVALID, _("The amount must be above zero."), field)
    elif value > largest:
        problems.add(Code.LIMIT_EXCEEDED, format_lazy(_("The amount cannot be above {largest} euro."), largest=largest), field)
    elif value != value.quantize(Decimal("0.01")):
        problems.add(Code.INVALID, _("The amount has at most two decimal places."), field)
    return value


def _text(problems: Problems, value: str, field: str, *, longest: int, required: bool, lines: bool) -> str:
    if required and not value:
        problems.add(Code.REQUIRED, _("This must be filled in."), field)
    elif len(value) > longest:
        problems.add(Code.INVALID, format_lazy(_("Shorten it to {longest} signs."), longest=longest), field)
    elif has_unseen_signs(value, lines=lines):
        problems.add(Code.INVALID, _("It holds control signs that cannot be read. Type it anew."), field)
    return value

"""The personal code (personas kods): how it is written, what is impossible, what is only doubtful (domain.md 10)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from stdnum.lv import pvn

from backend.core.clock import business_today

_SHAPE = re.compile(r"(\d{6})-?(\d{5})")
_NEW = "32"


class PersonalCodeError(ValueError):
    """No code looks like this: wrong length, other signs, or a birth date that no calendar has."""


@dataclass(frozen=True)
class PersonalCode:
    """A possible code. `doubtful` when its check digit fails: a warning, since no register confirmed the rule to us."""

    digits: str
    birth_date: dt.date | None
    doubtful: bool

    def __str__(self) -> str:
        return f"{self.digits[:6]}-{self.digits[6:]}"


def parse_personal_code(value: str, *, today: dt.date | None = None) -> PersonalCode:
    """Read a code with its hyphen or without, of either format.

    The old format begins with the birth date (DDMMYY-CNNNK; C is the century: 0 for 18xx, 1 for 19xx, 2 for 20xx), the
    new one, given since July 2017, with 32 and tells no date. Raises PersonalCodeError.
    """
    match = _SHAPE.fullmatch(value.strip())
    if match is None or not value.isascii():
        raise PersonalCodeError("A personal code has eleven digits.")
    digits = match[1] + match[2]
    born: dt.date | None = None
    if not digits.startswith(_NEW):
        if digits[6] not in "012":
            raise PersonalCodeError("The seventh digit, the century, is 0, 1 or 2.")
        try:
            born = pvn.get_birth_date(digits)
        except ValueError:
            raise PersonalCodeError("The code begins with a date that does not exist.") from None
        if today is not None and born > today:
            raise PersonalCodeError("The code begins with a date that is still to come.")
    return PersonalCode(digits=digits, birth_date=born, doubtful=pvn.calc_check_digit_pers(digits[:-1]) != digits[-1])


def is_possible(value: str) -> bool:
    """Whether a text can be a personal code today."""
    try:
        parse_personal_code(value, today=business_today())
    except PersonalCodeError:
        return False
    return True

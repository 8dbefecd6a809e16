"""Personal codes: both formats, either writing; the impossible refused, the doubtful marked (domain.md 10)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.lv import pvn

from backend.cases.learners.personal_code import PersonalCodeError, parse_personal_code


@pytest.mark.parametrize("written", ["161175-19997", "16117519997", " 161175-19997 "])
def test_the_old_format_tells_the_birth_date(written: str) -> None:
    code = parse_personal_code(written)
    assert (code.digits, code.birth_date, code.doubtful) == ("16117519997", dt.date(1975, 11, 16), False)
    assert str(code) == "161175-19997"


@pytest.mark.parametrize("written", ["328673-00679", "32867300679"])
def test_the_new_format_tells_none(written: str) -> None:
    code = parse_personal_code(written)
    assert (code.digits, code.birth_date, code.doubtful) == ("32867300679", None, False)


@pytest.mark.parametrize("written", ["161175-19998", "328673-00677"])
def test_a_failing_check_digit_is_only_doubtful(written: str) -> None:
    assert parse_personal_code(written).doubtful


@pytest.mark.parametrize(
    "written",
    [
        "",
        "161375-19997",
        "310222-21111",
        "290223-21111",
        "161175-39997",
        "1611751999",
        "161175-199977",
        "16117-519997",
        "161175--19997",
        "161175 19997",
        "a61175-19997",
        "１６１１７５-19997",
        "LV16117519997",
        "161175-19997\n2",
    ],
)
def test_the_impossible_is_refused(written: str) -> None:
    with pytest.raises(PersonalCodeError):
        parse_personal_code(written)


def test_nobody_is_born_tomorrow() -> None:
    with pytest.raises(PersonalCodeError):
        parse_personal_code("171023-21110", today=dt.date(2023, 10, 16))
    assert parse_personal_code("161023-21110", today=dt.date(2023, 10, 16)).birth_date == dt.date(2023, 10, 16)


@given(day=st.dates(dt.date(1800, 1, 1), dt.date(2099, 12, 31)), serial=st.integers(0, 999), hyphen=st.booleans())
def test_every_date_of_three_centuries_is_read_back(day: dt.date, serial: int, hyphen: bool) -> None:
    body = f"{day:%d%m}{day.year % 100:02}{day.year // 100 - 18}{serial:03}"
    digits = body + pvn.calc_check_digit_pers(body)
    if digits.startswith("32"):
        return  # no day is the 32nd
    code = parse_personal_code(f"{digits[:6]}-{digits[6:]}" if hyphen else digits)
    assert (code.digits, code.birth_date, code.doubtful) == (digits, day, False)

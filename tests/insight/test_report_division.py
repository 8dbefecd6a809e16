"""Semester reports by the division of a day, and of moments at which nothing was known or that are still to come."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from backend.core.clock import now
from backend.territory.models import Municipality, Region
from tests.factories.cast import Cast
from tests.insight.test_report_as_known import AFTER, BEFORE
from tests.insight.test_report_as_known import report as _report


def test_before_anything_was_known_there_is_nothing(cast: Cast) -> None:
    long_ago = dt.datetime(2016, 1, 1, tzinfo=dt.UTC)
    report = _report(cast, "agency", {}, as_of=long_ago)
    assert (report.plans, report.learners, report.measures, report.consultations) == (0, 0, (), ())
    assert report.as_of == long_ago


def test_a_moment_to_come_is_the_present(cast: Cast) -> None:
    report = _report(cast, "agency", {}, as_of=now() + dt.timedelta(days=1))
    assert report.as_of == report.generated_at
    assert report.content_hash == _report(cast, "agency", {}).content_hash


@pytest.mark.parametrize("unit", ["institution", "municipality", "region", "whole"])
@pytest.mark.parametrize(("day", "merged"), [(BEFORE, False), (AFTER, True)])
def test_varaklani_lies_in_madona_since_july_2025(cast: Cast, unit: str, day: dt.date, merged: bool) -> None:
    """Its one plan moves between municipalities; school, region and country have the same figures on both days."""
    madona, varaklani = (Municipality.objects.get(code=code) for code in ("LV-059", "LV-102"))
    asked: dict[str, list[tuple[Any, int]]] = {
        "institution": [(cast.schools["oak"], 1), (cast.schools["maple"], 2)],
        "municipality": [(madona, 4 if merged else 3), (varaklani, 0 if merged else 1)],
        "region": [(Region.objects.get(code="Vidzeme"), 4), (Region.objects.get(code="Latgale"), 0)],
        "whole": [(None, 6)],
    }
    for place, plans in asked[unit]:
        given = {unit: place} if place is not None else {}
        report = _report(cast, "agency", given, division_on=day)
        past = _report(cast, "agency", given, division_on=day, as_of=now())
        assert (report.plans, report.division_on) == (plans, day)
        assert past.content_hash == report.content_hash

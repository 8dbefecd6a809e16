"""Ends of semesters, the leap day, nights in which the clock changes: in recording, on timesheets, in claims and reports."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from backend.cases.delivery import services
from backend.cases.plans.models import SupportPlan
from backend.cases.reimbursements.services import Cost, claim_reimbursement
from backend.core.clock import business_today
from backend.core.refusals import Code
from backend.insight.statistics.selectors import semester_report
from backend.registry.models import Deadline
from backend.territory.models import Semester
from tests.cases.delivery.month import Month
from tests.cases.delivery.test_confirming import order, refused, remote
from tests.cases.desk import problems
from tests.factories.cast import TODAY
from tests.factories.rows import STATE, whole_state

CLOSED, FIRST, SECOND = "2022/2023-2", "2023/2024-1", "2023/2024-2"
SPRING, AUTUMN, LEAP = dt.date(2023, 3, 26), dt.date(2023, 10, 29), dt.date(2024, 2, 29)
"""At three the clock goes to four; at four it goes to three; a day that most years lack."""
LATER = dt.date(2024, 7, 31)


def _plan(month: Month, code: str) -> SupportPlan:
    return month.desk.running_plan(semester=Semester.objects.get(code=code))


def _hours(code: str) -> int:
    """Teachers' hours of a semester's report of maple."""
    with whole_state():
        school = SupportPlan.objects.filter(institution__code="MAPLE").first()
        assert school is not None
        report = semester_report(
            scope=STATE, semester=Semester.objects.get(code=code), institution=school.institution, division_on=TODAY
        )
    assert report is not None
    return sum(row.hours for row in report.consultations if row.role == "TEACHER")


# -- semesters -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "day", "taken"),
    [
        (FIRST, dt.date(2023, 8, 31), False),
        (FIRST, dt.date(2023, 9, 1), True),
        (FIRST, dt.date(2023, 12, 22), True),  # the last day of school
        (FIRST, dt.date(2023, 12, 23), True),
        (FIRST, dt.date(2023, 12, 31), True),  # the plan's last day (domain.md 1)
        (FIRST, dt.date(2024, 1, 1), False),
        (SECOND, dt.date(2023, 12, 31), False),
        (SECOND, dt.date(2024, 1, 7), False),
        (SECOND, dt.date(2024, 1, 8), True),
        (SECOND, LEAP, True),
        (SECOND, dt.date(2024, 5, 31), True),
    ],
)
def test_an_hour_and_a_cost_lie_in_the_plans_own_time(month: Month, code: str, day: dt.date, taken: bool) -> None:
    """The same days for both, and what is taken counts in that semester's report alone."""
    before = {each: _hours(each) for each in (FIRST, SECOND)}
    plan = _plan(month, code)
    measure = month.desk.measure(plan)
    meals = month.desk.measure(plan, code="CATERING")

    def cost() -> Any:
        proof = month.scan("COST_PROOF", room="money")
        bill = Cost(incurred_on=day, amount=Decimal("3.10"), document_number="R-1", proof_id=proof.pk)
        given = {"measure_id": meals.pk, "period": day.replace(day=1), "items": (bill,)}
        return month.act("author", claim_reimbursement, on=LATER, **given)

    if taken:
        rows = month.record(measure, day, on=LATER)
        month.act("provider", services.confirm_consultations, on=LATER, consultation_ids=[rows[0].pk], side="PROVIDER")
        _signed(month, rows)
        assert cost().amount == Decimal("3.10")
    else:
        assert problems(lambda: month.record(measure, day, on=LATER)) == {"entries.0.held_on": Code.OUT_OF_PERIOD}
        met = problems(cost)  # the claim's month may lie outside as well
        assert met.pop("period", Code.OUT_OF_PERIOD) == Code.OUT_OF_PERIOD
        assert met == {"items.0.incurred_on": Code.OUT_OF_PERIOD}
    assert {each: _hours(each) - before[each] for each in before} == {FIRST: 0, SECOND: 0} | ({code: 1} if taken else {})


def _signed(month: Month, rows: list[Any]) -> None:
    keys = [row.pk for row in rows]
    given = {"consultation_ids": keys, "side": "LEARNER", "method": "SIGNED_SHEET", "file_id": month.scan().pk}
    month.act("provider", services.confirm_consultations, on=LATER, **given)


def test_a_leap_february_has_twenty_nine_days_on_its_sheet(month: Month) -> None:
    """From the first hour to the submitted month; on 1 March it is over."""
    measure = month.desk.measure(_plan(month, SECOND), planned_hours=29)
    days = [dt.date(2024, 2, day) for day in range(1, 30)]
    rows = month.record(measure, *days, on=LATER)
    month.act("provider", services.confirm_consultations, on=LATER, consultation_ids=[row.pk for row in rows], side="PROVIDER")
    _signed(month, rows)
    february = dt.date(2024, 2, 1)
    sheet = month.sheet(month=february)
    with whole_state():
        line = sheet.lines.get()
    assert (sheet.hours, line.hours_by_day) == (29, [1] * 29 + [0, 0])
    for who in ("head", "coordinator"):
        month.act(who, services.approve_timesheet, on=dt.date(2024, 3, 1), timesheet_id=sheet.pk)
    submitted = month.submit(month=february, on=dt.date(2024, 3, 1))
    assert submitted.hours == 29


# -- nights in which the clock changes -----------------------------------------------------------------------------------
@pytest.mark.parametrize("day", [SPRING, AUTUMN, LEAP], ids=["spring", "autumn", "leap day"])
@pytest.mark.parametrize(
    ("first", "then", "free"), [("02:20", "03:00", True), ("02:40", "03:00", False), ("03:30", "04:00", False)]
)
def test_forty_minutes_are_forty_by_the_clock_on_the_wall(month: Month, day: dt.date, first: str, then: str, free: bool) -> None:
    """The sheet knows the clock on the wall: an hour that the night skips or has twice is one of the day's like any other."""
    code = {SPRING: CLOSED, AUTUMN: FIRST, LEAP: SECOND}[day]
    one, other = month.desk.measure(_plan(month, code)), month.desk.measure(_plan(month, code))
    month.record(one, day, at=first, on=LATER)
    if free:
        (row,) = month.record(other, day, at=then, on=LATER)
        assert (row.held_on, row.starts_at) == (day, dt.time.fromisoformat(then))
    else:
        refused_at = problems(lambda: month.record(other, day, at=then, on=LATER))
        assert refused_at == {"entries.0.starts_at": Code.CONFLICT}


def test_the_night_before_and_after_midnight_are_two_days(month: Month) -> None:
    """An hour ends on its day: none from 23:21 on, and 23:20 to 24:00 takes nothing from midnight's, whatever the clock does."""
    for day in (SPRING - dt.timedelta(days=1), AUTUMN - dt.timedelta(days=1), LEAP):
        code = {3: CLOSED, 10: FIRST, 2: SECOND}[day.month]
        one, other = month.desk.measure(_plan(month, code)), month.desk.measure(_plan(month, code))
        late = problems(lambda one=one, day=day: month.record(one, day, at="23:21", on=LATER))  # type: ignore[misc]
        assert late == {"entries.0.starts_at": Code.INVALID}, day
        month.record(one, day, at="23:20", on=LATER)
        month.record(other, day + dt.timedelta(days=1), at="00:00", on=LATER)


@pytest.mark.parametrize(
    ("held", "last"),
    [
        (dt.date(2023, 10, 28), AUTUMN),
        (AUTUMN, dt.date(2023, 10, 30)),
        (dt.date(2023, 12, 30), dt.date(2023, 12, 31)),
        (dt.date(2023, 12, 31), dt.date(2024, 1, 1)),
    ],
)
def test_one_day_to_confirm_is_a_day_of_the_calendar(month: Month, held: dt.date, last: dt.date) -> None:
    assert Deadline.objects.get(step="REMOTE_CONFIRM").days == 1
    measure = month.desk.measure(_plan(month, FIRST))
    made = order(month, measure.plan, valid_to=dt.date(2024, 1, 31))
    (row,) = remote(month, measure, held, made, on=held)
    message = {"side": "LEARNER", "method": "REMOTE_MESSAGE"}
    assert refused(month, row, on=last + dt.timedelta(days=1), **message) == {"consultation_ids.0": Code.OUT_OF_PERIOD}
    month.act("provider", services.confirm_consultations, on=last, consultation_ids=[row.pk], **message)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2023-03-25T21:59:59+00:00", SPRING - dt.timedelta(days=1)),
        ("2023-03-25T22:00:00+00:00", SPRING),
        ("2023-03-26T20:59:59+00:00", SPRING),  # the short day: 23 hours
        ("2023-03-26T21:00:00+00:00", SPRING + dt.timedelta(days=1)),
        ("2023-10-28T20:59:59+00:00", AUTUMN - dt.timedelta(days=1)),
        ("2023-10-28T21:00:00+00:00", AUTUMN),
        ("2023-10-29T21:59:59+00:00", AUTUMN),  # the long day: 25 hours
        ("2023-10-29T22:00:00+00:00", AUTUMN + dt.timedelta(days=1)),
        ("2024-02-28T22:00:00+00:00", LEAP),
        ("2024-02-29T22:00:00+00:00", dt.date(2024, 3, 1)),
        ("2023-12-31T22:00:00+00:00", dt.date(2024, 1, 1)),
    ],
)
def test_the_business_day_turns_at_midnight_in_latvia(settings: Any, monkeypatch: Any, moment: str, day: dt.date) -> None:
    settings.DEMO_TODAY = None
    monkeypatch.setattr("django.utils.timezone.now", lambda: dt.datetime.fromisoformat(moment))
    assert business_today() == day

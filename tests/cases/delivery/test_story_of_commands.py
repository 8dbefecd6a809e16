"""Random stories of a school's two months: every command does what a model of the rules says, and the sums hold after each.

The model (`story_model`) knows nothing of the services. It says beforehand whether a command is accepted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backend.cases.delivery import services
from backend.cases.plans.models import Measure
from backend.core.refusals import Refusal
from tests.cases.delivery.month import OCTOBER, SEPTEMBER, Month
from tests.cases.delivery.story_model import Hour, Model, follows
from tests.cases.entering import enter
from tests.factories.rows import STATE

STORIES, FULL, STEPS = 50, 1_000, 30
MONTHS = (SEPTEMBER, OCTOBER)
PEOPLE = ("provider", "second")
ROLES = {"provider": "TEACHER", "second": "PSYCHOLOGIST"}


def _tried(act: Callable[[], Any]) -> tuple[Refusal | None, Any]:
    try:
        return None, act()  # a command takes its own savepoint
    except Refusal as refusal:
        return refusal, None


Command = tuple[str, int, int, int]
BEGINNING: tuple[Command, ...] = (
    ("record", 0, 3, 0),
    ("confirm", 0, 0, 0),
    ("confirm", 1, 0, 0),
    ("head", 0, 0, 0),
    ("coordinator", 0, 0, 0),
    ("submit", 0, 0, 0),
)
"""How far a story has come when chance takes over: nowhere, up to a submitted September."""
WHOLE_WAY: tuple[Command, ...] = (
    # From a submitted September on, what is done:
    ("reopen", 0, 0, 0),
    ("coordinator withdraws", 0, 1, 0),
    ("head withdraws", 0, 1, 0),
    ("correct", 0, 4, 1),
    ("strike", 1, 0, 0),
    ("record", 1, 2, 1),
    ("confirm", 0, 0, 0),
    ("confirm", 1, 0, 0),
    ("position", 1, 1, 0),
    ("head", 1, 1, 0),
    ("coordinator", 0, 1, 0),
    ("submit", 0, 0, 0),
    ("give", 2, 3, 0),
    # and what is refused, since September is locked, or was done before:
    ("confirm", 0, 0, 0),
    ("strike", 2, 0, 0),
    ("correct", 2, 0, 0),
    ("record", 1, 9, 0),
    ("give", 1, 9, 0),
    ("position", 1, 0, 0),
    ("head", 1, 0, 0),
    ("coordinator", 1, 0, 0),
    ("head withdraws", 1, 0, 0),
    ("coordinator withdraws", 1, 0, 0),
    ("submit", 0, 0, 0),
)
"""A story in which every command is done and, where that is possible, refused, whatever chance draws besides."""
COMMANDS = st.tuples(
    st.sampled_from(
        ["give"] * 4
        + ["record", "confirm", "confirm"]
        + ["correct", "strike", "position"]
        + ["head", "head", "coordinator", "coordinator", "head withdraws", "coordinator withdraws", "submit", "submit", "reopen"]
    ),
    st.integers(0, 7),
    st.integers(0, 15),
    st.integers(0, 3),
)


class Story:
    """Takes the steps, on the platform and on the model."""

    def __init__(self, month: Month, measures: dict[str, Measure], file: Any) -> None:
        self.month, self.measures, self.file = month, measures, file
        self.model = Model()
        self.people = {user.pk: name for name, user in month.people.items()}
        self.sheets: dict[tuple[str, dt.date], Any] = {}
        self.accepted: dict[str, int] = {}
        self.refused: dict[str, int] = {}

    def step(self, command: Command) -> None:
        """One command, then the invariants."""
        name, one, two, three = command
        acting: Callable[[int, int, int], tuple[bool, Callable[[], Any] | None, Callable[[Any], None]]]
        acting = getattr(self, "_" + name.replace(" ", "_"))
        expected, act, then = acting(one, two, three)
        if act is None:
            return
        refused, answer = _tried(act)
        assert expected == (refused is None), (command, refused)
        counted = self.refused if refused else self.accepted
        counted[name] = counted.get(name, 0) + 1
        if refused is None:
            then(answer)
        self._holds()

    def _as(self, who: str, service: Callable[..., Any], **given: Any) -> Callable[[], Any]:
        def act() -> Any:
            scope = self.month.scope(who)
            enter(scope)
            return service(scope=scope, **given)

        return act

    # -- hours -----------------------------------------------------------------------------------------------------------
    def _record(self, one: int, two: int, three: int) -> Any:
        who, month = PEOPLE[one % 2], MONTHS[one // 2 % 2]
        day, start = month + dt.timedelta(days=two), dt.time(8 + three)
        rows = [(hour.day, hour.start) for hour in self.model.standing(who, month)]
        expected = self.model.open(who, month) and follows([*rows, (day, start)])
        entry = services.ConsultationEntry(self.measures[who].pk, day, start, "Temats")

        def then(answer: Any) -> None:
            self.model.hours.append(Hour(who, day, start, answer[0]))
            self.model.status.setdefault((who, month), "ENTERED")

        return expected, self._as(who, services.record_consultations, entries=[entry]), then

    def _give(self, one: int, two: int, three: int) -> Any:
        """An hour that is recorded and confirmed by both in one breath."""
        who = PEOPLE[one % 2]
        expected, record, recorded = self._record(one, two, three)

        def act() -> Any:
            answer = record()
            keys = [answer[0].pk]
            self._as(who, services.confirm_consultations, consultation_ids=keys, side="PROVIDER")()
            signed = {"side": "LEARNER", "method": "SIGNED_SHEET", "file_id": self.file.pk}
            self._as(who, services.confirm_consultations, consultation_ids=keys, **signed)()
            return answer

        def then(answer: Any) -> None:
            recorded(answer)
            self.model.hours[-1].sides = {"PROVIDER", "LEARNER"}

        return expected, act, then

    def _hour(self, place: int) -> Hour | None:
        return self.model.hours[-1 - place % len(self.model.hours)] if self.model.hours else None

    def _confirm(self, one: int, two: int, three: int) -> Any:
        hour, side = self._hour(two // 2), ("PROVIDER", "LEARNER")[one % 2]
        if hour is None:
            return False, None, None
        expected = self.model.open(hour.who, hour.month) and not hour.struck and side not in hour.sides
        more = {"method": "SIGNED_SHEET", "file_id": self.file.pk} if side == "LEARNER" else {}
        act = self._as(hour.who, services.confirm_consultations, consultation_ids=[hour.row.pk], side=side, **more)
        return expected, act, lambda _answer: hour.sides.add(side)

    def _correct(self, one: int, two: int, three: int) -> Any:
        hour = self._hour(one)
        if hour is None:
            return False, None, None
        day, start = hour.month + dt.timedelta(days=two), dt.time(8 + three)
        rows = [(day, start) if row is hour else (row.day, row.start) for row in self.model.standing(hour.who, hour.month)]
        expected = self.model.open(hour.who, hour.month) and not hour.struck and follows(rows)
        given = {"consultation_id": hour.row.pk, "reason": "Labojums", "held_on": day, "starts_at": start}

        def then(answer: Any) -> None:
            hour.struck = True
            self.model.hours.insert(self.model.hours.index(hour), Hour(hour.who, day, start, answer))
            self.model.lost(hour.who, hour.month)

        return expected, self._as(hour.who, services.correct_consultation, **given), then

    def _strike(self, one: int, two: int, three: int) -> Any:
        hour = self._hour(one)
        if hour is None:
            return False, None, None
        expected = self.model.open(hour.who, hour.month) and not hour.struck
        act = self._as(hour.who, services.correct_consultation, consultation_id=hour.row.pk, reason="Nenotika")

        def then(_answer: Any) -> None:
            hour.struck = True
            self.model.lost(hour.who, hour.month)

        return expected, act, then

    # -- sheets ----------------------------------------------------------------------------------------------------------
    def _sheet(self, one: int, two: int, *likely: str) -> tuple[tuple[str, dt.date], Any]:
        """The key of one of the sheets; mostly of one whose status lets the step be taken, since few would be met otherwise."""
        met = sorted(key for key, status in self.model.status.items() if status in likely)
        key = met[one % len(met)] if met and two % 4 else (PEOPLE[one % 2], MONTHS[one // 2 % 2])
        return key, self.sheets.get(key)

    def _position(self, one: int, two: int, three: int) -> Any:
        key, sheet = self._sheet(one, two, "ENTERED")
        if sheet is None:
            return False, None, None
        expected = self.model.status[key] == "ENTERED" and key[0] == "second" and self.model.count(*key) > 0
        act = self._as("head", services.set_position, timesheet_id=sheet, position_code="psihologs")
        return expected, act, lambda _answer: self.model.fits.add(key)

    def _head(self, one: int, two: int, three: int) -> Any:
        key, sheet = self._sheet(one, two, "ENTERED")
        if sheet is None:
            return False, None, None
        rows = self.model.standing(*key)
        ready = bool(rows) and all(hour.counts for hour in rows) and (key[0] == "provider" or key in self.model.fits)
        expected = self.model.status[key] == "ENTERED" and ready
        return (
            expected,
            self._as("head", services.approve_timesheet, timesheet_id=sheet),
            self._moves(key, "APPROVED_BY_INSTITUTION"),
        )

    def _coordinator(self, one: int, two: int, three: int) -> Any:
        key, sheet = self._sheet(one, two, "APPROVED_BY_INSTITUTION")
        if sheet is None:
            return False, None, None
        expected = self.model.status[key] == "APPROVED_BY_INSTITUTION"
        act = self._as("coordinator", services.approve_timesheet, timesheet_id=sheet)
        return expected, act, self._moves(key, "APPROVED_BY_COORDINATOR")

    def _head_withdraws(self, one: int, two: int, three: int) -> Any:
        key, sheet = self._sheet(one, two, "APPROVED_BY_INSTITUTION")
        if sheet is None:
            return False, None, None
        expected = self.model.status[key] == "APPROVED_BY_INSTITUTION"
        act = self._as("head", services.withdraw_timesheet_approval, timesheet_id=sheet, reason="Kļūda")
        return expected, act, self._moves(key, "ENTERED")

    def _coordinator_withdraws(self, one: int, two: int, three: int) -> Any:
        key, sheet = self._sheet(one, two, "APPROVED_BY_COORDINATOR")
        if sheet is None:
            return False, None, None
        expected = self.model.status[key] == "APPROVED_BY_COORDINATOR"
        act = self._as("coordinator", services.withdraw_timesheet_approval, timesheet_id=sheet, reason="Kļūda")
        return expected, act, self._moves(key, "APPROVED_BY_INSTITUTION")

    def _moves(self, key: tuple[str, dt.date], status: str) -> Callable[[Any], None]:
        return lambda _answer: self.model.status.update({key: status})

    # -- months ----------------------------------------------------------------------------------------------------------
    def _submit(self, one: int, two: int, three: int) -> Any:
        month = MONTHS[one % 2]
        rows = [hour for who in PEOPLE for hour in self.model.standing(who, month)]
        held = {hour.who for hour in rows}
        approved = all(self.model.status[who, month] == "APPROVED_BY_COORDINATOR" for who in held)
        expected = bool(rows) and month not in self.model.submitted and approved and all(hour.counts for hour in rows)
        if not rows:
            return False, None, None  # an empty month may be submitted too: a story would end there

        def then(answer: Any) -> None:
            self.model.submitted[month] = answer
            self.model.status.update({(who, month): "LOCKED" for who in held})

        given = {"institution_id": self.month.desk.school.pk, "month": month}
        return expected, self._as("coordinator", services.submit_month, **given), then

    def _reopen(self, one: int, two: int, three: int) -> Any:
        month = MONTHS[one % 2]
        if month not in self.model.submitted:
            return False, None, None
        submission = self.model.submitted[month]

        def then(_answer: Any) -> None:
            del self.model.submitted[month]
            locked = [key for key, status in self.model.status.items() if key[1] == month and status == "LOCKED"]
            self.model.status.update(dict.fromkeys(locked, "APPROVED_BY_COORDINATOR"))

        act = self._as("region", services.reopen_month, month_submission_id=submission.pk, reason="Kļūda")
        return True, act, then

    # -- what holds ------------------------------------------------------------------------------------------------------
    def _holds(self) -> None:
        """Sums, states and locks are the model's; nothing that was ever recorded is gone."""
        enter(STATE)
        with connection.cursor() as cursor:
            cursor.execute(SHEETS, [self.month.desk.school.pk, list(MONTHS)])
            rows = cursor.fetchall()
            cursor.execute(HOURS, [[measure.pk for measure in self.measures.values()]])
            hours = dict(cursor.fetchall())
        assert hours == {hour.row.pk: hour.struck for hour in self.model.hours}
        self.sheets = {}
        for provider, month, sheet, total, status, role, by_day, standing in rows:
            key = (self.people[provider], month)
            assert key not in self.sheets, "one line a sheet: each gives one kind of hours"
            self.sheets[key] = sheet
            days = [0] * 31
            for hour in self.model.standing(*key):
                days[hour.day.day - 1] += hour.counts
            assert (status, total, by_day or [0] * 31) == (self.model.status[key], sum(days), days)
            assert role in {None, ROLES[key[0]]}
            assert standing == (status == "LOCKED") == (bool(days.count(0) < 31) and month in self.model.submitted)
        assert set(self.sheets) == set(self.model.status)


SHEETS = """
select t.provider_id, t.month, t.id, t.hours, t.status, l.specialist_role, l.hours_by_day, s.id is not null
from delivery_timesheet t left join delivery_timesheetline l on l.timesheet_id = t.id
left join delivery_monthsubmission s on s.id = t.submission_id and s.month = t.month and s.reopened_at is null
where t.institution_id = %s and t.month = any(%s)"""
HOURS = "select id, voided_at is not null from delivery_consultation where measure_id = any(%s)"


@pytest.mark.parametrize("stories", [STORIES, pytest.param(FULL, marks=pytest.mark.full)])
def test_commands_do_what_the_rules_say(month: Month, stories: int) -> None:
    measures = {
        "provider": month.desk.measure(planned_hours=900),
        "second": month.desk.measure(code="PSYCHOLOGIST", planned_hours=900),
    }
    file = month.scan()
    seen: dict[str, list[dict[str, int]]] = {"accepted": [], "refused": []}

    @settings(
        max_examples=stories,
        deadline=None,
        database=None,
        derandomize=stories == STORIES,
        suppress_health_check=list(HealthCheck),
    )
    @example(begun=len(BEGINNING), commands=list(WHOLE_WAY))
    @given(begun=st.integers(0, len(BEGINNING)), commands=st.lists(COMMANDS, min_size=STEPS, max_size=STEPS))
    def tell(begun: int, commands: list[Command]) -> None:
        point = transaction.savepoint()
        try:
            story = Story(month, measures, file)
            for command in [*BEGINNING[:begun], *commands]:
                story.step(command)
            connection.check_constraints()
            seen["accepted"].append(story.accepted)
            seen["refused"].append(story.refused)
        finally:
            transaction.savepoint_rollback(point)

    tell()
    # Stories in which nothing happens would pass as well.
    for kind, least in (("accepted", 12), ("refused", 10)):
        names = {name for counted in seen[kind] for name in counted}
        assert len(names) >= least, (kind, sorted(names))
    assert len(seen["accepted"]) >= stories

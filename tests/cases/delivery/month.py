"""A school's month: who gives hours, who confirms, approves and submits; a shorthand for each command."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend.accounts.models import Level, Role, User
from backend.accounts.scope import Scope, scoped
from backend.cases.delivery import services
from backend.cases.delivery.models import Consultation, MonthSubmission, Timesheet
from backend.cases.plans.models import Measure
from tests.cases.desk import Desk, make_desk
from tests.factories.case_rows import CaseFileFactory
from tests.factories.cast import TODAY, Cast
from tests.factories.rows import user_with, whole_state

SEPTEMBER, OCTOBER = dt.date(2023, 9, 1), dt.date(2023, 10, 1)
MONDAY = dt.date(2023, 10, 2)


@dataclass
class Month:
    """People by what they do, and their scopes."""

    desk: Desk
    cast: Cast
    people: dict[str, User]
    scopes: dict[str, Scope] = field(default_factory=dict)

    def scope(self, who: str, *, on: dt.date = TODAY) -> Scope:
        """The scope of one of the people on a day."""
        if on != TODAY:
            return self.desk.scope(self.people[who], on=on)
        if who not in self.scopes:
            self.scopes[who] = self.desk.scope(self.people[who])
        return self.scopes[who]

    def act(self, who: str, service: Callable[..., Any], *, on: dt.date = TODAY, **given: Any) -> Any:
        """What a command answers to one of the people."""
        scope = self.scope(who, on=on)
        with scoped(scope):
            return service(scope=scope, **given)

    # -- hours -----------------------------------------------------------------------------------------------------------
    def record(self, measure: Measure, *days: dt.date, who: str = "provider", at: str = "14:00", **fields: Any) -> list[Any]:
        """Hours of a measure, one on each day."""
        topic, on = fields.pop("topic", "Daļskaitļi"), fields.pop("on", TODAY)
        start = dt.time.fromisoformat(at)
        entries = [services.ConsultationEntry(measure.pk, day, start, topic, **fields) for day in days or (MONDAY,)]
        found: list[Any] = self.act(who, services.record_consultations, on=on, entries=entries)
        return found

    def scan(self, purpose: str = "SIGNED_SHEET", **fields: Any) -> Any:
        """An uploaded file of the school."""
        with whole_state():
            return CaseFileFactory(**({"institution": self.desk.school, "purpose": purpose, "room": "delivery"} | fields))

    def confirm(self, *rows: Consultation, who: str = "provider", side: str = "PROVIDER", **given: Any) -> Any:
        """One side's confirmation."""
        keys = [row.pk for row in rows]
        return self.act(who, services.confirm_consultations, consultation_ids=keys, side=side, **given)

    def confirm_both(self, *rows: Consultation, who: str = "provider") -> None:
        """The specialist's confirmation and the learner's signed sheet."""
        self.confirm(*rows, who=who)
        self.confirm(*rows, who=who, side="LEARNER", method="SIGNED_SHEET", file_id=self.scan().pk)

    def counted(self, measure: Measure, *days: dt.date, **fields: Any) -> list[Any]:
        """Hours that both sides confirmed."""
        rows = self.record(measure, *days, **fields)
        self.confirm_both(*rows, who=fields.get("who", "provider"))
        return rows

    # -- the month -------------------------------------------------------------------------------------------------------
    def sheet(self, *, who: str = "provider", month: dt.date = OCTOBER) -> Timesheet:
        """Somebody's timesheet as it stands."""
        with whole_state():
            return Timesheet.objects.get(provider=self.people[who], institution=self.desk.school, month=month)

    def approve(self, who: str, sheet: Timesheet | None = None, **given: Any) -> Timesheet:
        """An approval."""
        found: Timesheet = self.act(who, services.approve_timesheet, timesheet_id=(sheet or self.sheet()).pk, **given)
        return found

    def withdraw(self, who: str, sheet: Timesheet | None = None, **given: Any) -> Timesheet:
        """A withdrawal."""
        key = (sheet or self.sheet()).pk
        found: Timesheet = self.act(who, services.withdraw_timesheet_approval, timesheet_id=key, reason="Kļūda", **given)
        return found

    def submit(self, *, who: str = "coordinator", month: dt.date = OCTOBER, **given: Any) -> MonthSubmission:
        """The submission of maple's month."""
        given = {"institution_id": self.desk.school.pk, "month": month} | given
        found: MonthSubmission = self.act(who, services.submit_month, **given)
        return found

    def reopen(self, submission: MonthSubmission, *, who: str = "region", **given: Any) -> MonthSubmission:
        """Its reopening."""
        given = {"month_submission_id": submission.pk, "reason": "Kļūda stundās"} | given
        found: MonthSubmission = self.act(who, services.reopen_month, **given)
        return found


def make_month(cast: Cast) -> Month:
    """The people of maple's months."""
    desk = make_desk(cast)
    people = {
        "provider": desk.provider,
        "second": user_with(Role.SUPPORT_PROVIDER, Level.INSTITUTION, desk.school, username="second"),
        "institution": desk.coordinator,
        "author": desk.author,
        "head": user_with(Role.INSTITUTION_HEAD, Level.INSTITUTION, desk.school),
        "coordinator": cast.staff["coordinator of madona"],
        "region": cast.staff["coordinator of vidzeme"],
        "agency": cast.staff["agency"],
        "auditor": cast.staff["auditor"],
        "head of linden": cast.staff["head of linden"],
        "vocational": user_with(Role.VOCATIONAL_COORDINATOR, Level.INSTITUTION, desk.school, username="vocational"),
    }
    return Month(desk, cast, people)

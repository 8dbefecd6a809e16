"""Confirming hours, by code, by sheet and by message; what remote hours stand on."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from backend.accounts.models import Level, Role
from backend.accounts.services import assign_role
from backend.cases.delivery import services
from backend.cases.delivery.models import ConfirmationCode, Consultation, Timesheet
from backend.core.clock import now
from backend.core.refusals import Code
from backend.registry.models import Deadline
from tests.cases.delivery.month import MONDAY, OCTOBER, Month
from tests.cases.desk import problems
from tests.factories.cast import TODAY
from tests.factories.rows import UserFactory, whole_state
from tests.factories.versions import supersede


def refused(month: Month, *rows: Consultation, **given: Any) -> dict[str, Code]:
    return problems(lambda: month.confirm(*rows, **given))


def stored(row: Consultation) -> Consultation:
    with whole_state():
        return Consultation.objects.get(pk=row.pk)


def test_an_hour_counts_once_both_sides_confirmed_it(month: Month) -> None:
    (row,) = month.record(month.desk.measure())
    assert (month.sheet().hours, month.sheet().status) == (0, "ENTERED"), "the first hour opens the month"
    month.confirm(row)
    assert month.sheet().hours == 0
    month.confirm(row, side="LEARNER", method="SIGNED_SHEET", file_id=month.scan().pk)
    assert month.sheet().hours == 1
    assert stored(row).version == 3


def test_each_side_confirms_once(month: Month) -> None:
    (row,) = month.counted(month.desk.measure())
    assert refused(month, row) == {"consultation_ids.0": Code.DUPLICATE}
    sheet = {"side": "LEARNER", "method": "SIGNED_SHEET", "file_id": month.scan().pk}
    assert refused(month, row, **sheet) == {"consultation_ids.0": Code.DUPLICATE}


def test_all_or_none_and_each_by_its_place(month: Month) -> None:
    one, other = month.record(month.desk.measure(), MONDAY, dt.date(2023, 10, 3))
    month.confirm(other)
    assert refused(month, one, other) == {"consultation_ids.1": Code.DUPLICATE}
    assert refused(month, one, one) == {"consultation_ids.1": Code.INVALID}
    assert stored(one).provider_confirmed_at is None
    absent = Consultation(pk=uuid.uuid4())
    assert refused(month, one, absent) == {"consultation_ids.1": Code.NOT_FOUND}
    assert refused(month) == {"consultation_ids": Code.REQUIRED}
    assert refused(month, *[one] * 101) == {"consultation_ids": Code.LIMIT_EXCEEDED}


def test_the_specialist_confirms_the_own_hours(month: Month) -> None:
    (row,) = month.record(month.desk.measure())
    assert refused(month, row, who="second") == {"consultation_ids.0": Code.NOT_ALLOWED}
    assert refused(month, row, who="institution") == {"consultation_ids.0": Code.NOT_ALLOWED}
    month.confirm(row, who="institution", side="LEARNER", method="SIGNED_SHEET", file_id=month.scan().pk)
    month.confirm(row, who="institution")  # the scanned sheet carries both signatures
    assert month.sheet().hours == 1


def test_an_apps_own_account_confirms_for_the_people_of_its_school(month: Month) -> None:
    (row,) = month.record(month.desk.measure())
    app = UserFactory(is_service=True)
    since = dt.date(2017, 3, 16)
    assign_role(user=app, role=Role.SUPPORT_PROVIDER, level=Level.INSTITUTION, unit=month.desk.school, valid_from=since)
    month.people["app"] = app
    month.confirm(row, who="app")
    assert stored(row).provider_confirmed_at is not None


def test_who_gives_no_hours_is_told_so_and_who_sees_none_finds_none(month: Month) -> None:
    (row,) = month.record(month.desk.measure())
    for who in ("author", "head", "coordinator", "region", "agency", "auditor"):
        assert refused(month, row, who=who) == {"consultation_ids.0": Code.NOT_ALLOWED}, who
    assert refused(month, row, who="head of linden") == {"consultation_ids.0": Code.NOT_FOUND}


# -- codes ---------------------------------------------------------------------------------------------------------------
def issue(month: Month, *rows: Consultation, who: str = "institution") -> Any:
    return month.act(who, services.issue_confirmation_code, consultation_ids=[row.pk for row in rows])


def test_a_code_confirms_its_hours_once(month: Month) -> None:
    rows = month.record(month.desk.measure(), MONDAY, dt.date(2023, 10, 3))
    issued = issue(month, *rows)
    by_code = {"side": "LEARNER", "method": "ONE_TIME_CODE"}
    assert refused(month, rows[0], **by_code, code=issued.code) == {"code": Code.INVALID}, "for both hours, not for one"
    assert refused(month, *rows, **by_code, code="AAAAA-AAAAA") == {"code": Code.INVALID}
    assert refused(month, *rows, **by_code) == {"code": Code.REQUIRED}
    month.confirm(*rows, **by_code, code=f" {issued.code.lower().replace('-', '')} ")
    assert stored(rows[0]).learner_confirmed_by == "ONE_TIME_CODE"
    assert refused(month, *rows, **by_code, code=issued.code)["code"] == Code.INVALID


def test_a_code_ends(month: Month) -> None:
    rows = month.record(month.desk.measure())
    issued = issue(month, *rows)
    moment = now()
    with whole_state():
        ConfirmationCode.objects.update(issued_at=moment - dt.timedelta(days=2), expires_at=moment - dt.timedelta(days=1))
    found = refused(month, *rows, side="LEARNER", method="ONE_TIME_CODE", code=issued.code)
    assert found == {"code": Code.INVALID}


def test_nothing_of_a_code_is_stored(month: Month) -> None:
    issued = issue(month, *month.record(month.desk.measure()))
    with whole_state():
        row = ConfirmationCode.objects.get()
    assert issued.code.replace("-", "") not in str(vars(row))
    assert len(set(issued.code) - {"-"}) > 3
    assert issued.expires_at - row.issued_at == dt.timedelta(days=1)


def test_nobody_issues_a_code_for_the_own_hours_nor_for_two_learners(month: Month) -> None:
    one, other = month.desk.measure(), month.desk.measure()
    rows = [*month.record(one), *month.record(other, at="16:00")]
    assert problems(lambda: issue(month, rows[0], who="provider")) == {"consultation_ids.0": Code.NOT_ALLOWED}
    assert issue(month, rows[0], who="second").code
    assert problems(lambda: issue(month, *rows)) == {"consultation_ids.1": Code.INVALID}


# -- sheets and files ----------------------------------------------------------------------------------------------------
def test_a_sheet_is_a_proof_of_the_right_kind_and_of_the_right_learner(month: Month) -> None:
    (row,) = month.record(month.desk.measure())
    by_sheet: dict[str, Any] = {"side": "LEARNER", "method": "SIGNED_SHEET"}
    assert refused(month, row, **by_sheet) == {"file_id": Code.REQUIRED}
    assert refused(month, row, **by_sheet, file_id=uuid.uuid4()) == {"file_id": Code.NOT_FOUND}
    assert refused(month, row, **by_sheet, file_id=month.scan("AGREEMENT").pk) == {"file_id": Code.INVALID}
    of_another = month.scan(learner=month.desk.learner).pk
    assert refused(month, row, **by_sheet, file_id=of_another) == {"file_id": Code.INVALID}
    assert refused(month, row, **by_sheet, file_id=month.scan(removed_at=now()).pk) == {"file_id": Code.NOT_FOUND}
    with whole_state():
        learner = row.learner
    month.confirm(row, **by_sheet, file_id=month.scan(learner=learner).pk)


def test_methods_and_sides_are_not_mixed(month: Month) -> None:
    (row,) = month.record(month.desk.measure())
    assert refused(month, row, side="LEARNER") == {"method": Code.REQUIRED}
    assert refused(month, row, method="SIGNED_SHEET") == {"method": Code.INVALID}
    message = {"side": "LEARNER", "method": "REMOTE_MESSAGE"}
    assert refused(month, row, **message) == {"consultation_ids.0": Code.INVALID}, "it was in person"


# -- remote --------------------------------------------------------------------------------------------------------------
def order(month: Month, plan: Any, **fields: Any) -> Any:
    given = {
        "institution_id": month.desk.school.pk,
        "number": f"1-9/{uuid.uuid4().hex[:6]}",
        "signed_on": OCTOBER,
        "valid_from": OCTOBER,
        "valid_to": dt.date(2023, 10, 31),
        "channels": ["e-klase"],
        "confirmation": "Ziņa e-klasē",
        "provider_ids": [month.desk.provider.pk],
        "plan_ids": [plan.pk],
    } | fields
    return month.act("head", services.record_remote_order, **given)


def remote(month: Month, measure: Any, day: dt.date, made: Any, **fields: Any) -> Any:
    given = {"channel": "REMOTE", "remote_order_id": made.pk if made else None, "remote_channel": "E-KLASE"}
    return month.record(measure, day, **(given | fields))


def test_a_remote_hour_stands_on_an_order_that_names_it(month: Month) -> None:
    measure = month.desk.measure()
    made = order(month, measure.plan)
    (row,) = remote(month, measure, MONDAY, made)
    assert (row.channel, row.remote_order_id) == ("REMOTE", made.pk)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"remote_order_id": None}, {"remote_order_id": Code.REQUIRED}),
        ({"remote_order_id": uuid.UUID(int=1)}, {"remote_order_id": Code.NOT_FOUND}),
        ({"remote_channel": ""}, {"remote_channel": Code.REQUIRED}),
        ({"remote_channel": "Skype"}, {"remote_channel": Code.INVALID}),
        ({"channel": "IN_PERSON"}, {"channel": Code.INVALID}),
    ],
)
def test_what_a_remote_hour_lacks_is_told(month: Month, fields: dict[str, Any], wrong: dict[str, Code]) -> None:
    measure = month.desk.measure()
    made = order(month, measure.plan)
    found = problems(lambda: remote(month, measure, MONDAY, made, **fields))
    assert found == {f"entries.0.{name}": code for name, code in wrong.items()}


def test_an_order_allows_only_what_it_names(month: Month) -> None:
    measure, other = month.desk.measure(), month.desk.measure()
    made = order(month, measure.plan, valid_from=dt.date(2023, 10, 3), provider_ids=[month.people["second"].pk])
    assert problems(lambda: remote(month, other, MONDAY, made)) == {
        "entries.0.remote_order_id": Code.OUT_OF_PERIOD,
        "entries.0.provider_id": Code.UNMET_CONDITION,
        "entries.0.measure_id": Code.UNMET_CONDITION,
    }


def test_a_remote_hour_is_confirmed_within_one_day(month: Month) -> None:
    measure = month.desk.measure()
    made = order(month, measure.plan)
    (late,) = remote(month, measure, TODAY - dt.timedelta(days=2), made)
    (in_time,) = remote(month, measure, TODAY - dt.timedelta(days=1), made)
    message = {"side": "LEARNER", "method": "REMOTE_MESSAGE"}
    assert refused(month, late, **message) == {"consultation_ids.0": Code.OUT_OF_PERIOD}
    month.confirm(in_time, **message)
    supersede(Deadline.objects.filter(step="REMOTE_CONFIRM"), days=3)
    month.confirm(late, **message)  # how many days is reference data


def test_an_order_is_checked_in_all_it_names(month: Month) -> None:
    plan = month.desk.running_plan()
    draft = month.desk.running_plan(status="DRAFT", submitted_at=None, activated_at=None)
    order(month, plan, number="1-9/1")
    found = problems(
        lambda: order(
            month,
            plan,
            number="1-9/1",
            valid_to=dt.date(2023, 9, 1),
            channels=[],
            confirmation=" ",
            provider_ids=[month.desk.author.pk],
            plan_ids=[plan.pk, draft.pk, uuid.uuid4()],
            file_id=month.scan("AGREEMENT").pk,
        )
    )
    assert found == {
        "number": Code.DUPLICATE,
        "valid_to": Code.INVALID,
        "channels": Code.REQUIRED,
        "confirmation": Code.REQUIRED,
        "provider_ids.0": Code.UNMET_CONDITION,
        "plan_ids.1": Code.UNMET_CONDITION,
        "plan_ids.2": Code.NOT_FOUND,
        "file_id": Code.INVALID,
    }
    with whole_state():
        assert Timesheet.objects.count() == 0

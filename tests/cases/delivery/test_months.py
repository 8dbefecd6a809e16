"""Timesheets and months: derived, approved, withdrawn, positioned, submitted, reopened."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Level, Role
from backend.accounts.scope import scoped
from backend.accounts.services import assign_role
from backend.cases.delivery import services
from backend.cases.delivery.derivation import derive_month
from backend.cases.delivery.models import Timesheet, TimesheetLine, TimesheetStep
from backend.cases.delivery.package import digest_of_month, month_contents
from backend.core.refusals import Code
from backend.registry.models import IncompatibleRoles, Position
from backend.territory.models import Institution, Semester
from tests.cases.delivery.month import MONDAY, OCTOBER, SEPTEMBER, Month
from tests.cases.desk import problems
from tests.factories.case_rows import StaffContractFactory
from tests.factories.rows import ConsultationFactory, user_with, whole_state

TUESDAY = dt.date(2023, 10, 3)


def lines(sheet: Timesheet) -> dict[str, tuple[str, int, dict[int, int]]]:
    with whole_state():
        return {
            line.specialist_role: (
                line.position.code,
                line.hours,
                {day: hours for day, hours in enumerate(line.hours_by_day, 1) if hours},
            )
            for line in TimesheetLine.objects.filter(timesheet=sheet).select_related("position")
        }


def set_position(month: Month, code: str, *, who: str = "head", **given: Any) -> Any:
    given = {"timesheet_id": month.sheet().pk, "position_code": code} | given
    return month.act(who, services.set_position, **given)


def test_a_timesheet_follows_from_the_hours(month: Month) -> None:
    month.counted(month.desk.measure(), MONDAY, TUESDAY)
    month.counted(month.desk.measure(), MONDAY, at="16:00")
    month.counted(month.desk.measure(code="PSYCHOLOGIST"), TUESDAY, at="09:00")
    month.counted(month.desk.measure(), dt.date(2023, 9, 29))
    assert lines(month.sheet()) == {
        "TEACHER": ("pedagogs", 3, {2: 2, 3: 1}),
        "PSYCHOLOGIST": ("pedagogs", 1, {3: 1}),
    }
    assert month.sheet().hours == 4
    assert month.sheet(month=SEPTEMBER).hours == 1


def test_head_then_coordinator_then_the_month(month: Month) -> None:
    month.counted(month.desk.measure())
    assert problems(lambda: month.approve("coordinator")) == {"timesheet_id": Code.UNMET_CONDITION}
    assert month.approve("head", comment="Pārbaudīts").status == "APPROVED_BY_INSTITUTION"
    assert problems(lambda: month.approve("head")) == {"timesheet_id": Code.DUPLICATE}
    assert problems(month.submit) == {"month": Code.UNMET_CONDITION}
    assert month.approve("coordinator").status == "APPROVED_BY_COORDINATOR"
    made = month.submit()
    assert (month.sheet().status, month.sheet().submission_id, made.hours, made.revision) == ("LOCKED", made.pk, 1, 1)
    with whole_state():
        steps = list(TimesheetStep.objects.order_by("at", "id").values_list("to_status", "comment"))
    assert steps == [
        ("ENTERED", ""),
        ("APPROVED_BY_INSTITUTION", "Pārbaudīts"),
        ("APPROVED_BY_COORDINATOR", ""),
        ("LOCKED", ""),
    ]
    for act in (lambda: month.approve("head"), lambda: month.withdraw("coordinator")):
        assert problems(act) == {"timesheet_id": Code.LOCKED}
    assert problems(month.submit) == {"month": Code.DUPLICATE}


def test_both_withdraw_the_coordinator_first(month: Month) -> None:
    (row,) = month.counted(month.desk.measure())
    assert problems(lambda: month.withdraw("head")) == {"timesheet_id": Code.UNMET_CONDITION}
    month.approve("head")
    assert problems(lambda: month.withdraw("coordinator")) == {"timesheet_id": Code.UNMET_CONDITION}
    month.approve("coordinator")
    assert problems(lambda: month.withdraw("head")) == {"timesheet_id": Code.UNMET_CONDITION}
    assert month.withdraw("coordinator").coordinator_withdrew_at is not None
    assert problems(lambda: month.withdraw("coordinator")) == {"timesheet_id": Code.DUPLICATE}
    assert month.withdraw("head").status == "ENTERED"
    month.act("provider", services.correct_consultation, consultation_id=row.pk, reason="Nenotika")
    assert month.sheet().hours == 0
    assert problems(lambda: month.approve("head")) == {"timesheet_id": Code.UNMET_CONDITION}, "nothing counts"


def test_reopened_through_the_region_alone_and_submitted_anew(month: Month) -> None:
    month.counted(month.desk.measure())
    month.approve("head")
    month.approve("coordinator")
    first = month.submit()
    for who in ("coordinator", "head", "agency", "institution", "provider", "auditor", "author"):
        assert problems(lambda: month.reopen(first, who=who)) == {"month_submission_id": Code.NOT_ALLOWED}, who  # noqa: B023
    assert problems(lambda: month.reopen(first, who="head of linden")) == {"month_submission_id": Code.NOT_FOUND}
    assert problems(lambda: month.reopen(first, reason="  ")) == {"reason": Code.REQUIRED}
    assert month.reopen(first).reopened_at is not None
    assert problems(lambda: month.reopen(first)) == {"month_submission_id": Code.DUPLICATE}
    assert (month.sheet().status, month.sheet().submission_id) == ("APPROVED_BY_COORDINATOR", None)
    month.withdraw("coordinator")
    month.withdraw("head")
    month.counted(month.desk.measure(), TUESDAY)
    month.approve("head")
    month.approve("coordinator")
    second = month.submit()
    assert (second.revision, second.hours) == (2, 2)
    assert second.content_hash != first.content_hash


def test_every_unmet_condition_is_named(month: Month) -> None:
    month.counted(month.desk.measure(code="PSYCHOLOGIST"))
    month.record(month.desk.measure(), TUESDAY)
    with pytest.raises(Exception, match="UNMET") as met:
        month.approve("head")
    assert [problem.code for problem in met.value.problems] == [Code.UNMET_CONDITION] * 2  # type: ignore[attr-defined]


def test_the_position_fits_the_measure_and_the_contract(month: Month) -> None:
    month.counted(month.desk.measure(code="PSYCHOLOGIST"))
    assert problems(lambda: month.approve("head")) == {"timesheet_id": Code.UNMET_CONDITION}, "pedagogs by default"
    assert problems(lambda: set_position(month, "asistents")) == {"position_code": Code.INVALID}
    assert problems(lambda: set_position(month, "nav")) == {"position_code": Code.NOT_FOUND}
    assert problems(lambda: set_position(month, "psihologs", specialist_role="TEACHER")) == {"specialist_role": Code.NOT_FOUND}
    with whole_state():
        StaffContractFactory(user=month.desk.provider, institution=month.desk.school)
    assert problems(lambda: set_position(month, "psihologs")) == {"position_code": Code.UNMET_CONDITION}
    with whole_state():
        psychologist = Position.objects.get(code="psihologs")
        contract = StaffContractFactory(
            user=month.desk.provider, institution=month.desk.school, position=psychologist, starts_on=TUESDAY
        )
    assert problems(lambda: set_position(month, "psihologs")) == {"position_code": Code.UNMET_CONDITION}, "a day too late"
    with whole_state():
        contract.starts_on = OCTOBER
        contract.save()
    set_position(month, "psihologs")
    assert lines(month.sheet())["PSYCHOLOGIST"][0] == "psihologs"
    month.counted(month.desk.measure(code="PSYCHOLOGIST"), TUESDAY)
    assert lines(month.sheet())["PSYCHOLOGIST"][:2] == ("psihologs", 2), "more hours leave the position"
    assert month.approve("head").status == "APPROVED_BY_INSTITUTION"
    assert problems(lambda: set_position(month, "psihologs")) == {"timesheet_id": Code.LOCKED}


def test_a_line_is_named_where_there_are_several(month: Month) -> None:
    month.counted(month.desk.measure())
    month.counted(month.desk.measure(code="PSYCHOLOGIST"), at="16:00")
    assert problems(lambda: set_position(month, "psihologs")) == {"specialist_role": Code.REQUIRED}
    set_position(month, "psihologs", specialist_role="PSYCHOLOGIST")
    assert {role: line[0] for role, line in lines(month.sheet()).items()} == {"TEACHER": "pedagogs", "PSYCHOLOGIST": "psihologs"}


# -- who -----------------------------------------------------------------------------------------------------------------
WHO = ("provider", "second", "institution", "author", "head", "coordinator", "vocational", "region", "agency", "auditor")


@pytest.mark.parametrize("who", WHO)
def test_who_decides_on_a_municipal_schools_months(month: Month, who: str) -> None:
    month.counted(month.desk.measure())
    sheet = month.sheet()
    deciding = {"head", "coordinator"}
    not_allowed = {"timesheet_id": Code.NOT_ALLOWED}
    if who not in deciding:
        assert problems(lambda: month.approve(who, sheet)) == not_allowed
        assert problems(lambda: month.withdraw(who, sheet)) == not_allowed
    if who != "head":
        assert problems(lambda: set_position(month, "pedagogs", who=who)) == not_allowed
    if who != "coordinator":
        assert problems(lambda: month.submit(who=who)) == {"institution_id": Code.NOT_ALLOWED}


def test_who_sees_no_timesheet_finds_none(month: Month) -> None:
    month.counted(month.desk.measure())
    sheet = month.sheet()
    for act in (
        lambda: month.approve("head of linden", sheet),
        lambda: month.withdraw("head of linden", sheet),
        lambda: set_position(month, "pedagogs", who="head of linden"),
    ):
        assert problems(act) == {"timesheet_id": Code.NOT_FOUND}


def test_a_state_institution_has_its_own_coordinator(month: Month) -> None:
    month.counted(month.desk.measure())
    Institution.objects.filter(pk=month.desk.school.pk).update(kind="STATE_VOCATIONAL")
    month.approve("head")
    assert problems(lambda: month.approve("coordinator")) == {"timesheet_id": Code.NOT_ALLOWED}
    assert month.approve("vocational").status == "APPROVED_BY_COORDINATOR"
    assert problems(month.submit) == {"institution_id": Code.NOT_ALLOWED}
    assert month.submit(who="vocational").hours == 1


def test_nobody_approves_the_own_hours_while_the_list_says_so(month: Month) -> None:
    since = dt.date(2017, 3, 16)
    assign_role(
        user=month.people["head"], role=Role.SUPPORT_PROVIDER, level=Level.INSTITUTION, unit=month.desk.school, valid_from=since
    )
    month.counted(month.desk.measure(), who="head")
    own = month.sheet(who="head")
    assert problems(lambda: month.approve("head", own)) == {"timesheet_id": Code.NOT_ALLOWED}
    IncompatibleRoles.objects.filter(second_role="support_provider").update(valid_to=dt.date(2023, 9, 30))
    assert month.approve("head", own).status == "APPROVED_BY_INSTITUTION"


def test_the_two_steps_are_two_persons(month: Month) -> None:
    assign_role(
        user=month.people["coordinator"],
        role=Role.INSTITUTION_HEAD,
        level=Level.INSTITUTION,
        unit=month.desk.school,
        valid_from=dt.date(2017, 3, 16),
    )
    month.counted(month.desk.measure())
    month.approve("coordinator")
    assert problems(lambda: month.approve("coordinator")) == {"timesheet_id": Code.NOT_ALLOWED}


def test_a_stale_version_is_a_conflict(month: Month) -> None:
    month.counted(month.desk.measure())
    read = month.sheet().version
    month.counted(month.desk.measure(), TUESDAY)
    found = problems(lambda: month.approve("head", expected_version=read))
    assert found == {"expected_version": Code.CONFLICT}, "hours came in since it was read"


# -- months --------------------------------------------------------------------------------------------------------------
def test_a_month_is_named_by_its_first_day_and_has_begun(month: Month) -> None:
    assert problems(lambda: month.submit(month=MONDAY)) == {"month": Code.INVALID}
    assert problems(lambda: month.submit(month=dt.date(2023, 11, 1))) == {"month": Code.OUT_OF_PERIOD}
    assert month.submit(month=SEPTEMBER).hours == 0, "a month of costs alone"


def test_a_month_outside_the_agreement_is_refused(month: Month) -> None:
    found = problems(lambda: month.submit(month=dt.date(2017, 10, 1)))
    assert found == {"institution_id": Code.UNMET_CONDITION}


def test_entries_without_confirmation_stand_against_a_month(month: Month) -> None:
    (row,) = month.record(month.desk.measure())
    assert problems(month.submit) == {"month": Code.UNMET_CONDITION}
    month.act("provider", services.correct_consultation, consultation_id=row.pk, reason="Nenotika")
    assert month.submit().hours == 0


def test_a_month_of_sixty_specialists_in_twenty_statements(month: Month) -> None:
    people = [user_with(Role.SUPPORT_PROVIDER, Level.INSTITUTION, month.desk.school, username=f"p{n}") for n in range(60)]
    plan = month.desk.running_plan()
    measures = [month.desk.measure(plan, code="PSYCHOLOGIST", subject=str(number)) for number in range(len(people))]
    with whole_state():
        for number, (person, measure) in enumerate(zip(people, measures, strict=True)):
            for day in (2 + number // 12, 9 + number // 12):
                start = dt.time(8 + number % 12)
                ConsultationFactory(measure=measure, provider=person, held_on=dt.date(2023, 10, day), starts_at=start)
    scope = month.scope("coordinator")
    with scoped(scope), CaptureQueriesContext(connection) as seen:
        derive_month(institution_id=month.desk.school.pk, month=OCTOBER, actor_id=scope.principal_id)
    assert len(seen) <= 20, [query["sql"][:90] for query in seen]
    with whole_state():
        assert Timesheet.objects.filter(institution=month.desk.school, month=OCTOBER, hours=2).count() == 60
    with scoped(scope), CaptureQueriesContext(connection) as again:
        derive_month(institution_id=month.desk.school.pk, month=OCTOBER, actor_id=scope.principal_id)
    assert len(again) <= 6, "nothing to write"


def test_the_packages_hash_is_of_what_it_says(month: Month) -> None:
    month.counted(month.desk.measure())
    month.approve("head")
    month.approve("coordinator")
    made = month.submit()
    scope = month.scope("region")
    with scoped(scope):
        assert digest_of_month(institution=month.desk.school, month=OCTOBER) == made.content_hash
        contents = month_contents(institution=month.desk.school, month=OCTOBER)
    assert [sheet["hours"] for sheet in contents["timesheets"]] == [1]
    assert "Daļskaitļi" not in str(contents)


# -- days ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("day", [dt.date(2024, 2, 29), dt.date(2024, 3, 31), dt.date(2023, 10, 29), dt.date(2023, 12, 31)])
def test_leap_day_clock_changes_and_the_semesters_last_day(month: Month, day: dt.date) -> None:
    """29 February 2024; 31 March and 29 October, when the clock in Latvia jumps at three; the first semester's last day."""
    if day.year == 2024:
        semester = Semester.objects.get(code="2023/2024-2")
        measure = month.desk.measure(month.desk.running_plan(semester=semester))
    else:
        measure = month.desk.measure()
    rows = [
        *month.record(measure, day, at="02:40", on=day),
        *month.record(measure, day, at="03:20", on=day),
        *month.record(measure, day, at="23:20", on=day),
    ]
    month.act("provider", services.confirm_consultations, on=day, consultation_ids=[row.pk for row in rows], side="PROVIDER")
    file = month.scan().pk
    month.act(
        "provider",
        services.confirm_consultations,
        on=day,
        consultation_ids=[row.pk for row in rows],
        side="LEARNER",
        method="SIGNED_SHEET",
        file_id=file,
    )
    sheet = month.sheet(month=day.replace(day=1))
    assert lines(sheet)["TEACHER"] == ("pedagogs", 3, {day.day: 3})

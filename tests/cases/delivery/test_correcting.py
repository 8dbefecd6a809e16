"""Corrections leave the original visible, and take its place."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.scope import scoped
from backend.cases.delivery import services
from backend.cases.delivery.models import Consultation, ConsultationSheet
from backend.cases.delivery.sheet_document import sheet_document
from backend.core.refusals import Code
from backend.registry.models import MeasureKind
from tests.cases.delivery.month import MONDAY, OCTOBER, Month
from tests.cases.desk import problems
from tests.factories.rows import whole_state
from tests.factories.versions import supersede

TUESDAY, WEDNESDAY = dt.date(2023, 10, 3), dt.date(2023, 10, 4)


def correct(month: Month, row: Consultation, *, who: str = "provider", **given: Any) -> Consultation:
    given = {"consultation_id": row.pk, "reason": "Pārrakstīšanās"} | given
    found: Consultation = month.act(who, services.correct_consultation, **given)
    return found


def refused(month: Month, row: Consultation, **given: Any) -> dict[str, Code]:
    return problems(lambda: correct(month, row, **given))


def stored(row: Consultation) -> Consultation:
    with whole_state():
        return Consultation.objects.get(pk=row.pk)


def test_the_original_stays_as_it_was_and_another_stands_for_it(month: Month) -> None:
    (row,) = month.counted(month.desk.measure())
    made = correct(month, row, topic="Procenti")
    before = stored(row)
    assert (before.topic, before.void_reason) == ("Daļskaitļi", "Pārrakstīšanās")
    assert before.voided_at is not None
    assert (made.topic, made.corrects_id, made.held_on, made.starts_at) == ("Procenti", row.pk, row.held_on, row.starts_at)
    assert made.provider_confirmed_at is made.learner_confirmed_at is None
    assert month.sheet().hours == 0, "confirmed anew before it counts"
    month.confirm_both(made)
    assert month.sheet().hours == 1


def test_without_any_value_it_is_struck_out(month: Month) -> None:
    (row,) = month.counted(month.desk.measure())
    assert correct(month, row).pk == row.pk
    with whole_state():
        assert Consultation.objects.filter(measure=row.measure).count() == 1
    assert month.sheet().hours == 0
    assert refused(month, row) == {"consultation_id": Code.UNMET_CONDITION}


def test_it_stays_between_the_rows_around_it(month: Month) -> None:
    measure = month.desk.measure()
    _first, middle, _last = month.record(measure, MONDAY, TUESDAY, WEDNESDAY)
    assert refused(month, middle, held_on=dt.date(2023, 10, 5)) == {"held_on": Code.INVALID}
    assert refused(month, middle, held_on=MONDAY, starts_at=dt.time(9)) == {"held_on": Code.INVALID}
    assert correct(month, middle, starts_at=dt.time(9)).starts_at == dt.time(9)


def test_into_another_month_it_comes_last(month: Month) -> None:
    measure = month.desk.measure()
    month.record(measure, dt.date(2023, 9, 20))
    (row,) = month.record(measure)
    assert refused(month, row, held_on=dt.date(2023, 9, 19)) == {"held_on": Code.INVALID}
    assert correct(month, row, held_on=dt.date(2023, 9, 21)).held_on == dt.date(2023, 9, 21)


def test_it_meets_the_rules_of_recording(month: Month) -> None:
    (row,) = month.record(month.desk.measure())
    assert refused(month, row, held_on=dt.date(2023, 10, 17)) == {"held_on": Code.OUT_OF_PERIOD}
    assert refused(month, row, provider_id=month.people["second"].pk) == {"provider_id": Code.NOT_ALLOWED}
    assert refused(month, row, topic=" ") == {"topic": Code.REQUIRED}
    assert refused(month, row, reason=" ", topic="x") == {"reason": Code.REQUIRED}
    assert refused(month, row, channel="REMOTE") == {"remote_order_id": Code.REQUIRED}
    busy = month.desk.measure()
    month.record(busy, at="16:00")
    assert refused(month, row, starts_at=dt.time(16, 20)) == {"starts_at": Code.CONFLICT}
    moved = correct(month, row, who="institution", provider_id=month.people["second"].pk, starts_at=dt.time(16, 20))
    assert moved.provider_id == month.people["second"].pk
    assert month.sheet(who="second").status == "ENTERED"


def test_one_of_a_group_stays_in_its_hour(month: Month) -> None:
    supersede(MeasureKind.objects.filter(code="TEACHER"), group_size_max=2)
    scope = month.scope("provider")
    entries = [
        services.ConsultationEntry(month.desk.measure().pk, MONDAY, dt.time(14), "Kopā"),
        services.ConsultationEntry(month.desk.measure().pk, MONDAY, dt.time(14), "Kopā"),
    ]
    one, other = month.act("provider", services.record_consultations, entries=entries)
    assert scope.principal_id == one.provider_id
    made = correct(month, one, topic="Kopā arī")
    assert made.group_key == other.group_key
    assert refused(month, other, starts_at=dt.time(14, 10)) == {"starts_at": Code.CONFLICT}


def test_whose_hours_they_are_decides_who_corrects(month: Month) -> None:
    (row,) = month.record(month.desk.measure())
    assert refused(month, row, who="second", topic="x") == {"provider_id": Code.NOT_ALLOWED}
    for who in ("author", "head", "coordinator", "region", "auditor"):
        assert refused(month, row, who=who, topic="x") == {"consultation_id": Code.NOT_ALLOWED}, who
    assert refused(month, row, who="head of linden") == {"consultation_id": Code.NOT_FOUND}
    assert correct(month, row, who="institution", topic="Cits").topic == "Cits"


def test_a_stale_version_is_a_conflict(month: Month) -> None:
    (row,) = month.record(month.desk.measure())
    month.confirm(row)
    assert refused(month, row, topic="x", expected_version=1) == {"expected_version": Code.CONFLICT}
    assert correct(month, row, topic="x", expected_version=2)


def test_an_approved_and_a_submitted_month_stand(month: Month) -> None:
    measure = month.desk.measure()
    (row,) = month.counted(measure)
    month.approve("head")
    assert refused(month, row, topic="x")["consultation_id"] == Code.LOCKED
    assert problems(lambda: month.record(measure, TUESDAY)) == {"entries.0.held_on": Code.LOCKED}
    month.approve("coordinator")
    month.submit()
    assert refused(month, row)["consultation_id"] == Code.LOCKED
    second = month.people["second"]
    found = problems(lambda: month.record(month.desk.measure(), TUESDAY, who="second"))
    assert found == {"entries.0.held_on": Code.LOCKED}, "nobody else's hours either"
    assert second.pk


# -- sheets --------------------------------------------------------------------------------------------------------------
def test_one_sheet_for_each_measure_and_specialist(month: Month) -> None:
    measure = month.desk.measure()
    other = month.desk.measure(measure.plan, code="PSYCHOLOGIST")
    month.record(measure, MONDAY, TUESDAY)
    month.record(measure, WEDNESDAY)
    month.record(other, MONDAY, at="16:00", who="second")
    with whole_state():
        sheets = ConsultationSheet.objects.order_by("number")
        assert [sheet.number for sheet in sheets] == [f"KA-{measure.plan.number}-1", f"KA-{measure.plan.number}-2"]
        assert {sheet.measure_id for sheet in sheets} == {measure.pk, other.pk}


def test_an_agreement_comes_before_its_hours_and_a_scanned_sheet_closes_it(month: Month) -> None:
    measure = month.desk.measure()
    month.record(measure, TUESDAY)
    given: dict[str, Any] = {"measure_id": measure.pk}

    def sheet(**more: Any) -> Any:
        return month.act("provider", services.record_consultation_sheet, **(given | more))

    assert problems(lambda: sheet(signed_on=WEDNESDAY)) == {"signed_on": Code.OUT_OF_PERIOD}
    made = sheet(signed_on=MONDAY, agreement_file_id=month.scan("AGREEMENT").pk)
    assert (made.signed_on, made.specialist_role) == (MONDAY, "TEACHER")
    sheet(sheet_file_id=month.scan().pk)
    assert problems(lambda: month.record(measure, WEDNESDAY)) == {"entries.0.measure_id": Code.LOCKED}
    assert problems(lambda: sheet(signed_on=OCTOBER)) == {"measure_id": Code.LOCKED}


def test_no_hour_before_the_agreement(month: Month) -> None:
    measure = month.desk.measure()
    month.act("provider", services.record_consultation_sheet, measure_id=measure.pk, signed_on=TUESDAY)
    assert problems(lambda: month.record(measure, MONDAY)) == {"entries.0.held_on": Code.OUT_OF_PERIOD}
    assert month.record(measure, TUESDAY)


def test_the_sheet_shows_the_original_at_its_place(month: Month) -> None:
    measure = month.desk.measure()
    first, _second = month.counted(measure, MONDAY, TUESDAY)
    correct(month, first, topic="Procenti")
    with whole_state():
        sheet = ConsultationSheet.objects.get()
    scope = month.scope("institution")
    with scoped(scope), CaptureQueriesContext(connection) as seen:
        document = sheet_document(scope=scope, sheet_id=sheet.pk)
    assert len(seen) <= 2
    assert document is not None
    assert [(row.number, row.topic, row.void_reason) for row in document.rows] == [
        (None, "Daļskaitļi", "Pārrakstīšanās"),
        (1, "Procenti", ""),
        (2, "Daļskaitļi", ""),
    ]
    assert (document.hours, document.number) == (1, f"KA-{measure.plan.number}-1")
    assert document.learner == "Paula Paraudziņa"
    with scoped(month.scope("auditor")):
        audited = sheet_document(scope=month.scope("auditor"), sheet_id=sheet.pk)
    assert audited is not None
    assert (audited.learner, audited.rows[1].topic, audited.hours) == (None, None, 1), "the hour, not whose and what about"
    for who, sees in (("coordinator", True), ("head of linden", False)):
        scope = month.scope(who)
        with scoped(scope):
            found = sheet_document(scope=scope, sheet_id=sheet.pk)
        assert (found is not None) is sees
        assert not sees or found is None or found.rows[0].topic is None, "what was talked about is not theirs"

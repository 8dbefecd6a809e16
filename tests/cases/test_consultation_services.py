"""Recording consultations."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Assignment, Level, Role
from backend.accounts.scope import scoped
from backend.accounts.services import assign_role
from backend.cases.delivery.models import Consultation
from backend.cases.delivery.services import ConsultationEntry, record_consultations
from backend.cases.learners.models import Enrolment
from backend.cases.plans.models import Measure
from backend.core.clock import now
from backend.core.refusals import Code
from backend.registry.models import MeasureKind
from backend.territory.models import Semester
from tests.cases.desk import Desk, make_desk, problems
from tests.factories.cast import TODAY, Cast
from tests.factories.rows import ConsultationFactory, UserFactory, user_with, whole_state
from tests.factories.versions import supersede

MONDAY = dt.date(2023, 10, 2)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast)


def entry(
    measure: Measure, *, day: dt.date = MONDAY, at: str = "14:00", topic: str = "Daļskaitļi", **fields: Any
) -> ConsultationEntry:
    return ConsultationEntry(measure_id=measure.pk, held_on=day, starts_at=dt.time.fromisoformat(at), topic=topic, **fields)


def record(desk: Desk, *entries: ConsultationEntry, **fields: Any) -> list[Consultation]:
    given = {"scope": desk.scope(desk.provider), "entries": list(entries)} | fields
    with scoped(given["scope"]):
        return record_consultations(**given)


def refused(desk: Desk, *entries: ConsultationEntry, **fields: Any) -> dict[str, Code]:
    found = problems(partial(record, desk, *entries, **fields))
    with whole_state():
        assert not Consultation.objects.filter(topic="Daļskaitļi", held_on__gte=MONDAY).exists(), "all or none"
    return found


def test_an_entry_is_one_hour_of_the_measures_specialist(desk: Desk) -> None:
    measure = desk.measure()
    (row,) = record(desk, entry(measure))
    with whole_state():
        stored = Consultation.objects.get(pk=row.pk)
    assert (stored.hours, stored.specialist_role, stored.channel) == (1, "TEACHER", "IN_PERSON")
    assert (stored.learner_id, stored.institution_id, stored.provider_id) == (
        measure.learner_id,
        measure.institution_id,
        desk.provider.pk,
    )
    assert stored.provider_confirmed_at is stored.learner_confirmed_at is None


def test_rows_come_back_in_the_order_given(desk: Desk) -> None:
    one, other = desk.measure(), desk.measure()
    rows = record(desk, entry(other, at="15:00"), entry(one, at="14:00"), entry(one, at="16:00"))
    assert [row.measure_id for row in rows] == [other.pk, one.pk, one.pk]


def test_thirty_entries_in_twelve_statements(desk: Desk) -> None:
    days = [dt.date(2023, 9, 4) + dt.timedelta(days=step) for step in range(3)]
    entries = [
        entry(measure, day=day, at=f"{8 + slot:02}:00")
        for slot, measure in enumerate(desk.measure() for _ in range(10))
        for day in days
    ]
    assert len(entries) == 30
    scope = desk.scope(desk.provider)
    with (
        scoped(scope),
        CaptureQueriesContext(
            connection,
        ) as seen,
    ):
        assert len(record_consultations(scope=scope, entries=entries, client_mutation_id="thirty")) == 30
    assert len(seen) <= 12, [query["sql"][:90] for query in seen]


def test_there_is_something_to_record_and_not_too_much(desk: Desk) -> None:
    assert refused(desk) == {"entries": Code.REQUIRED}
    assert refused(desk, *[entry(desk.measure())] * 101) == {"entries": Code.LIMIT_EXCEEDED}


def test_each_problem_names_its_entry(desk: Desk, cast: Cast) -> None:
    measure = desk.measure()
    elsewhere = ConsultationEntry(uuid.uuid4(), MONDAY, dt.time(9), "Daļskaitļi")
    assert refused(desk, entry(measure, topic=" "), entry(measure, topic="x\x07y"), elsewhere) == {
        "entries.0.topic": Code.REQUIRED,
        "entries.1.topic": Code.INVALID,
        "entries.2.measure_id": Code.NOT_FOUND,
    }


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
def test_hours_are_given_on_active_plans_only(desk: Desk, status: str) -> None:
    plan = desk.running_plan(status=status, activated_at=None)
    assert refused(desk, entry(desk.measure(plan))) == {"entries.0.measure_id": Code.UNMET_CONDITION}


def test_only_consultations_are_recorded(desk: Desk) -> None:
    assert refused(desk, entry(desk.measure(code="CATERING"))) == {"entries.0.measure_id": Code.INVALID}


@pytest.mark.parametrize("day", [dt.date(2023, 8, 31), TODAY + dt.timedelta(days=1), dt.date(2024, 1, 1)])
def test_never_outside_the_plan_nor_after_today(desk: Desk, day: dt.date) -> None:
    assert refused(desk, entry(desk.measure(), day=day)) == {"entries.0.held_on": Code.OUT_OF_PERIOD}


def test_today_counts(desk: Desk) -> None:
    assert record(desk, entry(desk.measure(), day=TODAY))


def test_never_after_the_learner_left(desk: Desk) -> None:
    measure = desk.measure()
    with whole_state():
        Enrolment.objects.filter(pk=measure.plan.enrolment_id).update(ends_on=MONDAY - dt.timedelta(days=1), end_reason="MOVED")
    assert refused(desk, entry(measure)) == {"entries.0.held_on": Code.OUT_OF_PERIOD}


def test_a_closed_semester_is_locked(desk: Desk) -> None:
    measure = desk.measure()
    Semester.objects.filter(pk=desk.semester.pk).update(closed_at=now())
    assert refused(desk, entry(measure)) == {"entries.0.measure_id": Code.LOCKED}


def test_hours_beyond_the_plan_are_refused(desk: Desk) -> None:
    measure = desk.measure(planned_hours=2)
    record(desk, entry(measure, day=dt.date(2023, 9, 4)))
    found = refused(desk, entry(measure, at="08:00"), entry(measure, at="09:00"))
    assert found == {"entries.1.measure_id": Code.LIMIT_EXCEEDED}
    assert record(desk, entry(measure))


def test_rows_of_a_month_follow_each_other(desk: Desk) -> None:
    measure = desk.measure()
    record(desk, entry(measure, day=dt.date(2023, 9, 14), at="10:00"))
    for day, at in ((dt.date(2023, 9, 13), "10:00"), (dt.date(2023, 9, 14), "09:00")):
        assert refused(desk, entry(measure, day=day, at=at)) == {"entries.0.held_on": Code.INVALID}
    later = [entry(measure, day=dt.date(2023, 9, 14), at="11:00"), entry(measure, day=MONDAY)]
    assert len(record(desk, *reversed(later))) == 2, "another month, and the next row of this one, in any order of entry"


def test_the_provider_is_attached_on_the_day(desk: Desk) -> None:
    Assignment.objects.filter(user=desk.provider).update(valid_to=MONDAY)
    scope, measure = desk.scope(desk.coordinator), desk.measure()
    late = entry(measure, day=MONDAY + dt.timedelta(days=1), provider_id=desk.provider.pk)
    assert refused(desk, late, scope=scope) == {"entries.0.provider_id": Code.UNMET_CONDITION}
    assert record(desk, entry(measure, provider_id=desk.provider.pk), scope=scope)


def test_a_provider_records_the_own_hours_and_the_coordinator_those_of_all(desk: Desk) -> None:
    colleague = user_with(Role.SUPPORT_PROVIDER, Level.INSTITUTION, desk.school, username="colleague")
    measure = desk.measure()
    of_colleague = entry(measure, provider_id=colleague.pk)
    assert refused(desk, of_colleague) == {"entries.0.provider_id": Code.NOT_ALLOWED}
    assert record(desk, of_colleague, scope=desk.scope(desk.coordinator))[0].provider_id == colleague.pk
    app = UserFactory(is_service=True)
    assign_role(user=app, role=Role.SUPPORT_PROVIDER, level=Level.INSTITUTION, unit=desk.school, valid_from=dt.date(2017, 3, 16))
    assert record(desk, entry(measure, at="15:00", provider_id=colleague.pk), scope=desk.scope(app))


def test_who_records_no_hours_is_told_so_and_who_sees_none_finds_none(desk: Desk, cast: Cast) -> None:
    measure = desk.measure()
    assert refused(desk, entry(measure), scope=desk.scope(desk.author)) == {"entries.0.measure_id": Code.NOT_ALLOWED}
    for person in ("author of birch", "researcher", "editor"):
        assert refused(desk, entry(measure), scope=cast.scope(person)) == {"entries.0.measure_id": Code.NOT_FOUND}


@pytest.mark.parametrize("at", ["13:21", "14:00", "14:39"])
def test_nobody_is_in_two_places_at_once(desk: Desk, at: str) -> None:
    one, other = desk.measure(), desk.measure()
    learner_twice = desk.measure(one.plan, code="PSYCHOLOGIST")
    colleague = user_with(Role.SUPPORT_PROVIDER, Level.INSTITUTION, desk.school, username="colleague")
    record(desk, entry(one, topic="Saruna"))
    found = refused(
        desk, entry(other, at=at), entry(learner_twice, at=at, provider_id=colleague.pk), scope=desk.scope(desk.coordinator)
    )
    assert found["entries.1.starts_at"] == Code.CONFLICT
    assert refused(desk, entry(other, at=at)) == {"entries.0.starts_at": Code.CONFLICT}


def test_forty_minutes_later_both_are_free(desk: Desk) -> None:
    one, other = desk.measure(), desk.measure()
    assert record(desk, entry(one), entry(other, at="13:20"), entry(one, at="14:40"))


def test_nor_within_one_command(desk: Desk) -> None:
    one, other = desk.measure(), desk.measure()
    assert refused(desk, entry(one), entry(other, at="14:20")) == {"entries.1.starts_at": Code.CONFLICT}
    assert refused(desk, entry(one), entry(other)) == {"entries.1.starts_at": Code.LIMIT_EXCEEDED}, "no kind allows a group yet"


def test_a_group_as_large_as_the_kind_allows_shares_an_hour(desk: Desk) -> None:
    supersede(MeasureKind.objects.filter(code="TEACHER"), group_size_max=2)
    measures = [desk.measure() for _ in range(3)]
    assert refused(desk, *[entry(measure) for measure in measures]) == {"entries.2.starts_at": Code.LIMIT_EXCEEDED}
    rows = record(desk, *[entry(measure) for measure in measures[:2]])
    assert len({row.group_key for row in rows}) == 1
    found = problems(partial(record, desk, entry(measures[2])))
    assert found == {"entries.0.starts_at": Code.CONFLICT}, "a group is entered in one command"


def _elsewhere(desk: Desk, cast: Cast, provider: Any) -> None:
    """The provider of maple gives an hour at birch at the same time, which maple cannot see."""
    with whole_state():
        measure = Measure.objects.get(plan=cast.plans["Dāvis at birch"], kind_code="TEACHER")
        ConsultationFactory(measure=measure, provider=provider, held_on=MONDAY, starts_at=dt.time(14, 10))


def test_an_hour_at_an_institution_out_of_sight_is_found_and_not_shown(desk: Desk, cast: Cast) -> None:
    _elsewhere(desk, cast, desk.provider)
    with pytest.raises(Exception, match="CONFLICT") as met:
        record(desk, entry(desk.measure()))
    (problem,) = met.value.problems  # type: ignore[attr-defined]
    assert problem.field == "entries"
    assert not {"birch", "14:10", "delivery", "constraint"} & set(str(problem.message).lower().split())


def test_the_database_holds_it_without_any_service(desk: Desk) -> None:
    measure = desk.measure()
    with whole_state():
        row = ConsultationFactory(measure=measure, held_on=MONDAY)

    def overlapping(**fields: Any) -> Callable[[], object]:
        return lambda: ConsultationFactory(held_on=MONDAY, starts_at=dt.time(14, 39, 59), **fields)

    other = desk.measure()
    for constraint, act in (
        ("consultation_learner_in_one_place", overlapping(measure=measure)),
        ("consultation_provider_in_one_place", overlapping(measure=other, provider=row.provider)),
    ):
        with pytest.raises(IntegrityError, match=constraint), whole_state(), transaction.atomic():
            act()
    with whole_state():
        assert overlapping(measure=other, provider=row.provider, group_key=row.group_key)(), "the same group is one place"


def test_an_hour_ends_on_its_day(desk: Desk) -> None:
    assert refused(desk, entry(desk.measure(), at="23:21")) == {"entries.0.starts_at": Code.INVALID}
    (row,) = record(desk, entry(desk.measure(), at="23:20"))
    assert row.starts_at == dt.time(23, 20)
    measure = desk.measure()
    with pytest.raises(IntegrityError, match="consultation_within_its_day"), whole_state(), transaction.atomic():
        ConsultationFactory(measure=measure, held_on=MONDAY, starts_at=dt.time(23, 20, 1))


def test_the_same_key_records_once(desk: Desk) -> None:
    measure = desk.measure()
    first = record(desk, entry(measure), client_mutation_id="sheet")
    again = record(desk, entry(measure), client_mutation_id="sheet")
    assert [row.pk for row in first] == [row.pk for row in again]
    assert problems(partial(record, desk, entry(measure, at="15:00"), client_mutation_id="sheet")) == {
        "client_mutation_id": Code.CONFLICT
    }

"""The queue as a list: due days, lateness and its causes, isolation, what it costs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from backend.accounts.scope import NOBODY, Scope, scoped
from backend.cases.plans.models import PlanStep, SupportPlan
from backend.registry.models import Deadline
from backend.workspace.causes import causes_of
from backend.workspace.models import WorkItem, WorkKind
from backend.workspace.queue import NEVER, work_items
from backend.workspace.titles import title_of
from tests.cases.delivery.month import Month
from tests.cases.plans.walk import Walk
from tests.factories.cast import Cast
from tests.factories.rows import (
    ClaimFactory,
    ConsultationFactory,
    EnrolmentFactory,
    LearnerFactory,
    SupportPlanFactory,
    whole_state,
)
from tests.workspace.trying import queue

pytestmark = pytest.mark.django_db
ROLES = {
    "author": "plan_author",
    "head": "institution_head",
    "other head": "institution_head",
    "municipality": "municipality_coordinator",
}


def the_item(scope: Scope, kind: str, key: Any, *, everyones: bool = False) -> WorkItem:
    """The one item of a kind about a thing."""
    (found,) = (item for item in queue(scope, everyones=everyones) if (item.kind, item.subject_id) == (kind, key))
    return found


def aged(walk: Walk, *steps: tuple[str, str, dt.datetime]) -> SupportPlan:
    """A plan of maple that took these steps: (status reached, by whom, when)."""
    reached = [status for status, _person, _at in steps]
    moments = {status: at for status, _person, at in steps}
    with whole_state():
        plan: SupportPlan = SupportPlanFactory(
            enrolment=EnrolmentFactory(learner=LearnerFactory(registering_institution=walk.desk.school)),
            semester=walk.desk.semester,
            status=reached[-1],
            author=walk.people["author"],
            submitted_at=moments.get("SUBMITTED"),
            activated_at=None,
        )
        for before, (status, person, at) in zip(["", *reached], steps, strict=False):
            PlanStep.objects.create(
                plan=plan,
                institution=walk.desk.school,
                from_status=before,
                to_status=status,
                actor=walk.people[person],
                role=ROLES[person],
                at=at,
            )
    return plan


def _on(day: int, hour: int = 10) -> dt.datetime:
    return dt.datetime(2023, 9, day, hour, tzinfo=dt.UTC)


def test_a_step_falls_due_by_the_calendar_and_is_late_the_day_after(walk: Walk) -> None:
    plan = aged(walk, ("DRAFT", "author", _on(4)), ("SUBMITTED", "author", _on(6, 22)))
    item = the_item(walk.scope("head"), "APPROVE_PLAN", plan.pk)
    # At ten in the evening of the sixth by Greenwich the seventh has begun in Latvia; the head has five days.
    assert (item.due_on, item.is_overdue, item.role) == (dt.date(2023, 9, 12), True, "institution_head")
    assert item.opened_at == _on(6, 22)
    walk.today = dt.date(2023, 9, 12)
    assert not the_item(walk.scope("head"), "APPROVE_PLAN", plan.pk).is_overdue
    walk.today = dt.date(2023, 9, 13)
    assert the_item(walk.scope("head"), "APPROVE_PLAN", plan.pk).is_overdue


def test_a_deadline_is_the_version_in_force_when_it_began_to_wait(walk: Walk) -> None:
    with whole_state():
        held = Deadline.objects.get(step="PLAN_APPROVE_INSTITUTION")
        Deadline.objects.filter(pk=held.pk).update(valid_to=dt.date(2023, 9, 30))
        Deadline.objects.create(step=held.step, anchor="SEMESTER_END", days=-2, valid_from=dt.date(2023, 10, 1))
    old, new = aged(walk, ("DRAFT", "author", _on(4)), ("SUBMITTED", "author", _on(5))), walk.submitted()
    items = {item.subject_id: item.due_on for item in queue(walk.scope("head")) if item.kind == "APPROVE_PLAN"}
    assert items[old.pk] == dt.date(2023, 9, 10)
    assert items[new.pk] == walk.desk.semester.ends_on - dt.timedelta(days=2)
    with whole_state():
        Deadline.objects.filter(step=held.step).update(valid_to=F("valid_from"))
    items = {item.subject_id: (item.due_on, item.due_order) for item in queue(walk.scope("head"))}
    assert items[old.pk] == (None, NEVER), "without a deadline nothing is due, and it comes last"


def test_drafts_and_evaluations_fall_due_by_the_semester(walk: Walk) -> None:
    draft, plan = walk.draft(), walk.active()
    semester = walk.desk.semester
    due = the_item(walk.scope("author"), "SUBMIT_PLAN", draft.pk).due_on
    assert due == semester.starts_on + dt.timedelta(days=21)
    walk.today = dt.date(2024, 1, 3)
    item = the_item(walk.scope("author"), "EVALUATE_PLAN", plan.pk)
    assert item.due_on == semester.ends_on + dt.timedelta(days=14)
    assert item.assignee_id == walk.people["author"].pk


def test_a_month_falls_due_after_its_end(month: Month) -> None:
    month.counted(month.desk.measure(), dt.date(2023, 9, 11))
    sheet = month.sheet(month=dt.date(2023, 9, 1))
    head = the_item(month.scope("head"), "APPROVE_TIMESHEET", sheet.pk)
    assert (head.due_on, head.is_overdue, head.detail) == (dt.date(2023, 10, 3), True, "2023-09-01")
    month.approve("head", sheet)
    assert the_item(month.scope("coordinator"), "APPROVE_TIMESHEET", sheet.pk).due_on == dt.date(2023, 10, 5)
    month.approve("coordinator", sheet)
    item = the_item(month.scope("coordinator"), "SUBMIT_MONTH", month.desk.school.pk)
    assert (item.due_on, item.subject_tag, item.institution_id) == (dt.date(2023, 10, 10), "inst", month.desk.school.pk)
    with scoped(month.scope("coordinator")):
        (last, first) = causes_of(scope=month.scope("coordinator"), item_ids=[item.pk])[item.pk]
    assert (first.role, last.role) == ("institution_head", "municipality_coordinator")


def test_why_it_is_late(walk: Walk) -> None:
    plan = aged(
        walk,
        ("DRAFT", "author", _on(1)),
        ("SUBMITTED", "author", _on(4)),
        ("RETURNED", "head", _on(14)),
        ("SUBMITTED", "author", _on(15)),
        ("APPROVED_BY_INSTITUTION", "other head", _on(25)),
    )
    scope = walk.scope("municipality")
    item = the_item(scope, "APPROVE_PLAN", plan.pk)
    with scoped(scope):
        causes = causes_of(scope=scope, item_ids=[item.pk])[item.pk]
    assert [(cause.kind, cause.role, cause.actor, cause.days) for cause in causes] == [
        (WorkKind.APPROVE_PLAN, "institution_head", walk.people["other head"], 10),
        (WorkKind.CORRECT_PLAN, "plan_author", walk.people["author"], 1),
        (WorkKind.APPROVE_PLAN, "institution_head", walk.people["head"], 10),
        (WorkKind.SUBMIT_PLAN, "plan_author", walk.people["author"], 3),
    ]


def test_the_most_pressing_comes_first(walk: Walk) -> None:
    late, later = (aged(walk, ("DRAFT", "author", _on(4)), ("SUBMITTED", "author", _on(day))) for day in (5, 20))
    shown = [item.subject_id for item in queue(walk.scope("head")) if item.subject_id in {late.pk, later.pk}]
    assert shown == [late.pk, later.pk]


def test_a_title_says_what_and_names_nobody(walk: Walk) -> None:
    plan = walk.submitted()
    item = the_item(walk.scope("head"), "APPROVE_PLAN", plan.pk)
    with translation.override("lv"):
        assert title_of(item) == f"Apstiprināt plānu: {plan.number}"
    with translation.override("en"):
        assert title_of(item) == f"Approve a plan: {plan.number}"


# -- who sees what -------------------------------------------------------------------------------------------------------
def test_nobody_sees_what_waits_in_a_room_they_do_not_read(cast: Cast, walk: Walk) -> None:
    walk.submitted()
    hours, meals = walk.desk.measure(), walk.desk.measure(code="CATERING", planned_amount=Decimal(90))
    with whole_state():
        ConsultationFactory(measure=hours, held_on=dt.date(2023, 10, 2), learner_confirmed_at=None)
        ClaimFactory(measure=meals, status="CLAIMED", decided_at=None)
    assert queue(NOBODY, everyones=True) == []
    rooms = {"support_provider": {"learners", "plans", "delivery"}}
    tried = 0
    for person in cast.staff:
        scope = cast.scope(person)
        places = {place for held in scope.holdings for place in held.institution_ids}
        whole = any(held.whole_state and held.areas for held in scope.holdings)
        for item in queue(scope, everyones=True):
            tried += 1
            assert whole or item.institution_id is None or item.institution_id in places, person
            assert item.room in rooms.get(next(iter(scope.roles)), {item.room}), person
        mine = {item.pk for item in queue(scope)}
        with scoped(scope):
            all_of_them = set(work_items(scope=scope, everyones=True).values_list("pk", flat=True))
        assert mine <= all_of_them, person
    assert tried > 20
    assert queue(cast.scope("author of birch"), everyones=True) == [
        item for item in queue(cast.scope("author of birch"), everyones=True) if item.institution_id == cast.schools["birch"].pk
    ]


def test_row_security_alone_keeps_the_queue(walk: Walk, cast: Cast) -> None:
    """The query asked with the agency's eyes inside a school's transaction shows the school's things alone."""
    walk.submitted()
    agency, school = walk.scope("agency"), cast.scope("author of birch")
    with scoped(agency):
        everything = set(work_items(scope=agency, everyones=True).values_list("institution_id", flat=True))
    with scoped(school):
        kept = set(work_items(scope=agency, everyones=True).values_list("institution_id", flat=True))
    assert walk.desk.school.pk in everything
    assert kept <= {cast.schools["birch"].pk, None}


def test_an_app_without_the_scope_to_write_is_waited_for_by_nothing(walk: Walk) -> None:
    plan = walk.submitted()
    head = walk.scope("head")
    reading = Scope(head.principal_id, 7, frozenset({"plans.read", "delivery.read"}), head.holdings, head.on)
    writing = Scope(head.principal_id, 7, frozenset({"plans.read", "plans.write"}), head.holdings, head.on)
    assert queue(reading) == []
    assert {item.kind for item in queue(writing)} == {"APPROVE_PLAN"}
    assert plan.pk in {item.subject_id for item in queue(reading, everyones=True)}


# -- what it costs -------------------------------------------------------------------------------------------------------
def test_a_hundred_items_in_three_statements(walk: Walk) -> None:
    steps = ("DRAFT", "author", _on(4)), ("SUBMITTED", "author", _on(5)), ("APPROVED_BY_MUNICIPALITY", "municipality", _on(9))
    for _ in range(100):
        aged(walk, *steps)
    scope = walk.scope("agency")
    with scoped(scope), CaptureQueriesContext(connection) as queries:
        items = list(work_items(scope=scope)[:100])
    assert len(items) == 100
    assert len(queries) <= 3  # what partners are owed is added up first, for who pays
    with scoped(scope), CaptureQueriesContext(connection) as queries:
        causes_of(scope=scope, item_ids=[item.pk for item in items])
    assert len(queries) <= 6


def test_what_waits_can_be_narrowed_and_counted(walk: Walk) -> None:
    plan = walk.submitted()
    scope = walk.scope("head")
    with scoped(scope):
        rows = work_items(scope=scope)
        assert rows.filter(kind="APPROVE_PLAN", semester__code="2023/2024-1").count() == 1
        assert rows.filter(institution__code="other").count() == 0
        assert rows.filter(subject_id=plan.pk, is_overdue=False, due_on__lte=dt.date(2100, 1, 1)).exists()
        assert list(rows.order_by("-opened_at").values_list("kind", flat=True)[:1]) == ["APPROVE_PLAN"]

"""The read log: who read which learner, as what, through what, what for; by the caller alone and for ever."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.accounts.read_log import (
    APPEND_NOTED,
    NOTED_CASTS,
    NOTES,
    LearnerRead,
    NotedKind,
    ReadKind,
    noted_parameters,
    record_reads,
)
from backend.accounts.roles import Area
from backend.accounts.scope import Scope, scoped
from backend.core.classification import DataClass
from backend.core.trail.context import Channel
from backend.core.trail.models import ReadEntry
from tests.factories.cast import Cast


def test_an_entry_says_who_as_what_through_what_and_what_for(cast: Cast) -> None:
    scope = cast.scope("coordinator of madona")
    anna, maple = cast.learners["Anna"].pk, cast.schools["maple"].pk
    with scoped(scope):
        record_reads(
            scope=scope,
            reads=[LearnerRead(anna, maple, "plan", cast.plans["Anna"].pk)],
            area=Area.PLANS,
            channel=Channel.DOCUMENT,
            purpose="monthly check",
            classes=[DataClass.SPECIAL, DataClass.PERSONAL],
            kind=ReadKind.EXPORT,
        )
        entry = ReadEntry.objects.get(learner_id=anna)
    assert entry.principal_id == scope.principal_id
    assert (entry.role, entry.level, entry.unit_code) == ("municipality_coordinator", "MUNICIPALITY", "LV-059")
    assert (entry.kind, entry.channel, entry.purpose) == ("EXPORT", "document", "monthly check")
    assert (entry.object_type, entry.object_id, entry.institution_id) == ("plan", cast.plans["Anna"].pk, maple)
    assert entry.classes == ["personal", "special"]


def test_a_page_of_learners_costs_one_statement(cast: Cast) -> None:
    scope = cast.scope("agency")
    schools = cast.schools
    reads = [LearnerRead(row.pk, row.registering_institution_id, "lrn", row.pk) for row in cast.learners.values()] * 10
    with scoped(scope), CaptureQueriesContext(connection) as seen:
        assert record_reads(scope=scope, reads=reads, area=Area.LEARNERS, channel=Channel.CASE_API) == 70
    assert len([q for q in seen.captured_queries if "append_reads" in q["sql"]]) == 1
    with scoped(scope):
        assert ReadEntry.objects.count() == 70
    with scoped(cast.scope("author of maple")):
        assert set(ReadEntry.objects.values_list("institution_id", flat=True)) == {schools["maple"].pk}


def test_no_reads_no_statement(cast: Cast) -> None:
    scope = cast.scope("agency")
    with scoped(scope), CaptureQueriesContext(connection) as seen:
        assert record_reads(scope=scope, reads=[], area=Area.LEARNERS, channel=Channel.CASE_API) == 0
        assert len(seen.captured_queries) == 0


def test_the_principal_is_the_scopes_not_the_callers_word(cast: Cast) -> None:
    mine, other = cast.scope("author of maple"), cast.scope("agency")
    with scoped(mine):
        reads = [LearnerRead(cast.learners["Anna"].pk, cast.schools["maple"].pk, "lrn")]
        record_reads(scope=other, reads=reads, area=Area.LEARNERS, channel=Channel.CASE_API)
        assert ReadEntry.objects.get().principal_id == mine.principal_id


def test_an_entry_cannot_be_changed_or_removed(cast: Cast) -> None:
    scope = cast.scope("agency")
    with scoped(scope):
        reads = [LearnerRead(cast.learners["Anna"].pk, cast.schools["maple"].pk, "lrn")]
        record_reads(scope=scope, reads=reads, area=Area.LEARNERS, channel=Channel.CASE_API)
        for change in (lambda: ReadEntry.objects.update(purpose="x"), lambda: ReadEntry.objects.all().delete()):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                change()


KINDS = [
    NotedKind("lrn", Area.LEARNERS, frozenset({DataClass.PERSONAL})),
    NotedKind("plan", Area.PLANS, frozenset({DataClass.SPECIAL})),
    NotedKind("enr", Area.LEARNERS, frozenset()),
]
TOLD = ("role", "level", "unit_code", "learner_id", "institution_id", "object_type", "object_id", "channel", "purpose", "classes")


def _noted(scope: Scope, notes: str) -> list[tuple[object, ...]]:
    """What the notes of a statement become; taken back afterwards."""
    with scoped(scope):
        parameters = noted_parameters(scope=scope, kinds=KINDS, channel=Channel.CASE_API, purpose="why")
        places = ", ".join(f"%s::{cast}" for cast in NOTED_CASTS)
        with connection.cursor() as cursor:
            cursor.execute("select set_config(%s, %s, true)", [NOTES, notes])
            cursor.execute(APPEND_NOTED.format(places), parameters)
            cursor.execute("select nullif(current_setting(%s, true), '')", [NOTES])
            assert cursor.fetchone() == (None,), "the notes are forgotten"
        entries = list(ReadEntry.objects.order_by("learner_id").values_list(*TOLD))
        transaction.set_rollback(True)
    return entries


@pytest.mark.parametrize("who", ["author of maple", "coordinator of madona", "agency"])
@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("through", ["maple", "linden", ""])
def test_one_noted_row_becomes_what_it_becomes_among_others(cast: Cast, who: str, place: int, through: str) -> None:
    """One alone takes a way of its own; the same row told twice takes that of many."""
    scope, anna = cast.scope(who), cast.learners["Anna"].pk
    institution = cast.schools[through].pk if through else ""
    shown = cast.plans["Anna"].pk if place != 1 else ""
    note = f"{anna}/{institution}/{shown}/{place};"
    (alone,) = _noted(scope, note)
    assert [alone] == _noted(scope, note * 2)
    assert alone[3:9] == (anna, institution or None, KINDS[place - 1].object_type, shown or anna, Channel.CASE_API, "why")
    assert alone[9] == (["personal"], ["special"], ["internal"])[place - 1]
    reached = {"author of maple": "maple", "coordinator of madona": "maple"}.get(who, through)
    assert bool(alone[0]) == (len(scope.holdings) == 1 or through == reached)


def test_nothing_noted_nothing_appended(cast: Cast) -> None:
    assert _noted(cast.scope("agency"), "") == []

"""What the database refuses in evaluation, exchange, the workspace and privacy, whoever writes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from backend.core.outbox.models import OutboxEvent
from backend.exchange import models as exchange
from backend.insight.evaluation import models as evaluation
from backend.insight.statistics import models as statistics
from backend.privacy.models import RetentionTerm, RightsRequest
from backend.workspace.models import Message
from tests.factories.room_rows import HASH, NOON, Rooms, refused
from tests.factories.rows import whole_state

OTHER_HASH = "cd" * 32


@pytest.fixture(autouse=True)
def everything(rooms: Rooms) -> Iterator[None]:
    """The database shows and takes every row, and what is the author's own."""
    with whole_state():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.principal', %s, true)", [str(rooms.cast.staff["author of maple"].pk)])
        yield


def _insert_refused(rooms: Rooms, name: str, model: type[Any], /, **changes: Any) -> None:
    with refused(name):
        rooms.copy(model, **changes).save(force_insert=True)


CHANGES: list[tuple[str, type[Any], dict[str, Any]]] = [
    ("indicator_mark", evaluation.LearnerIndicator, {"mean_mark": 11}),
    ("indicator_lessons_missed_of_held", evaluation.LearnerIndicator, {"lessons_held": 60}),
    ("warning_decided_with_status", evaluation.EarlyWarning, {"status": "CONFIRMED"}),
    ("warning_decided_with_status", evaluation.EarlyWarning, {"decided_at": NOON}),
    ("warning_deferred_has_day", evaluation.EarlyWarning, {"deferred_until": dt.date(2023, 11, 1)}),
    ("warning_rule_level", evaluation.EarlyWarningRule, {"level": 4}),
    ("release_hash", statistics.Release, {"released_at": NOON}),
    ("release_table_hash", statistics.ReleaseTable, {"content_hash": ""}),
    ("import_file_hash", exchange.DataImport, {"file_hash": "x"}),
    ("import_rows", exchange.DataImport, {"rows_written": 2}),
    ("import_finished_with_state", exchange.DataImport, {"state": "DONE"}),
    ("import_finished_with_state", exchange.DataImport, {"finished_at": NOON}),
    ("import_problem_row", exchange.ImportProblem, {"row_number": 0}),
    ("export_finished_with_state", exchange.BulkExport, {"state": "FAILED"}),
    ("export_done_has_a_file", exchange.BulkExport, {"state": "DONE", "finished_at": NOON, "rows": 2}),
    ("export_has_a_purpose", exchange.BulkExport, {"stated_purpose": ""}),
    ("webhook_is_encrypted_on_the_way", exchange.Webhook, {"url": "http://example.org/hook"}),
    ("webhook_tells_something", exchange.Webhook, {"event_kinds": []}),
    ("webhook_disabled_says_why", exchange.Webhook, {"is_active": False}),
    ("webhook_never_special", exchange.Webhook, {"data_class": "special"}),
    ("delivery_waits_with_state", exchange.WebhookDelivery, {"next_attempt_at": None}),
    ("delivery_delivered_with_state", exchange.WebhookDelivery, {"state": "DELIVERED", "next_attempt_at": None}),
    ("rights_due_after_received", RightsRequest, {"due_on": dt.date(2023, 10, 1)}),
    ("rights_extended_after_due", RightsRequest, {"extended_to": dt.date(2023, 11, 2)}),
    ("rights_decided_with_status", RightsRequest, {"decided_on": dt.date(2023, 10, 9)}),
    ("rights_granted_to_who_was_checked", RightsRequest, {"status": "GRANTED", "decided_on": dt.date(2023, 10, 9)}),
]


@pytest.mark.parametrize(("name", "model", "changes"), CHANGES, ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_change_is_refused(rooms: Rooms, name: str, model: type[Any], changes: dict[str, Any]) -> None:
    rows = model.objects.all() if model is evaluation.EarlyWarningRule else model.objects.filter(pk=rooms[model].pk)
    with refused(name):
        assert rows.update(**changes)


def test_indicators_stand_once_and_follow_the_enrolment(rooms: Rooms) -> None:
    indicator = evaluation.LearnerIndicator
    _insert_refused(rooms, "indicator_once_a_semester", indicator)
    bruno = {"learner": rooms.cast.learners["Bruno"], "institution": rooms.cast.schools["linden"]}
    _insert_refused(rooms, "indicator_enrolment_of_learner", indicator, **bruno)
    _insert_refused(rooms, "warning_owner", evaluation.EarlyWarning, rule=_another_rule(), **bruno)
    _insert_refused(rooms, "warning_once", evaluation.EarlyWarning)


def _another_rule() -> evaluation.EarlyWarningRule:
    return evaluation.EarlyWarningRule.objects.get(code="mean_below_4")


def test_missing_numbers_are_no_numbers(rooms: Rooms) -> None:
    evaluation.LearnerIndicator.objects.update(lessons_held=None, lessons_excused=None, mean_mark=None)


def test_rules_follow_each_other(rooms: Rooms) -> None:
    rule = _another_rule()
    rule.pk, rule.revision, rule.valid_from = None, 2, dt.date(2023, 9, 1)  # type: ignore[assignment]
    rule.id = evaluation.EarlyWarningRule._meta.pk.get_default()  # type: ignore[union-attr]
    with refused("warning_rule_one_at_a_time"):
        rule.save(force_insert=True)
    evaluation.EarlyWarningRule.objects.filter(code=rule.code).update(valid_to=dt.date(2023, 8, 31))
    rule.save(force_insert=True)


STUDY: list[dict[str, Any]] = [
    {"specification": {"method": "ols"}},
    {"specification_hash": OTHER_HASH},
    {"estimand": "ATE"},
    {"title": "x"},
    {"code": "ATT-2"},
    {"seed": 2},
    {"registered_at": NOON + dt.timedelta(days=1)},
    {"status": "DRAFT", "registered_at": None, "specification_hash": ""},
]


@pytest.mark.parametrize("changes", STUDY, ids=str)
def test_a_registered_study_is_frozen(rooms: Rooms, changes: dict[str, Any]) -> None:
    study = evaluation.Study.objects.filter(pk=rooms[evaluation.Study].pk)
    with refused("study_is_frozen"):
        study.update(**changes)


def test_a_registered_study_can_be_withdrawn_but_neither_revived_nor_removed(rooms: Rooms) -> None:
    study = evaluation.Study.objects.filter(pk=rooms[evaluation.Study].pk)
    with refused("study_is_frozen"):
        study._raw_delete("default")
    assert study.update(status="WITHDRAWN") == 1
    with refused("study_is_frozen"):
        study.update(status="REGISTERED")


def test_a_draft_changes_and_a_registration_has_its_hash(rooms: Rooms) -> None:
    draft = rooms.copy(
        evaluation.Study, code="ATT-2", status="DRAFT", specification_hash="", registered_at=None, registered_by=None
    )
    draft.save(force_insert=True)
    rows = evaluation.Study.objects.filter(pk=draft.pk)
    rows.update(specification={"method": "did"})
    with refused("study_registered_with_status"):
        rows.update(status="REGISTERED", registered_at=NOON, registered_by=rooms.cast.staff["researcher"])
    _insert_refused(rooms, "study_result_of_registered", evaluation.StudyResult, specification_hash=OTHER_HASH)
    _insert_refused(rooms, "study_result_hashes", evaluation.StudyResult, data_hash="x")


def test_what_was_released_is_frozen(rooms: Rooms) -> None:
    release = statistics.Release.objects.filter(pk=rooms[statistics.Release].pk)
    release.update(protection={"threshold": 10})
    release.update(released_at=NOON, content_hash=HASH)
    with refused("release_is_frozen"):
        release.update(protection={"threshold": 3})
    with refused("release_is_frozen"):
        statistics.ReleaseTable.objects.update(cells=[[2]])
    with refused("release_is_frozen"):
        statistics.ReleaseTable.objects.all()._raw_delete("default")
    _insert_refused(rooms, "release_is_frozen", statistics.ReleaseTable, code="other")


def test_a_snapshot_is_of_one_unit_and_never_changed(rooms: Rooms) -> None:
    snapshot = statistics.ReportSnapshot
    _insert_refused(rooms, "snapshot_number", snapshot)
    _insert_refused(rooms, "snapshot_correction_says_why", snapshot, number=2)
    _insert_refused(rooms, "snapshot_unit", snapshot, unit="STATE")
    _insert_refused(rooms, "snapshot_hash", snapshot, number=2, reason="x", content_hash="x")
    rooms.copy(snapshot, number=2, reason="Labots mēnesis").save(force_insert=True)
    rooms.copy(snapshot, unit="STATE", institution=None).save(force_insert=True)
    _insert_refused(rooms, "snapshot_number", snapshot, unit="STATE", institution=None)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        snapshot.objects.update(figures={})


def test_a_file_is_taken_once_while_it_counts(rooms: Rooms) -> None:
    batch = exchange.DataImport
    _insert_refused(rooms, "import_once", batch)
    batch.objects.update(state="FAILED", finished_at=NOON)
    rooms.copy(batch).save(force_insert=True)
    _insert_refused(rooms, "import_problem_owner", exchange.ImportProblem, row_number=4, institution=rooms.cast.schools["linden"])
    _insert_refused(rooms, "import_problem_once", exchange.ImportProblem)


def test_a_webhook_is_told_once_of_each_event(rooms: Rooms) -> None:
    _insert_refused(rooms, "webhook_once", exchange.Webhook)
    _insert_refused(rooms, "delivery_once", exchange.WebhookDelivery)


def test_events_are_numbered_by_the_database_and_never_changed(rooms: Rooms) -> None:
    for number in (1, None):
        rooms.copy(OutboxEvent, number=number).save(force_insert=True)
    numbers = list(OutboxEvent.objects.order_by("number").values_list("number", flat=True))
    assert len(set(numbers)) == 3
    assert numbers == list(range(numbers[0], numbers[0] + 3)), "what a writer gives is not taken"
    _insert_refused(rooms, "event_kind_names_what", OutboxEvent, kind="Plan approved")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        OutboxEvent.objects.update(kind="plan.returned")


def test_nobody_writes_to_themselves(rooms: Rooms) -> None:
    _insert_refused(rooms, "message_to_another", Message, recipient=rooms.cast.staff["author of maple"])
    _insert_refused(rooms, "message_subject", Message, subject_tag="plan")


def test_nobody_writes_in_anothers_name(rooms: Rooms) -> None:
    refused = pytest.raises(ProgrammingError, match="row-level security")
    with refused, transaction.atomic():
        rooms.copy(Message, sender=rooms.cast.staff["agency"], recipient=rooms.cast.staff["auditor"]).save(force_insert=True)


def test_only_what_is_permanent_has_no_end(rooms: Rooms) -> None:
    for kind, changes in (("PROGRAMME", {"keep_until": None}), ("PERMANENT", {"keep_days": 9}), ("SHORT", {"keep_days": None})):
        with refused("retention_term_ends"):
            RetentionTerm.objects.filter(retention=kind).update(**changes)
    with refused("retention_term_one_way"):
        RetentionTerm.objects.filter(retention="SHORT").update(keep_until=dt.date(2030, 1, 1))

"""Who reaches rows of the other rooms: row security alone, and the selectors, against one table written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model

from backend.accounts.scope import NOBODY, scoped
from backend.activities.cooperation import models as cooperation
from backend.activities.cooperation import selectors as cooperating
from backend.activities.initiatives import models as initiatives
from backend.activities.initiatives import selectors as calling
from backend.activities.training import models as training
from backend.activities.training import selectors as training_of
from backend.core.classification import DataClass, classification_of
from backend.core.database.security import declared_policies
from backend.core.outbox.models import OutboxEvent
from backend.exchange import models as exchange
from backend.exchange import selectors as exchanging
from backend.insight.evaluation import models as evaluation
from backend.insight.evaluation import selectors as evaluating
from backend.insight.statistics import kept
from backend.insight.statistics.models import ReportSnapshot, SemesterClosure
from backend.privacy.models import RightsRequest
from backend.privacy.selectors import rights_requests
from backend.workspace import selectors as working
from backend.workspace.models import Message
from tests.factories.room_rows import Rooms

ROOMS = (
    "backend.activities.",
    "backend.insight.",
    "backend.exchange",
    "backend.workspace",
    "backend.privacy",
    "backend.core.outbox",
)
CARE = {DataClass.PERSONAL, DataClass.SPECIAL}

SCHOOL = {"author of maple", "coordinator of madona", "coordinator of vidzeme", "agency", "auditor"}
STAFF = SCHOOL | {"provider of maple"}
ORGANISER = {"coordinator of madona", "coordinator of vidzeme", "agency", "auditor"}
APPLICANT, SCORER, POLICE = {"young people's own"}, {"scorer"}, {"police"}
EVERYBODY = "everybody"
# Who sees the row of `tests.factories.rooms`: written down by hand.
SEES: dict[type[Any], tuple[Any, set[str]]] = {
    initiatives.OrganisationMember: (calling.organisation_members, ORGANISER | APPLICANT),
    initiatives.InitiativeProject: (calling.initiative_projects, ORGANISER | APPLICANT | SCORER),
    initiatives.ProjectStep: (calling.project_steps, ORGANISER | APPLICANT | SCORER),
    initiatives.ProjectPartner: (calling.project_partners, ORGANISER | APPLICANT | SCORER),
    initiatives.ProjectReport: (calling.project_reports, ORGANISER | APPLICANT | SCORER),
    initiatives.ProjectScorer: (calling.project_scorers, ORGANISER | SCORER),
    initiatives.ProjectScore: (calling.project_scores, ORGANISER | SCORER),
    initiatives.ProjectParticipant: (calling.project_participants, STAFF),
    training.TrainingRegistration: (training_of.training_registrations, STAFF | {"trainer"}),
    cooperation.CooperationTeam: (cooperating.cooperation_teams, STAFF | POLICE),
    cooperation.TeamMember: (cooperating.team_members, STAFF | POLICE),
    cooperation.TeamShare: (cooperating.team_shares, STAFF | POLICE),
    cooperation.Meeting: (cooperating.meetings, STAFF | POLICE),
    cooperation.MeetingAttendance: (cooperating.meeting_attendance, STAFF | POLICE),
    cooperation.MeetingDecision: (cooperating.meeting_decisions, STAFF | POLICE),
    cooperation.FeedbackRequest: (cooperating.feedback_requests, STAFF),
    cooperation.FeedbackAnswer: (cooperating.feedback_answers, STAFF),
    evaluation.LearnerIndicator: (evaluating.learner_indicators, STAFF),
    evaluation.EarlyWarning: (evaluating.early_warnings, STAFF),
    ReportSnapshot: (kept.report_snapshots, STAFF),
    exchange.DataImport: (exchanging.data_imports, STAFF),
    exchange.ImportProblem: (exchanging.import_problems, STAFF),
    exchange.BulkExport: (exchanging.bulk_exports, {"author of maple"}),
    exchange.Webhook: (exchanging.webhooks, {"author of maple"}),
    exchange.WebhookDelivery: (exchanging.webhook_deliveries, {"author of maple"}),
    Message: (working.messages, {"author of maple", "agency"}),
    RightsRequest: (rights_requests, STAFF | {"data protection officer"}),
}


def _policed() -> list[str]:
    return [policy.table for policy in declared_policies()]


def _tables() -> list[type[Model]]:
    """Models of these rooms that name a person, or hang on a row that does and carry its institution."""
    found = []
    for model in apps.get_models():
        config = apps.get_app_config(model._meta.app_label)
        if (
            model._meta.managed
            and config.name.startswith(ROOMS)
            and any((c := classification_of(f)) is not None and c.data_class in CARE for f in model._meta.local_concrete_fields)
        ):
            found.append(model)
    return found


def test_every_table_of_these_rooms_that_names_a_person_is_policed() -> None:
    named = {model._meta.db_table for model in _tables()}
    assert len(named) >= 28
    assert named <= set(_policed())


@pytest.mark.parametrize("table", sorted(set(_policed())))
def test_row_security_is_forced(table: str, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select relrowsecurity, relforcerowsecurity from pg_class where oid = %s::regclass", [table])
        assert cursor.fetchone() == (True, True)


def test_the_hand_written_table_names_every_policed_table(rooms: Rooms) -> None:
    judged_elsewhere = {evaluation.Study, training.TrainingLeader, OutboxEvent, SemesterClosure}
    assert set(SEES) >= set(_tables()) - judged_elsewhere


@pytest.mark.parametrize("model", SEES, ids=lambda model: model.__name__)
def test_each_row_is_seen_by_exactly_these(rooms: Rooms, model: type[Any]) -> None:
    selector, expected = SEES[model]
    by_database, by_selector = set(), set()
    for person in rooms.cast.staff:
        scope = rooms.cast.scope(person)
        with scoped(scope):
            if model.objects.exists():
                by_database.add(person)
            if selector(scope=scope).exists():
                by_selector.add(person)
    assert by_database == expected
    assert by_selector == expected


def test_nobody_sees_anything(rooms: Rooms) -> None:
    for model in {*SEES, *_tables()}:
        assert not model._default_manager.exists(), model
    with scoped(NOBODY):
        for model, (selector, _expected) in SEES.items():
            assert not model.objects.exists(), model
            assert not selector(scope=NOBODY).exists(), model

"""Rows of the figures, of the exchange, and of the desk."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from backend.accounts.models import PartnerApp
from backend.cases.learners.models import Enrolment
from backend.core.clock import now
from backend.core.outbox.models import OutboxEvent
from backend.exchange import models as exchange
from backend.insight.evaluation import models as evaluation
from backend.insight.statistics import models as statistics
from backend.privacy.models import RightsRequest
from backend.territory.models import Semester
from backend.workspace.models import Message
from tests.factories.room_rows import HASH, NOON, Rooms

_TEXTS = {"lv": "Vai palīdz?", "en": "Does it help?"}
STUDY_RESULT = {
    "specification": {"code": "room-study", "title": _TEXTS, "question": _TEXTS, "estimand": _TEXTS},
    "specified_at": "2023-10-16T12:00:00+03:00",
    "estimates": [
        {
            "method": "AIPW",
            "outcome": "left_in_semester",
            "measure": "risk_difference",
            "value": -0.03,
            "low": -0.05,
            "high": -0.01,
            "exposed": 500,
            "compared": 700,
            "effective_size": 420.0,
        }
    ],
    "guards": [{"kind": "OVERLAP", "method": "AIPW", "passed": True, "value": 0.01, "threshold": 0.1}],
}
"""What a study leaves: aggregates alone."""


def make_platform(rooms: Rooms) -> None:
    """Write them, in the caller's transaction."""
    _insight(rooms)
    _exchange(rooms)
    _workspace(rooms)


def _insight(rooms: Rooms) -> None:
    cast, plan = rooms.cast, rooms.cast.plans["Anna"]
    semester = Semester.objects.get(code="2022/2023-2")
    own = {"learner": plan.learner, "institution": plan.institution, "semester": semester}
    indicator = rooms.make(
        evaluation.LearnerIndicator,
        enrolment=Enrolment.objects.get(learner=plan.learner),
        lessons_held=500,
        lessons_excused=40,
        lessons_unexcused=24,
        mean_mark=Decimal("5.20"),
        insufficient_subjects=1,
        source="JOURNAL",
        recorded_at=NOON,
        **own,
    )
    rule = evaluation.EarlyWarningRule.objects.get(code="unexcused_20")
    rooms.make(evaluation.EarlyWarning, rule=rule, indicator=indicator, observed=24, raised_at=NOON, **own)
    study = rooms.make(
        evaluation.Study,
        by=cast.staff["researcher"],
        code="ATT-1",
        title="Vai plāns palīdz palikt",
        estimand="ATT of a plan on being enrolled a semester later",
        specification={"method": "aipw"},
        specification_hash=HASH,
        status="REGISTERED",
        registered_at=NOON,
        registered_by=cast.staff["researcher"],
    )
    result = rooms.make(
        evaluation.StudyResult,
        study=study,
        specification_hash=HASH,
        data_hash=HASH,
        code_version="1",
        seed=1,
        result=STUDY_RESULT,
        computed_at=NOON,
    )
    rooms.make(evaluation.StudyRun, study=study, status="DONE", percent=100, requested_at=NOON, ended_at=NOON, result=result)
    rooms.make(evaluation.StudyPublication, result=result, code="room-study", published_at=NOON)
    rooms.make(
        statistics.ReportSnapshot,
        semester=semester,
        unit="INSTITUTION",
        institution=plan.institution,
        division_on=dt.date(2023, 6, 30),
        figures={"plans": 2},
        content_hash=HASH,
        made_at=NOON,
    )
    release = rooms.make(
        statistics.Release, code="2023-1", name_lv="Pirmais", audience="PUBLIC", known_on=NOON, protection={"threshold": 5}
    )
    rooms.make(statistics.ReleaseTable, release=release, code="plans", name_lv="Plāni", cells=[[1]], content_hash=HASH)


def _exchange(rooms: Rooms) -> None:
    cast = rooms.cast
    author = cast.staff["author of maple"]
    app = PartnerApp.objects.create(
        name="journal", client_type="confidential", authorization_grant_type="client-credentials", service_account=author
    )
    rooms.rows[PartnerApp] = app
    batch = rooms.make(
        exchange.DataImport,
        by=author,
        institution=cast.schools["maple"],
        kind="INDICATORS",
        file_name="kavejumi.csv",
        file_hash=HASH,
        file_size=100,
        rows_total=2,
        rows_written=1,
        rows_refused=1,
        requested_by=author,
    )
    rooms.make(exchange.ImportProblem, by=author, batch=batch, institution=cast.schools["maple"], row_number=3, code="INVALID")
    rooms.make(
        exchange.BulkExport,
        by=author,
        kind="learners",
        data_class="personal",
        stated_purpose="Pārskats domei",
        requested_by=author,
    )
    hook = rooms.make(
        exchange.Webhook,
        by=author,
        app=app,
        owner=author,
        url="https://example.org/hook",
        event_kinds=["plan.approved"],
        secret_cipher=b"cipher",
    )
    event = rooms.make(
        OutboxEvent,
        kind="plan.approved",
        subject_tag="plan",
        subject_id=cast.plans["Anna"].pk,
        institution_id=cast.schools["maple"].pk,
        learner_id=cast.learners["Anna"].pk,
    )
    rooms.make(exchange.WebhookDelivery, by=author, webhook=hook, event=event, next_attempt_at=now())


def _workspace(rooms: Rooms) -> None:
    cast, plan = rooms.cast, rooms.cast.plans["Anna"]
    own = {"institution": plan.institution, "learner": plan.learner}
    author = cast.staff["author of maple"]
    rooms.make(Message, by=author, sender=author, recipient=cast.staff["agency"], body="Lūdzu, paskatieties.", **own)
    rooms.make(
        RightsRequest,
        number="PT-1",
        right="ACCESS",
        requester="GUARDIAN",
        received_on=dt.date(2023, 10, 2),
        due_on=dt.date(2023, 11, 2),
        **own,
    )

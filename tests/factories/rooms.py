"""One row of every table of the other rooms, about Anna of maple and the people of the cast."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from backend.accounts.models import Level, PartnerApp, Role, User
from backend.activities.cooperation import models as cooperation
from backend.activities.initiatives import models as initiatives
from backend.activities.training import models as training
from backend.cases.learners.models import Enrolment
from backend.core.clock import now
from backend.core.outbox.models import OutboxEvent
from backend.core.text import sort_key
from backend.exchange import models as exchange
from backend.insight.evaluation import models as evaluation
from backend.insight.statistics import models as statistics
from backend.privacy.models import RightsRequest
from backend.territory.models import Municipality, Programme, Region, Semester
from backend.workspace.models import Message, WorkItem
from tests.factories.cast import Cast
from tests.factories.rows import MeasureFactory, UserFactory, user_with, whole_state

HASH = "ab" * 32
NOON = dt.datetime(2023, 10, 2, 12, tzinfo=dt.UTC)
GRANT = Decimal("4600.00")


@dataclass
class Rooms:
    """The cast, and one row a table by the table's model."""

    cast: Cast
    rows: dict[type[Any], Any] = field(default_factory=dict)

    def make(self, model: type[Any], *, by: User | None = None, **values: Any) -> Any:
        """Write a row, as `by` where only its own person may; the first one of each model is kept by its model."""
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.principal', %s, true)", [str(by.pk) if by else ""])
        row = model.objects.create(**values)
        self.rows.setdefault(model, row)
        return row

    def copy(self, model: type[Any], **changes: Any) -> Any:
        """An unsaved row like the one that stands, under a key of its own."""
        own = self.rows[model]
        kept = {f.attname: getattr(own, f.attname) for f in model._meta.concrete_fields if not f.primary_key}
        row = model(**kept)
        for name, value in changes.items():
            setattr(row, name, value)
        return row

    def __getitem__(self, model: type[Any]) -> Any:
        return self.rows[model]


def make_rooms(cast: Cast) -> Rooms:
    """Write everything, in the caller's transaction."""
    rooms = Rooms(cast)
    with whole_state():
        _settle(rooms)
    return rooms


def _settle(rooms: Rooms) -> None:
    cast = rooms.cast
    cast.staff |= {
        "young people's own": UserFactory(username="ngo.young"),
        "another organisation": UserFactory(username="ngo.other"),
        "scorer": UserFactory(username="scorer"),
        "police": UserFactory(username="police"),
        "trainer": UserFactory(username="trainer"),
        "coordinator of jekabpils": user_with(
            Role.MUNICIPALITY_COORDINATOR, Level.MUNICIPALITY, Municipality.objects.get(code="LV-042")
        ),
    }
    _initiatives(rooms)
    _training(rooms)
    _cooperation(rooms)
    _voice(rooms)
    _insight(rooms)
    _exchange(rooms)
    _workspace(rooms)


def _initiatives(rooms: Rooms) -> None:
    cast, madona = rooms.cast, Municipality.objects.get(code="LV-059")
    organisation = rooms.make(
        initiatives.YouthOrganisation,
        name="Biedrība Zaļais zars",
        sort_key=sort_key("Biedrība Zaļais zars"),
        kind="ASSOCIATION",
        registration_number="40008000000",
        municipality=madona,
        is_example=True,
    )
    rooms.make(
        initiatives.OrganisationMember,
        organisation=organisation,
        municipality=madona,
        user=cast.staff["young people's own"],
        valid_from=dt.date(2019, 1, 1),
    )
    grant = initiatives.InitiativeGrant.objects.get()
    call = rooms.make(
        initiatives.InitiativeCall,
        programme=Programme.objects.get(),
        municipality=madona,
        code="MADONA-2023",
        name_lv="Jaunatnes iniciatīvu projektu konkurss",
        round_number=5,
        status="CLOSED",
        announced_on=dt.date(2023, 1, 9),
        opens_on=dt.date(2023, 1, 16),
        closes_on=dt.date(2023, 2, 10),
        grant=grant,
        grant_amount=grant.amount,
    )
    criterion = initiatives.ScoringCriterion.objects.get(code="youth_led")
    points = rooms.make(initiatives.CallCriterion, call=call, criterion=criterion, max_points=10)
    project = rooms.make(
        initiatives.InitiativeProject,
        number="JIP-1",
        call=call,
        municipality=madona,
        organisation=organisation,
        applicant_kind="ASSOCIATION",
        title="Kopā varam",
        planned_from=dt.date(2023, 3, 1),
        planned_to=dt.date(2023, 11, 30),
        planned_participants=24,
        planned_at_risk=16,
        amount=grant.amount,
        status="RUNNING",
        submitted_by=cast.staff["young people's own"],
        submitted_at=NOON,
        decided_at=NOON,
        contract_number="L-1",
        contracted_on=dt.date(2023, 2, 27),
        started_on=dt.date(2023, 3, 1),
    )
    own = {"project": project, "municipality": madona}
    rooms.make(initiatives.ProjectStep, to_status="SUBMITTED", actor=cast.staff["young people's own"], **own)
    rooms.make(initiatives.ProjectPartner, kind="YOUTH_CENTRE", name="Jauniešu centrs", **own)
    rooms.make(
        initiatives.ProjectReport,
        submitted_at=NOON,
        participants=24,
        participants_at_risk=15,
        events_held=9,
        results="Astoņas nodarbības.",
        **own,
    )
    scoring = rooms.make(initiatives.ProjectScorer, scorer=cast.staff["scorer"], has_conflict=False, **own)
    rooms.make(
        initiatives.ProjectScore,
        by=cast.staff["scorer"],
        scoring=scoring,
        call=call,
        scorer=cast.staff["scorer"],
        criterion=points,
        max_points=10,
        points=8,
        **own,
    )
    place = MeasureFactory(plan=cast.plans["Anna"], code="YOUTH_PROJECT")
    rooms.make(
        initiatives.ProjectParticipant,
        project=project,
        institution=place.institution,
        learner=place.learner,
        measure=place,
        starts_on=dt.date(2023, 3, 1),
    )


def _training(rooms: Rooms) -> None:
    cast = rooms.cast
    event = rooms.make(
        training.TrainingEvent,
        programme=Programme.objects.get(),
        kind="SUPERVISION",
        name_lv="Supervīzija",
        starts_at=NOON,
        ends_at=NOON + dt.timedelta(hours=3),
        credited_minutes=180,
        capacity=10,
        institution=cast.schools["maple"],
        region=Region.objects.get(code="Vidzeme"),
    )
    rooms.make(training.TrainingLeader, event=event, leader=cast.staff["trainer"])
    rooms.make(
        training.TrainingRegistration,
        event=event,
        participant=cast.staff["provider of maple"],
        institution=cast.schools["maple"],
        registered_at=NOON,
    )


def _cooperation(rooms: Rooms) -> None:
    cast, plan = rooms.cast, rooms.cast.plans["Anna"]
    own = {"institution": cast.schools["maple"]}
    team = rooms.make(cooperation.CooperationTeam, name="Komanda", learner=plan.learner, starts_on=dt.date(2023, 9, 4), **own)
    own |= {"team": team}
    member = rooms.make(
        cooperation.TeamMember,
        kind="POLICE",
        user=cast.staff["police"],
        accepted_at=NOON,
        valid_from=dt.date(2023, 9, 4),
        **own,
    )
    rooms.make(
        cooperation.TeamShare,
        learner=plan.learner,
        plan=plan,
        part="SUMMARY",
        ground="Vecāka piekrišana",
        shared_by=cast.staff["author of maple"],
        starts_on=dt.date(2023, 9, 4),
        ends_on=dt.date(2023, 12, 31),
        **own,
    )
    meeting = rooms.make(
        cooperation.Meeting,
        learner=plan.learner,
        starts_at=NOON,
        ends_at=NOON + dt.timedelta(hours=1),
        status="HELD",
        minutes_text="Par kavējumiem.",
        recorded_at=NOON,
        **own,
    )
    rooms.make(cooperation.MeetingAttendance, meeting=meeting, member=member, attended=True, **own)
    rooms.make(
        cooperation.MeetingDecision, meeting=meeting, learner=plan.learner, text="Saruna ģimenē.", responsible=member, **own
    )


def _voice(rooms: Rooms) -> None:
    plan = rooms.cast.plans["Anna"]
    own = {"learner": plan.learner, "institution": plan.institution}
    request = rooms.make(
        cooperation.FeedbackRequest,
        plan=plan,
        audience="LEARNER",
        code_hash=HASH,
        requested_by=rooms.cast.staff["author of maple"],
        requested_at=NOON,
        expires_at=NOON + dt.timedelta(days=14),
        **own,
    )
    question = cooperation.FeedbackQuestion.objects.get(audience="LEARNER", code="helps")
    rooms.make(cooperation.FeedbackAnswer, request=request, question=question, value=4, answered_at=NOON, **own)


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
    rooms.make(
        evaluation.StudyResult,
        study=study,
        specification_hash=HASH,
        data_hash=HASH,
        code_version="1",
        seed=1,
        result={"att": 0.03},
        computed_at=NOON,
    )
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
    rooms.make(
        WorkItem,
        kind="EVALUATE_PLAN",
        room="plans",
        role=Role.PLAN_AUTHOR,
        subject_tag="plan",
        subject_id=plan.pk,
        due_on=dt.date(2023, 12, 31),
        **own,
    )
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


@contextmanager
def refused(name: str) -> Iterator[None]:
    """The database refuses the block, by a constraint (or a trigger that speaks for one) whose name matches."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    cause: Any = caught.value.__cause__
    assert re.fullmatch(name, cause.diag.constraint_name), cause
